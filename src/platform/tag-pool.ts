import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Block } from '../intake/blocks.ts';
import { createBlockTagger, type TaggedBlock, type TaggerSettings } from './tag-block.ts';

const MAX_THREADS = 4;
/** Blocks that a thread has in hand: one at work, one waiting. */
const BLOCKS_PER_THREAD = 2;
/** A thread makes short-lived strings only: a small nursery keeps its memory small and costs nothing. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 48 };
/** Up to so many blocks are tagged where we are: a thread takes longer to start. */
const BLOCKS_WITHOUT_THREADS = 4;

/**
 * Tags the blocks of an export on as many threads as there are cores, in no particular order; memory stays flat, for no block
 * is read before there is room for it. Throws what `blocks` throws, and Error where a thread dies.
 */
export async function* tagBlocks(
  blocks: AsyncIterable<Block>,
  settings: TaggerSettings,
): AsyncGenerator<TaggedBlock> {
  const iterator = blocks[Symbol.asyncIterator]();
  const here = createBlockTagger(settings);
  for (let i = 0; i < BLOCKS_WITHOUT_THREADS; i += 1) {
    const next = await iterator.next();
    if (next.done) return;
    yield here(next.value);
  }
  const pool = Array.from({ length: Math.min(availableParallelism(), MAX_THREADS) }, () => new TagThread(settings));
  try {
    const inHand = new Set<Promise<{ thread: TagThread; tagged: TaggedBlock; self: () => unknown }>>();
    const give = (thread: TagThread, block: Block): void => {
      const work = thread.tag(block).then((tagged) => ({ thread, tagged, self: () => inHand.delete(work) }));
      inHand.add(work);
    };
    const free = pool.flatMap((thread) => Array.from({ length: BLOCKS_PER_THREAD }, () => thread));
    for (let ended = false; !ended || inHand.size > 0; ) {
      while (!ended && free.length > 0) {
        const next = await iterator.next();
        if (next.done) ended = true;
        else give(free.shift() as TagThread, next.value);
      }
      if (inHand.size === 0) continue;
      const done = await Promise.race(inHand);
      done.self();
      free.push(done.thread);
      yield done.tagged;
    }
  } finally {
    await Promise.all(pool.map((thread) => thread.end()));
  }
}

class TagThread {
  readonly #worker: Worker;
  readonly #waiting: { resolve(tagged: TaggedBlock): void; reject(error: Error): void }[] = [];

  constructor(settings: TaggerSettings) {
    this.#worker = new Worker(new URL('./tag-thread.ts', import.meta.url), {
      workerData: settings,
      resourceLimits: THREAD_LIMITS,
    });
    this.#worker.on('message', (tagged: TaggedBlock) => this.#waiting.shift()?.resolve(tagged));
    this.#worker.on('error', () => this.#fail());
    this.#worker.on('exit', () => this.#fail());
  }

  tag(block: Block): Promise<TaggedBlock> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(block, [block.bytes.buffer]);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('a thread that tags residents has died'));
  }
}
