import { QUOTA } from './quota.ts';
import { SAMPLE_SOURCE } from './visibility.ts';

/** SQL: what the audit says of a request for many, `SAMPLE` while that is there. */
export const AUDITED_SOURCE = `CASE
  WHEN EXISTS (SELECT FROM sources WHERE name = '${SAMPLE_SOURCE}') THEN 'SAMPLE' ELSE 'REGISTRY' END`;

/** Why a question is not answered, and when to ask again: 0 where that is of no use. */
export type RefusalCode = 'REVOKED' | 'SCOPE' | 'REGION' | 'PAUSED' | 'MINUTE_QUOTA' | 'DAY_QUOTA';
export type Refusal = { code: RefusalCode; retryAfterSeconds: number };

/** A refusal as the statements write it: `CODE,SECONDS`. */
export function refusalOf(text: string | null): Refusal | null {
  if (text === null) return null;
  const [code, seconds] = text.split(',');
  return { code: code as RefusalCode, retryAfterSeconds: Number(seconds) };
}

/** The caller gets no answer, for a reason that lies with the caller. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super('the client is refused');
    this.refusal = refusal;
  }
}

/** The registry was tagged with another key than ours: nobody would be found in it, so nothing is answered from it. */
export class WrongKey extends Error {
  readonly code = 'WRONG_KEY';
}

// What a client lost since its token was signed holds at once: SQL over its row `k`, null where it is none of ours.
export const isWithin = (inner: string, outer: string): string => `starts_with(${inner} || '.', ${outer} || '.')`;

/** Why nobody answers this client any more; null where somebody does. */
export const barred = (scope: string): string =>
  `CASE WHEN k.revoked_at IS NOT NULL THEN 'REVOKED,0' WHEN NOT '${scope}' = ANY (k.scopes) THEN 'SCOPE,0' END`;
/** Whether a token's region and the client's lie apart; null where either is everywhere. */
export const isElsewhere = (claim: string, region: string): string =>
  `NOT (${isWithin(claim, region)} OR ${isWithin(region, claim)})`;
/** The narrower of both. */
export const narrower = (claim: string, region: string): string =>
  `CASE WHEN ${claim} IS NULL OR ${isWithin(region, claim)} THEN ${region} ELSE ${claim} END`;
/** Condition: the registry is of this key, or of none yet. */
export const isOurKey = (keyCheck: string): string =>
  `NOT EXISTS (SELECT FROM registry_key WHERE key_check <> ${keyCheck})`;

/**
 * CTE `judged` of one row, none where the key is wrong: why a request gets nothing, and the region that it may see.
 * The parameters are $1 client, $2 region of its token, $3 check of our key.
 */
export const judgedCte = (scope: string): string => `judged AS MATERIALIZED (
  SELECT a.client, ${narrower('a.claim', 'k.region')} AS claim,
    coalesce(k.lines_per_day, ${QUOTA.linesPerDay}) AS lines_per_day,
    coalesce(${barred(scope)}, CASE WHEN ${isElsewhere('a.claim', 'k.region')} THEN 'REGION,0' END) AS refusal
  FROM (SELECT $1::text AS client, $2::text AS claim) a LEFT JOIN clients k ON k.name = a.client
  WHERE ${isOurKey('$3::bigint')}
)`;

/** The row of a statement with `judged`. Throws `WrongKey`. */
export function judgedRow<Row>([row]: readonly unknown[]): Row & { refusal: string | null } {
  if (row === undefined) throw new WrongKey();
  return row as Row & { refusal: string | null };
}

/** The same row, unless it is a refusal. Throws `Refused`. */
export function admitted<Row extends { refusal: string | null }>(row: Row): Row {
  const refusal = refusalOf(row.refusal);
  if (refusal !== null) throw new Refused(refusal);
  return row;
}
