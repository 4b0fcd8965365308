import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { VerifyToken } from '../access/tokens.ts';
import type { Check } from '../checks/checks.ts';
import { LIMITS } from '../checks/limits.ts';
import type { Take } from '../checks/shares.ts';
import { isSixteenDigits, type Nik, parseNik, withKkOutOfName } from '../core/nik.ts';
import { authorize, refused, setQuota } from './authorize.ts';
import { readJson } from './body.ts';
import type { Env } from './env.ts';
import { tooMuch } from './rooms.ts';

const text = z.string({ error: (issue) => (issue.input === undefined ? 'REQUIRED' : 'NOT_A_STRING') });
const sixteenDigits = text.meta({ description: 'Sixteen digits, as a string', pattern: '^\\s*[0-9]{16}\\s*$' });

const nik = sixteenDigits.transform((value, context): Nik => {
  const parsed = parseNik(value);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.code.replace(/^NIK_/, '') });
  return z.NEVER;
});

/** `{"nik","name"?,"kk"?,"suketNumber"?}`, strict. */
export const checkRequest = z.strictObject(
  {
    nik,
    name: text.trim().min(1, 'EMPTY').max(LIMITS.maxNameChars, 'TOO_LONG').optional(),
    kk: sixteenDigits.trim().refine(isSixteenDigits, 'NOT_16_DIGITS').optional(),
    suketNumber: text.trim().min(1, 'EMPTY').max(LIMITS.maxSuketNumberChars, 'TOO_LONG').optional(),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'NOT_AN_OBJECT' : undefined) },
);

/** What a typed client sends. The handler reads it itself, once it knows who asks. */
type Json<Schema extends z.ZodType> = { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } };

/** `POST /v1/checks`: one answer. A miss is 200 with NOT_FOUND. */
export function checkRoutes(verify: VerifyToken, check: Check, take: Take) {
  return new Hono<Env>().post('/v1/checks', async (c: Context<Env, '/v1/checks', Json<typeof checkRequest>>) => {
    const grant = await authorize(verify, c.req.header('authorization'), 'check');
    const { nik, name, kk, suketNumber } = await readJson(c, checkRequest, LIMITS.maxBodyBytes);
    const question = { nik, ...withKkOutOfName({ name, kk }), suketNumber };
    const giveBack = take(grant.client);
    if (giveBack === null) throw tooMuch(c);
    const { answer, refusal, quota } = await check(c.get('requestId'), question, grant).finally(giveBack);
    if (quota !== null) setQuota(c, quota);
    if (refusal !== null) throw refused(refusal);
    return c.json(answer, 200, { 'Cache-Control': 'no-store' });
  });
}
