import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SCOPES, type Scope } from '../../src/access/grant.ts';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import { createDirectoryStore } from '../../src/platform/directory-store.ts';
import { loadKeys, readSigningJwks, rotateSigningKey } from '../../src/platform/keys.ts';
import { migrateRegistry } from '../../src/platform/registry.ts';
import { recordClient } from '../../src/registry/clients.ts';
import { registryId } from '../../src/registry/readiness.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { connect, type Sql } from '../../src/registry/sql.ts';
import { parseManifest } from '../../src/snapshot/manifest.ts';
import { publishSnapshot } from '../../src/snapshot/publish.ts';
import { manifestName, manifestNumbers } from '../../src/snapshot/store.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { QUICK_MODULES, type RunningServer, startServer } from '../support/server.ts';
import { createTcpSwitch } from '../support/tcp-switch.ts';
import { TODAY } from './oracle.ts';

const DAY_SECONDS = 86_400;
const KEYS_TAKEN_UP_MS = 6_500;
const NEVER_ENDS = Date.parse('2100-01-01');
const CLIENT = { scopes: SCOPES, perMinute: 1_000_000, perDay: 100_000_000, linesPerDay: 100_000_000 };
/** Which clients the process goes by, in the line that it logs when the database stops answering; in WIB. */
const CLIENTS_LINE = /clients are those of (20[0-9T:+-]+)/g;

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A registry in a real Postgres, and one real server that reaches it by way of a switch only. `plant`: a bug in it. */
export async function openWorld(adminUrl: string, plant?: string) {
  const database = await createTestDatabase(adminUrl);
  await migrateRegistry(database.url);
  const sql = connect(database.url, { max: 4 });
  const way = await createTcpSwitch(database.url);
  const dataDir = await mkdtemp(join(tmpdir(), 'hakpilih-model-'));
  const { registryKey, signingJwks } = await loadKeys(dataDir, {});
  let keyring = await parseKeyring(signingJwks);
  const keys = deriveKeys(registryKey);
  const env = {
    HAKPILIH_DATABASE_URL: way.url,
    HAKPILIH_DATA_DIR: dataDir,
    HAKPILIH_TODAY: TODAY,
    HAKPILIH_TRUSTED_PROXIES: '127.0.0.1',
    ...(plant === undefined ? {} : { FAULTS_PLANT: plant }),
  };
  const hook = ['--import', new URL('planted.js', import.meta.url).href];
  const nodeArgs = ['--import', QUICK_MODULES, ...(plant === undefined ? [] : hook)];
  const start = (): Promise<RunningServer> => startServer(env, nodeArgs);
  let server = Promise.resolve(await start());
  const registry = await registryId(sql);
  const store = createDirectoryStore(join(dataDir, 'snapshot', registry));
  const journal = join(dataDir, 'journal', registry);
  const clientsSeen: { seenMs: number; readMs: number }[] = [];
  const watchLog = ({ child }: RunningServer): void => {
    child.stdout?.on('data', (text: string) => {
      for (const [, at = ''] of text.matchAll(CLIENTS_LINE))
        clientsSeen.push({ seenMs: performance.now(), readMs: Date.parse(at) });
    });
  };
  watchLog(await server);
  const lastCopies = new Map<number, number>();
  /** Null where it was forgotten in the meantime. */
  const lastCopyOf = async (number: number): Promise<number | null> => {
    const known = lastCopies.get(number);
    if (known !== undefined) return known;
    const bytes = await store.get(manifestName(number));
    if (bytes === null) return null;
    const parsed = await parseManifest(keys, bytes, { nowMs: Date.now(), registry });
    if (!parsed.ok) throw new Error(`a manifest is not sound: ${parsed.code}`);
    lastCopies.set(number, parsed.value.lastCopy);
    return parsed.value.lastCopy;
  };

  return {
    sql,
    registryKey,
    way,
    /** Where it listens, once it does. */
    url: async (): Promise<string> => (await server).url,
    /** When the newest list of clients was read, by the clock, that the server was seen to go by before `atMs`. */
    clientsReadMs: (atMs: number): number => clientsSeen.findLast(({ seenMs }) => seenMs < atMs)?.readMs ?? 0,

    /** Ends the server as a loss of power would, and starts it anew. */
    async crash({ whenDown = () => {} } = {}): Promise<void> {
      const { child, ended } = await server;
      const next = Promise.withResolvers<RunningServer>();
      server = next.promise;
      child.kill('SIGKILL');
      await ended;
      whenDown();
      const started = await start();
      watchLog(started);
      next.resolve(started);
    },
    stop: async (): Promise<number | null> => await (await server).stop(),

    /** Ends what the server's side of the switch has lost, as Postgres does in the end. */
    async endLostSessions(): Promise<void> {
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND usename LIKE 'hakpilih_server_%'`;
    },

    addClient: (name: string, scopes: readonly Scope[] = SCOPES) =>
      recordClient(sql, { ...CLIENT, name, scopes, region: null }),
    async bearer(client: string, region: string | null = null): Promise<string> {
      const request = { client, scopes: SCOPES, region, ttlSeconds: DAY_SECONDS };
      return `Bearer ${await issueToken(keyring, request, Date.now(), crypto.randomUUID())}`;
    },
    /** From then on a new key signs; resolves once the server must have taken it up. */
    async rotate(): Promise<void> {
      await rotateSigningKey(dataDir, {}, 'token', NEVER_ENDS);
      const fresh = await parseKeyring(await readSigningJwks(dataDir, {}));
      await sleep(KEYS_TAKEN_UP_MS);
      keyring = fresh;
    },

    publish: () => publishSnapshot(sql, keys, store, Date.now),
    /** The last copies of the snapshots that are there, the oldest first. */
    async publishedCopies(): Promise<number[]> {
      const numbers = (await manifestNumbers(store)).reverse();
      return (await Promise.all(numbers.map(lastCopyOf))).filter((copy) => copy !== null);
    },
    /** Lines of the journal that are not entered yet. */
    async journalLines(): Promise<number> {
      const names = await readdir(journal).catch(() => []);
      const texts = await Promise.all(names.map((name) => readFile(join(journal, name), 'utf8').catch(() => '')));
      return texts.join('').split('\n').length - 1;
    },

    async close(): Promise<void> {
      way.on();
      await Promise.race([server, sleep(10_000)]).then((running) => running?.child.kill('SIGKILL'));
      await way.close();
      await closeQuietly(sql);
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const closeQuietly = (sql: Sql): Promise<void> => sql.end({ timeout: 1 }).catch(() => {});
