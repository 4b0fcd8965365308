import { parseStatus, statusCode } from '../core/status.ts';
import type { Block } from './blocks.ts';
import { afterLineEnd } from './bytes.ts';
import { cellText } from './cell.ts';
import { columnNamed, DATE_COLUMNS, type DateColumn, isOwnName, STATUS_COLUMNS } from './columns.ts';
import { type DateForm, type DateOrder, isAmbiguous, provenBy } from './dates.ts';
import { type Layout, type Profile, shapeOf } from './layout.ts';
import type { IntakeLimits } from './limits.ts';
import { digitsOf, sixteenDigits } from './numbers.ts';
import { IntakeRefusal } from './refusal.ts';
import { RecordScanner, recordCells } from './scanner.ts';

/** `count`: cells of the record, those beyond the header's included; `surplus`: one of those is not empty. */
type Row = { line: number; cells: string[]; count: number; surplus: boolean };
type Cell = { line: number; text: string };

/** "Nearly every" and "more than a few", as shares of the rows looked at. */
const NEARLY_ALL = 0.9;
const A_FEW = 0.01;

/** Judges the columns from the first rows. Throws where one cannot be read one way only, or its digits are gone. */
export function profileColumns(
  found: Layout,
  blocks: readonly Block[],
  { zoneHours, limits }: { zoneHours: number; limits: IntakeLimits },
): { layout: Layout; profile: Profile } {
  const rows = rowsOf(found, blocks, limits);
  const layout = withoutNames(found, rows);
  const { columns } = layout;
  refuseSpoiltNiks(filledCells(rows, columns.NIK));
  const people = rows.filter(({ cells }) => digitsOf(cells[columns.NIK] ?? '').ok);
  const rowCells = usualCells(layout.columnCount, people);
  const short = people.filter(({ count }) => count < rowCells).length;
  const dates = DATE_COLUMNS.map((column) => ({ column, cells: filledCells(people, columns[column]) }));
  const cards = new Set(filledCells(rows, columns.NO_KK).map(({ text }) => text));
  const leavesOut = people.length - short < people.length * NEARLY_ALL;
  const kkRounded = areRounded([...cards]);
  const cellsOfRows = { rowCells, leavesOut, shiftPlaces: shiftPlaces(layout, people) };
  return { layout, profile: { ...dateForms(dates), ...cellsOfRows, kkRounded, zoneHours } };
}

function rowsOf(layout: Layout, blocks: readonly Block[], limits: IntakeLimits): Row[] {
  const scanner = new RecordScanner(shapeOf(layout, limits));
  const rows: Row[] = [];
  for (const { bytes, firstLine } of blocks) {
    let line = firstLine;
    for (let start = 0; start < bytes.length && rows.length < limits.profileRows; ) {
      const end = scanner.scan(bytes, start, bytes.length);
      const { outcome, count, surplus } = scanner;
      if (outcome === 'READ' && count > 1) rows.push({ line, cells: recordCells(bytes, scanner), count, surplus });
      line += scanner.lineEndsInside + 1;
      start = afterLineEnd(bytes, end);
    }
  }
  return rows;
}

const filledCells = (rows: Row[], place: number): Cell[] =>
  rows.map(({ line, cells }) => ({ line, text: cellText(cells[place] ?? '') })).filter(({ text }) => text !== '');

/** A district or village column that is known by another name and holds no numbers holds names: it is not used. */
function withoutNames(layout: Layout, rows: Row[]): Layout {
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
function usualCells(columnCount: number, rows: Row[]): number {
  const longer = rows.filter(({ count, surplus }) => count > columnCount && !surplus).map(({ count }) => count);
  const usual = longer.sort((a, b) => a - b)[longer.length >> 1] ?? columnCount;
  return longer.filter((count) => count === usual).length >= rows.length * NEARLY_ALL ? usual : columnCount;
}

/** The neighbours of the status columns that seldom hold a status code: one there shows a shifted row. */
function shiftPlaces({ columns, columnCount }: Layout, rows: Row[]): number[] {
  const status = STATUS_COLUMNS.map((column) => columns[column]).filter((place) => place >= 0);
  const beside = new Set(status.flatMap((place) => [place - 1, place + 1]));
  return [...beside].filter((place) => {
    if (place < 0 || place >= columnCount || status.includes(place)) return false;
    return filledCells(rows, place).filter(({ text }) => isStatusCode(text)).length * 2 <= rows.length;
  });
}

export const isStatusCode = (text: string): boolean => statusCode(parseStatus(text)) !== null;
