import { createHash } from 'node:crypto';
import type { CivilDate } from '../core/dates.ts';
import { readExport } from '../intake/read-export.ts';
import type { Reject } from '../intake/record.ts';
import { IntakeRefusal } from '../intake/refusal.ts';
import { type ReadingReport, ReadingSum } from '../intake/report.ts';
import { inDueTime } from './due-time.ts';
import { tagBlocks } from './tag-pool.ts';

export type ImportProgress = { bytes: number; rows: number; merging: boolean };
export type ImportListener = {
  progress(progress: ImportProgress): void;
  reject(reject: Reject): void;
  /** All rows are read and nothing is committed: the last moment to refuse. What it throws refuses the import. */
  rejectsEnd?(): Promise<void>;
};

/** `region`: that of the source, of which the rows must be; null = any. Shares 0–1. */
type FileOptions = { allowTruncated: boolean; maxRejected: number; maxUnreadable: number; region: string | null };

/** One pass over the bytes of an export: digest, counts and rejects on the way to the stage. */
export class ExportFile {
  #sum: ReadingSum | undefined;
  readonly #hash = createHash('sha256');
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #options: FileOptions;
  readonly #listen: ImportListener;
  #bytes = 0;

  constructor(chunks: AsyncIterable<Uint8Array>, options: FileOptions, listen: ImportListener) {
    this.#chunks = chunks;
    this.#options = options;
    this.#listen = listen;
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  report(): ReadingReport {
    return (this.#sum as ReadingSum).report();
  }

  async *rows(registryKey: Uint8Array, asOf: CivilDate, zoneHours: number): AsyncGenerator<Uint8Array> {
    const { allowTruncated, maxRejected, maxUnreadable, region } = this.#options;
    const opened = await readExport(this.#hashed(), { allowTruncated, zoneHours });
    const { layout, profile, blocks } = opened;
    const sum = new ReadingSum(opened);
    this.#sum = sum;
    for await (const tagged of tagBlocks(blocks, { registryKey, layout, profile, asOf })) {
      if (!tagged.ok) throw new IntakeRefusal(tagged.code, tagged.place);
      sum.add(tagged.tally, tagged.rejects);
      for (const reject of tagged.rejects) this.#listen.reject(reject);
      this.#progress(false);
      yield tagged.rows;
    }
    sum.refuse({ maxRejected, maxUnreadable, region });
    await this.#listen.rejectsEnd?.();
    this.#progress(true);
  }

  async *#hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of inDueTime(this.#chunks)) {
      this.#bytes += chunk.byteLength;
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  #progress(merging: boolean): void {
    this.#listen.progress({ bytes: this.#bytes, rows: this.#sum?.rows ?? 0, merging });
  }
}
