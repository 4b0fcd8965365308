import type { Transaction } from './sql.ts';

/** A version of a resident's row, in the short form that `rowReader` reads. */
const shortOf = (alias: string): string =>
  `ROW(${['copy', 'status', 'flags', 'region', 'suket_issued', 'suket_ends', 'of_age_on'].map((name) => `${alias}.${name}`).join(', ')}, NULL, NULL)::text`;

/** The short form of a row that is not there. */
export const NO_ROW = '(,,,,,,,,)';

/** A place in the changes of a list: all of earlier copies, and of this copy the references up to `ref` (null: all). */
export type Place = { copy: number; ref: string | null };

/** What a copy wrote for a reference of a list, and what it replaced: null where it inserted the row. */
export type Version = { ref: string; copy: number; before: string | null; after: string };

// Versions chain: each was written by `copy` and, once replaced, stands in `changes` under the copy that replaced it.
const VERSIONS = `
WITH versions AS (
  SELECT l.ref, h.copy, ${shortOf('h')} AS short
  FROM changes h JOIN list_refs l ON l.list = $1::uuid AND l.tag = h.tag WHERE h.replaced_by >= $2
  UNION ALL
  SELECT l.ref, r.copy, ${shortOf('r')}
  FROM list_refs l JOIN residents r ON r.tag = l.tag WHERE l.list = $1::uuid AND r.copy >= $2
), chained AS (
  SELECT ref COLLATE "C" AS ref, copy, short AS after, lag(short) OVER (PARTITION BY ref ORDER BY copy) AS before FROM versions
)
SELECT ref, copy, before, after FROM chained
WHERE copy >= $2 AND (copy, ref) > ($3::int, $4::text COLLATE "C") ORDER BY copy, ref LIMIT $5`;

/**
 * Versions of a list's rows written behind a place, in order of copy and reference. A copy's number is given under the lock of
 * imports, which is held until the import has committed: whoever sees a copy sees all that come before it, or they never will be.
 */
export async function findVersions(tx: Transaction, list: string, { copy, ref }: Place, limit: number): Promise<Version[]> {
  const first = ref === null ? copy + 1 : copy;
  return (await tx.unsafe(VERSIONS, [list, first, copy, ref ?? '', limit])) as unknown as Version[];
}

/** A list as a snapshot shows it, and the last copy of that snapshot (0: none); null where it is gone. */
export async function findList(
  tx: Transaction,
  id: string,
): Promise<{ rows: number; createdAt: string; sinceCopy: number; lastCopy: number } | null> {
  const [row] = await tx`
    SELECT rows, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "createdAt",
      since_copy AS "sinceCopy", (SELECT coalesce(max(id), 0) FROM copies) AS "lastCopy"
    FROM lists WHERE id = ${id}::uuid`;
  return (row as Awaited<ReturnType<typeof findList>> | undefined) ?? null;
}

/** How many references of a list have a row of each short form. */
export async function countRows(tx: Transaction, list: string): Promise<{ short: string; count: number }[]> {
  const rows = await tx.unsafe(
    `SELECT ${shortOf('r')} AS short, count(*)::int AS count
     FROM list_refs l LEFT JOIN residents r ON r.tag = l.tag WHERE l.list = $1::uuid GROUP BY 1`,
    [list],
  );
  return rows as unknown as { short: string; count: number }[];
}
