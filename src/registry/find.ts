import type { CivilDate } from '../core/dates.ts';
import { NAME_VERSION } from '../core/names.ts';
import type { Source } from '../core/reasons.ts';
import { admitCtes, MISS_CTE } from './admit.ts';
import { FLAG, type StoredFacts } from './row.ts';
import { SAMPLE_SOURCE, type Sql } from './sql.ts';
import { isOurKey, type Refusal, refusalOf, WrongKey } from './standing.ts';
import type { Tags } from './tags.ts';

/** One question, as the statement takes it. `id` is the check's own; `claim` is the region the caller may see, null for all. */
export type Asked = Tags & {
  id: string;
  client: string;
  claim: string | null;
  first: number;
  last: number;
  /** Asked before, and no answer came: where that one was recorded, nothing is counted twice. */
  again?: boolean;
};

/** What a source says of one resident. `facts` is null for a miss. Instants are milliseconds since 1970. */
export type Finding = {
  facts: StoredFacts | null;
  /** The dated copy the answer rests on; for a miss the oldest the caller may see; null where it may see none. */
  asOfMs: number | null;
  /** Region of the source of that copy, for its time zone. */
  sourceRegion: string | null;
  /** `SAMPLE` where that copy is the synthetic one. */
  source: Source;
  /** Null where not asked or not on record. */
  nameMatches: boolean | null;
  kkMatches: boolean | null;
  suketMatches: boolean | null;
};

/** Whether the caller may ask, and how much of the quota is left. */
export type Admission = {
  /** Why the question was not answered; null where it was. */
  refusal: Refusal | null;
  /** Checks a minute of the caller and what is left of them; null where the caller is not metered. */
  quota: { limit: number; remaining: number; resetSeconds: number } | null;
};

/** Both, as one statement gives them; the finding of a refused question says nothing. */
export type SourceAnswer = { finding: Finding; admission: Admission };

const REGION_COLUMNS =
  'r.region, r.status, r.flags, r.suket_issued, r.suket_ends, r.of_age_on, r.name_proof, r.kk_proof, r.suket_proof';

/** What a statement adds to the finding: the slot to meter its callers in, or CTEs and columns of its own and what it answers. */
export type Extension = { slot?: string; ctes?: string; select?: string; answered?: string };

/**
 * Finds residents and records the audit rows of the answers, in one statement. What the caller may see, and of which date, is
 * that of `visibility`.
 * Parameters are the columns of `asked` as Postgres array literals.
 */
export const findStatement = (parameters: readonly string[], more: Extension = {}): string => `
WITH asked AS MATERIALIZED (
  SELECT a.*, CASE WHEN again THEN (SELECT true FROM audit k WHERE k.id = a.id) END IS TRUE AS known
  FROM unnest(${PARAMETER_TYPES.map((type, i) => `${parameters[i]}::${type}[]`).join(', ')})
    WITH ORDINALITY AS a (id, tag, audit_tag, client, token_claim, token_first, token_last, asked_name, asked_kk, asked_suket, key_check, nth, again, n)
  WHERE ${isOurKey('a.key_check')}
)${more.slot === undefined ? UNMETERED : admitCtes(more.slot)}, found AS MATERIALIZED (
  SELECT a.*, ${REGION_COLUMNS}, r.copy, r.tag IS NOT NULL AS found, coalesce(s.region, oldest.region) AS source_region,
         CASE WHEN coalesce(s.name, oldest.name) = '${SAMPLE_SOURCE}' THEN 'SAMPLE' ELSE 'REGISTRY' END AS source,
         CASE WHEN r.tag IS NULL THEN oldest.as_of WHEN r.flags & ${FLAG.KEPT} <> 0 OR r.copy > s.full_copy THEN c.as_of
              ELSE greatest(c.as_of, s.full_as_of) END AS as_of,
         CASE WHEN s.name_version = ${NAME_VERSION} THEN a.asked_name = r.name_proof END AS name_matches, a.asked_kk = r.kk_proof AS kk_matches, a.asked_suket = r.suket_proof AS suket_matches
  FROM judged a
  LEFT JOIN LATERAL (
    SELECT r.* FROM residents r
    WHERE a.refusal IS NULL AND r.tag = a.tag AND r.flags & ${FLAG.ABSENT} = 0
      AND coalesce(r.region, (SELECT s.first_region FROM copies c JOIN sources s ON s.name = c.source WHERE c.id = r.copy)) BETWEEN a.first AND a.last
  ) r ON true
  LEFT JOIN copies c ON c.id = r.copy
  LEFT JOIN sources s ON s.name = c.source
  LEFT JOIN LATERAL (
    SELECT coalesce(s.full_as_of, s.as_of) AS as_of, s.name, s.region FROM sources s
    WHERE a.refusal IS NULL AND r.tag IS NULL AND s.first_region <= a.last AND s.last_region >= a.first
    ORDER BY 1, s.name COLLATE "C" LIMIT 1
  ) oldest ON true
)${more.slot === undefined ? '' : MISS_CTE}${more.ctes ?? ''}, recorded AS (
  INSERT INTO audit (id, tag, region, copy, suket_ends, of_age_on, status, flags, asked, matched, found, source, client, claim)
  SELECT id, audit_tag, region, copy, suket_ends, of_age_on, status, flags,
         (asked_name IS NOT NULL)::int + 2 * (asked_kk IS NOT NULL)::int + 4 * (asked_suket IS NOT NULL)::int,
         coalesce(name_matches, false)::int + 2 * coalesce(kk_matches, false)::int + 4 * coalesce(suket_matches, false)::int,
         found, source, client, claim
  FROM found WHERE refusal IS NULL AND ${more.answered ?? 'true'} ON CONFLICT (id) DO NOTHING
)
SELECT found, region::text, status, flags, suket_issued, suket_ends, of_age_on, source, source_region,
       (extract(epoch FROM as_of) * 1000)::float8 AS as_of_ms, name_matches, kk_matches, suket_matches,
       refusal, quota${more.select ?? ''}
FROM found ORDER BY n`;

/** The form has limits of its own. */
const UNMETERED = `, judged AS (
  SELECT a.*, token_claim AS claim, token_first AS first, token_last AS last, NULL AS quota, NULL AS refusal FROM asked a
)`;

const PARAMETER_TYPES = [
  'uuid',
  'uuid',
  'uuid',
  'text',
  'text',
  'bigint',
  'bigint',
  'bigint',
  'bigint',
  'bigint',
  'bigint',
  'int',
  'bool',
] as const;

/** Columns of `asked` as array literals. Every element is a tag, a number or a name of `[A-Za-z0-9._-]`: see `isPlain`. */
export function askedParameters(asked: readonly Asked[]): string[] {
  const column = (value: (one: Asked) => string | number | null): string =>
    `{${asked.map((one) => value(one) ?? 'NULL').join(',')}}`;
  const counts = new Map<string, number>();
  const count = ({ client }: Asked): number => {
    const nth = (counts.get(client) ?? 0) + 1;
    counts.set(client, nth);
    return nth;
  };
  // Those asked again come last: some of them may not count.
  const nths = new Map(
    asked.toSorted((a, b) => Number(a.again ?? 0) - Number(b.again ?? 0)).map((one) => [one, count(one)]),
  );
  return [
    column((one) => one.id),
    column((one) => one.tag),
    column((one) => one.auditTag),
    column((one) => `"${one.client}"`),
    column((one) => one.claim),
    column((one) => one.first),
    column((one) => one.last),
    column((one) => one.nameProof),
    column((one) => one.kkProof),
    column((one) => one.suketProof),
    column((one) => one.keyCheck),
    column((one) => nths.get(one) as number),
    column((one) => String(one.again ?? false)),
  ];
}

/** An array literal that holds nothing which could end it or the string around it. */
const isPlain = (literal: string): boolean => /^\{[A-Za-z0-9._,"-]*\}$/.test(literal);

const PREPARED = findStatement(
  PARAMETER_TYPES.map((_, i) => `$${i + 1}`),
  { slot: `$${PARAMETER_TYPES.length + 1}::int` },
);

/**
 * Asks many at once through a prepared statement: two round trips on a connection's first use, one after. Statements in flight
 * at the same time should name different slots.
 */
export async function findPrepared(sql: Sql, asked: readonly Asked[], slot = 0): Promise<SourceAnswer[]> {
  return sourceAnswers(await sql.unsafe(PREPARED, [...askedParameters(asked), slot], { prepare: true }), asked);
}

/**
 * Asks without parameters: one round trip on a fresh connection, where postgres.js would describe a parametrised statement
 * first. Values stand in the text, which therefore must be plain; throws TypeError where they are not.
 */
export async function findInline(sql: Sql, asked: readonly Asked[], slot = 0): Promise<SourceAnswer[]> {
  return sourceAnswers(
    await sql.unsafe(findStatement(inlineParameters(asked), { slot: String(Math.trunc(slot)) })),
    asked,
  );
}

/** Throws `WrongKey`: the statement answers nothing from a registry that was tagged with another key. */
function sourceAnswers(rows: readonly Record<string, unknown>[], asked: readonly Asked[]): SourceAnswer[] {
  if (rows.length !== asked.length) throw new WrongKey();
  return rows.map(sourceAnswerOf);
}

export function inlineParameters(asked: readonly Asked[]): string[] {
  return askedParameters(asked).map((literal) => {
    if (!isPlain(literal)) throw new TypeError('a parameter is not plain');
    return `'${literal}'`;
  });
}

const sourceAnswerOf = (row: Record<string, unknown>): SourceAnswer => ({
  finding: findingOf(row),
  admission: { refusal: refusalOf(row.refusal as string | null), quota: quotaOf(row.quota as string | null) },
});

/** The finding in one row of the statement, of either form. */
export function findingOf(row: Record<string, unknown>): Finding {
  return {
    facts: row.found ? storedFacts(row) : null,
    asOfMs: row.as_of_ms as number | null,
    sourceRegion: row.source_region as string | null,
    source: row.source as Source,
    nameMatches: row.name_matches as boolean | null,
    kkMatches: row.kk_matches as boolean | null,
    suketMatches: row.suket_matches as boolean | null,
  };
}

function quotaOf(text: string | null): Admission['quota'] {
  if (text === null) return null;
  const [limit = 0, remaining = 0, resetSeconds = 0] = text.split(',').map(Number);
  return { limit, remaining, resetSeconds };
}

const storedFacts = (row: Record<string, unknown>): StoredFacts => ({
  region: row.region === null ? null : Number(row.region),
  status: row.status as number,
  flags: row.flags as number,
  suketIssued: row.suket_issued as CivilDate | null,
  suketEnds: row.suket_ends as CivilDate | null,
  ofAgeOn: row.of_age_on as CivilDate | null,
});
