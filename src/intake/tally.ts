import { COLUMNS, type Column } from './columns.ts';

/** What became of one cell. `CONTRADICTS`: it proves that its column was read in the wrong form. */
export const BLANK = 0;
export const READ = 1;
export const UNREADABLE = 2;
export const CONTRADICTS = 3;
export type CellKind = typeof BLANK | typeof READ | typeof UNREADABLE | typeof CONTRADICTS;
/** A cell's value, and whether it said one. */
export type Reading<Value> = { kind: CellKind; value: Value };

/** Lines of a file that are no rows. */
export const LINE_KINDS = ['EMPTY', 'RULE', 'NUMBERS', 'TITLE', 'HEADER', 'FOOTER'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

const KINDS = 4;
const KIND_OF = new Map(COLUMNS.map((column, i) => [column, i * KINDS]));

/** Counts of cells and lines, of a block or of a whole file. Plain data: it crosses threads. */
export type Tally = {
  /** By column and kind of cell. */
  cells: Int32Array;
  /** The first unreadable (or contradicting) line of each column; 0 = none. */
  firstLines: Int32Array;
  passedOver: Partial<Record<LineKind, number>>;
  /** Rows by regency (`32.01`), of those whose region is known. */
  regencies: Map<string, number>;
  rows: number;
  /** NIKs, and family cards of one family after another, whose last digit is 0. */
  niksInZero: number;
  families: number;
  familiesInZero: number;
};

export const newTally = (): Tally => ({
  cells: new Int32Array(COLUMNS.length * KINDS),
  firstLines: new Int32Array(COLUMNS.length),
  passedOver: {},
  regencies: new Map(),
  rows: 0,
  niksInZero: 0,
  families: 0,
  familiesInZero: 0,
});

export const cellsOf = (tally: Tally, column: Column, kind: CellKind): number =>
  tally.cells[(KIND_OF.get(column) as number) + kind] as number;

export const firstLineOf = (tally: Tally, column: Column): number => tally.firstLines[COLUMNS.indexOf(column)] as number;

/** Adds one tally to another; the first line is that of the earliest block. */
export function addTally(sum: Tally, more: Tally): void {
  more.cells.forEach((count, i) => {
    sum.cells[i] = (sum.cells[i] as number) + count;
  });
  more.firstLines.forEach((line, i) => {
    const first = sum.firstLines[i] as number;
    if (line > 0 && (first === 0 || line < first)) sum.firstLines[i] = line;
  });
  for (const [kind, count] of Object.entries(more.passedOver) as [LineKind, number][]) passOver(sum, kind, count);
  for (const [regency, count] of more.regencies) sum.regencies.set(regency, (sum.regencies.get(regency) ?? 0) + count);
  sum.rows += more.rows;
  sum.niksInZero += more.niksInZero;
  sum.families += more.families;
  sum.familiesInZero += more.familiesInZero;
}

export function passOver(tally: Tally, kind: LineKind, lines = 1): void {
  tally.passedOver[kind] = (tally.passedOver[kind] ?? 0) + lines;
}
