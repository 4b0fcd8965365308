import { createHash } from 'node:crypto';
import { inTime, Unavailable } from '../checks/group.ts';
import type { CivilDate } from '../core/dates.ts';
import { readExport } from '../intake/read-export.ts';
import type { Reject } from '../intake/record.ts';
import { IntakeRefusal } from '../intake/refusal.ts';
import { type ReadingReport, ReadingSum } from '../intake/report.ts';
import { StartupError } from './startup-error.ts';
import { tagBlocks } from './tag-pool.ts';

/** How long an import waits for the next bytes of its file, and for all of them: a pipe may never end. */
export const IMPORT_LIMITS = { maxSilenceMs: 600_000, maxReadMs: 6 * 3_600_000 } as const;

export type ImportListener = {
  progress(progress: { bytes: number; rows: number; merging: boolean }): void;
  reject(reject: Reject): void;
  /** All rows are read and nothing is committed: the last moment to refuse. What it throws refuses the import. */
  rejectsEnd?(): void;
};

/** `region`: of which the rows must be; null = any. `asOf` and `zoneHours` of the copy. Shares 0–1. */
type ReadingOptions = {
  registryKey: Uint8Array;
  asOf: CivilDate;
  zoneHours: number;
  allowTruncated: boolean;
  maxRejected: number;
  maxUnreadable: number;
  region: string | null;
};

/** One pass over the bytes of an export: digest, counts and rejects on the way to the stage. */
export function readFileOnce(chunks: AsyncIterable<Uint8Array>, options: ReadingOptions, listen: ImportListener) {
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
  let leftMs = maxReadMs;
  try {
    for (;;) {
      leftMs = Math.max(0, deadline - performance.now());
      const next = await inTime(iterator.next(), Math.min(maxSilenceMs, leftMs));
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const why = leftMs < maxSilenceMs ? 'takes too long to read' : 'sends nothing any more';
    throw new StartupError(`FILE ${why}: nothing was imported`);
  } finally {
    // Not awaited: it ends behind the chunk that does not come.
    iterator.return?.().catch(() => {});
  }
}
