import { type Column, type DateColumn, STATUS_COLUMNS } from './columns.ts';
import type { DateForm } from './dates.ts';
import type { IntakeLimits } from './limits.ts';

/** How the records of one file are laid out, as its head says. Plain data: a worker thread gets a copy. */
export type Layout = {
  delimiter: number;
  /** Cells of the header, unnamed ones at its end included. */
  columnCount: number;
  names: string[];
  /** Place of each used column from 0; -1 where the file has none. */
  columns: Record<Column, number>;
  headerLine: number;
  /** Lines above the header, digits as `#`: a page head repeats them. */
  titles: string[];
};

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

/** What the scanner needs to know of every record of a file. By the place of the NIK a line is known for a record. */
export type RecordShape = { delimiter: number; columnCount: number; nikPlace: number; maxLineBytes: number };

export function shapeOf(layout: Layout, { maxLineBytes }: Pick<IntakeLimits, 'maxLineBytes'>): RecordShape {
  const { delimiter, columnCount, columns } = layout;
  return { delimiter, columnCount, nikPlace: columns.NIK, maxLineBytes };
}

/** The last column without which a row says nothing: behind it, missing cells are empty ones. */
export const lastNeeded = ({ columns }: Layout): number =>
  Math.max(columns.NIK, ...STATUS_COLUMNS.map((column) => columns[column]));
