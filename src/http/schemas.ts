import { z } from 'zod';
import type { Answer } from '../checks/answer.ts';
import type { AuditState } from '../checks/audit/checkpoint.ts';
import { WARNINGS } from '../checks/bulk/format.ts';
import type { BulkSummary } from '../checks/bulk/outcomes.ts';
import { LIMITS } from '../checks/limits.ts';
import type { Changes, Counts } from '../checks/lists/follow.ts';
import type { CreatedList } from '../checks/lists/lists.ts';
import type { CivilDate } from '../core/dates.ts';
import { isSixteenDigits, type Nik, parseNik } from '../core/nik.ts';
import { REASON_CODES } from '../core/reasons.ts';
import { STATUS_CODES } from '../core/status.ts';
import { LINE_KINDS } from '../intake/tally.ts';
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
const ref = like(/^[A-Za-z0-9._-]{1,32}$/, 'Comes back with the answer; may not hold sixteen digits in a row');
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

const date = z.iso.date() as unknown as z.ZodType<CivilDate>;
const instant = z.iso.datetime({ offset: true });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const REGION = /^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$/;
const region = like(REGION, 'Dotted Kemendagri code: province, regency, district, village');
const proved = z.boolean().nullable().meta({ description: 'Null where not asked or not on record' });
const asOf = instant.nullable().meta({ description: 'Date of the copy that the answer rests on' });
const source = z
  .enum(['REGISTRY', 'SNAPSHOT', 'UPSTREAM', 'SAMPLE'])
  .meta({ description: 'SAMPLE: the synthetic sample, which tells nothing of anybody who lives' });
const atOffice = ['SEE_DISDUKCAPIL', 'RECORD_BIOMETRICS', 'COLLECT_CARD', 'OBTAIN_SUKET', 'RENEW_SUKET'] as const;
const actions = [...atOffice, 'CHECK_DPT', 'BRING_EKTP', 'BRING_SUKET'] as const;

/** The answer of one check. */
export const answer = object('Answer', {
  election: z.object({ id: z.string(), date }),
  document: z.enum(['EKTP', 'SUKET', 'NEITHER', 'UNDETERMINED']).meta({
    description: 'EKTP: printed. SUKET: recorded, not printed. UNDETERMINED is a real answer and never means NEITHER',
  }),
  voter: z.enum(['ELIGIBLE', 'NOT_ELIGIBLE', 'UNDETERMINED']),
  reasons: z.array(z.object({ code: z.enum(REASON_CODES), basis: z.string() })),
  actions: z.array(z.enum(actions)),
  contests: z.array(z.object({ office: z.enum(['GOVERNOR', 'REGENT', 'MAYOR']), region })),
  statusCode: z.enum(STATUS_CODES).nullable(),
  region: region.nullable(),
  suket: z.object({ issuedOn: date.nullable(), validUntil: date, validOnElectionDay: z.boolean() }).nullable(),
  matches: z.object({ name: proved, kk: proved, suketNumber: proved }),
  source,
  asOf,
}) satisfies z.ZodType<Answer>;

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
const byDocument = z.object({ EKTP: z.int(), SUKET: z.int(), NEITHER: z.int(), UNDETERMINED: z.int() });
const summary = z.object({
  id: z.uuid(),
  election: z.string(),
  lines: z.int(),
  document: byDocument,
  voter: z.object({ ELIGIBLE: z.int(), NOT_ELIGIBLE: z.int(), UNDETERMINED: z.int() }),
  errors: z.record(z.string(), z.int()),
  passedOver: z
    .partialRecord(z.enum(LINE_KINDS), z.int())
    .meta({ description: 'Lines of a table that are no rows, by kind: they have no line in the answer' }),
  warnings: z.array(z.enum(WARNINGS)).meta({
    description: `NAME_NOT_COMPARED, KK_NOT_COMPARED: a column looks like names or family cards, but its header is not
known. NIKS_ROUNDED: nearly all NIKs end in 0, a spreadsheet has eaten their last digit`,
  }),
  source,
  asOf: z.record(z.string(), instant),
  sha256,
}) satisfies z.ZodType<BulkSummary>;

/** A line of a bulk answer: an answer, a fault of that line, or, last, the summary by which a whole one is known. */
export const bulkLine = z
  .union([bulkAnswer, z.object({ ref: z.string().nullable(), error: fault }), z.object({ summary })])
  .meta({ id: 'BulkLine' });

const cursor = z.string().meta({ description: 'Where the next question for changes goes on' });
const list = z.object({ id: z.uuid(), rows: z.int(), cursor });
export const createdList = list.meta({ id: 'CreatedList' }) satisfies z.ZodType<CreatedList>;
export const listCounts = list
  .extend({ createdAt: instant, documents: byDocument, asOf })
  .meta({ id: 'ListCounts' }) satisfies z.ZodType<Counts>;
const shown = bulkAnswer.pick({ document: true, voter: true, reasons: true, statusCode: true });
export const listChanges = object('ListChanges', {
  changes: z.array(z.object({ ref: z.string(), from: shown, to: shown, asOf })),
  cursor,
  more: z.boolean().meta({ description: 'There is more now' }),
}) satisfies z.ZodType<Changes>;

export const auditState = object('AuditState', {
  checkpoint: z.string().nullable().meta({ description: 'JWS (RFC 7515, ES256) over `sealed`; keep it elsewhere' }),
  sealed: z.object({ block: z.int(), hash: sha256, rows: z.int(), sealedAt: z.iso.datetime() }).nullable(),
  unsealed: z.int(),
}) satisfies z.ZodType<AuditState>;

export const health = object('Health', { status: z.literal('ok') });
const copy = z.object({ source: z.string(), asOf: instant, fullAsOf: instant.nullable(), ageSeconds: z.int() });
export const readyState = object('Readiness', {
  status: z.enum(['ready', 'not ready']),
  database: z.enum(['ok', 'unreachable']),
  migrations: z.enum(['ok', 'pending', 'unknown']),
  key: z.enum(['ok', 'wrong', 'unset', 'unknown']),
  copies: z.array(copy),
}) satisfies z.ZodType<RegistryState>;

const ofKey = { kty: z.literal('EC'), crv: z.literal('P-256'), alg: z.literal('ES256'), use: z.literal('sig') };
const jwk = z.object({ ...ofKey, x: z.string(), y: z.string(), kid: z.string() });
export const jwks = object('Jwks', { keys: z.array(jwk) });
