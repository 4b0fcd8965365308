import type { CivilDate } from '../core/dates.ts';
import type { Source } from '../core/reasons.ts';
import { ASKED_COLUMNS, checkStatement } from './check-statement.ts';
import type { StoredFacts } from './row.ts';
import type { Sql } from './sql.ts';
import { type Refusal, refusalOf, WrongKey } from './standing.ts';
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
  /** `SAMPLE` where that copy is the synthetic one, unless it was read from a snapshot. */
  source: Source;
  /** The copy is the synthetic one, whatever the source is called. */
  isSample?: boolean;
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

const NUMBER_OF_COLUMNS = Object.keys(ASKED_COLUMNS).length;
const PREPARED = checkStatement(
  Array.from({ length: NUMBER_OF_COLUMNS }, (_, i) => `$${i + 1}`),
  `$${NUMBER_OF_COLUMNS + 1}::int`,
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
  return sourceAnswers(await sql.unsafe(checkStatement(inlineParameters(asked), String(Math.trunc(slot)))), asked);
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
