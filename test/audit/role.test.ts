import { randomBytes, randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { openRegistry } from '../../src/platform/registry.ts';
import { loadSettings } from '../../src/platform/settings.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { createTestKeys } from '../support/server.ts';

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
  await admin.unsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'; ALTER DATABASE ${url.pathname.slice(1)} OWNER TO ${name}`);
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
