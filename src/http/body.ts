import type { Context } from 'hono';
import type { z } from 'zod';
import { type FieldError, Problem } from './problem.ts';

/** The media type of the body, without its parameters, in lower case; empty where there is none. */
export const mediaTypeOf = (c: Context): string =>
  (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * Reads a JSON body of at most `maxBytes` and checks it. Throws `Problem`: 415, 413, 400 (not JSON), 422 with a pointer and a
 * code for each error. Codes are the schema's messages; an unknown member's name is not repeated, for it may be a value.
 */
export async function readJson<Output>(c: Context, schema: z.ZodType<Output>, maxBytes: number): Promise<Output> {
  if (mediaTypeOf(c) !== 'application/json') throw new Problem('unsupported-media-type');
  const body = await readText(c.req.raw, maxBytes);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new Problem('bad-request', [{ pointer: '', code: 'NOT_JSON' }]);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Problem('invalid', parsed.error.issues.flatMap(fieldErrors));
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const pointer = issue.path.map((key) => `/${String(key)}`).join('');
  if (issue.code === 'unrecognized_keys') return [{ pointer, code: 'UNKNOWN_MEMBER' }];
  return [{ pointer, code: issue.message }];
}

/** A body that does not come whole is the client's affair. Throws `Problem`: itself, or 400. */
export function orCutOff(error: unknown): never {
  throw error instanceof Problem ? error : new Problem('bad-request', [{ pointer: '', code: 'CUT_OFF' }]);
}

/** The body as it comes; see `orCutOff`. */
export async function* uploadOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* (request.body ?? []) as AsyncIterable<Uint8Array>;
  } catch (error) {
    orCutOff(error);
  }
}

/** The body as UTF-8 text, read no further than `maxBytes`. Throws `Problem`: 413, or 400 where it is not UTF-8. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw new Problem('content-too-large');
  // A length that the client states is kept by the HTTP server; only a body without one has to be counted here.
  const reading = request.headers.has('content-length') ? request.arrayBuffer() : readCounted(request, maxBytes);
  const bytes = await reading.catch(orCutOff);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('bad-request', [{ pointer: '', code: 'NOT_UTF8' }]);
  }
}

async function readCounted(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new Problem('content-too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
