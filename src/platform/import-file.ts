import { type CivilDate, civilDateAt, parseInstant } from '../core/dates.ts';
import { decide } from '../core/decide.ts';
import type { Election } from '../core/election.ts';
import { NAME_VERSION } from '../core/names.ts';
import { PILKADA_2018 } from '../core/pilkada-2018.ts';
import type { DocumentStatus, VoterStatus } from '../core/reasons.ts';
import { parseRegion, regionRange, utcOffsetHours } from '../core/regions.ts';
import { READER_VERSION, type ReadingReport } from '../intake/report.ts';
import { SAMPLE_AS_OF } from '../intake/sample.ts';
import type { KindCount } from '../registry/incoming.ts';
import { type MergeCounts, mergeCopy } from '../registry/merge.ts';
import { foundOf } from '../registry/row.ts';
import { SAMPLE_SOURCE, type Sql } from '../registry/sql.ts';
import { ExportFile, type ImportListener } from './export-file.ts';
import { StartupError } from './startup-error.ts';

export type ImportOptions = {
  /** Region code of the Disdukcapil (`32.01`), or `sample`. */
  source: string;
  /** RFC 3339 with offset: the moment the copy was taken. */
  asOf: string;
  partial: boolean;
  dryRun: boolean;
  allowOlder: boolean;
  allowTruncated: boolean;
  /** Read the same bytes again, though they were imported before. */
  again: boolean;
  /** Import a file of which hardly any row is of the source's region. */
  otherRegion: boolean;
  /** Shares, 0–1: of rows, of the filled cells of a column, of the source's residents. */
  maxRejected: number;
  maxUnreadable: number;
  maxLost: number;
};

/** What an import is held to unless told otherwise. */
export const IMPORT_DEFAULTS = {
  partial: false,
  dryRun: false,
  allowOlder: false,
  allowTruncated: false,
  again: false,
  otherRegion: false,
  maxRejected: 0.1,
  maxUnreadable: 0.1,
  maxLost: 0.02,
} as const;

/** What an import did; `--json` prints it and the ledger keeps it. `dataset` is the number of the copy, null for a dry run. */
export type ImportReport = {
  dataset: number | null;
  source: string;
  asOf: string;
  rows: number;
  residents: number;
  inserted: number;
  changed: number;
  unchanged: number;
  absent: number;
  duplicates: number;
  conflicts: number;
  rejected: number;
  byReason: Record<string, number>;
  byDocument: Record<DocumentStatus, number>;
  /** For polling day, of the election that is configured. */
  byVoter: Record<VoterStatus, number>;
  /** What was read, column by column. */
  reading: ReadingReport;
  /** The source had no copy before. */
  firstOfSource: boolean;
  seconds: number;
  alreadyImported: boolean;
  sampleRemoved: number;
};

/** The region a source answers for. Throws `StartupError` where it is neither a region of 2018 nor `sample`. */
export function parseSource(source: string): {
  name: string;
  region: string;
  firstRegion: number;
  lastRegion: number;
} {
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
export type ImportContext = { sql: Sql; registryKey: Uint8Array; election?: Election; now?: () => number };

/**
 * Imports an export. `reject` hears each rejected row: line, column, reason, never a value. Throws `StartupError` (arguments),
 * `IntakeRefusal` (the file), `MergeRefusal` (the registry), or the driver's error; the registry is then as it was.
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
  const file = new ExportFile(chunks, { ...options, region: options.otherRegion ? null : source.region }, listen);
  const { alreadyImported, copy, report } = await mergeCopy(sql, {
    source,
    asOfMs,
    asOfDate,
    full: !options.partial,
    allowOlder: options.allowOlder,
    maxLost: options.maxLost,
    dryRun: options.dryRun,
    rows: file.rows(registryKey, asOfDate, zoneHours),
    digest: () => file.digest(),
    readerVersion: READER_VERSION,
    nameVersion: NAME_VERSION,
    again: options.again,
    describe: (merged) => reportOf(merged, options, file.report(), election, asOfDate),
  });
  const nothing = { inserted: 0, changed: 0, unchanged: report.residents, absent: 0, sampleRemoved: 0 };
  const done = alreadyImported ? nothing : {};
  const seconds = Math.round(performance.now() - started) / 1000;
  return { dataset: copy, ...report, ...done, seconds, alreadyImported };
}

/** What the ledger keeps of an import: all but its number and what the next one of the same bytes would say otherwise. */
type KeptReport = Omit<ImportReport, 'dataset' | 'seconds' | 'alreadyImported'>;

function reportOf(
  { kinds, ...counts }: MergeCounts,
  { source, asOf }: ImportOptions,
  reading: ReadingReport,
  election: Election,
  asOfDate: CivilDate,
): KeptReport {
  const { rows, rejected, byReason } = reading;
  return { source, asOf, rows, ...counts, rejected, byReason, ...countOutcomes(kinds, election, asOfDate), reading };
}

/** Residents by document and by voter: what `decide()` says of each kind. */
function countOutcomes(
  kinds: KindCount[],
  election: Election,
  today: CivilDate,
): Pick<ImportReport, 'byDocument' | 'byVoter'> {
  const byDocument: Record<DocumentStatus, number> = { EKTP: 0, SUKET: 0, NEITHER: 0, UNDETERMINED: 0 };
  const byVoter: Record<VoterStatus, number> = { ELIGIBLE: 0, NOT_ELIGIBLE: 0, UNDETERMINED: 0 };
  for (const { facts, residents } of kinds) {
    const { document, voter } = decide(foundOf(facts), election, today);
    byDocument[document] += residents;
    byVoter[voter] += residents;
  }
  return { byDocument, byVoter };
}
