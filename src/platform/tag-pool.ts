import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Block } from '../intake/blocks.ts';
import { createBlockReader, type ReaderSettings } from '../intake/read-block.ts';
import type { Reject } from '../intake/record.ts';
import { IntakeRefusal, type RefusalCode, type RefusalPlace } from '../intake/refusal.ts';
import type { Tally } from '../intake/tally.ts';
import { deriveKeys } from '../registry/registry-keys.ts';
import { RowEncoder } from '../registry/row-encoder.ts';

const MAX_THREADS = 4;
/** Blocks that a thread has in hand: one at work, one waiting. */
const BLOCKS_PER_THREAD = 2;
/** A thread makes short-lived strings only: a small nursery keeps its memory small and costs nothing. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 48 };
/** Up to so many blocks are tagged where we are: a thread takes longer to start. */
const BLOCKS_WITHOUT_THREADS = 4;

/** What a thread needs to tag blocks; plain data. */
export type TaggerSettings = ReaderSettings & { registryKey: Uint8Array };

/** Rows of the binary COPY without any NIK, what had to be rejected, and counts; or why the file is refused. */
type TaggedBlock =
  | { ok: true; rows: Uint8Array<ArrayBuffer>; rejects: Reject[]; tally: Tally }
  | { ok: false; code: RefusalCode; place: RefusalPlace };

type Thread = ReturnType<typeof startThread>;

/**
 * Tags the blocks of an export on as many threads as there are cores; no block is read before there is room for it.
 * Throws what `blocks` throws, and Error where a thread dies.
 */
export async function* tagBlocks(
  blocks: AsyncIterable<Block>,
  settings: TaggerSettings,
): AsyncGenerator<TaggedBlock> {
  const here = createBlockTagger(settings);
  const threads: Thread[] = [];
  const inHand: Promise<TaggedBlock>[] = [];
  let count = 0;
  try {
    for await (const block of blocks) {
      count += 1;
      if (count <= BLOCKS_WITHOUT_THREADS) {
        yield here(block);
        continue;
      }
      while (threads.length < Math.min(availableParallelism(), MAX_THREADS)) threads.push(startThread(settings));
      inHand.push((threads[count % threads.length] as Thread).tag(block));
      if (inHand.length === threads.length * BLOCKS_PER_THREAD) yield await (inHand.shift() as Promise<TaggedBlock>);
    }
    for (const tagged of inHand) yield await tagged;
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** A thread that answers in the order in which it is asked. */
function startThread(workerData: TaggerSettings) {
  const url = new URL('./tag-thread.ts', import.meta.url);
  const worker = new Worker(url, { workerData, resourceLimits: THREAD_LIMITS });
  const waiting: PromiseWithResolvers<TaggedBlock>[] = [];
  const fail = (): void => {
    for (const { reject } of waiting.splice(0)) reject(new Error('a thread that tags residents has died'));
  };
  worker.on('message', (tagged: TaggedBlock) => waiting.shift()?.resolve(tagged));
  worker.on('error', fail).on('exit', fail);
  const tag = (block: Block): Promise<TaggedBlock> => {
    const tagged = Promise.withResolvers<TaggedBlock>();
    // Its failure is heard when its turn comes.
    tagged.promise.catch(() => {});
    waiting.push(tagged);
    worker.postMessage(block, [block.bytes.buffer]);
    return tagged.promise;
  };
  return { tag, end: () => worker.terminate() };
}

/** Makes the function that reads, normalises and tags blocks: one a thread. */
export function createBlockTagger({ registryKey, ...settings }: TaggerSettings): (block: Block) => TaggedBlock {
  const read = createBlockReader(settings);
  const encoder = new RowEncoder(deriveKeys(registryKey));
  return (block) => {
    const rejects: Reject[] = [];
    try {
      const tally = read(block, {
        resident: (record) => encoder.write(record),
        reject(reject, niks) {
          rejects.push(reject);
          for (const nik of niks) encoder.writeKept(nik);
        },
      });
      return { ok: true, rows: encoder.take(), rejects, tally };
    } catch (error) {
      // A thread's error would arrive as a plain one.
      if (!(error instanceof IntakeRefusal)) throw error;
      return { ok: false, code: error.code, place: { detail: error.detail, line: error.line } };
    }
  };
}
