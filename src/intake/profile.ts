import { parseStatus, statusRow } from '../core/status.ts';
import type { Block } from './blocks.ts';
import { afterLineEnd } from './bytes.ts';
import { cellText } from './cell.ts';
import { type Column, columnNamed, DATE_COLUMNS, type DateColumn, isOwnName, STATUS_COLUMNS } from './columns.ts';
import { type DateForm, type DateOrder, isAmbiguous, provenBy } from './dates.ts';
import { type Layout, type Profile, shapeOf } from './layout.ts';
import type { IntakeLimits } from './limits.ts';
import { sixteenDigits } from './numbers.ts';
import { IntakeRefusal } from './refusal.ts';
import { RecordScanner, recordCells } from './scanner.ts';

/** `count`: cells of the record, those beyond the header's included; `surplus`: one of those is not empty. */
type Row = { line: number; cells: string[]; count: number; surplus: boolean };

/** "Nearly every" and "more than a few", as shares of the rows looked at. */
const NEARLY_ALL = 0.9;
const A_FEW = 0.01;

/**
 * Judges the columns of a table from its first rows: what form the dates of each are in, how many cells a row has, what a
 * spreadsheet has spoilt. Throws `IntakeRefusal` where a column cannot be read one way only, or its digits are gone.
 */
export function profileColumns(
  layout: Layout,
  blocks: readonly Block[],
  { zoneHours, limits }: { zoneHours: number; limits: IntakeLimits },
): { layout: Layout; profile: Profile } {
  const rows = rowsOf(layout, blocks, limits);
  const used = withoutNames(layout, rows);
  const cellsIn = (column: Column): { line: number; text: string }[] =>
    rows
      .map(({ line, cells }) => ({ line, text: cellText(cells[used.columns[column]] ?? '') }))
      .filter(({ text }) => text !== '');
  refuseSpoiltNiks(cellsIn('NIK'));
  const people = rows.filter(({ cells }) => sixteenDigits(cellText(cells[used.columns.NIK] ?? '')).ok);
  const lines = new Set(people.map(({ line }) => line));
  const rowCells = usualCells(layout.columnCount, people);
  const short = people.filter(({ count }) => count < rowCells).length;
  const cellsOfDates = DATE_COLUMNS.map((column) => ({ column, cells: cellsIn(column).filter(({ line }) => lines.has(line)) }));
  const dates = dateForms(cellsOfDates);
  const forms = Object.fromEntries(
    cellsOfDates.filter(({ cells }) => cells.length > 0).map(({ column, cells }) => [column, shownForm(cells, dates[column])]),
  );
  const kks = new Set(cellsIn('NO_KK').map(({ text }) => text));
  return {
    layout: used,
    profile: {
      dates,
      forms,
      rowCells,
      leavesOut: short > people.length * (1 - NEARLY_ALL),
      kkRounded: areRounded([...kks]),
      shiftPlaces: shiftPlaces(used, people),
      zoneHours,
    },
  };
}

/** The records of the first blocks, cell by cell. */
function rowsOf(layout: Layout, blocks: readonly Block[], limits: IntakeLimits): Row[] {
  const scanner = new RecordScanner(shapeOf(layout, limits));
  const rows: Row[] = [];
  for (const { bytes, firstLine } of blocks) {
    let line = firstLine;
    for (let start = 0; start < bytes.length && rows.length < limits.profileRows; ) {
      const end = scanner.scan(bytes, start, bytes.length);
      if (scanner.outcome === 'READ' && scanner.count > 1) {
        const { count, surplus } = scanner;
        rows.push({ line, cells: recordCells(bytes, scanner), count, surplus });
      }
      line += scanner.lineEndsInside + 1;
      start = afterLineEnd(bytes, end);
    }
  }
  return rows;
}

/** A district or village column that is known by another name and holds no numbers holds names: it is not used. */
function withoutNames(layout: Layout, rows: Row[]): Layout {
  const columns = { ...layout.columns };
  for (const column of ['NO_KEC', 'NO_KEL'] as const) {
    const place = columns[column];
    if (place < 0 || isOwnName(layout.names[place] as string, column)) continue;
    const filled = rows
      .map(({ cells }) => cellText(cells[place] ?? ''))
      .filter((text) => text !== '' && columnNamed(text) !== column);
    if (filled.filter((text) => !/[0-9]/.test(text)).length > filled.length * NEARLY_ALL) columns[column] = -1;
  }
  return { ...layout, columns };
}

/** Excel shows 3,20101E+15, and keeps fifteen digits: the sixteenth becomes 0. */
function refuseSpoiltNiks(niks: { line: number; text: string }[]): void {
  const read = niks.map(({ text }) => sixteenDigits(text));
  const scientific = read.filter((nik) => !nik.ok && nik.code === 'SCIENTIFIC').length;
  if (scientific >= 3 && scientific * 2 > read.length) throw new IntakeRefusal('NIK_SCIENTIFIC', { line: niks[0]?.line });
  if (areRounded(read.flatMap((nik) => (nik.ok ? [nik.value] : []))))
    throw new IntakeRefusal('NIK_ROUNDED', { line: niks[0]?.line });
}

const areRounded = (numbers: string[]): boolean =>
  isRounded(numbers.length, numbers.filter((number) => /0(?:[.,]0+)?$/.test(number)).length);

/** One number in ten ends in 0: so many of so many are no chance. */
export const isRounded = (count: number, inZero: number): boolean =>
  (count >= 5 && inZero >= count * NEARLY_ALL) || (count >= 30 && inZero * 2 > count);

type DateCells = { column: DateColumn; cells: { line: number; text: string }[] };

/** A column without a proof is in the order that the others prove; where they prove two, nobody knows. */
function dateForms(columns: DateCells[]): Record<DateColumn, DateForm> {
  const proven = columns.map((one) => ({ ...one, ...proofOf(one) }));
  const orders = new Set(proven.map(({ order }) => order).filter((order) => order !== null));
  const [common = 'DMY' as const, other] = orders;
  const formOf = ({ column, cells, order, serial, epochIsBlank }: (typeof proven)[number]): DateForm => {
    if (order === null && !serial && other !== undefined && cells.some(({ text }) => isAmbiguous(text)))
      throw new IntakeRefusal('DATES_CONTRADICT', { detail: column, line: cells[0]?.line });
    return { order: order ?? common, serial, epochIsBlank };
  };
  return Object.fromEntries(proven.map((one) => [one.column, formOf(one)])) as Record<DateColumn, DateForm>;
}

/** What the cells of one column prove. Throws where they prove two things. */
function proofOf({ column, cells }: DateCells): Omit<DateForm, 'order'> & { order: DateOrder | null } {
  const proofs = new Map<string, number>();
  let epochs = 0;
  for (const { line, text } of cells) {
    const proof = provenBy(text);
    if (proof === 'EPOCH') epochs += 1;
    else if (proof !== null && !proofs.has(proof)) proofs.set(proof, line);
  }
  const [first, other] = proofs;
  if (first !== undefined && other !== undefined)
    throw new IntakeRefusal('DATES_CONTRADICT', { detail: column, line: Math.max(first[1], other[1]) });
  const serial = first?.[0] === 'SERIAL';
  const order = first === undefined || serial ? null : (first[0] as DateOrder);
  return { order, serial, epochIsBlank: epochs > cells.length * A_FEW };
}

/** `99-99-9999, day first`: what most cells look like, in place of any of them. */
function shownForm(cells: { text: string }[], { order, serial }: DateForm): string {
  const shapes = new Map<string, number>();
  for (const { text } of cells.slice(0, 1_000)) {
    const shape = text.slice(0, 24).replace(/[0-9]/g, '9').replace(/\p{L}/gu, 'A');
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  const [[shape = ''] = []] = [...shapes].sort((a, b) => b[1] - a[1]);
  if (serial) return `${shape}, days of a spreadsheet`;
  if (!/^9{1,2}[^9A]9{1,2}[^9A]9/.test(shape)) return shape;
  return `${shape}, ${order === 'DMY' ? 'day' : order === 'MDY' ? 'month' : 'year'} first`;
}

/** How many cells nearly every row has, where those beyond the header are empty; else as many as the header. */
function usualCells(columnCount: number, rows: Row[]): number {
  const longer = rows.filter(({ count, surplus }) => count > columnCount && !surplus).map(({ count }) => count);
  const [usual] = longer.sort((a, b) => a - b).slice(longer.length >> 1);
  if (usual === undefined) return columnCount;
  return longer.filter((count) => count === usual).length >= rows.length * NEARLY_ALL ? usual : columnCount;
}

/** The neighbours of the status columns that do not hold a status code in most rows themselves: one there shows a shifted row. */
function shiftPlaces({ columns, columnCount }: Layout, rows: Row[]): number[] {
  const status = STATUS_COLUMNS.map((column) => columns[column]).filter((place) => place >= 0);
  const beside = new Set(status.flatMap((place) => [place - 1, place + 1]));
  return [...beside].filter((place) => {
    if (place < 0 || place >= columnCount || status.includes(place)) return false;
    return rows.filter(({ cells }) => isStatusCode(cellText(cells[place] ?? ''))).length * 2 <= rows.length;
  });
}

/** A code of the table, in any spelling; a blank is none. */
export function isStatusCode(text: string): boolean {
  const status = text === '' ? 'EMPTY' : parseStatus(text);
  return status !== 'EMPTY' && statusRow(status) !== null;
}
