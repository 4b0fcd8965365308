import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { copyIn } from './copy-in.ts';
import * as schema from './schema.ts';
import * as counters from './schema-counters.ts';
import type { Sql, Transaction } from './sql.ts';

export type Table = { name: string; columns: string };

/** All tables of the registry, by name. None refers to another by a foreign key: they may be filled in any order. */
export const REGISTRY_TABLES: readonly Table[] = Object.values({ ...schema, ...counters })
  .filter((value) => is(value, PgTable))
  .map((table) => getTableConfig(table))
  .map(({ name, columns }) => ({ name, columns: columns.map((column) => `"${column.name}"`).join() }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const NAMES = REGISTRY_TABLES.map(({ name }) => name).join();
/** Numbers given after the backup was made, which snapshots and cursors may hold, are not given to others. */
const SKIPPED_NUMBERS = 1_000_000;
/** What a server counts in some two minutes. */
const MAX_COUNTED = 20_000_000n;
const OTHERS_TIMEOUT_MS = 1_000;
const RETRY_MS = 50;

export async function countRows(sql: Sql | Transaction, { name }: Table): Promise<number> {
  const [row] = await sql.unsafe(`SELECT count(*)::float8 AS rows FROM ${name}`);
  return row?.rows as number;
}

/** The rows of a table in the text form of COPY, which all versions of Postgres read alike. */
export const copyOut = async (tx: Transaction, { name, columns }: Table): Promise<AsyncIterable<Uint8Array>> =>
  await tx.unsafe(`COPY ${name} (${columns}) TO STDOUT`).readable();

/**
 * Fills the tables of a registry that has nothing but its key. Returns false, and does nothing, where it has more.
 * Rejects with what `rowsOf` throws or the driver's error.
 */
export async function fillTables(
  tx: Transaction,
  rowsOf: (table: Table) => AsyncIterable<Uint8Array>,
): Promise<boolean> {
  await tx.unsafe(`LOCK TABLE ${NAMES} IN EXCLUSIVE MODE`);
  await tx.unsafe('DELETE FROM registry_key');
  for (const table of REGISTRY_TABLES) if ((await countRows(tx, table)) > 0) return false;
  for (const table of REGISTRY_TABLES)
    await copyIn(tx, `COPY ${table.name} (${table.columns}) FROM STDIN`, rowsOf(table));
  for (const name of ['copies', 'changes'])
    await tx.unsafe(`SELECT setval(pg_get_serial_sequence('${name}', 'id'),
      (SELECT coalesce(max(id), 0) FROM ${name}) + ${SKIPPED_NUMBERS})`);
  return true;
}

/** The last number of a transaction that the audit knows; 0 where it is empty. */
export async function lastTransaction(tx: Transaction): Promise<string> {
  const [row] =
    await tx`SELECT greatest(0, (SELECT max(xid) FROM audit), (SELECT max(to_xid) FROM audit_blocks))::text AS last`;
  return row?.last;
}

/**
 * Lets the server count its transactions on past `last`, so that the audit, which is sealed in their order, goes on
 * there. Not where that would take minutes: then sealing says AUDIT_MOVED.
 */
export async function countPast(sql: Sql, last: bigint): Promise<void> {
  const [now] = await sql`SELECT pg_current_xact_id()::text AS xid`;
  if (last - BigInt(now?.xid) > MAX_COUNTED) return;
  await sql`SET synchronous_commit = off`;
  await sql.unsafe(`DO $$ BEGIN WHILE pg_current_xact_id()::text::bigint <= ${last} LOOP COMMIT; END LOOP; END $$`);
  await sql`RESET synchronous_commit`;
}

/** Whether anyone else is connected to the database. Connections just ended take a moment to go. */
export async function hasOthers(sql: Sql): Promise<boolean> {
  for (const deadline = Date.now() + OTHERS_TIMEOUT_MS; ; ) {
    const others = await sql`
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()`;
    if (others.length === 0 || Date.now() > deadline) return others.length > 0;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** Destroys the registry at one go: its tables with all their rows, and what belongs to them. */
export const dropRegistry = (sql: Sql) =>
  sql.unsafe(`DROP FUNCTION IF EXISTS admit; DROP TABLE IF EXISTS ${NAMES}; DROP FUNCTION IF EXISTS audit_is_final;
    DROP SCHEMA IF EXISTS drizzle CASCADE`);

/** Tables of the registry that are there. */
export async function presentTables(sql: Sql): Promise<Table[]> {
  const rows = await sql`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`;
  const present = new Set(rows.map(({ tablename }) => tablename));
  return REGISTRY_TABLES.filter(({ name }) => present.has(name));
}
