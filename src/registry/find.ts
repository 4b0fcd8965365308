import type { CivilDate } from '../core/dates.ts';
import type { Source } from '../core/reasons.ts';
import { ASKED_PARAMETERS, type Asked, askedLiterals, inlineParameters } from './asked.ts';
import { checkStatement } from './check-statement.ts';
import type { StoredFacts } from './row.ts';
import type { Sql } from './sql.ts';
import { type Refusal, refusalOf, WrongKey } from './standing.ts';

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

const PREPARED = checkStatement(ASKED_PARAMETERS, `$${ASKED_PARAMETERS.length + 1}::int`);

/**
 * Asks many at once through a prepared statement: two round trips on a connection's first use, one after. Statements
 * in flight at the same time should name different slots. Throws `WrongKey`.
 */
export async function findPrepared(sql: Sql, asked: readonly Asked[], slot = 0): Promise<SourceAnswer[]> {
  return sourceAnswers(await sql.unsafe(PREPARED, [...askedLiterals(asked), slot], { prepare: true }), asked);
}

/**
 * Asks without parameters: one round trip on a fresh connection, where postgres.js would describe a parametrised
 * statement first. Values stand in the text, which therefore must be plain. Throws TypeError where they are not, and
 * `WrongKey`.
 */
export async function findInline(sql: Sql, asked: readonly Asked[], slot = 0): Promise<SourceAnswer[]> {
  return sourceAnswers(await sql.unsafe(checkStatement(inlineParameters(asked), String(Math.trunc(slot)))), asked);
}

/** The statement answers nothing from a registry that was tagged with another key. */
function sourceAnswers(rows: readonly Record<string, unknown>[], asked: readonly Asked[]): SourceAnswer[] {
  if (rows.length !== asked.length) throw new WrongKey();
  return rows.map((row) => ({
    finding: findingOf(row),
    admission: { refusal: refusalOf(row.refusal as string | null), quota: quotaOf(row.quota as string | null) },
  }));
}

/** The finding in one row of the statement, of either form. */
export function findingOf(row: Record<string, unknown>): Finding {
  return {
    facts: row.found
      ? {
          region: row.region === null ? null : Number(row.region),
          status: row.status as number,
          flags: row.flags as number,
          suketIssued: row.suket_issued as CivilDate | null,
          suketEnds: row.suket_ends as CivilDate | null,
          ofAgeOn: row.of_age_on as CivilDate | null,
        }
      : null,
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
