import { FACT_COLUMNS, FLAG, type StoredFacts } from './row.ts';
import type { Sql, Transaction } from './sql.ts';

// The stage of an import: `incoming` holds the rows of the copy, `delta` what they change. Readers see neither.

const FACTS = FACT_COLUMNS.join(', ');
/** A region's number without district and village. */
const REGENCY = 1_000_000;
/** The columns of a row under an alias. */
const factsOf = (alias: string): string => FACT_COLUMNS.map((column) => `${alias}.${column}`).join(', ');

/** Makes the stage, returns the statement that fills it. A temporary table: the export's order is not in the WAL. */
export async function createIncoming(own: Sql): Promise<string> {
  await own.unsafe(`CREATE TEMP TABLE incoming (
    tag uuid, name_proof bigint, kk_proof bigint, suket_proof bigint, region bigint,
    suket_issued date, suket_ends date, of_age_on date, status smallint, flags smallint)`);
  return `COPY incoming (tag, ${FACTS}) FROM STDIN (FORMAT binary)`;
}

/** Takes the marks of rejected rows out of the stage; `kept` holds their tags. */
export async function takeKept(tx: Transaction): Promise<void> {
  await tx.unsafe('CREATE TEMP TABLE kept (tag uuid) ON COMMIT DROP');
  await tx.unsafe(`WITH marks AS (DELETE FROM incoming WHERE flags = ${FLAG.KEPT} RETURNING tag)
    INSERT INTO kept SELECT DISTINCT tag FROM marks`);
}

/** What two rows of one resident may differ in: a renewed Suket stands twice in a book of Sukets. */
const SUKET_COLUMNS: readonly string[] = ['suket_proof', 'suket_issued', 'suket_ends'];
const REST = FACT_COLUMNS.filter((column) => !SUKET_COLUMNS.includes(column)).map((column) => `i.${column}`);

/**
 * One row a resident: rows that are identical, or differ in the Suket only, collapse into the one whose Suket ends
 * last; others become a conflict that tells nothing but its region.
 */
export async function collapseRepeated(tx: Transaction): Promise<{ duplicates: number; conflicts: number }> {
  await tx.unsafe(`CREATE TEMP TABLE repeated ON COMMIT DROP AS
    SELECT i.tag, count(*) AS rows, count(DISTINCT (${REST.join(', ')})) AS versions, min(i.region) AS region,
           count(DISTINCT i.region) = 1 AND count(i.region) = count(*) AS one_region
    FROM incoming i JOIN (SELECT tag FROM incoming GROUP BY tag HAVING count(*) > 1) twice ON twice.tag = i.tag
    GROUP BY i.tag`);
  const [sums] = await tx.unsafe(`SELECT coalesce(sum(rows - versions), 0)::int AS duplicates,
    count(*) FILTER (WHERE versions > 1)::int AS conflicts, count(*)::int AS tags FROM repeated`);
  const { duplicates, conflicts, tags } = sums as unknown as { duplicates: number; conflicts: number; tags: number };
  if (tags === 0) return { duplicates, conflicts };
  await tx.unsafe('ANALYZE repeated');
  await tx.unsafe(`CREATE TEMP TABLE collapsed ON COMMIT DROP AS
    SELECT DISTINCT ON (i.tag) i.tag, ${factsOf('i')}
    FROM incoming i JOIN repeated t ON t.tag = i.tag AND t.versions = 1
    ORDER BY i.tag, i.suket_ends DESC NULLS LAST, i.suket_issued DESC NULLS LAST, i.suket_proof DESC NULLS LAST`);
  await tx.unsafe('DELETE FROM incoming USING repeated WHERE incoming.tag = repeated.tag');
  await tx.unsafe(`INSERT INTO incoming (tag, ${FACTS}) SELECT tag, ${FACTS} FROM collapsed`);
  await tx.unsafe(`INSERT INTO incoming (tag, region, status, flags)
    SELECT tag, CASE WHEN one_region THEN region END, -1, ${FLAG.CONFLICT} FROM repeated WHERE versions > 1`);
  return { duplicates, conflicts };
}

type CompareOptions = { source: { name: string }; asOfMs: number; asOfDate: string; full: boolean };

/**
 * What this copy changes, in tag order. The newer as-of owns a resident; at equal dates a row of another source that
 * differs is a conflict. An absent row is nobody's claim: whoever has the resident takes it. KEEP marks one whose row
 * was rejected. CONFIRM rewrites an equal row that another source had, or whose 17th birthday has passed; RENEW one
 * of our own whose date would otherwise mislead: of a partial copy, the older date is taken only where no full copy
 * stands for the later.
 */
export async function compare(tx: Transaction, options: CompareOptions): Promise<void> {
  const { source, asOfMs, asOfDate, full } = options;
  const asOf = `to_timestamp(${Number(asOfMs)}::float8 / 1000)`;
  const same = FACT_COLUMNS.map((column) =>
    column === 'of_age_on'
      ? `CASE WHEN r.of_age_on > '${asOfDate}' THEN r.of_age_on END IS NOT DISTINCT FROM i.of_age_on`
      : `r.${column}${column === 'flags' ? ` & ~${FLAG.CONFIRMED}` : ''} IS NOT DISTINCT FROM i.${column}`,
  ).join(' AND ');
  await tx.unsafe(`CREATE TEMP TABLE delta ON COMMIT DROP AS
    SELECT * FROM (
      SELECT coalesce(i.tag, r.tag) AS tag, ${factsOf('i')},
        CASE
          WHEN i.tag IS NULL THEN CASE
            WHEN NOT r.own OR r.flags & ${FLAG.ABSENT} <> 0 THEN NULL
            WHEN NOT EXISTS (SELECT 1 FROM kept k WHERE k.tag = r.tag) THEN 'ABSENT'
            WHEN r.flags & ${FLAG.KEPT} = 0 THEN 'KEEP' END
          WHEN r.tag IS NULL THEN 'INSERT'
          WHEN r.own OR r.flags & ${FLAG.ABSENT} <> 0 OR r.current < ${asOf} THEN
            CASE WHEN NOT (${same}) THEN 'CHANGE'
                 WHEN NOT r.own OR r.of_age_on <= '${asOfDate}' THEN 'CONFIRM'
                 WHEN r.as_of > ${asOf} AND (${full} OR r.is_later) THEN 'RENEW'
                 WHEN ${!full} AND r.current < ${asOf} THEN 'RENEW' END
          WHEN r.current = ${asOf} AND r.flags & ${FLAG.CONFLICT} = 0 AND NOT (${same}) THEN 'CONFLICT'
        END AS kind
      FROM incoming i ${full ? 'FULL' : 'LEFT'} JOIN (
        SELECT r.*, c.as_of, c.source = '${source.name}' AS own, r.copy > coalesce(s.full_copy, 0) AS is_later,
               CASE WHEN r.copy > s.full_copy THEN c.as_of ELSE greatest(c.as_of, s.full_as_of) END AS current
        FROM residents r JOIN copies c ON c.id = r.copy LEFT JOIN sources s ON s.name = c.source
      ) r ON r.tag = i.tag
    ) compared WHERE kind IS NOT NULL ORDER BY tag`);
  await tx.unsafe('ANALYZE delta');
}

/** How many residents the copy changes, by kind. */
export async function countDelta(tx: Transaction): Promise<(kind: string) => number> {
  const rows = await tx`SELECT kind, count(*)::int AS residents FROM delta GROUP BY kind`;
  return (kind) => rows.find((row) => row.kind === kind)?.residents ?? 0;
}

/** Residents of a copy who are alike in all that decides on document and voter but the Suket. */
export type KindCount = { facts: StoredFacts; residents: number };

/** Residents of the copy by kind; a region is cut to its regency. */
export async function countKinds(tx: Transaction): Promise<KindCount[]> {
  const rows = await tx`
    SELECT status, flags, (region / ${REGENCY})::int * ${REGENCY}::float8 AS region, of_age_on AS "ofAgeOn",
      count(*)::int AS residents
    FROM incoming GROUP BY 1, 2, 3, 4`;
  return rows.map(({ residents, ...facts }) => ({
    facts: { ...(facts as Omit<StoredFacts, 'suketIssued' | 'suketEnds'>), suketIssued: null, suketEnds: null },
    residents,
  }));
}

const ASSIGNED = FACT_COLUMNS.map((column) => `${column} = d.${column}`).join(', ');
const FORGOTTEN = FACT_COLUMNS.filter((column) => !['region', 'status', 'flags'].includes(column))
  .map((column) => `${column} = NULL`)
  .join(', ');

/**
 * Brings `delta` into the registry as a copy, and logs what it replaces. It lies in tag order; without hash and merge
 * joins the MERGE walks it as it lies, so that rows are written in tag order: physical order tells nothing about the
 * export.
 */
export async function applyDelta(tx: Transaction, copy: number): Promise<void> {
  await tx.unsafe(`SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`);
  await tx.unsafe(`INSERT INTO changes (tag, replaced_by, copy, ${FACTS})
    SELECT r.tag, ${copy}, r.copy, ${factsOf('r')} FROM delta d JOIN residents r ON r.tag = d.tag
    WHERE d.kind NOT IN ('INSERT', 'KEEP') AND NOT (d.kind = 'RENEW' AND r.flags & ${FLAG.CONFIRMED} <> 0)`);
  await tx.unsafe(`MERGE INTO residents r USING delta d ON r.tag = d.tag
    WHEN MATCHED AND d.kind = 'ABSENT' THEN UPDATE SET copy = ${copy}, flags = r.flags | ${FLAG.ABSENT}
    WHEN MATCHED AND d.kind = 'KEEP' THEN UPDATE SET flags = r.flags | ${FLAG.KEPT}
    WHEN MATCHED AND d.kind = 'CONFLICT' THEN UPDATE SET copy = ${copy}, status = -1, flags = ${FLAG.CONFLICT},
      region = CASE WHEN r.region = d.region THEN r.region END, ${FORGOTTEN}
    WHEN MATCHED AND d.kind = 'RENEW' THEN UPDATE SET copy = ${copy}, flags = r.flags | ${FLAG.CONFIRMED}
    WHEN MATCHED THEN UPDATE SET copy = ${copy}, ${ASSIGNED}
    WHEN NOT MATCHED THEN INSERT (tag, copy, ${FACTS}) VALUES (d.tag, ${copy}, ${factsOf('d')})`);
}
