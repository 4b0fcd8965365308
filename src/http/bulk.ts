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
import { described, lines, plain } from './describe.ts';
import { BULK } from './examples.ts';
import { type Env, Problem } from './problem.ts';
import { bulkLine, bulkQuestion } from './schemas.ts';

const FORMATS: Record<string, FormatName> = { 'application/x-ndjson': 'ndjson', 'text/csv': 'csv' };
const CONTENT_TYPES: Record<FormatName, string> = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' };

const CHECK_BULK = described('checks', 'checkBulk', 'Check many residents', {
  description: `A line for a line, in order and in the format of the request (gzip may be used), from one state of the
registry. A table may have its header, under any name that an import knows (\`nik\`, \`nama\`, \`no_kk\`, \`nkk\` …),
among its first 20 lines, and cells parted by comma, semicolon, bar or tab; lines that are no rows have no line in the
answer and are counted in the summary. Where another table begins, all lines from there on have the error
HEADER_CHANGED or DELIMITER_CHANGED. A whole answer ends with its summary: without it, it was broken off.`,
  scope: 'bulk',
  body: { ...lines(bulkQuestion, BULK.question), ...plain('text/csv', BULK.csvQuestion) },
  answer: { ...lines(bulkLine, BULK.answer), ...plain('text/csv', BULK.csvAnswer) },
});

export type BulkRouteOptions = {
  /** The answer is made before it is sent: where the connection to the database lives no longer than the handler. */
  whole: boolean;
  /** Hears what broke an answer off. */
  brokenOff(requestId: string, error: unknown): void;
};

/** `POST /v1/checks/bulk`: a line for a line, in the same format, from one state of the registry; then a summary. */
export function bulkRoutes(verify: VerifyToken, bulk: Bulk, { whole, brokenOff }: BulkRouteOptions): Hono<Env> {
  return new Hono<Env>().post('/v1/checks/bulk', CHECK_BULK, async (c) => {
    const grant = await authorize(verify, c, 'bulk');
    const format = formatOf(c);
    const id = c.get('requestId');
    const pieces = await bulk({ id, format, body: uploadOf(c.req.raw) }, grant).catch(orUploadProblem);
    const stream = streamOf(pieces, (error) => brokenOff(id, error));
    const answer = whole ? await new Response(stream).arrayBuffer() : stream;
    return c.body(answer, 200, { 'Content-Type': CONTENT_TYPES[format], 'Cache-Control': 'no-store' });
  });
}

function formatOf(c: Context): FormatName {
  const format = FORMATS[mediaTypeOf(c)];
  const encoding = (c.req.header('content-encoding') ?? 'identity').trim().toLowerCase();
  if (format === undefined) throw new Problem('unsupported-media-type');
  if (encoding === 'identity' || encoding === 'gzip') return format;
  throw new Problem('unsupported-media-type', 'CONTENT_ENCODING', { 'Accept-Encoding': 'gzip' });
}

/** Throws what is wrong with an upload as a whole, as a problem; other errors as they are. */
export function orUploadProblem(error: unknown): never {
  if (error instanceof TooLarge) throw new Problem('content-too-large', error.code);
  // A table without a header lacks the column of NIKs, whatever its first line looks like.
  if (error instanceof IntakeRefusal)
    throw new Problem('bad-request', error.code === 'NO_HEADER' ? 'MISSING_COLUMN' : error.code);
  throw error;
}

/** Pieces as a stream that makes the next one when it is asked for it; a reader that asks for none is given up. */
function streamOf(
  pieces: AsyncGenerator<Uint8Array>,
  brokenOff: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let stalled: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stalled);
        try {
          const next = await pieces.next();
          if (next.done) return controller.close();
          controller.enqueue(next.value);
        } catch (error) {
          brokenOff(error);
          return controller.error(error);
        }
        stalled = setTimeout(() => {
          brokenOff(new Unavailable('READER_STALLED'));
          void pieces.return(undefined);
          controller.error(new Error('the reader has stalled'));
        }, BULK_LIMITS.maxStallMs);
      },
      async cancel() {
        clearTimeout(stalled);
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}
