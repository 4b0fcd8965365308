import { civilDateAt } from '../core/dates.ts';
import type { Nik } from '../core/nik.ts';
import { utcOffsetHours } from '../core/regions.ts';
import { findStatement, foundRow, inlineParameters } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/keys.ts';
import { FLAG } from '../registry/row.ts';
import type { Sql } from '../registry/sql.ts';
import { addressTag } from '../registry/tags.ts';
import type { Answer } from './answer.ts';
import { answerOf, askedOf, type Rules } from './check.ts';
import { onceMore } from './checks.ts';
import { evenly } from './evenly.ts';
import { inTime, Unavailable } from './group.ts';
import { LIMITS } from './limits.ts';

/** What a resident asks with the form: a NIK and one second fact that a stranger would not know. */
export type SelfCheckQuestion = {
  /** The check's own id, a UUID: that of the request. */
  id: string;
  nik: Nik;
  second: { kind: 'name' | 'kk'; value: string };
  clientAddress: string;
};

/**
 * `WRONG` covers an unknown NIK, an absent or conflicting record, no proof on record and a wrong second fact: nobody can
 * tell them apart. `LOCKED`: five wrong answers for this NIK within an hour. `TOO_MANY`: too many questions from one address.
 */
export type SelfCheckOutcome =
  | { kind: 'ANSWER'; answer: Answer; sampleDate: string | null }
  | { kind: 'WRONG' }
  | { kind: 'LOCKED' }
  | { kind: 'TOO_MANY'; retryAfterSeconds: number }
  | { kind: 'UNAVAILABLE'; retryAfterSeconds: number };

const WINDOW = `interval '${LIMITS.selfCheckWindowSeconds} seconds'`;
const RECENT = `ARRAY(SELECT w FROM unnest(t.wrong_at) w WHERE w > now() - ${WINDOW})`;

/**
 * The check's statement with two counters, written alike whatever the outcome. Both are upserts, so that questions at the same
 * moment count one after the other. A right answer counts nothing, and while five wrong ones stand no more are added:
 * the lock ends an hour after them.
 */
const selfCheckStatement = (parameters: string[], address: string): string =>
  findStatement(parameters, {
    ctes: `, address AS (
  INSERT INTO self_check_addresses AS a (tag, since, asked) VALUES ('${address}', now(), 1)
  ON CONFLICT (tag) DO UPDATE SET
    since = CASE WHEN a.since > now() - ${WINDOW} THEN a.since ELSE now() END,
    asked = CASE WHEN a.since > now() - ${WINDOW} THEN a.asked + 1 ELSE 1 END
  RETURNING asked
), verdict AS (
  SELECT audit_tag, (coalesce(name_matches, kk_matches, false) AND flags & ${FLAG.CONFLICT} = 0) IS TRUE AS is_right
  FROM found, address WHERE address.asked <= ${LIMITS.selfCheckPerAddress}
), attempt AS (
  INSERT INTO self_check_tags AS t (tag, wrong_at, locked)
  SELECT audit_tag, CASE WHEN is_right THEN '{}'::timestamptz[] ELSE ARRAY[now()] END, false FROM verdict
  ON CONFLICT (tag) DO UPDATE SET
    locked = cardinality(${RECENT}) >= ${LIMITS.selfCheckWrongAnswers},
    wrong_at = ${RECENT} || CASE WHEN cardinality(${RECENT}) >= ${LIMITS.selfCheckWrongAnswers} THEN '{}' ELSE excluded.wrong_at END
  RETURNING locked
)`,
    select: ', (SELECT is_right FROM verdict) AS is_right, (SELECT locked FROM attempt) AS locked',
  });

export type SelfCheck = (
  question: SelfCheckQuestion,
  /** Hears the code of what failed, for the operator. */
  unavailable: (code: string) => void,
) => Promise<SelfCheckOutcome>;

/** The self-check: never asks an upstream, never rejects. */
export function createSelfCheck({ keys, rules, sql }: { keys: RegistryKeys; rules: Rules; sql: Sql }): SelfCheck {
  return async ({ id, nik, second, clientAddress }, unavailable) => {
    const asked = askedOf(keys, id, { nik, [second.kind]: second.value }, { client: 'self-check', region: null });
    const statement = selfCheckStatement(inlineParameters([asked]), addressTag(keys, clientAddress));
    try {
      const [row] = await evenly(onceMore(() => inTime(sql.unsafe(statement))));
      return outcomeOf(row as Record<string, unknown>, rules);
    } catch (error) {
      const { code, retryAfterSeconds } = error instanceof Unavailable ? error : new Unavailable('UNKNOWN');
      unavailable(code);
      return { kind: 'UNAVAILABLE', retryAfterSeconds };
    }
  };
}

function outcomeOf(row: Record<string, unknown>, rules: Rules): SelfCheckOutcome {
  if (row.is_right === null) return { kind: 'TOO_MANY', retryAfterSeconds: LIMITS.selfCheckWindowSeconds };
  if (row.locked) return { kind: 'LOCKED' };
  if (!row.is_right) return { kind: 'WRONG' };
  const found = foundRow(row);
  const sampleDate =
    found.sample && found.asOfMs !== null ? civilDateAt(found.asOfMs, utcOffsetHours(found.sourceRegion)) : null;
  return { kind: 'ANSWER', answer: answerOf(found, rules), sampleDate };
}

/** Forgets counts that no longer count. To be run now and then: an hour's counters are all that is needed. */
export async function forgetSelfChecks(sql: Sql): Promise<void> {
  await sql.unsafe(`DELETE FROM self_check_addresses WHERE since < now() - ${WINDOW}`);
  await sql.unsafe(`DELETE FROM self_check_tags t WHERE cardinality(${RECENT}) = 0`);
}
