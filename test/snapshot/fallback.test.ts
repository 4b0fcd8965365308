import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import { revokeClient } from '../../src/registry/clients.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { keyCheck } from '../../src/registry/tags.ts';
import {
  createTestRegistry,
  importResidents,
  nikOf,
  resident,
  type TestRegistry,
  UNLIMITED,
} from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer } from '../support/server.ts';
import { createTcpSwitch, type TcpSwitch } from '../support/tcp-switch.ts';

const [known, stranger] = [nikOf(1), nikOf(2)];
const NAME = 'NENENG NURHASANAH';

describe('the server whose database is away', () => {
  let registry: TestRegistry;
  let way: TcpSwitch;
  let server: RunningServer;
  let env: Record<string, string>;
  let authorization: string;
  let bearer: (client: string) => Promise<string>;
  let dataDir: string;
  beforeAll(async () => {
    registry = await createTestRegistry();
    dataDir = await mkdtemp(join(tmpdir(), 'hakpilih-fallback-'));
    const keys = await createTestKeys(registry.registryKey);
    await registry.sql`INSERT INTO registry_key (key_check)
      VALUES (${keyCheck(deriveKeys(registry.registryKey))}::bigint)`;
    await importResidents(registry, [resident(known)]);
    way = await createTcpSwitch(registry.url);
    env = { ...keys, HAKPILIH_DATABASE_URL: way.url, HAKPILIH_DATA_DIR: dataDir };
    server = await startServer(env);
    const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
    bearer = async (client) => {
      const request = { client, scopes: ['check'] as const, region: null, ttlSeconds: 3_600 };
      return `Bearer ${await issueToken(keyring, request, Date.now(), crypto.randomUUID())}`;
    };
    authorization = await bearer(UNLIMITED);
    await vi.waitFor(
      async () => expect(await readdir(join(dataDir, 'snapshot'), { recursive: true })).toHaveLength(7),
      {
        timeout: 20_000,
      },
    );
  });
  afterEach(() => way.on());
  afterAll(async () => {
    way?.on();
    await server?.stop();
    await way?.close();
    await registry?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function check(nik: string, name?: string, token = authorization) {
    const began = performance.now();
    const response = await fetch(`${server.url}/v1/checks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: token },
      body: JSON.stringify(name === undefined ? { nik } : { nik, name }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body, id: response.headers.get('x-request-id'), ms: performance.now() - began };
  }
  const back = () => expect.poll(async () => (await check(known)).body.source, { timeout: 20_000 }).toBe('REGISTRY');

  it.each(['freeze', 'off', 'lose'] as const)(
    'answers from the snapshot (%s), and from the database when that is back',
    async (fault) => {
      await back();
      const before = (await check(known, NAME)).body;
      way[fault]();
      const answers = [];
      for (let n = 0; n < 10; n += 1) answers.push(await check(known, NAME), await check(stranger));
      for (const [n, { status, body }] of answers.entries()) {
        expect(status).toBe(200);
        if (n % 2 === 0) expect({ ...body, source: 'REGISTRY' }).toEqual(before);
        else expect(body).toMatchObject({ document: 'UNDETERMINED', reasons: [{ code: 'NOT_FOUND' }] });
      }
      expect(answers.at(-1)?.body.source).toBe('SNAPSHOT');
      way.on();
      await back();
      // Each answer has its row in the end, those of the snapshot too, and none has two.
      const ids = answers.map(({ id }) => id as string);
      const rows = () => registry.sql`SELECT id, source FROM audit WHERE id = ANY (${`{${ids}}`}::uuid[])`;
      await expect.poll(async () => (await rows()).length, { timeout: 20_000 }).toBe(ids.length);
      expect((await rows()).filter(({ source }) => source === 'SNAPSHOT').length).toBeGreaterThan(0);
    },
  );

  it('stays ready, and says on the page of the service what answers', async () => {
    await back();
    way.off();
    await expect.poll(async () => (await check(known)).body.source, { timeout: 20_000 }).toBe('SNAPSHOT');
    const ready = async () => {
      const response = await fetch(`${server.url}/readyz`);
      return [response.status, ((await response.json()) as { status: string }).status];
    };
    await expect.poll(ready, { timeout: 20_000 }).toEqual([200, 'degraded']);
    const { copies } = (await (await fetch(`${server.url}/readyz`)).json()) as { copies: object[] };
    expect(copies).toMatchObject([{ source: '32.01', asOf: '2018-01-12T17:00:00+07:00' }]);
    const page = async () => await (await fetch(`${server.url}/status`)).text();
    expect(await page()).toContain('Layanan menjawab dari salinan cadangan');
    expect(await page()).toContain('Wilayah 32.01: data per 12 Januari 2018 pukul 17.00 WIB');
    way.on();
    await back();
    await expect
      .poll(page, { timeout: 20_000 })
      .toMatch(/Layanan berjalan.*Pangkalan data: mulai .* sekitar 1 menit/s);
    expect(await ready()).toEqual([200, 'ready']);
  });

  it('answers the form, and locks a NIK that is guessed at', async () => {
    await back();
    way.off();
    await expect.poll(async () => (await check(known)).body.source, { timeout: 20_000 }).toBe('SNAPSHOT');
    const form = async (nik: string, second: string): Promise<string> => {
      const body = new URLSearchParams({ nik, second });
      return await (await fetch(server.url, { method: 'POST', headers: { Accept: 'text/html' }, body })).text();
    };
    expect(await form(known, NAME)).toContain('Data per 12 Januari 2018');
    for (let n = 0; n < 5; n += 1)
      expect(await form(stranger, NAME)).toContain('Data tidak ditemukan atau tidak cocok');
    expect(await form(stranger, NAME)).toContain('Pemeriksaan NIK ini');
    way.on();
    await back();
  });

  it('answers a revoked client no more, from the list that was read last', async () => {
    await back();
    const client = 'gone-01';
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES (${client}, '{check}', 60, 600)`;
    const token = await bearer(client);
    await revokeClient(registry.sql, client);
    // The list is read every five seconds.
    await sleep(6_000);
    way.off();
    await expect.poll(async () => (await check(known)).body.source, { timeout: 20_000 }).toBe('SNAPSHOT');
    expect((await check(known, NAME, token)).status).toBe(401);
    way.on();
  });

  it('that is started while its database is away answers from the snapshot, and from the database when that comes', async () => {
    await back();
    way.off();
    await server.stop();
    server = await startServer(env);
    const answers = [await check(known, NAME), await check(stranger)];
    expect(answers.map(({ status, body }) => [status, body.source])).toEqual([
      [200, 'SNAPSHOT'],
      [200, 'SNAPSHOT'],
    ]);
    expect(server.log()).toMatch(/cannot be used \([A-Z0-9_]+\).*: answers come from the snapshot until then/);
    way.on();
    await expect
      .poll(async () => (await check(known).catch(() => null))?.body.source, { timeout: 20_000 })
      .toBe('REGISTRY');
    const ids = `{${answers.map(({ id }) => id)}}`;
    const rows = async () =>
      (await registry.sql`SELECT source FROM audit WHERE id = ANY (${ids}::uuid[])`).map(({ source }) => source);
    await expect.poll(rows, { timeout: 20_000 }).toEqual(['SNAPSHOT', 'SNAPSHOT']);
  });

  it('that is started while its database is away, and stopped before that comes, ends', async () => {
    way.off();
    await server.stop();
    server = await startServer(env);
    expect(await server.stop()).toBe(0);
    way.on();
    server = await startServer(env);
    await back();
  });
});
