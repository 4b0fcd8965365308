import './compile-cache.ts';
import { parentPort, workerData } from 'node:worker_threads';
import type { Block } from '../intake/blocks.ts';
import type { TaggerSettings } from './tag-pool.ts';

// A worker thread: one block in, one tagged block out.
const { createBlockTagger } = await import('./tag-pool.ts');
const tag = createBlockTagger(workerData as TaggerSettings);
parentPort?.on('message', (block: Block) => {
  const tagged = tag(block);
  parentPort?.postMessage(tagged, tagged.ok ? [tagged.rows.buffer] : []);
});
