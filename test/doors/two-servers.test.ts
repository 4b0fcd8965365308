import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { keyCheck } from '../../src/registry/tags.ts';
import { settle } from '../audit/rows.ts';
import {
  createTestRegistry,
  earlyInMinute,
  importResidents,
  nikOf,
  resident,
  UNLIMITED,
} from '../support/registry.ts';
import { createTestKeys, type RunningServer, runCli, startServer } from '../support/server.ts';
import { createTcpSwitch } from '../support/tcp-switch.ts';

const known = nikOf(1);
const QUOTA = 30;
const SLOW = { timeout: 30_000 };

describe.each(['one data directory', 'two data directories'])('two servers of one database, with %s', (which) => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
  });

  async function startTwo() {
    const registry = await createTestRegistry();
    undo.push(() => registry.close());
    const keys = await createTestKeys(registry.registryKey);
    const check = keyCheck(deriveKeys(registry.registryKey));
    await registry.sql`INSERT INTO registry_key (key_check) VALUES (${check}::bigint)`;
    await importResidents(registry, [resident(known)]);
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES ('few', '{check}', ${QUOTA}, 600)`;
    const way = await createTcpSwitch(registry.url);
    undo.push(() => way.close());
    const first = await mkdtemp(join(tmpdir(), 'hakpilih-two-'));
    const second = which === 'one data directory' ? first : await mkdtemp(join(tmpdir(), 'hakpilih-two-'));
    const directories = [...new Set([first, second])];
    undo.push(() => Promise.all(directories.map((path) => rm(path, { recursive: true, force: true }))));
    const env = { ...keys, HAKPILIH_DATABASE_URL: way.url };
    const start = (dataDir: string) => startServer({ ...env, HAKPILIH_DATA_DIR: dataDir });
    const servers = await Promise.all([start(first), start(second)]);
    undo.push(async () => {
      way.on();
      await Promise.all(servers.map((server) => server.stop()));
    });
    const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
    const bearer = async (client: string) => {
      const request = { client, scopes: ['check'] as const, region: null, ttlSeconds: 3_600 };
      return `Bearer ${await issueToken(keyring, request, Date.now(), crypto.randomUUID())}`;
    };
    const [token, few] = [await bearer(UNLIMITED), await bearer('few')];
    return { registry, way, directories, servers, env: { ...env, HAKPILIH_DATA_DIR: first }, token, few };
  }

  async function ask({ url }: RunningServer, authorization: string) {
    const response = await fetch(`${url}/v1/checks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: authorization },
      body: JSON.stringify({ nik: known }),
    });
    const { source } = (await response.json()) as { source?: string };
    return { status: response.status, source, id: response.headers.get('x-request-id') as string };
  }
  const named = async (path: string, part: string): Promise<string[]> => {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && entry.parentPath.includes(part)).map(({ name }) => name);
  };

  it('keep one quota, publish each copy once, and write one chain', async () => {
    const { registry, directories, servers, env, token, few } = await startTwo();
    await earlyInMinute();
    const asked = await Promise.all(
      Array.from({ length: 2 * QUOTA }, (_, n) => ask(servers[n % 2] as RunningServer, few)),
    );
    const statuses = asked.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(QUOTA);
    expect(statuses.filter((status) => status === 429)).toHaveLength(QUOTA);

    const manifests = () => Promise.all(directories.map(async (path) => (await named(path, 'manifests')).length));
    await expect.poll(manifests, SLOW).toEqual(directories.map(() => 1));
    await importResidents(registry, [resident(known), resident(nikOf(2))], { asOf: '2018-01-13T17:00:00+07:00' });
    await expect.poll(manifests, SLOW).toEqual(directories.map(() => 2));

    for (const server of servers) {
      for (let n = 0; n < 5; n += 1) expect((await ask(server, token)).source).toBe('REGISTRY');
      await settle(registry.sql);
      expect(await server.stop()).toBe(0);
    }
    expect(await manifests()).toEqual(directories.map(() => 2));
    const [blocks] = await registry.sql`SELECT count(*)::int AS count, sum(rows)::int AS rows FROM audit_blocks`;
    expect(blocks).toEqual({ count: 2, rows: QUOTA + 10 });
    const { code, out, err } = await runCli(['audit', 'verify'], env);
    expect([code, out + err]).toEqual([0, expect.any(String)]);
  });

  it('both answer while the database is away, and both journals are entered once', async () => {
    const { registry, way, directories, servers, token } = await startTwo();
    const published = async () =>
      Promise.all(directories.map(async (path) => (await named(path, 'manifests')).length));
    await expect.poll(published, SLOW).toEqual(directories.map(() => 1));
    for (const server of servers)
      await expect.poll(async () => (await ask(server, token)).source, SLOW).toBe('REGISTRY');
    // Each has looked for the newest snapshot in the meantime.
    await new Promise((resolve) => setTimeout(resolve, 6_000));

    way.off();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => ask(servers[n % 2] as RunningServer, token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const late = await Promise.all(servers.map((server) => ask(server, token)));
    expect(late.map(({ source }) => source)).toEqual(['SNAPSHOT', 'SNAPSHOT']);
    const journals = (await Promise.all(directories.map((path) => named(path, 'journal')))).flat();
    expect(journals).toHaveLength(2);

    way.on();
    for (const server of servers)
      await expect.poll(async () => (await ask(server, token)).source, SLOW).toBe('REGISTRY');
    const ids = [...answers, ...late].map(({ id }) => id);
    const rows = async () => await registry.sql`SELECT id FROM audit WHERE id = ANY (${`{${ids}}`}::uuid[])`;
    await expect.poll(async () => (await rows()).length, SLOW).toBe(ids.length);
    const left = async () => (await Promise.all(directories.map((path) => named(path, 'journal')))).flat();
    await expect.poll(left, SLOW).toEqual([]);
    expect(new Set((await rows()).map(({ id }) => id)).size).toBe(ids.length);
  });
});
