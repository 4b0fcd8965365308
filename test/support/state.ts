import type { Sql } from '../../src/registry/sql.ts';

/** Every table of the registry, row by row as text: two such are equal where nothing at all was changed. */
export type Tables = Record<string, string[]>;

const tableNames = async (sql: Sql): Promise<string[]> =>
  (await sql`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`).map(
    (row) => row.tablename as string,
  );

export async function tablesOf(sql: Sql): Promise<Tables> {
  const tables: Tables = {};
  for (const name of await tableNames(sql)) {
    const rows = await sql.unsafe(`SELECT t::text AS row FROM ${name} t ORDER BY t::text COLLATE "C"`);
    tables[name] = rows.map((row) => row.row as string);
  }
  return tables;
}

/**
 * What the registry knows, without what differs from run to run: the numbers of copies, which have gaps after a failure,
 * and the time of the import.
 */
export async function knowledgeOf(sql: Sql): Promise<Tables> {
  const copy = (alias: string): string => `${alias}.source, ${alias}.as_of, ${alias}.is_full, ${alias}.digest`;
  const facts =
    'r.tag, r.name_proof, r.kk_proof, r.suket_proof, r.region, r.suket_issued, r.suket_ends, r.of_age_on, r.status, r.flags';
  const queries = {
    residents: `SELECT ${facts}, ${copy('c')} FROM residents r JOIN copies c ON c.id = r.copy`,
    changes: `SELECT ${facts}, ${copy('c')}, ${copy('b')} FROM changes r JOIN copies c ON c.id = r.copy JOIN copies b ON b.id = r.replaced_by`,
    copies: `SELECT ${copy('c')}, c.report - 'copy' FROM copies c`,
    sources: `SELECT s.name, s.region, s.first_region, s.last_region, s.as_of, s.full_as_of, ${copy('c')}
      FROM sources s JOIN copies c ON c.id = s.last_copy`,
    audit: 'SELECT a.id, a.found FROM audit a',
  };
  const known: Tables = {};
  for (const [name, query] of Object.entries(queries)) {
    const rows = await sql.unsafe(`SELECT t::text AS row FROM (${query}) t ORDER BY t::text COLLATE "C"`);
    known[name] = rows.map((row) => row.row as string);
  }
  return known;
}

/** Whose rows nobody can change or take away but their owner, and he not by accident. */
const FINAL = ['audit', 'audit_blocks'];

/** Keeps the tables as they are. The function that it returns puts them back. */
export async function keepTables(sql: Sql): Promise<() => Promise<void>> {
  const names = await tableNames(sql);
  await sql.unsafe(
    `CREATE SCHEMA kept; ${names.map((name) => `CREATE TABLE kept.${name} AS TABLE ${name}`).join('; ')}`,
  );
  const restore = names.map(
    (name) => `DELETE FROM ${name}; INSERT INTO ${name} OVERRIDING SYSTEM VALUE SELECT * FROM kept.${name}`,
  );
  const trigger = (does: string): string[] =>
    FINAL.map((name) => `ALTER TABLE ${name} ${does} TRIGGER audit_is_final`);
  return async () =>
    void (await sql.unsafe([...trigger('DISABLE'), ...restore, ...trigger('ENABLE ALWAYS')].join('; ')));
}
