import { COLUMNS, type Column } from './columns.ts';
import type { OpenExport } from './read-export.ts';
import type { Reject } from './record.ts';
import { IntakeRefusal } from './refusal.ts';
import { addTally, CELL_KINDS, newTally, type Tally } from './tally.ts';

/** Raised where a file is read otherwise than before: the same bytes are then read again. */
export const READER_VERSION = 2;

/** Columns without which something is known of nobody. */
const MISSED = {
  NAMES_MISSING: ['NAMA_LGKP'],
  KK_MISSING: ['NO_KK'],
  BIRTH_DATES_MISSING: ['TGL_LHR'],
  REGIONS_MISSING: ['NO_PROP', 'NO_KAB'],
} satisfies Record<string, Column[]>;
type Missing = keyof typeof MISSED;
export type ReadingWarning = 'KK_ROUNDED' | Missing;

/** What was read of a file, for the operator and the ledger: names of columns and counts, no value. */
export type ReadingReport = ReturnType<ReadingSum['report']>;
export type ColumnReport = ReadingReport['columns'][number];

/** Shares, 0–1, of rows rejected and of filled cells unreadable; the region of the rows (`32.01`), null = any. */
type ReadingGuards = { maxRejected: number; maxUnreadable: number; region: string | null };

const FEW_CELLS = 5;
/** Of the rows whose region is known, so many must be of the source's. */
const LEAST_OWN_REGION = 0.1;
const MAX_NAME_CHARS = 40;

export class ReadingSum {
  readonly #opened: Pick<OpenExport, 'layout' | 'profile'>;
  readonly #tally = newTally();
  readonly #reasons = new Map<string, { count: number; line: number }>();
  #rejected = 0;

  constructor({ layout, profile, passedOver }: Pick<OpenExport, 'layout' | 'profile' | 'passedOver'>) {
    this.#opened = { layout, profile };
    this.#tally.passedOver = { ...passedOver };
  }

  get rows(): number {
    return this.#tally.rows;
  }

  add(tally: Tally, rejects: readonly Reject[]): void {
    addTally(this.#tally, tally);
    this.#rejected += rejects.length;
    for (const { reason, line } of rejects) {
      const known = this.#reasons.get(reason) ?? { count: 0, line };
      this.#reasons.set(reason, { count: known.count + 1, line: Math.min(known.line, line) });
    }
  }

  report() {
    const { layout, profile } = this.#opened;
    const { rows, cells, firstLines, passedOver } = this.#tally;
    const columns = COLUMNS.map((column, i) => {
      const place = layout.columns[column];
      const [blank = 0, read = 0, unreadable = 0] = cells.subarray(i * CELL_KINDS);
      return {
        column,
        header: place < 0 ? null : shownName(layout.names[place] as string),
        /** What most cells look like (`99-99-9999, day first`), of dates; null for other columns. */
        form: profile.forms[column] ?? null,
        blank,
        read,
        unreadable,
        firstUnreadableLine: firstLines[i] || null,
      };
    });
    const missed = new Set<Column>(columns.filter(({ read }) => read === 0).map(({ column }) => column));
    const missing = (Object.keys(MISSED) as Missing[]).filter((warning) =>
      MISSED[warning].some((one) => missed.has(one)),
    );
    const warnings: ReadingWarning[] = profile.kkRounded ? ['KK_ROUNDED', ...missing] : missing;
    const used = new Set(Object.values(layout.columns));
    return {
      readerVersion: READER_VERSION,
      headerLine: layout.headerLine,
      rows,
      rejected: this.#rejected,
      byReason: Object.fromEntries([...this.#reasons].map(([reason, { count }]) => [reason, count])),
      columns,
      unusedHeaders: layout.names.filter((name, place) => name !== '' && !used.has(place)).map(shownName),
      passedOver,
      warnings,
    };
  }

  /** Refuses a file that was read to its end and cannot be trusted. Throws `IntakeRefusal`. */
  refuse({ maxRejected, maxUnreadable, region }: ReadingGuards): void {
    const { rows, regencies } = this.#tally;
    if (this.#rejected > rows * maxRejected) {
      const reasons = [...this.#reasons].map(
        ([reason, { count, line }]) => `${reason} ${count} (first in line ${line})`,
      );
      throw new IntakeRefusal('TOO_MANY_REJECTED', { detail: `${this.#rejected} of ${rows}: ${reasons.join(', ')}` });
    }
    for (const { column, read, unreadable, firstUnreadableLine } of this.report().columns) {
      const filled = read + unreadable;
      // A NIK that cannot be read is a rejected row.
      if (column === 'NIK' || unreadable < FEW_CELLS || unreadable <= filled * maxUnreadable) continue;
      const detail = `${column} cannot be read, ${unreadable} of ${filled}`;
      throw new IntakeRefusal('COLUMN_UNREADABLE', { detail, line: firstUnreadableLine ?? undefined });
    }
    if (region !== null) refuseOtherRegion(regencies, region);
  }
}

function refuseOtherRegion(regencies: Record<string, number>, region: string): void {
  const sum = (counts: [string, number][]): number => counts.reduce((total, [, count]) => total + count, 0);
  const known = Object.entries(regencies).sort((a, b) => b[1] - a[1]);
  // A regency within a region of any level, or a region within that regency.
  const own = known.filter(([regency]) => regency.startsWith(region) || region.startsWith(regency));
  if (sum(own) < sum(known) * LEAST_OWN_REGION) throw new IntakeRefusal('OTHER_REGION', { detail: known[0]?.[0] });
}

/** A name of the header, short, and without digits in a row that might be somebody's. */
const shownName = (name: string): string =>
  name
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/[0-9]{6,}/g, '#')
    .slice(0, MAX_NAME_CHARS);
