import type { Finding } from './find.ts';
import { FLAG } from './row.ts';
import { SAMPLE_SOURCE } from './sql.ts';

/** First and last region that the caller may see, as numbers. */
export type Range = { first: number; last: number };
/** A supplier as the ledger has it; `fullCopy` is the number of its last full copy, `fullAsOfMs` the date of that. */
export type LedgerSource = Range & {
  name: string;
  region: string;
  asOfMs: number;
  fullAsOfMs: number | null;
  fullCopy: number | null;
  nameVersion: number;
};
/** What a snapshot says of its copies, by their numbers. */
export type Ledger = { sources: LedgerSource[]; copies: Map<number, { source: LedgerSource; asOfMs: number }> };

/** What an answer says of the copy that it rests on. */
export type Origin = Pick<Finding, 'asOfMs' | 'sourceRegion' | 'source'>;

/**
 * What a caller may see, by the ledger alone; the SQL of a single check (find.ts) says the same.
 * - A row that is absent from the last full copy, or outside the caller's region, is a miss; one whose region is unknown
 *   counts as of its source's region.
 * - A row carries the date of the copy that wrote it, or that of its source's last full copy where that is later and came
 *   after it: a full copy confirms what it leaves, but not the rows that it rejected (KEPT).
 * - A miss carries the date of the oldest copy among those of the sources whose region meets the caller's.
 */
export function visibility({ sources, copies }: Ledger, range: Range) {
  const seen = sources.filter((source) => source.first <= range.last && source.last >= range.first);
  const oldest = seen.toSorted((a, b) => missMs(a) - missMs(b) || (a.name < b.name ? -1 : 1))[0];
  return {
    /** The sources whose region meets the caller's. */
    sources: seen,
    miss: originOf(oldest, oldest === undefined ? null : missMs(oldest)),
    /** The source and origin of a row; null where it is treated as not found. */
    row(row: {
      copy: number;
      flags: number;
      region: number | null;
    }): { source: LedgerSource; origin: Origin } | null {
      const copy = copies.get(row.copy);
      if (copy === undefined || row.flags & FLAG.ABSENT) return null;
      const { source, asOfMs } = copy;
      const region = row.region ?? source.first;
      if (region < range.first || region > range.last) return null;
      const isConfirmed = (row.flags & FLAG.KEPT) === 0 && row.copy <= (source.fullCopy ?? 0);
      return {
        source,
        origin: originOf(source, isConfirmed ? Math.max(asOfMs, source.fullAsOfMs ?? asOfMs) : asOfMs),
      };
    },
  };
}

const missMs = (source: LedgerSource): number => source.fullAsOfMs ?? source.asOfMs;

const originOf = (source: LedgerSource | undefined, asOfMs: number | null): Origin => ({
  asOfMs,
  sourceRegion: source?.region ?? null,
  source: source?.name === SAMPLE_SOURCE ? 'SAMPLE' : 'REGISTRY',
});
