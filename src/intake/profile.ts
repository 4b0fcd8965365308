import { parseStatus, statusCode } from '../core/status.ts';
import type { Block } from './blocks.ts';
import { cellText } from './cell.ts';
import { type Column, columnNamed, DATE_COLUMNS, type DateColumn, isOwnName, STATUS_COLUMNS } from './columns.ts';
import { type DateForm, type DateOrder, isAmbiguous, provenBy } from './dates.ts';
import type { Layout } from './head.ts';
import { digitsOf, sixteenDigits } from './numbers.ts';
import { IntakeRefusal } from './refusal.ts';
import { byteTextOf, hasSurplus, type Line, linesOf } from './scanner.ts';

/** How the columns of one file are read, as their cells prove. Plain data. */
export type Profile = {
  dates: Record<DateColumn, DateForm>;
  /** What the cells of each column of dates look like, for the report. */
  forms: Partial<Record<Column, string>>;
  /** Cells of nearly every row, where that is more than the header has; else the header's. */
  rowCells: number;
  /** Rows often end before that: empty cells at the end are left out. */
  leavesOut: boolean;
  /** Every sixteenth digit of the family cards is 0: a spreadsheet has eaten it, and no proof is stored. */
  kkRounded: boolean;
  /** Places beside the status where a status code would show that the row is shifted. */
  shiftPlaces: number[];
  zoneHours: number;
};

type Cell = { line: number; text: string };

/** "Nearly every" and "more than a few", as shares of the rows looked at. */
const NEARLY_ALL = 0.9;
const A_FEW = 0.01;

/** Judges the columns from the first rows. Throws where one cannot be read one way only, or its digits are gone. */
export function profileColumns(
  found: Layout,
  blocks: readonly Block[],
  { zoneHours, profileRows }: { zoneHours: number; profileRows: number },
): { layout: Layout; profile: Profile } {
  const rows = blocks
    .flatMap(({ bytes, firstLine }) => [...linesOf(byteTextOf(bytes), firstLine, found)])
    .filter(({ fault, cells }) => fault === null && cells.length > 1)
    .slice(0, profileRows);
  const layout = withoutNames(found, rows);
  const { columns } = layout;
  refuseSpoiltNiks(filledCells(rows, columns.NIK));
  const people = rows.filter(({ cells }) => digitsOf(cells[columns.NIK] ?? '').ok);
  const rowCells = usualCells(layout, people);
  const short = people.filter(({ cells }) => cells.length < rowCells).length;
  const dates = DATE_COLUMNS.map((column) => ({ column, cells: filledCells(people, columns[column]) }));
  const cards = new Set(filledCells(rows, columns.NO_KK).map(({ text }) => text));
  const leavesOut = people.length - short < people.length * NEARLY_ALL;
  const kkRounded = areRounded([...cards]);
  const cellsOfRows = { rowCells, leavesOut, shiftPlaces: shiftPlaces(layout, people) };
  return { layout, profile: { ...dateForms(dates), ...cellsOfRows, kkRounded, zoneHours } };
}

const filledCells = (rows: Line[], place: number): Cell[] =>
  rows.map(({ line, cells }) => ({ line, text: cellText(cells[place] ?? '') })).filter(({ text }) => text !== '');

/** A district or village column that is known by another name and holds no numbers holds names: it is not used. */
function withoutNames(layout: Layout, rows: Line[]): Layout {
  const columns = { ...layout.columns };
  for (const column of ['NO_KEC', 'NO_KEL'] as const) {
    const place = columns[column];
    if (place < 0 || isOwnName(layout.names[place] as string, column)) continue;
    const filled = filledCells(rows, place).filter(({ text }) => columnNamed(text) !== column);
    const names = filled.filter(({ text }) => !/[0-9]/.test(text));
    if (names.length > filled.length * NEARLY_ALL) columns[column] = -1;
  }
  return { ...layout, columns };
}

/** Excel shows 3,20101E+15, and keeps fifteen digits: the sixteenth becomes 0. */
function refuseSpoiltNiks(niks: Cell[]): void {
  const read = niks.map(({ text }) => sixteenDigits(text));
  const scientific = read.filter((nik) => !nik.ok && nik.code === 'SCIENTIFIC').length;
  const place = { line: niks[0]?.line };
  if (scientific >= 3 && scientific * 2 > read.length) throw new IntakeRefusal('NIK_SCIENTIFIC', place);
  if (areRounded(read.flatMap((nik) => (nik.ok ? [nik.value] : [])))) throw new IntakeRefusal('NIK_ROUNDED', place);
}

const areRounded = (numbers: string[]): boolean =>
  isRounded(numbers.length, numbers.filter((number) => /0(?:[.,]0+)?$/.test(number)).length);

/** One number in ten ends in 0: so many of so many are no chance. */
export const isRounded = (count: number, inZero: number): boolean =>
  (count >= 5 && inZero >= count * NEARLY_ALL) || (count >= 30 && inZero * 2 > count);

type DateCells = { column: DateColumn; cells: Cell[] };

/** A column without a proof is in the order that the others prove; where they prove two, nobody knows. */
function dateForms(columns: DateCells[]): Pick<Profile, 'dates' | 'forms'> {
  const proven = columns.map((one) => ({ ...one, ...proofOf(one) }));
  const [common = 'DMY' as const, other] = new Set(
    proven.map(({ order }) => order).filter((order) => order !== null),
  );
  const dates: Partial<Profile['dates']> = {};
  const forms: Profile['forms'] = {};
  for (const { column, cells, order, serial, epochIsBlank } of proven) {
    if (order === null && !serial && other !== undefined && cells.some(({ text }) => isAmbiguous(text)))
      throw new IntakeRefusal('DATES_CONTRADICT', { detail: column, line: cells[0]?.line });
    const form = { order: order ?? common, serial, epochIsBlank };
    dates[column] = form;
    if (cells.length > 0) forms[column] = shownForm(cells, form);
  }
  return { dates: dates as Profile['dates'], forms };
}

/** What the cells of one column prove. Throws where they prove two things. */
function proofOf({ column, cells }: DateCells): Omit<DateForm, 'order'> & { order: DateOrder | null } {
  const proofs = new Map<DateOrder | 'SERIAL', number>();
  let epochs = 0;
  for (const { line, text } of cells) {
    const proof = provenBy(text);
    if (proof === 'EPOCH') epochs += 1;
    else if (proof !== null && !proofs.has(proof)) proofs.set(proof, line);
  }
  const [proof = null] = proofs.keys();
  if (proofs.size > 1) throw new IntakeRefusal('DATES_CONTRADICT', { detail: column, line: [...proofs.values()][1] });
  return {
    order: proof === 'SERIAL' ? null : proof,
    serial: proof === 'SERIAL',
    epochIsBlank: epochs > cells.length * A_FEW,
  };
}

const FIRST_OF_DATE: Record<DateOrder, string> = { DMY: 'day', MDY: 'month', YMD: 'year' };

/** `99-99-9999, day first`: what most cells look like, in place of any of them. */
function shownForm(cells: Cell[], { order, serial }: DateForm): string {
  const shapes = new Map<string, number>();
  for (const { text } of cells.slice(0, 1_000)) {
    const shape = text.slice(0, 24).replace(/[0-9]/g, '9').replace(/\p{L}/gu, 'A');
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  const [[shape = ''] = []] = [...shapes].sort((a, b) => b[1] - a[1]);
  if (serial) return `${shape}, days of a spreadsheet`;
  return /^9{1,2}[^9A]9{1,2}[^9A]9/.test(shape) ? `${shape}, ${FIRST_OF_DATE[order]} first` : shape;
}

/** How many cells nearly every row has, where those beyond the header are empty; else as many as the header. */
function usualCells(layout: Layout, rows: Line[]): number {
  const { columnCount } = layout;
  const longer = rows
    .filter(({ cells }) => cells.length > columnCount && !hasSurplus(cells, layout))
    .map(({ cells }) => cells.length);
  const usual = longer.sort((a, b) => a - b)[longer.length >> 1] ?? columnCount;
  return longer.filter((count) => count === usual).length >= rows.length * NEARLY_ALL ? usual : columnCount;
}

/** The neighbours of the status columns that seldom hold a status code: one there shows a shifted row. */
function shiftPlaces({ columns, columnCount }: Layout, rows: Line[]): number[] {
  const status = STATUS_COLUMNS.map((column) => columns[column]).filter((place) => place >= 0);
  const beside = new Set(status.flatMap((place) => [place - 1, place + 1]));
  return [...beside].filter((place) => {
    if (place < 0 || place >= columnCount || status.includes(place)) return false;
    return filledCells(rows, place).filter(({ text }) => isStatusCode(text)).length * 2 <= rows.length;
  });
}

export const isStatusCode = (text: string): boolean => statusCode(parseStatus(text)) !== null;
