import { and, eq, inArray, isNotNull, type SQL } from 'drizzle-orm';
import { type Drizzle, drizzleOver } from './drizzle.ts';
import { countMisses, PAUSED_SECONDS } from './quota.ts';
import { clients, listRefs, lists } from './schema.ts';
import type { Sql, Transaction } from './sql.ts';
import { isWithin, judgedCte, judgedRow } from './standing.ts';
import type { Proof, Tag } from './tags.ts';

/** Who asks: `claim` is the region of the caller's token, `keyCheck` of our key. */
export type Asking = { client: string; claim: string | null; keyCheck: Proof };
/** A voter list as it is kept: references and tags of the same order. `digest` is that of the upload. */
export type NewList = Asking & {
  id: string;
  key: string;
  digest: string;
  refs: readonly string[];
  tags: readonly Tag[];
};

const USED = 'CASE WHEN u.day = excluded.day THEN u.lines ELSE 0 END';
/** CTEs that take the lines of `priced`, if it has a row, off the day's quota; `verdict`: why nothing comes of it. */
export const meteredCtes = (priced: string): string => `priced AS MATERIALIZED (${priced}), charged AS (
  INSERT INTO list_usage AS u (client, day, lines)
  SELECT client, current_date, priced.lines FROM judged, priced
  WHERE refusal IS NULL AND ${PAUSED_SECONDS} IS NULL AND priced.lines <= lines_per_day
  ON CONFLICT (client) DO UPDATE SET day = excluded.day, lines = ${USED} + excluded.lines
    WHERE ${USED} + excluded.lines <= (SELECT lines_per_day FROM judged)
  RETURNING client
), verdict AS MATERIALIZED (
  SELECT judged.*, coalesce(refusal, 'PAUSED,' || ${PAUSED_SECONDS},
    CASE WHEN EXISTS (SELECT FROM priced) AND NOT EXISTS (SELECT FROM charged)
      THEN 'DAY_QUOTA,' || ceil(extract(epoch FROM current_date + 1 - now())) END) AS final
  FROM judged
)`;

// In tag order: physical order must not mirror the upload.
const RECORD = `
WITH ${judgedCte('lists')}, had AS (
  SELECT count(*) >= $4 AS too_many, coalesce(bool_or(idempotency_key = $6), false) AS known
  FROM lists WHERE client = $1
), ${meteredCtes('SELECT $8::int AS lines FROM had WHERE NOT too_many AND NOT known')}, made AS (
  INSERT INTO lists (id, client, region, idempotency_key, digest, rows, since_copy)
  SELECT $5::uuid, $1, claim, $6::text, $7::text, $8::int, (SELECT coalesce(max(id), 0) FROM copies)
  FROM verdict, had WHERE final IS NULL AND NOT too_many
  ON CONFLICT (client, idempotency_key) DO NOTHING RETURNING id, since_copy
), kept AS (
  INSERT INTO list_refs (list, tag, ref)
  SELECT made.id, r.tag, r.ref FROM made, unnest($9::uuid[], $10::text[]) AS r (tag, ref) ORDER BY r.tag, r.ref
)
SELECT final AS refusal, too_many AS "tooMany", since_copy AS "sinceCopy" FROM verdict, had LEFT JOIN made ON true`;

const ADD = `INSERT INTO list_refs (list, tag, ref)
  SELECT $1::uuid, r.tag, r.ref FROM unnest($2::uuid[], $3::text[]) AS r (tag, ref) ORDER BY r.tag, r.ref`;
/** So many take less than workerd writes at once. */
const MAX_REFS_A_STATEMENT = 800;

/**
 * Keeps a list whole, a long one by several statements of one transaction; null `sinceCopy` where there is one of its
 * key, or its client may have no more.
 */
export async function recordList(sql: Sql, list: NewList, maxLists: number) {
  const { id, client, claim, keyCheck, key, digest, refs, tags } = list;
  const inOrder = refs.map((_, i) => i).sort((a, b) => ((tags[a] as string) < (tags[b] as string) ? -1 : 1));
  const arrays = (part: number[]) => [
    `{${part.map((i) => tags[i]).join(',')}}`,
    `{${part.map((i) => `"${refs[i]}"`).join(',')}}`,
  ];
  const record = async (tx: Sql | Transaction) => {
    const first = arrays(inOrder.slice(0, MAX_REFS_A_STATEMENT));
    const parameters = [client, claim, keyCheck, maxLists, id, key, digest, refs.length, ...first];
    const row = judgedRow<{ tooMany: boolean; sinceCopy: number | null }>(await tx.unsafe(RECORD, parameters));
    for (let from = MAX_REFS_A_STATEMENT; row.sinceCopy !== null && from < refs.length; from += MAX_REFS_A_STATEMENT)
      await tx.unsafe(ADD, [id, ...arrays(inOrder.slice(from, from + MAX_REFS_A_STATEMENT))]);
    return row;
  };
  return await (refs.length <= MAX_REFS_A_STATEMENT ? record(sql) : sql.begin(record));
}

export type List = typeof lists.$inferSelect;

/** The list that a client has under an idempotency key. */
export async function findListByKey(sql: Sql, client: string, key: string): Promise<List | null> {
  const ofKey = and(eq(lists.client, client), eq(lists.idempotencyKey, key));
  const [list] = await drizzleOver(sql).select().from(lists).where(ofKey);
  return list ?? null;
}

/** A list as a snapshot shows it; null where it is gone. */
export async function findList(tx: Transaction, id: string): Promise<List | null> {
  const [list] = await drizzleOver(tx).select().from(lists).where(eq(lists.id, id));
  return list ?? null;
}

/** A list is nothing to a token of a narrower region than it was made with. */
export const visible = (id: string): string =>
  `l.id = ${id}::uuid AND l.client = judged.client
    AND (judged.claim IS NULL OR ${isWithin('l.region', 'judged.claim')})`;

/** Rows of a list have no order: misses count in a row as far as they outnumber the hits. */
const COUNT_MISSES = countMisses(
  'SELECT $1::text AS client, 0 AS slot, greatest(0, $2::int - $3::int) AS run, $3::int >= $2::int AS hit',
);

/** Counts what a list told of residents who are not there, as checks would; too many of them pause the client. */
export async function recordListMisses(sql: Sql, client: string, misses: number, hits: number): Promise<void> {
  await sql.unsafe(COUNT_MISSES, [client, misses, hits]);
}

const REMOVE = `
WITH ${judgedCte('lists')},
gone AS (DELETE FROM lists l USING judged WHERE refusal IS NULL AND ${visible('$4')} RETURNING l.id),
refs AS (DELETE FROM list_refs WHERE list IN (SELECT id FROM gone))
SELECT refusal, EXISTS (SELECT FROM gone) AS known FROM judged`;

/** Forgets a list and its references. */
export async function removeList(sql: Sql, { client, claim, keyCheck }: Asking, id: string) {
  return judgedRow<{ known: boolean }>(await sql.unsafe(REMOVE, [client, claim, keyCheck, id]));
}

/** CTEs that forget lists and their references. */
export function forgottenLists(db: Drizzle, whose: SQL) {
  const gone = db.$with('gone').as(db.delete(lists).where(whose).returning({ id: lists.id }));
  const theirs = inArray(listRefs.list, db.select({ id: gone.id }).from(gone));
  return { gone, refs: db.$with('refs').as(db.delete(listRefs).where(theirs)) };
}

/** Forgets the lists of revoked clients. */
export async function forgetLists(sql: Sql): Promise<void> {
  const db = drizzleOver(sql);
  const revoked = db.select({ name: clients.name }).from(clients).where(isNotNull(clients.revokedAtMs));
  const { gone, refs } = forgottenLists(db, inArray(lists.client, revoked));
  await db.with(gone, refs).select({ id: gone.id }).from(gone);
}
