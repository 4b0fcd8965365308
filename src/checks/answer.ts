import { z } from 'zod';
import type { CivilDate } from '../core/dates.ts';
import { REASON_CODES } from '../core/reasons.ts';
import { STATUS_CODES } from '../core/status.ts';

// What is answered, as every transport gives it. The OpenAPI document tells it by these schemas.

export const date = z.iso.date() as unknown as z.ZodType<CivilDate>;
/** RFC 3339. */
export const instant = z.iso.datetime({ offset: true });
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const region = z
  .string()
  .regex(/^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$/)
  .meta({ description: 'Dotted Kemendagri code: province, regency, district, village' });
export const proved = z.boolean().nullable().meta({ description: 'Null where not asked or not on record' });
/** Null where the caller's region has no copy at all. */
export const asOf = instant.nullable().meta({ description: 'Date of the copy that the answer rests on' });
export const source = z.enum(['REGISTRY', 'SNAPSHOT', 'UPSTREAM', 'SAMPLE']).meta({
  description: `UPSTREAM: the Dukcapil web service, which knows who is recorded and not whose card is printed.
SAMPLE: the synthetic sample, which tells nothing of anybody who lives`,
});
const atOffice = ['SEE_DISDUKCAPIL', 'RECORD_BIOMETRICS', 'COLLECT_CARD', 'OBTAIN_SUKET', 'RENEW_SUKET'] as const;
const actions = [...atOffice, 'CHECK_DPT', 'BRING_EKTP', 'BRING_SUKET'] as const;

/** The answer of one check. */
export const answer = z
  .object({
    election: z.object({ id: z.string(), date }),
    document: z.enum(['EKTP', 'SUKET', 'NEITHER', 'UNDETERMINED']).meta({
      description:
        'EKTP: printed. SUKET: recorded, not printed. UNDETERMINED is a real answer and never means NEITHER',
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
  })
  .meta({ id: 'Answer' });
export type Answer = z.infer<typeof answer>;

export const byDocument = z.object({ EKTP: z.int(), SUKET: z.int(), NEITHER: z.int(), UNDETERMINED: z.int() });
export const byVoter = z.object({ ELIGIBLE: z.int(), NOT_ELIGIBLE: z.int(), UNDETERMINED: z.int() });
