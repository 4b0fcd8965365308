import { COLUMNS } from './columns.ts';

/** What became of one cell. `CONTRADICTS`: it proves that its column was read in the wrong form. */
export const BLANK = 0;
export const READ = 1;
export const UNREADABLE = 2;
export const CONTRADICTS = 3;
export type CellKind = typeof BLANK | typeof READ | typeof UNREADABLE | typeof CONTRADICTS;
export const CELL_KINDS = 3;
/** A cell's value, and whether it said one. */
export type Reading<Value> = { kind: CellKind; value: Value };

export const LINE_KINDS = ['EMPTY', 'RULE', 'NUMBERS', 'TITLE', 'HEADER', 'FOOTER'] as const;
export type LineKind = (typeof LINE_KINDS)[number];
export type PassedOver = Partial<Record<LineKind, number>>;

/** Counts of cells and lines, of a block or of a whole file. Plain data: it crosses threads. */
export const newTally = () => ({
  cells: new Int32Array(COLUMNS.length * CELL_KINDS),
  /** The first unreadable line of each column; 0 = none. */
  firstLines: new Int32Array(COLUMNS.length),
  passedOver: {} as PassedOver,
  /** Rows by regency (`32.01`), of those whose region is known. */
  regencies: {} as Record<string, number>,
  rows: 0,
});
export type Tally = ReturnType<typeof newTally>;

/** Adds one tally to another; the first line is that of the earliest block. */
export function addTally(sum: Tally, more: Tally): void {
  for (const [i, count] of more.cells.entries()) sum.cells[i] = (sum.cells[i] as number) + count;
  for (const [i, line] of more.firstLines.entries())
    if (line > 0) sum.firstLines[i] = Math.min(line, sum.firstLines[i] || line);
  addCounts(sum.passedOver, more.passedOver);
  addCounts(sum.regencies, more.regencies);
  sum.rows += more.rows;
}

type Counts<Name extends string> = Partial<Record<Name, number>>;

export function addCount<Name extends string>(counts: Counts<Name>, name: Name, more = 1): void {
  counts[name] = (counts[name] ?? 0) + more;
}

function addCounts<Name extends string>(sum: Counts<Name>, more: Counts<Name>): void {
  for (const name in more) addCount(sum, name, more[name]);
}
