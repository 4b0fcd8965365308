import { cleanCell, decodeText } from './cell.ts';
import type { IntakeLimits } from './limits.ts';
import { IntakeRefusal } from './refusal.ts';
import { RecordScanner } from './scanner.ts';
import type { RecordShape } from './shape.ts';

/** The columns of an export that are used; all others are passed over. */
const COLUMNS = [
  'NIK',
  'STATUS_CODE',
  'NO_KK',
  'NAMA_LGKP',
  'TGL_LHR',
  'STAT_KWN',
  'JENIS_PKRJN',
  'NO_PROP',
  'NO_KAB',
  'NO_KEC',
  'NO_KEL',
  'STAT_HIDUP',
  'KEBANGSAAN',
  'FLAG_STATUS',
  'TGL_CETAK_KTP',
  'COUNT_KTP',
  'NO_SUKET',
  'TGL_SUKET',
  'TGL_AKHIR_SUKET',
] as const;
export type Column = (typeof COLUMNS)[number];

/** The status code is in the first of these that the file has (V). */
const STATUS_COLUMNS = ['EKTP_CURRENT_STATUS_CODE', 'CURRENT_STATUS_CODE', 'CURRENT_STATUS_CODE_EKTP'];
/** Tab last: a stray tab may sit in a header of any other delimiter. */
const DELIMITERS = [';', ',', '|', '\t'];

/** How the records of one file are laid out. Plain data: a worker thread gets a copy. */
export type Layout = {
  /** The byte between two cells: comma, semicolon, bar or tab. */
  delimiter: number;
  /** Cells of a whole record; unnamed columns at the end of the header do not count. */
  columnCount: number;
  /** Place of each used column from 0; -1 where the file has none. */
  columns: Record<Column, number>;
};

/**
 * Finds delimiter and columns from the header line: the delimiter under which it has the needed columns, else the one
 * that gives most columns. Names count in any case and order, without surrounding blanks and quotes.
 * Throws MISSING_COLUMN (NIK or a status code), DUPLICATE_COLUMN for a used one, TOO_MANY_COLUMNS.
 */
export function parseLayout(header: Uint8Array, maxColumns: number): Layout {
  const readings = DELIMITERS.map((delimiter) => ({
    delimiter: delimiter.charCodeAt(0),
    names: headerNames(header, delimiter),
  }));
  const whole = readings.filter(({ names }) => names.includes('NIK') && statusColumn(names) !== undefined);
  const [best] = (whole.length > 0 ? whole : readings).sort((a, b) => b.names.length - a.names.length);
  const { delimiter, names } = best as (typeof readings)[number];
  if (names.length > maxColumns) throw new IntakeRefusal('TOO_MANY_COLUMNS');
  return { delimiter, columnCount: names.length, columns: placesOf(names) };
}

function headerNames(header: Uint8Array, delimiter: string): string[] {
  const shape = {
    delimiter: delimiter.charCodeAt(0),
    columnCount: header.length + 1,
    nikPlace: 0,
    maxLineBytes: header.length,
  };
  const scanner = new RecordScanner(shape);
  scanner.scan(header, 0, header.length);
  const names = Array.from({ length: scanner.count }, (_, i) =>
    cleanCell(decodeText(Buffer.from(header.subarray(scanner.starts[i], scanner.ends[i])).toString('latin1'))).toUpperCase(),
  );
  return names.slice(0, names.findLastIndex((name) => name !== '') + 1);
}

const statusColumn = (names: string[]): string | undefined => STATUS_COLUMNS.find((name) => names.includes(name));

function placesOf(names: string[]): Record<Column, number> {
  if (!names.includes('NIK')) throw new IntakeRefusal('MISSING_COLUMN', 'NIK');
  const status = statusColumn(names);
  if (status === undefined) throw new IntakeRefusal('MISSING_COLUMN', 'status code');
  const place = (column: Column): number => {
    const name = column === 'STATUS_CODE' ? status : column;
    if (names.indexOf(name) !== names.lastIndexOf(name)) throw new IntakeRefusal('DUPLICATE_COLUMN', name);
    return names.indexOf(name);
  };
  return Object.fromEntries(COLUMNS.map((column) => [column, place(column)])) as Record<Column, number>;
}

/** What the scanner of records needs to know of a layout. */
export const shapeOf = ({ delimiter, columnCount, columns }: Layout, { maxLineBytes }: IntakeLimits): RecordShape => ({
  delimiter,
  columnCount,
  nikPlace: columns.NIK,
  maxLineBytes,
});
