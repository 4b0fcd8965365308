import { z } from 'zod';
import { answer, instant, proved } from '../checks/answer.ts';
import { REF_FORM } from '../checks/bulk/format.ts';
import { bulkSummary } from '../checks/bulk/outcomes.ts';
import { LIMITS } from '../checks/limits.ts';
import { isSixteenDigits, type Nik, parseNik } from '../core/nik.ts';
import { REASON_CODES } from '../core/reasons.ts';
import type { RegistryState } from '../registry/readiness.ts';

/** What this API is asked and answers. In the document a schema stands under its id. */
const object = <Shape extends z.core.$ZodLooseShape>(id: string, shape: Shape) => z.object(shape).meta({ id });
const like = (form: RegExp, description: string) => z.string().regex(form).meta({ description });

const text = z.string({ error: (issue) => (issue.input === undefined ? 'REQUIRED' : 'NOT_A_STRING') });
const sixteenDigits = text.meta({ description: 'Sixteen digits, as a string', pattern: '^\\s*[0-9]{16}\\s*$' });

const nik = sixteenDigits.transform((value, context): Nik => {
  const parsed = parseNik(value);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.code.replace(/^NIK_/, '') });
  return z.NEVER;
});

/** `{"nik","name"?,"kk"?,"suketNumber"?}`, strict. Its errors' messages are codes. */
export const checkRequest = z
  .strictObject(
    {
      nik,
      name: text.trim().min(1, 'EMPTY').max(LIMITS.maxNameChars, 'TOO_LONG').optional(),
      kk: sixteenDigits.trim().refine(isSixteenDigits, 'NOT_16_DIGITS').optional(),
      suketNumber: text.trim().min(1, 'EMPTY').max(LIMITS.maxSuketNumberChars, 'TOO_LONG').optional(),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'NOT_AN_OBJECT' : undefined) },
  )
  .meta({ id: 'CheckRequest' });

/** Requests that are read by other means: bulk lines for speed, the form because a browser sends it. */
const ref = like(new RegExp(`^${REF_FORM}$`), 'Comes back with the answer; may not hold sixteen digits in a row');
const question = checkRequest.omit({ suketNumber: true }).extend({ ref });
export const bulkQuestion = question.meta({ id: 'BulkQuestion' });
export const listLine = question.pick({ ref: true, nik: true }).meta({ id: 'ListLine' });
export const selfCheckForm = object('SelfCheckForm', {
  nik,
  second: z.string().meta({ description: 'Full name, or the sixteen digits of the family card (KK)' }),
  altcha: z
    .string()
    .max(LIMITS.maxProofChars)
    .optional()
    .meta({ description: 'Proof of work (ALTCHA), asked only while the whole site has many misses' }),
});

const fault = z.object({
  pointer: z.string().meta({ description: 'JSON Pointer into the request; never the value' }),
  code: z.string().regex(/^[A-Z0-9_]+$/),
});

/** RFC 9457. */
export const problem = object('Problem', {
  type: z.string().regex(/^\/problems\/[a-z-]+$/),
  title: z.string(),
  status: z.int().min(400).max(599),
  instance: z.uuid().meta({ description: 'The id of the request' }),
  errors: z.array(fault).optional(),
});

const bulkAnswer = answer.omit({ election: true, contests: true, source: true }).extend({
  ref: z.string(),
  reasons: z.array(z.enum(REASON_CODES)),
  matches: z.object({ name: proved, kk: proved }),
});
/** A line of a bulk answer: an answer, a fault of that line, or, last, the summary by which a whole one is known. */
export const bulkLine = z
  .union([bulkAnswer, z.object({ ref: z.string().nullable(), error: fault }), z.object({ summary: bulkSummary })])
  .meta({ id: 'BulkLine' });

export const health = object('Health', { status: z.literal('ok') });
const copy = z.object({ source: z.string(), asOf: instant, fullAsOf: instant.nullable(), ageSeconds: z.int() });
export const readyState = object('Readiness', {
  status: z.enum(['ready', 'degraded', 'not ready']),
  database: z.enum(['ok', 'unreachable']),
  migrations: z.enum(['ok', 'pending', 'unknown']),
  key: z.enum(['ok', 'wrong', 'unset', 'unknown']),
  copies: z.array(copy),
}) satisfies z.ZodType<RegistryState>;

const ofKey = { kty: z.literal('EC'), crv: z.literal('P-256'), alg: z.literal('ES256'), use: z.literal('sig') };
const jwk = z.object({ ...ofKey, x: z.string(), y: z.string(), kid: z.string() });
export const jwks = object('Jwks', { keys: z.array(jwk) });
