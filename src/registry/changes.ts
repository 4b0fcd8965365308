import { FLAG } from './row.ts';
import type { Transaction } from './sql.ts';

const SHORT_COLUMNS = ['copy', 'status', 'flags', 'region', 'suket_issued', 'suket_ends', 'of_age_on'];
/** A version of a resident's row, in the short form that `rowReader` reads. */
const shortOf = (alias: string): string =>
  `ROW(${SHORT_COLUMNS.map((name) => `${alias}.${name}`).join(', ')}, NULL, NULL)::text`;

/** The short form of a row that is not there. */
export const NO_ROW = '(,,,,,,,,)';

/** How far a list's changes were read: earlier copies, and of this one the references up to `ref` (null: all). */
export type ListPosition = { copy: number; ref: string | null };

/** What a copy wrote for a reference of a list, and what it replaced: null where it inserted the row. */
export type Version = { ref: string; copy: number; before: string | null; after: string };

/**
 * Versions of a list's rows that the copies $2 to $3 wrote, for references behind $4. Versions chain: each was
 * written by `copy` and, once replaced, stands in `changes` under the copy that replaced it.
 */
const versions = (order: string): string => `
SELECT ref, copy, after, coalesce(
  (SELECT ${shortOf('b')} FROM changes b WHERE b.tag = v.tag AND b.replaced_by = v.copy),
  CASE WHEN v.flags & ${FLAG.CONFIRMED} <> 0 THEN after END) AS before
FROM (
  SELECT l.ref COLLATE "C" AS ref, l.tag, w.*
  FROM list_refs l CROSS JOIN LATERAL (
    SELECT h.copy, h.flags, ${shortOf('h')} AS after FROM changes h
    WHERE h.tag = l.tag AND h.replaced_by > $2 AND h.copy BETWEEN $2 AND $3
    UNION ALL
    SELECT r.copy, r.flags, ${shortOf('r')} FROM residents r WHERE r.tag = l.tag AND r.copy BETWEEN $2 AND $3
  ) w
  WHERE l.list = $1::uuid AND l.ref COLLATE "C" > $4::text ORDER BY ${order} LIMIT $5
) v ORDER BY ${order}`;
const OF_ONE_COPY = versions('ref');
const OF_COPIES = versions('copy, ref');

/**
 * Versions of a list's rows written behind a position by copies up to `lastCopy`, in order of copy and reference. A
 * copy's number is given under the lock of imports, which is held until the import has committed: whoever sees a copy
 * sees all that come before it, or they never will be. The copy that a page breaks off in is read by references, each
 * once.
 */
export async function findVersions(
  tx: Transaction,
  list: string,
  { copy, ref }: ListPosition,
  { lastCopy, limit }: { lastCopy: number; limit: number },
): Promise<Version[]> {
  const begun = ref === null ? [] : await tx.unsafe(OF_ONE_COPY, [list, copy, copy, ref, limit]);
  const rest = limit - begun.length;
  const others = rest === 0 ? [] : await tx.unsafe(OF_COPIES, [list, copy + 1, lastCopy, '', rest]);
  return [...begun, ...others] as unknown as Version[];
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
