import { createHash } from 'node:crypto';
import { inTime, Unavailable } from '../checks/unavailable.ts';
import { type CivilDate, civilDateAt, parseInstant } from '../core/dates.ts';
import { decide } from '../core/decide.ts';
import type { Election } from '../core/election.ts';
import { NAME_VERSION } from '../core/names.ts';
import { PILKADA_2018 } from '../core/pilkada-2018.ts';
import type { DocumentStatus, VoterStatus } from '../core/reasons.ts';
import { parseRegion, regionRange, utcOffsetHours } from '../core/regions.ts';
import { readExport } from '../intake/read-export.ts';
import type { Reject } from '../intake/record.ts';
import { IntakeRefusal } from '../intake/refusal.ts';
import { READER_VERSION, type ReadingReport, ReadingSum } from '../intake/report.ts';
import { SAMPLE_AS_OF } from '../intake/sample.ts';
import { type MergeCounts, mergeCopy } from '../registry/merge.ts';
import { foundOf } from '../registry/row.ts';
import type { Sql } from '../registry/sql.ts';
import { SAMPLE_SOURCE } from '../registry/visibility.ts';
import { StartupError } from './startup-error.ts';
import { tagBlocks } from './tag-pool.ts';

/** What an import is held to unless told otherwise; shares are 0–1. */
export const IMPORT_DEFAULTS = {
  partial: false,
  dryRun: false,
  allowOlder: false,
  allowTruncated: false,
  /** Read the same bytes again, though they were imported before. */
  again: false,
  /** Import a file of which hardly any row is of the source's region. */
  otherRegion: false,
  /** Shares of rows, of the filled cells of a column, of the source's residents. */
  maxRejected: 0.1,
  maxUnreadable: 0.1,
  maxLost: 0.02,
};

/** `source`: region code of the Disdukcapil, or `sample`. `asOf`: RFC 3339 with offset, when the copy was taken. */
export type ImportOptions = typeof IMPORT_DEFAULTS & { source: string; asOf: string };

/** What the ledger keeps of an import: nothing that the next one of the same bytes would say otherwise. */
type KeptReport = Omit<MergeCounts, 'kinds'> &
  Pick<ReadingReport, 'rows' | 'rejected' | 'byReason'> & {
    source: string;
    asOf: string;
    /** Residents as `decide()` judges them, for polling day of the election that is configured. */
    byDocument: Record<DocumentStatus, number>;
    byVoter: Record<VoterStatus, number>;
    reading: ReadingReport;
  };
/**
 * What an import did, as `--json` prints it. `dataset` is the number of the copy, null for a dry run:
 * programs know it by that name.
 */
export type ImportReport = KeptReport & { dataset: number | null; seconds: number; alreadyImported: boolean };

/** How long an import waits for the next bytes of its file, and for all of them: a pipe may never end. */
export const IMPORT_LIMITS = { maxSilenceMs: 600_000, maxReadMs: 6 * 3_600_000 } as const;

type ImportListener = {
  progress(progress: { bytes: number; rows: number; merging: boolean }): void;
  reject(reject: Reject): void;
  /** All rows are read and nothing is committed: the last moment to refuse. What it throws refuses the import. */
  rejectsEnd?(): void;
};

/** The region a source answers for. Throws `StartupError` where it is neither a region of 2018 nor `sample`. */
export function parseSource(source: string) {
  const region = source === SAMPLE_SOURCE ? '32.01' : parseRegion(source);
  if (region === null)
    throw new StartupError(`--source must be a region code of 2018 such as 32.01, or ${SAMPLE_SOURCE}`);
  const { first, last } = regionRange(region);
  return { name: source, region, firstRegion: first, lastRegion: last };
}

/** The moment of a copy, in milliseconds since 1970. Throws `StartupError` where it is none, or has not come yet. */
export function parseAsOf(text: string, nowMs: number): number {
  const asOfMs = parseInstant(text);
  if (asOfMs === null) throw new StartupError(`--as-of must be a moment with its offset, such as ${SAMPLE_AS_OF}`);
  if (asOfMs <= nowMs) return asOfMs;
  throw new StartupError(
    '--as-of is later than the clock of this machine: give the moment at which the file was taken',
  );
}

/** Where an import works: `now` is the clock in milliseconds since 1970, `election` what residents are counted for. */
type ImportContext = { sql: Sql; registryKey: Uint8Array; election?: Election; now?: () => number };

/**
 * Imports an export. Throws `StartupError` (arguments), `IntakeRefusal` (the file), `MergeRefusal` (the registry),
 * or the driver's error; the registry is then as it was.
 */
export async function importExport(
  { sql, registryKey, election = PILKADA_2018, now = Date.now }: ImportContext,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
  listen: ImportListener,
): Promise<ImportReport> {
  const started = performance.now();
  const source = parseSource(options.source);
  const asOfMs = parseAsOf(options.asOf, now());
  const zoneHours = utcOffsetHours(source.region);
  const asOfDate = civilDateAt(asOfMs, zoneHours);
  const region = options.otherRegion ? null : source.region;
  const file = readOnce(chunks, { ...options, registryKey, asOf: asOfDate, zoneHours, region }, listen);
  const { alreadyImported, copy, report } = await mergeCopy<KeptReport>(sql, {
    ...options,
    source,
    asOfMs,
    asOfDate,
    full: !options.partial,
    rows: file.rows(),
    digest: file.digest,
    readerVersion: READER_VERSION,
    nameVersion: NAME_VERSION,
    describe({ kinds, ...counts }) {
      const byDocument = { EKTP: 0, SUKET: 0, NEITHER: 0, UNDETERMINED: 0 };
      const byVoter = { ELIGIBLE: 0, NOT_ELIGIBLE: 0, UNDETERMINED: 0 };
      for (const { facts, residents } of kinds) {
        const { document, voter } = decide(foundOf(facts), election, asOfDate);
        byDocument[document] += residents;
        byVoter[voter] += residents;
      }
      const reading = file.report();
      const { rows, rejected, byReason } = reading;
      const { source: name, asOf } = options;
      return { source: name, asOf, rows, ...counts, rejected, byReason, byDocument, byVoter, reading };
    },
  });
  const seconds = Math.round(performance.now() - started) / 1000;
  const done = { dataset: copy, ...report, seconds, alreadyImported };
  if (!alreadyImported) return done;
  return { ...done, inserted: 0, changed: 0, unchanged: report.residents, absent: 0, sampleRemoved: 0 };
}

type ReadingOptions = Pick<ImportOptions, 'allowTruncated' | 'maxRejected' | 'maxUnreadable'> & {
  registryKey: Uint8Array;
  asOf: CivilDate;
  zoneHours: number;
  /** Of which the rows must be; null = any. */
  region: string | null;
};

/** One pass over the bytes of an export: digest, counts and rejects on the way to the stage. */
function readOnce(chunks: AsyncIterable<Uint8Array>, options: ReadingOptions, listen: ImportListener) {
  const { registryKey, asOf, ...guards } = options;
  const hash = createHash('sha256');
  let sum: ReadingSum | undefined;
  let bytes = 0;
  const progress = (merging: boolean): void => listen.progress({ bytes, rows: sum?.rows ?? 0, merging });

  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of inDueTime(chunks)) {
      bytes += chunk.byteLength;
      hash.update(chunk);
      yield chunk;
    }
  }
  async function* rows(): AsyncGenerator<Uint8Array> {
    const opened = await readExport(hashed(), guards);
    const { layout, profile, blocks } = opened;
    sum = new ReadingSum(opened);
    for await (const tagged of tagBlocks(blocks, { registryKey, layout, profile, asOf })) {
      if (!tagged.ok) throw new IntakeRefusal(tagged.code, tagged.place);
      sum.add(tagged.tally, tagged.rejects);
      for (const reject of tagged.rejects) listen.reject(reject);
      progress(false);
      yield tagged.rows;
    }
    sum.refuse(guards);
    listen.rejectsEnd?.();
    progress(true);
  }
  const report = (): ReadingReport => (sum as ReadingSum).report();
  return { rows, report, digest: () => hash.digest('hex') };
}

/** Chunks as they come. Throws `StartupError` where none comes for too long, or the last too late. */
export async function* inDueTime(
  chunks: AsyncIterable<Uint8Array>,
  { maxSilenceMs, maxReadMs }: { maxSilenceMs: number; maxReadMs: number } = IMPORT_LIMITS,
): AsyncGenerator<Uint8Array> {
  const deadline = performance.now() + maxReadMs;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const leftMs = Math.max(0, deadline - performance.now());
      const next = await inTime(iterator.next(), Math.min(maxSilenceMs, leftMs)).catch((error: unknown) => {
        if (!(error instanceof Unavailable)) throw error;
        const why = leftMs < maxSilenceMs ? 'takes too long to read' : 'sends nothing any more';
        throw new StartupError(`FILE ${why}: nothing was imported`);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: it ends behind the chunk that does not come.
    iterator.return?.().catch(() => {});
  }
}
