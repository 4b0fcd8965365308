import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Transaction } from './sql.ts';

/**
 * Streams rows into a `COPY … FROM STDIN`. Rejects with what `rows` throws or the driver's error. Two faults of postgres.js
 * (3.4.9) are made good: its stream, when destroyed, writes to a connection that may be gone, and an error of the server
 * that comes when all rows are sent reaches only the query, which is settled by then, so that the stream would never finish.
 */
export async function copyIn(tx: Transaction, statement: string, rows: AsyncIterable<Uint8Array>): Promise<void> {
  const query = tx.unsafe(statement);
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
