import { type Context, Hono } from 'hono';
import type { VerifyToken } from '../access/tokens.ts';
import { openMemorySpool, receiveUpload, type Upload } from '../checks/bulk/upload.ts';
import { parseCursor } from '../checks/lists/cursor.ts';
import { createdList, listChanges, listCounts } from '../checks/lists/follow.ts';
import { LIST_LIMITS } from '../checks/lists/limits.ts';
import type { ListRefusal, Lists } from '../checks/lists/lists.ts';
import type { Take } from '../checks/shares.ts';
import type { Result } from '../core/result.ts';
import type { ListPosition } from '../registry/changes.ts';
import { authorize } from './authorize.ts';
import { mediaTypeOf, readText, uploadOf } from './body.ts';
import { orUploadProblem } from './bulk.ts';
import { described, json, lines, one, parameter, plain } from './describe.ts';
import { LIST } from './examples.ts';
import { type Env, Problem } from './problem.ts';
import { UUID } from './request-id.ts';
import { tooMuch } from './rooms.ts';
import { listLine } from './schemas.ts';

const KEY = new RegExp(`^[A-Za-z0-9._-]{1,${LIST_LIMITS.maxKeyChars}}$`);
const NO_STORE = { 'Cache-Control': 'no-store' };
const ID = parameter('path', 'id', { example: LIST.created.id });

const CREATE = described('lists', 'createList', 'Keep a list of voters, whole or not at all', {
  description: `The same key with the same body gives the same list again, with 200. NIKs are kept as keyed tags only.
A table has a column \`ref\` and one of NIKs, under any name that an import knows; its other columns are passed over.
Faults are told at the line and its column, lines counted from 1.`,
  scope: 'lists',
  parameters: [
    parameter('header', 'Idempotency-Key', {
      ...{ required: true, example: 'list-1', schema: { type: 'string', pattern: KEY.source } },
      description: 'Of your choice: the same request again does nothing twice',
    }),
  ],
  body: {
    ...lines(listLine, '{"ref":"1","nik":"3201011403859001"}\n'),
    ...plain('text/csv', 'ref;nik\r\n1;3201011403859001\r\n'),
  },
  answer: json(createdList, one(LIST.created)),
  headers: ['Location'],
  status: 201,
  also: { 200: 'It was there already' },
  problems: ['conflict', 'invalid', 'too-many-requests'],
});
const COUNT = described('lists', 'countList', 'How many of a list have which document', {
  scope: 'lists',
  parameters: [ID],
  answer: json(listCounts, one(LIST.counts)),
  problems: ['not-found', 'too-many-requests'],
});
const FOLLOW = 'What a check would show otherwise than before, in the order of commits';
const LIMIT = { type: 'integer', minimum: 1, maximum: LIST_LIMITS.maxPage } as const;
const CHANGES = described('lists', 'listChanges', FOLLOW, {
  scope: 'lists',
  parameters: [
    ID,
    parameter('query', 'after', { description: 'The cursor of the page before; since the list came without it' }),
    parameter('query', 'limit', { description: 'Changes at most', schema: LIMIT }),
  ],
  answer: json(listChanges, one(LIST.changes)),
  problems: ['not-found', 'conflict', 'invalid', 'too-many-requests'],
});
const DELETE = described('lists', 'deleteList', 'Forget a list', {
  scope: 'lists',
  parameters: [ID],
  status: 204,
  problems: ['not-found'],
});

/** `/v1/lists`: voter lists that a client follows instead of asking for each voter time and again. */
export function listRoutes(verify: VerifyToken, lists: () => Lists, take: Take) {
  return new Hono<Env>()
    .post('/v1/lists', CREATE, async (c) => {
      const grant = await authorize(verify, c, 'lists');
      const wrongKey = new Problem('bad-request', 'IDEMPOTENCY_KEY');
      const key = inForm(KEY, c.req.header('idempotency-key'), wrongKey);
      const giveBack = take(grant.client);
      if (giveBack === null) throw tooMuch(c);
      const create = async () => lists().create({ id: crypto.randomUUID(), key, body: await readBody(c) }, grant);
      const created = granted(await create().catch(orUploadProblem).finally(giveBack));
      if ('faults' in created) throw new Problem('invalid', created.faults);
      const { list } = created;
      return c.json(list, created.created ? 201 : 200, { ...NO_STORE, Location: `/v1/lists/${list.id}` });
    })
    .get('/v1/lists/:id', COUNT, async (c) => {
      const grant = await authorize(verify, c, 'lists');
      const asked = { requestId: c.get('requestId'), id: idOf(c) };
      return c.json(granted(await lists().counts(asked, grant)), 200, NO_STORE);
    })
    .get('/v1/lists/:id/changes', CHANGES, async (c) => {
      const grant = await authorize(verify, c, 'lists');
      const asked = { requestId: c.get('requestId'), id: idOf(c), after: positionOf(c), limit: limitOf(c) };
      return c.json(granted(await lists().changes(asked, grant)), 200, NO_STORE);
    })
    .delete('/v1/lists/:id', DELETE, async (c) => {
      const grant = await authorize(verify, c, 'lists');
      granted(await lists().remove(idOf(c), grant));
      return c.body(null, 204, NO_STORE);
    });
}

function granted<Value>(result: Result<Value, ListRefusal>): Value {
  if (result.ok) return result.value;
  switch (result.code) {
    case 'NO_LIST':
      throw new Problem('not-found');
    case 'KEY_USED':
    case 'TOO_MANY_LISTS':
      throw new Problem('conflict', result.code);
    case 'CURSOR_AHEAD':
    case 'CURSOR_BEHIND':
      throw new Problem('conflict', [{ pointer: '/after', code: result.code }]);
  }
}

/** The text, where it is in its form. Throws `Problem`: the one that is given. */
function inForm(form: RegExp, text: string | undefined, otherwise: Problem): string {
  if (text !== undefined && form.test(text)) return text;
  throw otherwise;
}

/** An id that is none is that of no list. */
const idOf = (c: Context<Env>): string => inForm(UUID, c.req.param('id'), new Problem('not-found'));

/** JSON lines as text, a table as an upload. Throws `Problem`: 415, 413, 400 where it is no such text or cut off. */
async function readBody(c: Context<Env>): Promise<string | Upload> {
  const type = (c.req.header('content-encoding') ?? 'identity') === 'identity' ? mediaTypeOf(c) : null;
  if (type === 'application/x-ndjson') return await readLines(c.req.raw);
  if (type !== 'text/csv') throw new Problem('unsupported-media-type');
  const limits = { ...LIST_LIMITS, maxLines: LIST_LIMITS.maxLines + 1 };
  return await receiveUpload(uploadOf(c.req.raw), openMemorySpool, limits);
}

async function readLines(request: Request): Promise<string> {
  const text = await readText(request, LIST_LIMITS.maxBytes);
  let lines = text.endsWith('\n') || text === '' ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  if (lines > LIST_LIMITS.maxLines) throw new Problem('content-too-large', 'TOO_MANY_LINES');
  return text;
}

function positionOf(c: Context<Env>): ListPosition | null {
  const after = c.req.query('after');
  if (after === undefined) return null;
  const position = parseCursor(after);
  if (position !== null) return position;
  throw new Problem('invalid', [{ pointer: '/after', code: 'NOT_A_CURSOR' }]);
}

function limitOf(c: Context<Env>): number {
  const text = c.req.query('limit') ?? String(LIST_LIMITS.page);
  const limit = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIST_LIMITS.maxPage) return limit;
  throw new Problem('invalid', [{ pointer: '/limit', code: 'OUT_OF_RANGE' }]);
}
