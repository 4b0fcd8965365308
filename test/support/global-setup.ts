import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a server whose user may create databases. */
    adminUrl: string;
  }
}

/** One server for the whole run: the one of `HAKPILIH_TEST_DATABASE_URL`, else an embedded one that is thrown away after. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.HAKPILIH_TEST_DATABASE_URL;
  if (given) {
    project.provide('adminUrl', given);
    return undefined;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'hakpilih-test-'));
  const database = await openEmbeddedDatabase({ dataDir, say: () => {}, settings: { shared_buffers: '128MB' } });
  project.provide('adminUrl', database.url);
  return async () => {
    await sendOthersAway(database.url);
    await database.close();
    for (const directory of new Set([dataDir, database.dataDir])) await rm(directory, { recursive: true, force: true });
  };
}

/** A pool that a test forgot would keep the server up. */
async function sendOthersAway(url: string): Promise<void> {
  const sql = postgres(url, { max: 1 });
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> 'hakpilih seat'`;
  await sql.end();
}
