import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';

export type TestDatabase = { url: string; drop(): Promise<void> };

/** A new, empty database for one test, sorted like the embedded one wherever it is. `drop` also ends what is connected to it. */
export async function createTestDatabase(adminUrl = inject('adminUrl')): Promise<TestDatabase> {
  return await createDatabase(
    adminUrl,
    `template template0 encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`,
  );
}

/** The same, migrated: a copy of the run's template. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  return await createDatabase(inject('adminUrl'), `template ${new URL(inject('templateUrl')).pathname.slice(1)}`);
}

async function createDatabase(adminUrl: string, like: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(adminUrl, `create database ${name} ${like}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(adminUrl, `drop database if exists ${name} with (force)`) };
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
