import { civilDateAt, parseInstant } from '../core/dates.ts';
import { decide } from '../core/decide.ts';
import type { Election } from '../core/election.ts';
import { NAME_VERSION } from '../core/names.ts';
import { PILKADA_2018 } from '../core/pilkada-2018.ts';
import type { DocumentStatus, VoterStatus } from '../core/reasons.ts';
import { parseRegion, regionRange, utcOffsetHours } from '../core/regions.ts';
import { READER_VERSION, type ReadingReport } from '../intake/report.ts';
import { SAMPLE_AS_OF } from '../intake/sample.ts';
import { type MergeCounts, mergeCopy } from '../registry/merge.ts';
import { foundOf } from '../registry/row.ts';
import { SAMPLE_SOURCE, type Sql } from '../registry/sql.ts';
import { type ImportListener, readFileOnce } from './export-file.ts';
import { StartupError } from './startup-error.ts';

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
    /** What was read, column by column. */
    reading: ReadingReport;
  };
/** What an import did, as `--json` prints it. `dataset` is the number of the copy, null for a dry run. */
export type ImportReport = KeptReport & { dataset: number | null; seconds: number; alreadyImported: boolean };

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
  const file = readFileOnce(chunks, { ...options, registryKey, asOf: asOfDate, zoneHours, region }, listen);
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
  const nothing = { inserted: 0, changed: 0, unchanged: report.residents, absent: 0, sampleRemoved: 0 };
  const done = alreadyImported ? nothing : {};
  const seconds = Math.round(performance.now() - started) / 1000;
  return { dataset: copy, ...report, ...done, seconds, alreadyImported };
}
