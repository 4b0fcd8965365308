import { auditedSource, type Sql, type Transaction } from './sql.ts';
import type { Tag } from './tags.ts';

/** A voter list as it is kept: references and tags of the same order. `digest` is that of the upload. */
export type NewList = {
  id: string;
  client: string;
  claim: string | null;
  key: string;
  digest: string;
  refs: readonly string[];
  tags: readonly Tag[];
};
export type KeptList = { id: string; digest: string; rows: number; sinceCopy: number };

const REVOKED = 'EXISTS (SELECT FROM clients WHERE name = $1 AND revoked_at IS NOT NULL)';
// In tag order: physical order must not mirror the upload.
const RECORD = `
WITH judged AS (
  SELECT ${REVOKED} AS revoked, (SELECT count(*) FROM lists WHERE client = $1) >= $2 AS too_many
), made AS (
  INSERT INTO lists (id, client, region, idempotency_key, digest, rows, since_copy)
  SELECT $3::uuid, $1, $4::text, $5::text, $6::text, $7::int, (SELECT coalesce(max(id), 0) FROM copies)
  FROM judged WHERE NOT revoked AND NOT too_many
  ON CONFLICT (client, idempotency_key) DO NOTHING RETURNING id, since_copy
), kept AS (
  INSERT INTO list_refs (list, tag, ref)
  SELECT made.id, r.tag, r.ref FROM made, unnest($8::uuid[], $9::text[]) AS r (tag, ref) ORDER BY r.tag, r.ref
)
SELECT revoked, too_many, since_copy AS "sinceCopy" FROM judged LEFT JOIN made ON true`;

const ADD = `INSERT INTO list_refs (list, tag, ref)
  SELECT $1::uuid, r.tag, r.ref FROM unnest($2::uuid[], $3::text[]) AS r (tag, ref) ORDER BY r.tag, r.ref`;
/** So many take less than workerd writes at once. */
const MAX_REFS_A_STATEMENT = 800;

/**
 * Keeps a list whole, a long one by several statements of one transaction; null `sinceCopy` where there is one of its key, or
 * its client may have no more.
 */
export async function recordList(
  sql: Sql,
  list: NewList,
  maxLists: number,
): Promise<{ revoked: boolean; tooMany: boolean; sinceCopy: number | null }> {
  const { id, client, claim, key, digest, refs, tags } = list;
  const inOrder = refs.map((_, i) => i).sort((a, b) => ((tags[a] as string) < (tags[b] as string) ? -1 : 1));
  const arrays = (part: number[]) => [
    `{${part.map((i) => tags[i]).join(',')}}`,
    `{${part.map((i) => `"${refs[i]}"`).join(',')}}`,
  ];
  const record = async (tx: Sql | Transaction) => {
    const first = arrays(inOrder.slice(0, MAX_REFS_A_STATEMENT));
    const [row] = await tx.unsafe(RECORD, [client, maxLists, id, claim, key, digest, refs.length, ...first]);
    if (row === undefined) throw new Error('the statement gave no row');
    for (let from = MAX_REFS_A_STATEMENT; row.sinceCopy !== null && from < refs.length; from += MAX_REFS_A_STATEMENT)
      await tx.unsafe(ADD, [id, ...arrays(inOrder.slice(from, from + MAX_REFS_A_STATEMENT))]);
    return { revoked: row.revoked, tooMany: row.too_many, sinceCopy: row.sinceCopy };
  };
  return await (refs.length <= MAX_REFS_A_STATEMENT ? record(sql) : sql.begin(record));
}

/** The list that a client has under an idempotency key. */
export async function findListByKey(sql: Sql, client: string, key: string): Promise<KeptList | null> {
  const [row] = await sql`
    SELECT id, digest, rows, since_copy AS "sinceCopy" FROM lists WHERE client = ${client} AND idempotency_key = ${key}`;
  return (row as KeptList | undefined) ?? null;
}

/** Who reads a list, and what the audit keeps of it. `id` is the request's own. */
export type ListReading = { id: string; client: string; claim: string | null; detail: { list: string; after?: string } };

/** Records that a list is read, unless its client is revoked or has none such. Twice the same id is one row. */
export async function recordListReading(
  sql: Sql,
  { id, client, claim, detail }: ListReading,
): Promise<'READ' | 'REVOKED' | 'NO_LIST'> {
  const [row] = await sql`
    WITH judged AS (
      SELECT EXISTS (SELECT FROM clients WHERE name = ${client} AND revoked_at IS NOT NULL) AS revoked,
             EXISTS (SELECT FROM lists WHERE id = ${detail.list}::uuid AND client = ${client}) AS known
    ), recorded AS (
      INSERT INTO audit (id, source, client, claim, kind, detail)
      SELECT ${id}::uuid, ${auditedSource(sql)}, ${client}, ${claim}, 'LIST', ${sql.json(detail)} FROM judged WHERE known AND NOT revoked
      ON CONFLICT (id) DO NOTHING
    )
    SELECT CASE WHEN revoked THEN 'REVOKED' WHEN known THEN 'READ' ELSE 'NO_LIST' END AS verdict FROM judged`;
  if (row === undefined) throw new Error('the statement gave no row');
  return row.verdict;
}

const REMOVE = `
WITH judged AS (SELECT ${REVOKED} AS revoked),
gone AS (DELETE FROM lists WHERE client = $1 AND id = $2::uuid AND NOT (SELECT revoked FROM judged) RETURNING id),
refs AS (DELETE FROM list_refs WHERE list IN (SELECT id FROM gone))
SELECT CASE WHEN revoked THEN 'REVOKED' WHEN EXISTS (SELECT FROM gone) THEN 'REMOVED' ELSE 'NO_LIST' END AS verdict FROM judged`;

/** Forgets a list and its references. */
export async function removeList(sql: Sql, client: string, id: string): Promise<'REMOVED' | 'REVOKED' | 'NO_LIST'> {
  const [row] = await sql.unsafe(REMOVE, [client, id]);
  if (row === undefined) throw new Error('the statement gave no row');
  return row.verdict;
}
