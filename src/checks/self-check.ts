import { OWN_NAMES } from '../access/grant.ts';
import type { Nik } from '../core/nik.ts';
import { inlineParameters } from '../registry/asked.ts';
import { formStatement } from '../registry/check-statement.ts';
import { findingOf } from '../registry/find.ts';
import { forgetLists } from '../registry/lists.ts';
import { SLOTS } from '../registry/quota.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import { FLAG } from '../registry/row.ts';
import type { Sql } from '../registry/sql.ts';
import { addressTag, type Tag } from '../registry/tags.ts';
import type { Answer } from './answer.ts';
import { answerOf, askedOf, type Rules, sampleDateOf } from './check.ts';
import { evenly } from './evenly.ts';
import type { InTurn } from './group.ts';
import { LIMITS } from './limits.ts';
import { createProofs, type FormProof, type GoodProof, type Proofs } from './proof-of-work.ts';
import { onceMore, Unavailable } from './unavailable.ts';

/** What a resident asks with the form: a NIK and one second fact that a stranger would not know. */
export type SelfCheckQuestion = {
  /** The check's own id, a UUID: that of the request. */
  id: string;
  nik: Nik;
  second: { kind: 'name' | 'kk'; value: string };
  clientAddress: string;
  /** The proof of work that came along, as it came. */
  proof?: string | undefined;
};

/**
 * `WRONG` covers an unknown NIK, an absent or conflicting record, no proof on record and a wrong second fact: nobody can
 * tell them apart. `LOCKED`: five wrong answers for this NIK within an hour. `TOO_MANY`: too many questions from one address.
 * `PROOF_NEEDED`: the site is over its budget of misses and no proof of work was taken, so the question was not judged.
 */
export type SelfCheckOutcome =
  | { kind: 'ANSWER'; answer: Answer; sampleDate: string | null }
  /** With a challenge for the next question where the site is over its budget. */
  | { kind: 'WRONG'; proof?: FormProof }
  | { kind: 'LOCKED' }
  | { kind: 'PROOF_NEEDED'; ticket: string }
  | { kind: 'TOO_MANY'; retryAfterSeconds: number }
  | { kind: 'UNAVAILABLE'; retryAfterSeconds: number };

const WINDOW = `interval '${LIMITS.selfCheckWindowSeconds} seconds'`;
const RECENT = `ARRAY(SELECT w FROM unnest(t.wrong_at) w WHERE w > now() - ${WINDOW})`;

const SITE_IS_BUSY = `(SELECT coalesce(sum(misses), 0) >= ${LIMITS.siteMisses} FROM site_misses
  WHERE minute > now() - interval '${LIMITS.siteMissWindowSeconds} seconds')`;

/**
 * The check's statement with three counters, written alike whatever the outcome. All are upserts, so that questions at the same
 * moment count one after the other. A right answer counts nothing, and while five wrong ones stand no more are added:
 * the lock ends an hour after them. To the site a locked NIK is a miss whatever was answered, or the count would tell which.
 * `proof` is what is to be used up, or null: where it is inserted, nobody used it before.
 */
const selfCheckStatement = (parameters: string[], address: Tag, proof: GoodProof | null): string =>
  formStatement(parameters, {
    ctes: `address AS (
  INSERT INTO self_check_addresses AS a (tag, since, asked) SELECT '${address}', now(), (NOT known)::int FROM asked
  ON CONFLICT (tag) DO UPDATE SET
    since = CASE WHEN a.since > now() - ${WINDOW} THEN a.since ELSE now() END,
    asked = CASE WHEN a.since > now() - ${WINDOW} THEN a.asked + excluded.asked ELSE 1 END
  RETURNING asked <= ${LIMITS.selfCheckPerAddress} AS is_within
), proved AS (
  INSERT INTO used_proofs AS u (challenge, expires_at)
  SELECT proof, now() + interval '${LIMITS.proofSeconds} seconds'
  FROM address, (SELECT ${proof === null ? 'NULL' : `'${proof.uses}'`}::text AS proof) p WHERE is_within AND proof IS NOT NULL
  ON CONFLICT (challenge) DO UPDATE SET expires_at = excluded.expires_at
    WHERE u.expires_at < to_timestamp(${proof?.sinceSeconds ?? 0}) + interval '${LIMITS.proofSeconds} seconds'
  RETURNING challenge
), site AS MATERIALIZED (
  SELECT (SELECT known FROM asked) OR (SELECT count(*) > 0 FROM proved) AS is_proved, ${SITE_IS_BUSY} AS is_busy
), verdict AS (
  SELECT audit_tag, known, (coalesce(name_matches, kk_matches, false) AND flags & ${FLAG.CONFLICT} = 0) IS TRUE AS is_right
  FROM found, address, site WHERE is_within AND (is_proved OR NOT is_busy)
), attempt AS (
  INSERT INTO self_check_tags AS t (tag, wrong_at, locked)
  SELECT audit_tag, CASE WHEN is_right OR known THEN '{}'::timestamptz[] ELSE ARRAY[now()] END, known FROM verdict
  ON CONFLICT (tag) DO UPDATE SET
    locked = CASE WHEN excluded.locked THEN t.locked ELSE cardinality(${RECENT}) >= ${LIMITS.selfCheckWrongAnswers} END,
    wrong_at = ${RECENT} || CASE WHEN cardinality(${RECENT}) >= ${LIMITS.selfCheckWrongAnswers} THEN '{}' ELSE excluded.wrong_at END
  RETURNING locked
), site_miss AS (
  INSERT INTO site_misses AS m (minute, slot, misses)
  SELECT date_trunc('minute', now()), floor(random() * ${SLOTS}), (NOT known AND (locked OR NOT is_right))::int FROM verdict, attempt
  ON CONFLICT (minute, slot) DO UPDATE SET misses = m.misses + excluded.misses
)`,
    // Whatever was judged counts; nothing else is an answer.
    isAnswer: 'EXISTS (SELECT FROM verdict)',
    columns: `(SELECT is_within FROM address) AS is_within, (SELECT is_busy FROM site) AS is_busy,
       (SELECT is_right FROM verdict) AS is_right, (SELECT locked FROM attempt) AS locked`,
  });

export type SelfCheck = (
  question: SelfCheckQuestion,
  /** Hears the code of what failed, for the operator. */
  unavailable: (code: string) => void,
) => Promise<SelfCheckOutcome>;

type Dependencies = { keys: RegistryKeys; rules: Rules; sql: Sql };

/** A proof as it came, and from where. */
export type SentProof = { proof: string; clientAddress: string };

/**
 * What the form has to carry: the proof that was sent with faulty fields, where it is still good; a challenge where the site is
 * over its budget of misses; else nothing. Rejects where the database cannot be asked.
 */
export async function proofForForm({ keys, rules, sql }: Dependencies, sent?: SentProof): Promise<FormProof> {
  const proofs = createProofs(keys);
  if (sent !== undefined) {
    const good = await proofs.parse(sent.proof, rules.now(), addressTag(keys, sent.clientAddress));
    if (good !== null) return { ticket: sent.proof };
  }
  const [row] = await sql.unsafe(`SELECT ${SITE_IS_BUSY} AS is_busy`);
  return row?.is_busy ? { challenge: await proofs.challenge(rules.now()) } : null;
}

/** The self-check: never asks an upstream, and rejects only where a bug of ours is at fault. */
export function createSelfCheck({ keys, rules, sql, inTurn }: Dependencies & { inTurn: InTurn }): SelfCheck {
  const proofs = createProofs(keys);
  return async ({ id, nik, second, clientAddress, proof }, unavailable) => {
    const address = addressTag(keys, clientAddress);
    const usable = proof === undefined ? null : await proofs.parse(proof, rules.now(), address);
    const asked = askedOf(keys, id, { nik, [second.kind]: second.value }, { client: OWN_NAMES.form, region: null });
    const ask = async (again: boolean) =>
      await sql.unsafe(selfCheckStatement(inlineParameters([{ ...asked, again }]), address, usable));
    try {
      const [row] = await evenly(onceMore((again) => inTurn(() => ask(again))));
      if (row === undefined) throw new Unavailable('WRONG_KEY');
      return await outcomeOf(row, rules, proofs, address);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      unavailable(error.code);
      return { kind: 'UNAVAILABLE', retryAfterSeconds: error.retryAfterSeconds };
    }
  };
}

async function outcomeOf(
  row: Record<string, unknown>,
  rules: Rules,
  proofs: Proofs,
  address: Tag,
): Promise<SelfCheckOutcome> {
  if (!row.is_within) return { kind: 'TOO_MANY', retryAfterSeconds: LIMITS.selfCheckWindowSeconds };
  if (row.is_right === null) return { kind: 'PROOF_NEEDED', ticket: await proofs.ticket(rules.now(), address) };
  if (row.locked) return { kind: 'LOCKED' };
  if (!row.is_right)
    return row.is_busy
      ? { kind: 'WRONG', proof: { challenge: await proofs.challenge(rules.now()) } }
      : { kind: 'WRONG' };
  const finding = findingOf(row);
  return { kind: 'ANSWER', answer: answerOf(finding, rules), sampleDate: sampleDateOf(finding) };
}

/** Forgets counts that no longer count, and lists of revoked clients. To be run now and then: an hour's counters are all that is needed. */
export async function forgetSelfChecks(sql: Sql): Promise<void> {
  await sql.unsafe(`DELETE FROM self_check_addresses WHERE since < now() - ${WINDOW}`);
  await sql.unsafe(`DELETE FROM self_check_tags t WHERE cardinality(${RECENT}) = 0`);
  await sql.unsafe(`DELETE FROM site_misses WHERE minute < now() - ${WINDOW}`);
  await forgetLists(sql);
  // An hour late: the clocks of those that judge proofs may differ.
  await sql.unsafe(`DELETE FROM used_proofs WHERE expires_at < now() - ${WINDOW}`);
}
