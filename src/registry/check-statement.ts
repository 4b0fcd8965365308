import { NAME_VERSION } from '../core/names.ts';
import { ASKED_NAMES, askedArrays } from './asked.ts';
import { countMisses, EXACT_PER_MINUTE, QUOTA } from './quota.ts';
import { FLAG } from './row.ts';
import { isElsewhere, isOurKey, narrower } from './standing.ts';
import { SAMPLE_SOURCE } from './visibility.ts';

// The statement of a check, from top to bottom: what is asked, who may ask, what is found, counted and recorded.

/** What is asked, in order: nothing where the registry is of another key. `known`: its answer was recorded before. */
const asked = (parameters: readonly string[]): string => `asked AS MATERIALIZED (
  SELECT a.*, CASE WHEN again THEN (SELECT true FROM audit k WHERE k.id = a.id) END IS TRUE AS known
  FROM unnest(${askedArrays(parameters)}) WITH ORDINALITY AS a (${ASKED_NAMES}, n)
  WHERE ${isOurKey('a.key_check')}
)`;

/** Who may ask: each client once, in one order, lest two statements wait for each other. See 0007_admit.sql. */
const judged = (slot: string): string => `verdicts AS MATERIALIZED (
  SELECT c.client, v.*, rpad(translate(coalesce(v.region, ''), '.', ''), 10, '0')::bigint AS first,
    rpad(translate(coalesce(v.region, ''), '.', ''), 10, '9')::bigint AS last
  FROM (SELECT client, (count(*) FILTER (WHERE NOT known))::int AS asked FROM asked GROUP BY client ORDER BY client) c,
    admit(c.client, 'check', c.asked, ${slot}, ${EXACT_PER_MINUTE}, ${QUOTA.perMinute}, ${QUOTA.perDay}) v
), judged AS MATERIALIZED (
  SELECT a.*, v.slot, v.quota, ${narrower('a.token_claim', 'v.region')} AS claim,
    greatest(a.token_first, v.first) AS first, least(a.token_last, v.last) AS last,
    CASE WHEN a.nth > v.admitted AND (v.is_barred OR NOT known) THEN v.refusal
         WHEN ${isElsewhere('a.token_claim', 'v.region')} THEN 'REGION,0' END AS refusal
  FROM asked a JOIN verdicts v ON v.client = a.client
)`;

/** The form has limits of its own. */
const UNMETERED = `judged AS (
  SELECT a.*, token_claim AS claim, token_first AS first, token_last AS last, NULL AS quota, NULL AS refusal
  FROM asked a
)`;

/**
 * What is found, and of which date. What the caller may see is that of `visibility`: a row that is not absent, whose
 * region, or that of its source where it has none, lies within the caller's; for a miss the oldest copy among those
 * the caller may see.
 */
const FOUND = `found AS MATERIALIZED (
  SELECT a.*, r.tag IS NOT NULL AS found,
    r.region, r.status, r.flags, r.suket_issued, r.suket_ends, r.of_age_on, r.copy,
    coalesce(s.region, oldest.region) AS source_region,
    CASE WHEN coalesce(s.name, oldest.name) = '${SAMPLE_SOURCE}' THEN 'SAMPLE' ELSE 'REGISTRY' END AS source,
    CASE WHEN r.tag IS NULL THEN oldest.as_of
         WHEN r.flags & ${FLAG.KEPT} <> 0 OR r.copy > s.full_copy THEN c.as_of
         ELSE greatest(c.as_of, s.full_as_of) END AS as_of,
    CASE WHEN s.name_version = ${NAME_VERSION} THEN a.asked_name = r.name_proof END AS name_matches,
    a.asked_kk = r.kk_proof AS kk_matches, a.asked_suket = r.suket_proof AS suket_matches
  FROM judged a
  LEFT JOIN LATERAL (
    SELECT r.* FROM residents r
    WHERE a.refusal IS NULL AND r.tag = a.tag AND r.flags & ${FLAG.ABSENT} = 0 AND coalesce(
      r.region,
      (SELECT s.first_region FROM copies c JOIN sources s ON s.name = c.source WHERE c.id = r.copy)
    ) BETWEEN a.first AND a.last
  ) r ON true
  LEFT JOIN copies c ON c.id = r.copy
  LEFT JOIN sources s ON s.name = c.source
  LEFT JOIN LATERAL (
    SELECT coalesce(s.full_as_of, s.as_of) AS as_of, s.name, s.region FROM sources s
    WHERE a.refusal IS NULL AND r.tag IS NULL AND s.first_region <= a.last AND s.last_region >= a.first
    ORDER BY 1, s.name COLLATE "C" LIMIT 1
  ) oldest ON true
)`;

/** Misses in a row of each client, in the order asked. */
const MISSED = `missed AS (${countMisses(`
    SELECT client, slot, max(nth) - coalesce(max(nth) FILTER (WHERE found), 0) AS run, bool_or(found) AS hit
    FROM found WHERE refusal IS NULL AND NOT known GROUP BY client, slot ORDER BY client, slot`)}
)`;

/** The audit's row of each answer; asked again, the one that is there. Bits: 1 name, 2 KK, 4 Suket number. */
const recorded = (isAnswer: string): string => `recorded AS (
  INSERT INTO audit (
    id, tag, region, copy, suket_ends, of_age_on, status, flags, asked, matched, found, source, client, claim)
  SELECT id, audit_tag, region, copy, suket_ends, of_age_on, status, flags,
    (asked_name IS NOT NULL)::int + 2 * (asked_kk IS NOT NULL)::int + 4 * (asked_suket IS NOT NULL)::int,
    (name_matches IS TRUE)::int + 2 * (kk_matches IS TRUE)::int + 4 * (suket_matches IS TRUE)::int,
    found, source, client, claim
  FROM found WHERE refusal IS NULL AND ${isAnswer} ON CONFLICT (id) DO NOTHING
)`;

const ANSWER_COLUMNS = `found, region::text, status, flags, suket_issued, suket_ends, of_age_on, source, source_region,
  (extract(epoch FROM as_of) * 1000)::float8 AS as_of_ms, name_matches, kk_matches, suket_matches, refusal, quota`;

/** Finds residents, meters who asks, records the answers. `slot` is SQL: that of the callers' usage, below `SLOTS`. */
export const checkStatement = (parameters: readonly string[], slot: string): string => `
WITH ${[asked(parameters), judged(slot), FOUND, MISSED, recorded('true')].join(', ')}
SELECT ${ANSWER_COLUMNS} FROM found ORDER BY n`;

/** The same without quotas, with CTEs and columns of the form's own; `isAnswer`: whether what was found is one. */
export const formStatement = (
  parameters: readonly string[],
  own: { ctes: string; columns: string; isAnswer: string },
): string => `
WITH ${[asked(parameters), UNMETERED, FOUND, own.ctes, recorded(own.isAnswer)].join(', ')}
SELECT ${ANSWER_COLUMNS}, ${own.columns} FROM found ORDER BY n`;
