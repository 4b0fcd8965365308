import { randomUUID } from 'node:crypto';
import { type Sealed, sealAudit } from '../../src/checks/audit/seal.ts';
import type { Sql, Transaction } from '../../src/registry/sql.ts';

/** Writes audit rows in one transaction; their ids, in order of id. */
export async function writeRows(sql: Sql | Transaction, count: number, client = 'kpps-1'): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID()).sort();
  await sql`
    INSERT INTO audit (id, tag, region, asked, matched, found, source, client, suket_ends)
    SELECT id::uuid, gen_random_uuid(), 3201011001, 1, 1, true, 'REGISTRY', ${client}, '2018-07-02'
    FROM unnest(${`{${ids}}`}::text[]) id`;
  return ids;
}

/** What the owner can do once he has taken the triggers away. */
export async function tamper(sql: Sql, ...statements: string[]): Promise<void> {
  for (const table of ['audit', 'audit_blocks'])
    await sql.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER audit_is_final`);
  for (const statement of statements) await sql.unsafe(statement);
  for (const table of ['audit', 'audit_blocks'])
    await sql.unsafe(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER audit_is_final`);
}

/** Waits until no transaction of the server, also of other tests, is older than the rows: then all of them can be sealed. */
export async function settle(sql: Sql): Promise<void> {
  const query =
    'SELECT coalesce(pg_snapshot_xmin(pg_current_snapshot())::text::bigint > max(xid), true) AS settled FROM audit';
  while (!(await sql.unsafe(query))[0]?.settled) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Seals all rows there are. */
export async function sealEverything(sql: Sql): Promise<Sealed> {
  await settle(sql);
  return await sealAudit(sql);
}
