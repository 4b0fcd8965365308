import { createHash } from 'node:crypto';
import { z } from 'zod';
import { inTime } from '../checks/unavailable.ts';
import type { InDatabase } from '../checks/upstream.ts';
import type { Asked } from '../registry/asked.ts';
import type { Finding } from '../registry/find.ts';
import type { Sql } from '../registry/sql.ts';

/** The audit row of an answer that was given while the database was away; the columns of `audit`. */
const row = z.strictObject({
  id: z.uuid(),
  at: z.iso.datetime(),
  /** A tag has the form of a UUID and none of its versions. */
  tag: z.guid(),
  region: z.int().nullable(),
  copy: z.int().nullable(),
  suket_ends: z.iso.date().nullable(),
  of_age_on: z.iso.date().nullable(),
  status: z.int().nullable(),
  flags: z.int().nullable(),
  asked: z.int(),
  matched: z.int(),
  found: z.boolean(),
  client: z.string(),
  claim: z.string().nullable(),
  /** The check whose miss, which has a row of its own, the Dukcapil web service lifted. */
  of_check: z.uuid().optional(),
});
export type JournalRow = z.infer<typeof row>;

/** Where rows wait for the database. */
export type Journal = {
  /** Resolves once the row is durable. Rejects where it cannot be: then there is no answer. */
  append(line: string): Promise<void>;
  /**
   * Gives what was appended so far to `replay`, part by part, and forgets each part that this resolves for; one of
   * which lines are broken is kept aside.
   */
  drain(replay: (text: string) => Promise<{ broken: number }>): Promise<void>;
};

/** What an answer of another source than the database says in the audit; bits of `asked` and `matched`: 1 name, 2 KK, 4 Suket number. */
export function journalRow(asked: Asked, finding: Finding & { copy: number | null }, nowMs: number): JournalRow {
  const { facts } = finding;
  const bits = (name: boolean, kk: boolean, suket: boolean): number =>
    Number(name) + 2 * Number(kk) + 4 * Number(suket);
  return {
    id: asked.id,
    at: new Date(nowMs).toISOString(),
    tag: asked.auditTag,
    region: facts?.region ?? null,
    copy: finding.copy,
    suket_ends: facts?.suketEnds ?? null,
    of_age_on: facts?.ofAgeOn ?? null,
    status: facts?.status ?? null,
    flags: facts?.flags ?? null,
    asked: bits(asked.nameProof !== null, asked.kkProof !== null, asked.suketProof !== null),
    matched: bits(finding.nameMatches === true, finding.kkMatches === true, finding.suketMatches === true),
    found: facts !== null,
    client: asked.client,
    claim: asked.claim,
  };
}

const DIGEST_DIGITS = 16;
const digestOf = (json: string): string => createHash('sha256').update(json).digest('hex').slice(0, DIGEST_DIGITS);

/** Of an answer that was lifted; it has an id of its own beside that of the miss. */
export const liftedRow = (asked: Asked, finding: Finding, nowMs: number): JournalRow => ({
  ...journalRow(asked, { ...finding, copy: null }, nowMs),
  id: crypto.randomUUID(),
  of_check: asked.id,
});

/** A row as a line: a digest, a blank, JSON. Throws where it could not be read again. */
export function journalLine(one: JournalRow): string {
  const json = JSON.stringify(row.parse(one));
  return `${digestOf(json)} ${json}\n`;
}

/**
 * The rows of lines that were found somewhere, and how many lines are none. A last line without its end was never
 * acknowledged: no answer left on it.
 */
export function parseJournal(text: string): { rows: JournalRow[]; broken: number } {
  const lines = text.split('\n').slice(0, -1);
  const rows: JournalRow[] = [];
  for (const line of lines) {
    const json = line.slice(DIGEST_DIGITS + 1);
    const parsed = line === `${digestOf(json)} ${json}` ? row.safeParse(JSON.parse(json)) : null;
    if (parsed?.success) rows.push(parsed.data);
  }
  return { rows, broken: lines.length - rows.length };
}

const COLUMNS = Object.keys(row.omit({ of_check: true }).shape).join(', ');
const TYPES = `id uuid, at timestamptz, tag uuid, region bigint, copy int, suket_ends date, of_age_on date, status smallint,
  flags smallint, asked smallint, matched smallint, found boolean, client text, claim text, of_check uuid`;
const ROWS_AT_ONCE = 500;

/** Enters rows into the audit. One whose check is there already, by an earlier try or by the database itself, stays one. */
export async function enterRows(sql: Sql, rows: readonly JournalRow[]): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE)
    await sql.unsafe(
      `INSERT INTO audit (${COLUMNS}, source, kind, detail)
      SELECT ${COLUMNS}, CASE WHEN of_check IS NULL THEN 'SNAPSHOT' ELSE 'UPSTREAM' END,
        CASE WHEN of_check IS NULL THEN 'CHECK' ELSE 'UPSTREAM' END,
        CASE WHEN of_check IS NOT NULL THEN jsonb_build_object('check', of_check) END
      FROM jsonb_to_recordset($1::text::jsonb) AS j (${TYPES})
      ON CONFLICT (id) DO NOTHING`,
      [JSON.stringify(rows.slice(first, first + ROWS_AT_ONCE))],
    );
}

/**
 * Records an answer that the Dukcapil web service lifted: in the audit or, where that does not take it in half of the
 * time, in the journal. It stays one row where both took it. Rejects where neither did.
 */
export async function recordLifted(
  { inDatabase, journal }: { inDatabase: InDatabase; journal: Journal | undefined },
  one: JournalRow,
  timeoutMs: number,
): Promise<void> {
  const entered = inDatabase((sql) => enterRows(sql, [one]));
  await inTime(entered, timeoutMs / 2).catch((error: unknown) => {
    if (journal === undefined) throw error;
    return inTime(journal.append(journalLine(one)), timeoutMs / 2);
  });
}
