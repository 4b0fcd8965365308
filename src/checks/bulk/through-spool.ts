import { Unavailable } from '../unavailable.ts';
import { BULK_LIMITS } from './limits.ts';
import { type OpenSpool, unkept } from './upload.ts';

/**
 * Hands pieces on through a spool, by whole lines: they are made as fast as they can be, and the reader follows at
 * its own pace. So the snapshot that they are made from is let go of as soon as all are made. Throws what `pieces`
 * throws, when all before it was read, and `Unavailable` where the spool takes no more or the reader takes too long
 * in all. Stops `pieces` where it is given up.
 */
export async function* throughSpool(
  pieces: AsyncGenerator<Uint8Array>,
  openSpool: OpenSpool,
  { maxAnswerBytes, maxReadMs }: { maxAnswerBytes: number; maxReadMs: number } = BULK_LIMITS,
): AsyncGenerator<Uint8Array> {
  const spool = await openSpool().catch(unkept);
  const deadline = performance.now() + maxReadMs;
  let [written, seen] = [0, 0];
  let isOver = false;
  let wake = (): void => {};
  const fill = async (): Promise<void> => {
    for await (const piece of pieces) {
      written += piece.byteLength;
      if (written > maxAnswerBytes) throw new Unavailable('ANSWER_TOO_LARGE');
      if (isOver) return;
      await spool.write(piece).catch(unkept);
      wake();
    }
  };
  const filled = fill().finally(() => {
    isOver = true;
    wake();
  });
  // Awaited when all before it was read.
  filled.catch(() => {});
  const more = async (): Promise<boolean> => {
    while (seen === written && !isOver) await new Promise<void>((resolve) => (wake = resolve));
    const hasMore = seen !== written;
    seen = written;
    return hasMore;
  };
  try {
    let rest: Uint8Array = new Uint8Array();
    for await (const chunk of spool.read(more)) {
      if (performance.now() > deadline) throw new Unavailable('READER_TOO_SLOW');
      const text = Buffer.concat([rest, chunk]);
      const end = text.lastIndexOf('\n') + 1;
      if (end > 0) yield text.subarray(0, end);
      rest = text.subarray(end);
    }
    if (rest.byteLength > 0) yield rest;
    await filled;
  } finally {
    isOver = true;
    await filled.catch(() => {});
    await spool.close();
  }
}
