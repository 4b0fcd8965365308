import { type Asked, inlineParameters } from '../registry/asked.ts';
import { formStatement } from '../registry/check-statement.ts';
import { findingOf } from '../registry/find.ts';
import { forgetLists } from '../registry/lists.ts';
import { SLOTS } from '../registry/quota.ts';
import { FLAG } from '../registry/row.ts';
import type { Sql } from '../registry/sql.ts';
import { WrongKey } from '../registry/standing.ts';
import type { Tag } from '../registry/tags.ts';
import type { InTurn } from './group.ts';
import { LIMITS } from './limits.ts';
import type { GoodProof } from './proof-of-work.ts';
import type { ResidentSource } from './sources.ts';

/** A question of the form: from where it comes, and the proof of work that it uses up. */
export type FormAsked = Asked & { address: Tag; proof: GoodProof | null };

/** What the form is told of who asks; the words are those of `SelfCheckOutcome`. Only for `ANSWER` is there one. */
export type FormAdmission = {
  verdict: 'ANSWER' | 'WRONG' | 'LOCKED' | 'PROOF_NEEDED' | 'TOO_MANY';
  /** The site is over its budget of misses. */
  isBusy: boolean;
};
export type FormSource = ResidentSource<FormAsked, FormAdmission>;

const WINDOW = `interval '${LIMITS.selfCheckWindowSeconds} seconds'`;
const RECENT = `ARRAY(SELECT w FROM unnest(t.wrong_at) w WHERE w > now() - ${WINDOW})`;
const IS_FULL = `cardinality(${RECENT}) >= ${LIMITS.selfCheckWrongAnswers}`;

/** The site is over its budget of misses. */
const SITE_IS_BUSY = `(SELECT coalesce(sum(misses), 0) >= ${LIMITS.siteMisses} FROM site_misses
  WHERE minute > now() - interval '${LIMITS.siteMissWindowSeconds} seconds')`;

/**
 * The check's statement with three counters, written alike whatever the outcome. All are upserts, so that questions
 * at the same moment count one after the other. A right answer counts nothing, and while five wrong ones stand no more
 * are added: the lock ends an hour after them. To the site a locked NIK is a miss whatever was answered, or the count
 * would tell which. Where the proof is inserted, nobody used it before.
 */
const statement = ({ address, proof, ...asked }: FormAsked): string =>
  formStatement(inlineParameters([asked]), {
    ctes: `address AS (
  INSERT INTO self_check_addresses AS a (tag, since, asked) SELECT '${address}', now(), (NOT known)::int FROM asked
  ON CONFLICT (tag) DO UPDATE SET
    since = CASE WHEN a.since > now() - ${WINDOW} THEN a.since ELSE now() END,
    asked = CASE WHEN a.since > now() - ${WINDOW} THEN a.asked + excluded.asked ELSE 1 END
  RETURNING asked <= ${LIMITS.selfCheckPerAddress} AS is_within
), proved AS (
  INSERT INTO used_proofs AS u (challenge, expires_at)
  SELECT proof, now() + interval '${LIMITS.proofSeconds} seconds'
  FROM address, (SELECT ${proof === null ? 'NULL' : `'${proof.uses}'`}::text AS proof) p
  WHERE is_within AND proof IS NOT NULL
  ON CONFLICT (challenge) DO UPDATE SET expires_at = excluded.expires_at
    WHERE u.expires_at < to_timestamp(${proof?.sinceSeconds ?? 0}) + interval '${LIMITS.proofSeconds} seconds'
  RETURNING challenge
), site AS MATERIALIZED (
  SELECT (SELECT known FROM asked) OR (SELECT count(*) > 0 FROM proved) AS is_proved, ${SITE_IS_BUSY} AS is_busy
), verdict AS (
  SELECT audit_tag, known,
    (coalesce(name_matches, kk_matches, false) AND flags & ${FLAG.CONFLICT} = 0) IS TRUE AS is_right
  FROM found, address, site WHERE is_within AND (is_proved OR NOT is_busy)
), attempt AS (
  INSERT INTO self_check_tags AS t (tag, wrong_at, locked)
  SELECT audit_tag, CASE WHEN is_right OR known THEN '{}'::timestamptz[] ELSE ARRAY[now()] END, known FROM verdict
  ON CONFLICT (tag) DO UPDATE SET
    locked = CASE WHEN excluded.locked THEN t.locked ELSE ${IS_FULL} END,
    wrong_at = ${RECENT} || CASE WHEN ${IS_FULL} THEN '{}' ELSE excluded.wrong_at END
  RETURNING locked
), site_miss AS (
  INSERT INTO site_misses AS m (minute, slot, misses)
  SELECT date_trunc('minute', now()), floor(random() * ${SLOTS}), (NOT known AND (locked OR NOT is_right))::int
  FROM verdict, attempt
  ON CONFLICT (minute, slot) DO UPDATE SET misses = m.misses + excluded.misses
)`,
    // Whatever was judged counts; nothing else is an answer.
    isAnswer: 'EXISTS (SELECT FROM verdict)',
    columns: `(SELECT is_busy FROM site) AS "isBusy", CASE
    WHEN NOT (SELECT is_within FROM address) THEN 'TOO_MANY'
    WHEN NOT EXISTS (SELECT FROM verdict) THEN 'PROOF_NEEDED'
    WHEN (SELECT locked FROM attempt) THEN 'LOCKED'
    WHEN (SELECT is_right FROM verdict) THEN 'ANSWER'
    ELSE 'WRONG' END AS verdict`,
  });

/** The registry as the form asks it: an answer, its counts and its audit record are one statement. */
export const registryForForm = (sql: Sql, inTurn: InTurn): FormSource => ({
  name: 'REGISTRY',
  async find(asked, deadlineMs) {
    const [row] = await inTurn(async () => await sql.unsafe(statement(asked)), deadlineMs);
    if (row === undefined) throw new WrongKey();
    return { finding: findingOf(row), admission: row as unknown as FormAdmission };
  },
});

/** Whether the site is over its budget of misses. Rejects as the database does. */
export async function isSiteBusy(sql: Sql): Promise<boolean> {
  const [row] = await sql.unsafe(`SELECT ${SITE_IS_BUSY} AS is_busy`);
  return row?.is_busy;
}

/** Forgets counts that no longer count, and lists of revoked clients. To be run now and then. */
export async function forgetSelfChecks(sql: Sql): Promise<void> {
  await sql.unsafe(`DELETE FROM self_check_addresses WHERE since < now() - ${WINDOW}`);
  await sql.unsafe(`DELETE FROM self_check_tags t WHERE cardinality(${RECENT}) = 0`);
  await sql.unsafe(`DELETE FROM site_misses WHERE minute < now() - ${WINDOW}`);
  await forgetLists(sql);
  // An hour late: the clocks of those that judge proofs may differ.
  await sql.unsafe(`DELETE FROM used_proofs WHERE expires_at < now() - ${WINDOW}`);
}
