import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { type EmbeddedDatabase, openEmbeddedDatabase } from '../../src/platform/database.ts';
import { migrateRegistry } from '../../src/platform/registry.ts';
import { createTestDatabase } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a server whose user may create databases. */
    adminUrl: string;
    /** A migrated registry, to make others from. */
    templateUrl: string;
    /** What all tests of the run share. */
    runDirectory: string;
  }
}

/** One server for the whole run: the one of `HAKPILIH_TEST_DATABASE_URL`, else an embedded one that is thrown away after. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.HAKPILIH_TEST_DATABASE_URL;
  if (!given) await sweep();
  const runDirectory = await mkdtemp(join(tmpdir(), `hakpilih-test-${process.pid}-`));
  const database = given ? null : await open(runDirectory);
  const adminUrl = given ?? (database as EmbeddedDatabase).url;
  const template = await createTestDatabase(adminUrl);
  await migrateRegistry(template.url);
  project.provide('adminUrl', adminUrl);
  project.provide('templateUrl', template.url);
  project.provide('runDirectory', runDirectory);
  return async () => {
    await template.drop();
    if (database !== null) return await discard(runDirectory, database);
    await rm(runDirectory, { recursive: true, force: true });
  };
}

// No test is about what this server keeps when the machine loses power.
const open = (dataDir: string): Promise<EmbeddedDatabase> =>
  openEmbeddedDatabase({ dataDir, say: () => {}, settings: { shared_buffers: '128MB', fsync: 'off' } });

async function discard(dataDir: string, database: EmbeddedDatabase): Promise<void> {
  await sendOthersAway(database.url);
  await database.close();
  for (const directory of new Set([dataDir, database.dataDir])) await rm(directory, { recursive: true, force: true });
}

/** A pool that a test forgot would keep the server up. */
async function sendOthersAway(url: string): Promise<void> {
  const sql = postgres(url, { max: 1 });
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  await sql.end();
}

/** A run that was killed leaves its server running; the next one puts it away. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = /^hakpilih-test-([0-9]+)-/.exec(name) ?? [];
    if (!pid || isAlive(Number(pid))) continue;
    const dataDir = join(tmpdir(), name);
    try {
      const hasServer = await stat(join(dataDir, 'postgres', 'postmaster.pid')).catch(() => null);
      if (hasServer) await discard(dataDir, await open(dataDir));
      else await rm(dataDir, { recursive: true, force: true });
    } catch {
      // Another user's, or another run is sweeping it too: not what this run is about.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
