import type { Context } from 'hono';
import type { z } from 'zod';
import { Problem } from './problem.ts';

/** The media type of the body, without its parameters, in lower case; empty where there is none. */
export const mediaTypeOf = (c: Context): string =>
  (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * Reads a JSON body of at most `maxBytes` and checks it. Throws `Problem`: 415, 413, 400, 422 with a pointer and a
 * code for each error. Codes are the schema's messages. The name of an unknown member may be a value: not repeated.
 */
export async function readJson<Output>(c: Context, schema: z.ZodType<Output>, maxBytes: number): Promise<Output> {
  if (mediaTypeOf(c) !== 'application/json') throw new Problem('unsupported-media-type');
  const body = await readText(c.req.raw, maxBytes);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new Problem('bad-request', 'NOT_JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, code, message }) => ({
    pointer: path.map((key) => `/${String(key)}`).join(''),
    code: code === 'unrecognized_keys' ? 'UNKNOWN_MEMBER' : message,
  }));
  throw new Problem('invalid', errors);
}

/** A body that does not come whole is the client's affair. */
function cutOff(): never {
  throw new Problem('bad-request', 'CUT_OFF');
}

/** The body as it comes. Throws `Problem`: 400 where it is cut off. */
export async function* uploadOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* (request.body ?? []) as AsyncIterable<Uint8Array>;
  } catch {
    cutOff();
  }
}

/** The body as UTF-8 text, read no further than `maxBytes`. Throws `Problem`: 413, 400 (cut off, not UTF-8). */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const stated = request.headers.get('content-length');
  if (Number(stated) > maxBytes) throw new Problem('content-too-large');
  // A length that the client states is kept by the HTTP server; only a body without one has to be counted here.
  const bytes = stated === null ? await readCounted(request, maxBytes) : await request.arrayBuffer().catch(cutOff);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('bad-request', 'NOT_UTF8');
  }
}

async function readCounted(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of uploadOf(request)) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new Problem('content-too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
