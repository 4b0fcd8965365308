import { type Context, Hono } from 'hono';
import type { VerifyToken } from '../access/tokens.ts';
import { openMemorySpool, receiveUpload, type Upload } from '../checks/bulk/upload.ts';
import { parseCursor } from '../checks/lists/cursor.ts';
import { LIST_LIMITS } from '../checks/lists/limits.ts';
import type { ListRefusal, Lists } from '../checks/lists/lists.ts';
import type { Take } from '../checks/shares.ts';
import type { Result } from '../core/result.ts';
import type { Place } from '../registry/changes.ts';
import { authorize } from './authorize.ts';
import { mediaTypeOf, readText, uploadOf } from './body.ts';
import { problemOf as uploadProblemOf } from './bulk.ts';
import type { Env } from './env.ts';
import { Problem } from './problem.ts';
import { tooMuch } from './rooms.ts';

const KEY = /^[A-Za-z0-9._-]{1,64}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NO_STORE = { 'Cache-Control': 'no-store' };

/** `/v1/lists`: voter lists that a client follows instead of asking for each voter time and again. */
export function listRoutes(verify: VerifyToken, lists: () => Lists, take: Take) {
  const caller = (c: Context<Env>) => authorize(verify, c.req.header('authorization'), 'lists');
  return new Hono<Env>()
    .post('/v1/lists', async (c) => {
      const grant = await caller(c);
      const key = idempotencyKey(c);
      const giveBack = take(grant.client);
      if (giveBack === null) throw tooMuch(c);
      const create = async () => lists().create({ id: crypto.randomUUID(), key, body: await readBody(c) }, grant);
      const creating = create().catch((error: unknown) => {
        throw uploadProblemOf(error);
      });
      const created = granted(await creating.finally(giveBack));
      if ('faults' in created) throw new Problem('invalid', created.faults);
      const { list } = created;
      return c.json(list, created.created ? 201 : 200, { ...NO_STORE, Location: `/v1/lists/${list.id}` });
    })
    .get('/v1/lists/:id', async (c) => {
      const grant = await caller(c);
      return c.json(
        granted(await lists().counts({ requestId: c.get('requestId'), id: idOf(c) }, grant)),
        200,
        NO_STORE,
      );
    })
    .get('/v1/lists/:id/changes', async (c) => {
      const grant = await caller(c);
      const asked = { requestId: c.get('requestId'), id: idOf(c), after: placeOf(c), limit: limitOf(c) };
      return c.json(granted(await lists().changes(asked, grant)), 200, NO_STORE);
    })
    .delete('/v1/lists/:id', async (c) => {
      const grant = await caller(c);
      granted(await lists().remove(idOf(c), grant));
      return c.body(null, 204, NO_STORE);
    });
}

function granted<Value>(result: Result<Value, ListRefusal>): Value {
  if (result.ok) return result.value;
  throw problemOf(result.code);
}

function problemOf(code: ListRefusal): Problem {
  switch (code) {
    case 'NO_LIST':
      return new Problem('not-found');
    case 'KEY_USED':
    case 'TOO_MANY_LISTS':
      return new Problem('conflict', [{ pointer: '', code }]);
    case 'CURSOR_AHEAD':
    case 'CURSOR_BEHIND':
      return new Problem('conflict', [{ pointer: '/after', code }]);
  }
}

function idempotencyKey(c: Context<Env>): string {
  const key = c.req.header('idempotency-key');
  if (key !== undefined && KEY.test(key)) return key;
  throw new Problem('bad-request', [{ pointer: '', code: 'IDEMPOTENCY_KEY' }]);
}

/** JSON lines as text, a table as an upload. Throws `Problem`: 415, 413, 400 where it is no such text or was cut off. */
async function readBody(c: Context<Env>): Promise<string | Upload> {
  const type = mediaTypeOf(c);
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw new Problem('unsupported-media-type');
  if (type === 'application/x-ndjson') return await readLines(c.req.raw);
  if (type !== 'text/csv') throw new Problem('unsupported-media-type');
  return await receiveUpload(uploadOf(c.req.raw), openMemorySpool, {
    ...LIST_LIMITS,
    maxLines: LIST_LIMITS.maxLines + 1,
  });
}

async function readLines(request: Request): Promise<string> {
  const text = await readText(request, LIST_LIMITS.maxBytes);
  let lines = text.endsWith('\n') || text === '' ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  if (lines > LIST_LIMITS.maxLines) throw new Problem('content-too-large', [{ pointer: '', code: 'TOO_MANY_LINES' }]);
  return text;
}

/** An id that is none is that of no list. */
function idOf(c: Context<Env>): string {
  const id = c.req.param('id') ?? '';
  if (UUID.test(id)) return id;
  throw new Problem('not-found');
}

function placeOf(c: Context<Env>): Place | null {
  const after = c.req.query('after');
  const place = after === undefined ? null : parseCursor(after);
  if (after !== undefined && place === null)
    throw new Problem('invalid', [{ pointer: '/after', code: 'NOT_A_CURSOR' }]);
  return place;
}

function limitOf(c: Context<Env>): number {
  const text = c.req.query('limit') ?? String(LIST_LIMITS.page);
  const limit = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIST_LIMITS.maxPage) return limit;
  throw new Problem('invalid', [{ pointer: '/limit', code: 'OUT_OF_RANGE' }]);
}
