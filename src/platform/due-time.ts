import { inTime, Unavailable } from '../checks/unavailable.ts';
import { StartupError } from './startup-error.ts';

/** How long an import waits for the next bytes of its file, and for all of them: a pipe may never end. */
export const IMPORT_LIMITS = { maxSilenceMs: 600_000, maxReadMs: 6 * 3_600_000 } as const;

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
    throw new StartupError(
      `FILE ${leftMs < maxSilenceMs ? 'takes too long to read' : 'sends nothing any more'}: nothing was imported`,
    );
  } finally {
    // Not awaited: it ends behind the chunk that does not come.
    iterator.return?.().catch(() => {});
  }
}
