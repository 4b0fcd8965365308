import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { openRegistry } from '../../src/platform/registry.ts';
import { loadSettings } from '../../src/platform/settings.ts';
import { connect, type Sql } from '../../src/registry/sql.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { createTestKeys, startServer } from '../support/server.ts';

/** Who a server's pool works as on a database that this user, or the administrator, owns. */
async function serverUser(databaseUrl: string): Promise<string> {
  const env = { ...(await createTestKeys(randomBytes(32))), HAKPILIH_DATABASE_URL: databaseUrl };
  const registry = await openRegistry(await loadSettings(env, () => {}), 1, () => {});
  try {
    const pool = await registry.openServerPool(1);
    return (await pool`SELECT current_user AS name`)[0]?.name;
  } finally {
    await registry.close();
  }
}

it('a server works as the role that cannot change the audit', async () => {
  const database = await createTestDatabase();
  try {
    expect(await serverUser(database.url)).toBe('hakpilih_app');
  } finally {
    await database.drop();
  }
});

it('a server of a user who may not create or take on roles works as that user', async () => {
  const database = await createTestDatabase();
  const admin = connect(inject('adminUrl'), { max: 1 });
  const name = `owner_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(database.url);
  await admin.unsafe(
    `CREATE ROLE ${name} LOGIN PASSWORD 'secret'; ALTER DATABASE ${url.pathname.slice(1)} OWNER TO ${name}`,
  );
  try {
    url.username = name;
    url.password = 'secret';
    expect(await serverUser(url.href)).toBe(name);
  } finally {
    await database.drop();
    await admin.unsafe(`DROP ROLE ${name}`);
    await admin.end();
  }
});

/** A server's pool on a database, and all that its start says. */
async function withServerPool(
  databaseUrl: string,
  work: (pool: Sql, said: string[]) => Promise<void>,
): Promise<void> {
  const env = { ...(await createTestKeys(randomBytes(32))), HAKPILIH_DATABASE_URL: databaseUrl };
  const said: string[] = [];
  const registry = await openRegistry(await loadSettings(env, () => {}), 1, (line) => said.push(line));
  try {
    await work(await registry.openServerPool(1), said);
  } finally {
    await registry.close();
  }
}

describe('the role of a server', () => {
  const LEAVING = [
    'SET ROLE postgres',
    'SET ROLE pg_execute_server_program',
    'SET ROLE pg_write_all_data',
    'SET SESSION AUTHORIZATION postgres',
    "SET LOCAL session_authorization = 'postgres'",
    'CREATE ROLE geheim SUPERUSER',
    'ALTER ROLE CURRENT_USER SUPERUSER',
    'ALTER ROLE SESSION_USER CREATEROLE',
    'GRANT pg_write_server_files TO SESSION_USER',
    'GRANT postgres TO SESSION_USER',
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY residents FROM PROGRAM 'true'",
    "COPY (SELECT 1) TO '/var/lib/geheim'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT lo_export(lo_create(0), '/var/lib/geheim')",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SET session_replication_role = 'replica'",
    'CREATE TABLE geheim ()',
    'CREATE TEMPORARY TABLE audit (LIKE public.audit)',
    'CREATE TEMPORARY VIEW audit AS SELECT 1',
    'CREATE SCHEMA geheim',
    'CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
    'ALTER TABLE audit DISABLE TRIGGER ALL',
    'DROP TRIGGER audit_is_final ON audit',
    'ALTER TABLE audit OWNER TO SESSION_USER',
    "UPDATE audit SET client = 'geheim'",
    'DELETE FROM audit',
    'TRUNCATE audit',
    'UPDATE audit_blocks SET rows = 0',
    'DELETE FROM audit_blocks',
    'UPDATE residents SET flags = 0',
    'DELETE FROM residents',
    'UPDATE clients SET per_day = 0',
    'UPDATE registry_key SET key_check = 0',
    'SELECT rolpassword FROM pg_authid',
  ];

  it('is left by no statement, whatever comes before it', async () => {
    const database = await createTestDatabase();
    try {
      await withServerPool(database.url, async (pool, said) => {
        expect(said.join()).not.toContain('owner');
        for (const before of [
          '',
          'SET ROLE NONE; ',
          'RESET ROLE; ',
          'RESET ALL; ',
          'SET SESSION AUTHORIZATION DEFAULT; ',
          'DISCARD ALL; ',
        ]) {
          for (const statement of LEAVING) {
            // DISCARD runs in no block of several statements.
            for (const one of before === '' ? [] : [before]) await pool.unsafe(one);
            const code = await pool.unsafe(statement).then(
              () => 'DONE',
              (error: { code: string }) => error.code,
            );
            expect([before, statement, code]).toEqual([before, statement, expect.stringMatching(/^(42501|22023)$/)]);
          }
          const [who] =
            await pool.unsafe(`SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication AS strong,
            (SELECT array_agg(g.rolname::text) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid)::text AS in
            FROM pg_roles r WHERE rolname = session_user`);
          expect([before, who]).toEqual([before, { strong: false, in: '{hakpilih_app}' }]);
        }
      });
    } finally {
      await database.drop();
    }
  });

  it('is shared by the servers of a registry, which start at once, and no other knows its password', async () => {
    const database = await createTestDatabase();
    const env = { ...(await createTestKeys(randomBytes(32))), HAKPILIH_DATABASE_URL: database.url };
    const settings = await loadSettings(env, () => {});
    const registries = await Promise.all([1, 2, 3].map(() => openRegistry(settings, 1, () => {})));
    try {
      const names = await Promise.all(
        registries.map(async (one) => (await (await one.openServerPool(1))`SELECT session_user AS name`)[0]?.name),
      );
      expect(new Set(names).size).toBe(1);
      const user = names[0] as string;
      await expect(
        connect(database.url, { max: 1, login: { user, password: 'geheim' } })`SELECT 1`,
      ).rejects.toMatchObject({
        code: '28P01',
      });
      const [kept] = await (registries[0] as { sql: Sql })
        .sql`SELECT rolpassword AS password FROM pg_authid WHERE rolname = ${user}`;
      expect(kept?.password).toMatch(/^SCRAM-SHA-256\$4096:/);
    } finally {
      for (const registry of registries) await registry.close();
      await database.drop();
    }
  });

  it('may be the login of the URL itself, which then may change no schema', async () => {
    const database = await createTestDatabase();
    const admin = connect(inject('adminUrl'), { max: 1 });
    const name = `least_${randomUUID().replaceAll('-', '')}`;
    const url = new URL(database.url);
    url.username = name;
    url.password = 'secret';
    try {
      await withServerPool(database.url, async () => {});
      await admin.unsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'secret' IN ROLE hakpilih_app`);
      const empty = await createTestDatabase();
      const other = new URL(url);
      other.pathname = new URL(empty.url).pathname;
      await expect(withServerPool(other.href, async () => {})).rejects.toThrow('hakpilih migrate');
      await empty.drop();
      const owner = connect(database.url, { max: 1 });
      await owner`DELETE FROM registry_key`;
      const keys = await createTestKeys(randomBytes(32));
      const settings = async (databaseUrl: string) =>
        await loadSettings({ ...keys, HAKPILIH_DATABASE_URL: databaseUrl }, () => {});
      await (await openRegistry(await settings(database.url), 1, () => {})).close();
      await owner.end();
      const registry = await openRegistry(await settings(url.href), 1, () => {});
      const pool = await registry.openServerPool(1);
      expect((await pool`SELECT session_user AS one, current_user AS other`)[0]).toEqual({
        one: name,
        other: 'hakpilih_app',
      });
      await registry.close();
    } finally {
      await database.drop();
      await admin.unsafe(`DROP ROLE IF EXISTS ${name}`);
      await admin.end();
    }
  });

  it('is what a running server is connected as, and nothing else', async () => {
    const database = await createTestDatabase();
    const admin = connect(inject('adminUrl'), { max: 1 });
    const server = await startServer({
      ...(await createTestKeys(randomBytes(32))),
      HAKPILIH_DATABASE_URL: database.url,
    });
    try {
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      const users = await admin`SELECT DISTINCT usename::text AS name FROM pg_stat_activity
        WHERE datname = ${new URL(database.url).pathname.slice(1)} AND backend_type = 'client backend'`;
      expect(users).toEqual([{ name: expect.stringMatching(/^hakpilih_server_[0-9a-f]{16}$/) }]);
    } finally {
      await server.stop();
      await admin.end();
      await database.drop();
    }
  });
});
