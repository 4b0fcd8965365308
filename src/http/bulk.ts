import { type Context, Hono } from 'hono';
import type { VerifyToken } from '../access/tokens.ts';
import type { Bulk } from '../checks/bulk/bulk.ts';
import type { FormatName } from '../checks/bulk/format.ts';
import { BULK_LIMITS } from '../checks/bulk/limits.ts';
import { TooLarge } from '../checks/bulk/upload.ts';
import { Unavailable } from '../checks/unavailable.ts';
import { IntakeRefusal } from '../intake/refusal.ts';
import { authorize } from './authorize.ts';
import { mediaTypeOf, uploadOf } from './body.ts';
import type { Env } from './env.ts';
import { Problem } from './problem.ts';

const FORMATS: Record<string, FormatName> = { 'application/x-ndjson': 'ndjson', 'text/csv': 'csv' };
const CONTENT_TYPES: Record<FormatName, string> = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' };

export type BulkRouteOptions = {
  /** The answer is made before it is sent: where the connection to the database lives no longer than the handler. */
  whole: boolean;
  /** Hears what broke an answer off. */
  brokenOff(requestId: string, error: unknown): void;
};

/** `POST /v1/checks/bulk`: a line for a line, in the same format, from one state of the registry; a summary is the last line. */
export function bulkRoutes(verify: VerifyToken, bulk: Bulk, { whole, brokenOff }: BulkRouteOptions): Hono<Env> {
  return new Hono<Env>().post('/v1/checks/bulk', async (c) => {
    const grant = await authorize(verify, c.req.header('authorization'), 'bulk');
    const format = formatOf(c);
    const body = uploadOf(c.req.raw);
    const id = c.get('requestId');
    const pieces = await bulk({ id, format, body }, grant).catch((error: unknown) => {
      throw problemOf(error);
    });
    const stream = streamOf(pieces, BULK_LIMITS.maxStallMs, (error) => brokenOff(id, error));
    const answer = whole ? await new Response(stream).arrayBuffer() : stream;
    return c.body(answer, 200, { 'Content-Type': CONTENT_TYPES[format], 'Cache-Control': 'no-store' });
  });
}

function formatOf(c: Context): FormatName {
  const format = FORMATS[mediaTypeOf(c)];
  const encoding = (c.req.header('content-encoding') ?? 'identity').trim().toLowerCase();
  if (format === undefined) throw new Problem('unsupported-media-type');
  if (!['identity', 'gzip'].includes(encoding))
    throw new Problem('unsupported-media-type', [{ pointer: '', code: 'CONTENT_ENCODING' }], {
      'Accept-Encoding': 'gzip',
    });
  return format;
}

/** What is wrong with an upload as a whole, as a problem; other errors as they are. */
export function problemOf(error: unknown): unknown {
  if (error instanceof TooLarge) return new Problem('content-too-large', [{ pointer: '', code: error.code }]);
  if (error instanceof IntakeRefusal) {
    // A table without a header lacks the column of NIKs, whatever its first line looks like.
    const code = error.code === 'NO_HEADER' ? 'MISSING_COLUMN' : error.code;
    return new Problem('bad-request', [{ pointer: '', code }]);
  }
  return error;
}

/** Pieces as a stream that makes the next one when it is asked for it; a reader that asks for none is given up. */
function streamOf(
  pieces: AsyncGenerator<Uint8Array>,
  maxStallMs: number,
  brokenOff: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let stalled: ReturnType<typeof setTimeout> | undefined;
  const watch = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    stalled = setTimeout(() => {
      brokenOff(new Unavailable('READER_STALLED'));
      void pieces.return(undefined);
      controller.error(new Error('the reader has stalled'));
    }, maxStallMs);
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stalled);
        try {
          const next = await pieces.next();
          if (next.done) return controller.close();
          controller.enqueue(next.value);
          watch(controller);
        } catch (error) {
          brokenOff(error);
          controller.error(error);
        }
      },
      async cancel() {
        clearTimeout(stalled);
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}
