import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import type { VerifyToken } from '../access/tokens.ts';
import { answer } from '../checks/answer.ts';
import type { Check } from '../checks/check.ts';
import { LIMITS } from '../checks/limits.ts';
import type { Take } from '../checks/shares.ts';
import { withKkOutOfName } from '../core/nik.ts';
import { authorize, refused } from './authorize.ts';
import { readJson } from './body.ts';
import { described, json, QUOTA_HEADERS } from './describe.ts';
import { ANSWERS, QUESTIONS } from './examples.ts';
import type { Env } from './problem.ts';
import { tooMuch } from './rooms.ts';
import { checkRequest } from './schemas.ts';

const CHECK = described('checks', 'check', 'Check one resident', {
  description: `A NIK that is not found, or outside the region of the token, is answered with 200, UNDETERMINED and the
reason NOT_FOUND.`,
  scope: 'check',
  body: json(checkRequest, QUESTIONS),
  answer: json(answer, ANSWERS),
  headers: QUOTA_HEADERS,
  problems: ['invalid', 'too-many-requests'],
});

/** What a typed client sends. The handler reads it itself, once it knows who asks. */
type Json<Schema extends z.ZodType> = { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } };

/** `POST /v1/checks`: one answer. A miss is 200 with NOT_FOUND. */
export function checkRoutes(verify: VerifyToken, check: Check, take: Take) {
  const handle = async (c: Context<Env, '/v1/checks', Json<typeof checkRequest>>) => {
    const grant = await authorize(verify, c, 'check');
    const { nik, name, kk, suketNumber } = await readJson(c, checkRequest, LIMITS.maxBodyBytes);
    const question = { nik, ...withKkOutOfName({ name, kk }), suketNumber };
    const giveBack = take(grant.client);
    if (giveBack === null) throw tooMuch(c);
    const { answer, refusal, quota } = await check(c.get('requestId'), question, grant).finally(giveBack);
    if (quota !== null) {
      c.header('RateLimit-Limit', String(quota.limit));
      c.header('RateLimit-Remaining', String(quota.remaining));
      c.header('RateLimit-Reset', String(quota.resetSeconds));
    }
    if (refusal !== null) throw refused(refusal);
    return c.json(answer, 200, { 'Cache-Control': 'no-store' });
  };
  // The description rides on the handler: as a middleware of its own it would cost every check a turn.
  Object.assign(handle, CHECK);
  return new Hono<Env>().post('/v1/checks', handle);
}
