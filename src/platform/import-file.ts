import { createHash } from 'node:crypto';
import { type CivilDate, civilDateAt, parseInstant } from '../core/dates.ts';
import { documentOf } from '../core/decide.ts';
import type { DocumentStatus } from '../core/reasons.ts';
import { parseRegion, regionRange, utcOffsetHours } from '../core/regions.ts';
import { statusOfNumber } from '../core/status.ts';
import { readExport } from '../intake/read-export.ts';
import type { Reject } from '../intake/record.ts';
import { IntakeRefusal } from '../intake/refusal.ts';
import { SAMPLE_AS_OF } from '../intake/sample.ts';
import { type MergeReport, mergeCopy } from '../registry/merge.ts';
import { SAMPLE_SOURCE, type Sql } from '../registry/sql.ts';
import { StartupError } from './startup-error.ts';
import { tagBlocks } from './tag-pool.ts';

export type ImportOptions = {
  /** Region code of the Disdukcapil (`32.01`), or `sample`. */
  source: string;
  /** RFC 3339 with offset: the moment the copy was taken. */
  asOf: string;
  partial: boolean;
  dryRun: boolean;
  allowOlder: boolean;
  allowTruncated: boolean;
  /** Shares, 0–1. */
  maxRejected: number;
  maxLost: number;
};

export type ImportProgress = { bytes: number; rows: number; merging: boolean };
export type ImportListener = { progress(progress: ImportProgress): void; reject(reject: Reject): void };

/** What an import did; `--json` prints it. `dataset` is the number of the copy in the ledger, null for a dry run. */
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
  seconds: number;
  alreadyImported: boolean;
  sampleRemoved: number;
};

/** The region a source answers for. Throws `StartupError` where it is neither a region of 2018 nor `sample`. */
export function parseSource(source: string): { name: string; region: string; firstRegion: number; lastRegion: number } {
  const region = source === SAMPLE_SOURCE ? '32.01' : parseRegion(source);
  if (region === null) throw new StartupError(`--source must be a region code of 2018 such as 32.01, or ${SAMPLE_SOURCE}`);
  const { first, last } = regionRange(region);
  return { name: source, region, firstRegion: first, lastRegion: last };
}

/**
 * Imports an export. `reject` hears each rejected row: line, column, reason, never a value. Throws `StartupError` (arguments),
 * `IntakeRefusal` (the file), `MergeRefusal` (the registry), or the driver's error; the registry is then as it was.
 */
export async function importExport(
  sql: Sql,
  registryKey: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
  listen: ImportListener,
): Promise<ImportReport> {
  const started = performance.now();
  const source = parseSource(options.source);
  const asOfMs = parseInstant(options.asOf);
  if (asOfMs === null) throw new StartupError(`--as-of must be a moment with its offset, such as ${SAMPLE_AS_OF}`);
  const asOfDate = civilDateAt(asOfMs, utcOffsetHours(source.region));
  const reading = new Reading(chunks, options, listen);
  const report = await mergeCopy(sql, {
    source,
    asOfMs,
    asOfDate,
    full: !options.partial,
    allowOlder: options.allowOlder,
    maxLost: options.maxLost,
    dryRun: options.dryRun,
    rows: reading.rows(registryKey, asOfDate),
    digest: () => reading.digest(),
  });
  const { rejected, byReason } = reading;
  return reportOf(report, {
    ...options,
    rows: reading.read,
    rejected,
    byReason,
    seconds: (performance.now() - started) / 1000,
  });
}

/** One pass over the bytes of an export: digest, counts and rejects on the way to the stage. */
class Reading {
  read = 0;
  rejected = 0;
  readonly byReason: Record<string, number> = {};
  readonly #hash = createHash('sha256');
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #options: ImportOptions;
  readonly #listen: ImportListener;
  #bytes = 0;

  constructor(chunks: AsyncIterable<Uint8Array>, options: ImportOptions, listen: ImportListener) {
    this.#chunks = chunks;
    this.#options = options;
    this.#listen = listen;
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  async *rows(registryKey: Uint8Array, asOfDate: CivilDate): AsyncGenerator<Uint8Array> {
    const { layout, blocks } = await readExport(this.#hashed(), { allowTruncated: this.#options.allowTruncated });
    for await (const { rows, residents, rejects } of tagBlocks(blocks, { registryKey, layout, asOfDate })) {
      this.read += residents + rejects.length;
      this.rejected += rejects.length;
      for (const reject of rejects) {
        this.byReason[reject.reason] = (this.byReason[reject.reason] ?? 0) + 1;
        this.#listen.reject(reject);
      }
      this.#progress(false);
      yield rows;
    }
    if (this.rejected > this.read * this.#options.maxRejected) throw new IntakeRefusal('TOO_MANY_REJECTED');
    this.#progress(true);
  }

  async *#hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#chunks) {
      this.#bytes += chunk.byteLength;
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  #progress(merging: boolean): void {
    this.#listen.progress({ bytes: this.#bytes, rows: this.read, merging });
  }
}

type ReadPart = Pick<ImportReport, 'source' | 'asOf' | 'rows' | 'rejected' | 'byReason' | 'seconds'>;

function reportOf(merged: MergeReport, read: ReadPart): ImportReport {
  const byDocument: Record<DocumentStatus, number> = { EKTP: 0, SUKET: 0, NEITHER: 0, UNDETERMINED: 0 };
  for (const { status, residents } of merged.byStatus)
    byDocument[status === 'CONFLICT' ? 'UNDETERMINED' : documentOf(statusOfNumber(status))] += residents;
  const { copy, residents, inserted, changed, unchanged, absent, duplicates, conflicts } = merged;
  const { source, asOf, rows, rejected, byReason, seconds } = read;
  return {
    dataset: copy,
    source,
    asOf,
    rows,
    residents,
    ...(merged.alreadyImported
      ? { inserted: 0, changed: 0, unchanged: residents, absent: 0 }
      : { inserted, changed, unchanged, absent }),
    duplicates,
    conflicts,
    rejected,
    byReason,
    byDocument,
    seconds: Math.round(seconds * 1000) / 1000,
    alreadyImported: merged.alreadyImported,
    sampleRemoved: merged.alreadyImported ? 0 : merged.sampleRemoved,
  };
}
