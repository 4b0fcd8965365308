import { NAME_VERSION } from '../core/names.ts';
import type { Finding } from './find.ts';
import { FLAG, type StoredFacts } from './row.ts';
import type { copies, sources } from './schema.ts';

/** The synthetic sample's source: the first real import removes it. */
export const SAMPLE_SOURCE = 'sample';

/** First and last region that the caller may see, as numbers. */
export type Range = { first: number; last: number };
/** A supplier: `fullCopy` is its last full copy, `fullAsOfMs` the date of that. */
export type Source = typeof sources.$inferSelect;
export type Copy = Pick<typeof copies.$inferSelect, 'id' | 'source' | 'asOfMs'>;
/** All copies of one state of the registry, those of sources that are gone included. */
export type Ledger = { sources: readonly Source[]; copies: readonly Copy[] };

/** A resident's row, and what it says of the proofs that came along. */
type Row = StoredFacts & Pick<Finding, 'nameMatches' | 'kkMatches' | 'suketMatches'> & { copy: number };

/**
 * What a caller may see, by the ledger alone; the SQL of a single check (check-statement.ts) says the same.
 * - A row that is absent from the last full copy, or outside the caller's region, is a miss; one whose region is
 *   unknown counts as of its source's region.
 * - A row carries the date of the copy that wrote it, or that of its source's last full copy where that is later and
 *   came after it: a full copy confirms what it leaves, but not the rows that it rejected (KEPT).
 * - A miss carries the date of the oldest copy among those of the sources whose region meets the caller's.
 * - Names compare only where the source's were tagged under our version of the normalisation.
 */
export function visibility(ledger: Ledger, range: Range) {
  const seen = ledger.sources.filter(
    (source) => source.firstRegion <= range.last && source.lastRegion >= range.first,
  );
  const [oldest] = seen.toSorted((a, b) => missMs(a) - missMs(b) || (a.name < b.name ? -1 : 1));
  const miss: Finding = {
    ...originOf(oldest),
    asOfMs: oldest === undefined ? null : missMs(oldest),
    facts: null,
    nameMatches: null,
    kkMatches: null,
    suketMatches: null,
  };
  const copyOf = new Map<number, { source: Source; asOfMs: number }>();
  for (const { id, source: name, asOfMs } of ledger.copies) {
    const source = ledger.sources.find((one) => one.name === name);
    if (source !== undefined) copyOf.set(id, { source, asOfMs });
  }
  return {
    /** The sources whose region meets the caller's. */
    sources: seen,
    /** Copies by their number, but those of sources that are gone. */
    copyOf,
    miss,
    /** What a row says to the caller. */
    findingOf({ copy: id, nameMatches, kkMatches, suketMatches, ...facts }: Row): Finding {
      const copy = copyOf.get(id);
      if (copy === undefined || facts.flags & FLAG.ABSENT) return miss;
      const { source, asOfMs } = copy;
      const region = facts.region ?? source.firstRegion;
      if (region < range.first || region > range.last) return miss;
      const isConfirmed = (facts.flags & FLAG.KEPT) === 0 && id <= (source.fullCopy ?? 0);
      return {
        ...originOf(source),
        asOfMs: isConfirmed ? Math.max(asOfMs, source.fullAsOfMs ?? asOfMs) : asOfMs,
        facts,
        nameMatches: source.nameVersion === NAME_VERSION ? nameMatches : null,
        kkMatches,
        suketMatches,
      };
    },
  };
}

const missMs = (source: Source): number => source.fullAsOfMs ?? source.asOfMs;

const originOf = (source: Source | undefined): Pick<Finding, 'sourceRegion' | 'source'> => ({
  sourceRegion: source?.region ?? null,
  source: source?.name === SAMPLE_SOURCE ? 'SAMPLE' : 'REGISTRY',
});
