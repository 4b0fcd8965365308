import { COLUMNS, type Column } from './columns.ts';
import type { OpenExport } from './read-export.ts';
import type { Reject } from './record.ts';
import { IntakeRefusal } from './refusal.ts';
import { addTally, BLANK, cellsOf, firstLineOf, type LineKind, newTally, READ, type Tally, UNREADABLE } from './tally.ts';

/** Raised where a file is read otherwise than before: the same bytes are then read again. */
export const READER_VERSION = 2;

/** What was read of one column. `header` is null where the file has no such column. */
export type ColumnReport = {
  column: Column;
  header: string | null;
  /** What most cells look like (`99-99-9999, day first`), of dates; null for other columns. */
  form: string | null;
  blank: number;
  read: number;
  unreadable: number;
  firstUnreadableLine: number | null;
};
export type ReadingWarning = 'KK_ROUNDED' | 'NAMES_MISSING' | 'KK_MISSING' | 'BIRTH_DATES_MISSING' | 'REGIONS_MISSING';
/** What was read of a file, for the operator and the ledger: names of columns and counts, no value. */
export type ReadingReport = {
  readerVersion: number;
  headerLine: number;
  rows: number;
  rejected: number;
  byReason: Record<string, number>;
  columns: ColumnReport[];
  /** Names of the header that are not used. */
  unusedHeaders: string[];
  passedOver: Partial<Record<LineKind, number>>;
  warnings: ReadingWarning[];
};

export type ReadingGuards = {
  /** Shares, 0–1: of rows that may be rejected, and of the filled cells of a used column that may be unreadable. */
  maxRejected: number;
  maxUnreadable: number;
  /** The region that the rows must be of (`32.01`); null = any. */
  region: string | null;
};

/** Fewer unreadable cells than this say nothing about a column. */
const FEW_CELLS = 5;
/** Of the rows whose region is known, so many must be of the source's. */
const LEAST_OWN_REGION = 0.1;
const MAX_NAME_CHARS = 40;

/** Adds up what the blocks of one file gave, in whatever order they come. */
export class ReadingSum {
  readonly #opened: Pick<OpenExport, 'layout' | 'profile'>;
  readonly #tally: Tally;
  readonly #rejects = new Map<string, { count: number; line: number }>();

  constructor({ layout, profile, passedOver }: Pick<OpenExport, 'layout' | 'profile' | 'passedOver'>) {
    this.#opened = { layout, profile };
    this.#tally = newTally();
    this.#tally.passedOver = { ...passedOver };
  }

  get rows(): number {
    return this.#tally.rows;
  }

  add(tally: Tally, rejects: readonly Reject[]): void {
    addTally(this.#tally, tally);
    for (const { reason, line } of rejects) {
      const known = this.#rejects.get(reason);
      this.#rejects.set(reason, { count: (known?.count ?? 0) + 1, line: Math.min(known?.line ?? line, line) });
    }
  }

  report(): ReadingReport {
    const { layout, profile } = this.#opened;
    const columns = COLUMNS.map((column): ColumnReport => {
      const place = layout.columns[column];
      return {
        column,
        header: place < 0 ? null : shownName(layout.names[place] as string),
        form: profile.forms[column] ?? null,
        blank: cellsOf(this.#tally, column, BLANK),
        read: cellsOf(this.#tally, column, READ),
        unreadable: cellsOf(this.#tally, column, UNREADABLE),
        firstUnreadableLine: firstLineOf(this.#tally, column) || null,
      };
    });
    const used = new Set(Object.values(layout.columns));
    return {
      readerVersion: READER_VERSION,
      headerLine: layout.headerLine,
      rows: this.#tally.rows,
      rejected: this.#rejected(),
      byReason: Object.fromEntries([...this.#rejects].map(([reason, { count }]) => [reason, count])),
      columns,
      unusedHeaders: layout.names.filter((name, place) => name !== '' && !used.has(place)).map(shownName),
      passedOver: this.#tally.passedOver,
      warnings: this.#warnings(columns),
    };
  }

  /** Refuses a file that was read to its end and cannot be trusted. Throws `IntakeRefusal`. */
  refuse({ maxRejected, maxUnreadable, region }: ReadingGuards): void {
    if (this.#rejected() > this.#tally.rows * maxRejected) {
      const reasons = [...this.#rejects].map(([reason, { count, line }]) => `${reason} ${count} (first in line ${line})`);
      const detail = `${this.#rejected()} of ${this.#tally.rows}: ${reasons.join(', ')}`;
      throw new IntakeRefusal('TOO_MANY_REJECTED', { detail });
    }
    for (const column of COLUMNS) this.#refuseUnreadable(column, maxUnreadable);
    if (region !== null) this.#refuseOtherRegion(region);
  }

  #rejected(): number {
    return [...this.#rejects.values()].reduce((sum, { count }) => sum + count, 0);
  }

  #refuseUnreadable(column: Column, maxUnreadable: number): void {
    const unreadable = cellsOf(this.#tally, column, UNREADABLE);
    const filled = unreadable + cellsOf(this.#tally, column, READ);
    // A NIK that cannot be read is a rejected row.
    if (column === 'NIK' || unreadable < FEW_CELLS || unreadable <= filled * maxUnreadable) return;
    const detail = `${column} cannot be read, ${unreadable} of ${filled}`;
    throw new IntakeRefusal('COLUMN_UNREADABLE', { detail, line: firstLineOf(this.#tally, column) });
  }

  #refuseOtherRegion(region: string): void {
    const regencies = [...this.#tally.regencies].sort((a, b) => b[1] - a[1]);
    const known = regencies.reduce((sum, [, count]) => sum + count, 0);
    const own = regencies.reduce((sum, [code, count]) => (isWithin(code, region) ? sum + count : sum), 0);
    if (known > 0 && own < known * LEAST_OWN_REGION) throw new IntakeRefusal('OTHER_REGION', { detail: regencies[0]?.[0] });
  }

  #warnings(columns: ColumnReport[]): ReadingWarning[] {
    const missing = (column: Column): boolean => columns.some((one) => one.column === column && one.read === 0);
    return [
      ...(this.#opened.profile.kkRounded ? (['KK_ROUNDED'] as const) : []),
      ...(missing('NAMA_LGKP') ? (['NAMES_MISSING'] as const) : []),
      ...(missing('NO_KK') ? (['KK_MISSING'] as const) : []),
      ...(missing('TGL_LHR') ? (['BIRTH_DATES_MISSING'] as const) : []),
      ...(missing('NO_PROP') || missing('NO_KAB') ? (['REGIONS_MISSING'] as const) : []),
    ];
  }
}

/** A regency within a region of any level, or a region within that regency. */
const isWithin = (regency: string, region: string): boolean => regency.startsWith(region) || region.startsWith(regency);

/** A name of the header, short, and without digits in a row that might be somebody's. */
const shownName = (name: string): string =>
  name
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/[0-9]{6,}/g, '#')
    .slice(0, MAX_NAME_CHARS);
