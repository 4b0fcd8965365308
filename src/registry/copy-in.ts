import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { COPY_HEADER, COPY_TRAILER } from './row-encoder.ts';
import type { Sql, Transaction } from './sql.ts';

/**
 * Streams rows into a `COPY … FROM STDIN`. Rejects with what `rows` throws or the driver's error. Two faults of
 * postgres.js (3.4.9) are made good: its stream, when destroyed, writes to a connection that may be gone, and an
 * error of the server that comes when all rows are sent reaches only the query, which is settled by then, so that the
 * stream would never finish.
 */
export async function copyIn(
  sql: Sql | Transaction,
  statement: string,
  rows: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const query = sql.unsafe(statement);
  const stream = await query.writable();
  const destroy = stream._destroy.bind(stream);
  stream._destroy = (error, done) => {
    try {
      destroy(error, done);
    } catch {
      // The connection is gone, and `done` was called before.
    }
  };
  Object.assign(query, { reject: (error: Error) => stream.destroy(error) });
  await pipeline(Readable.from(rows, { objectMode: true, highWaterMark: 2 }), stream);
}

/**
 * Copies rows of the binary format in, a piece at a time while the next is read: each is a short statement, whole
 * before it begins, so that nothing is open while rows are waited for.
 */
export async function copyInPieces(
  sql: Sql,
  statement: string,
  rows: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): Promise<void> {
  let copying: Promise<void> = Promise.resolve();
  let piece: Uint8Array[] = [];
  let bytes = 0;
  const copy = async (): Promise<void> => {
    const framed = [COPY_HEADER, ...piece, COPY_TRAILER];
    piece = [];
    bytes = 0;
    await copying;
    copying = copyIn(sql, statement, framed);
    // Awaited in its turn; one that is given up must not end the process.
    copying.catch(() => {});
  };
  for await (const some of rows) {
    piece.push(some);
    bytes += some.byteLength;
    if (bytes >= pieceBytes) await copy();
  }
  await copy();
  await copying;
}
