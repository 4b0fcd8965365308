import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
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
  let authorization: string;
  let dataDir: string;
  beforeAll(async () => {
    registry = await createTestRegistry();
    dataDir = await mkdtemp(join(tmpdir(), 'hakpilih-fallback-'));
    const keys = await createTestKeys(registry.registryKey);
    await registry.sql`INSERT INTO registry_key (key_check)
      VALUES (${keyCheck(deriveKeys(registry.registryKey))}::bigint)`;
    await importResidents(registry, [resident(known)]);
    way = await createTcpSwitch(registry.url);
    server = await startServer({ ...keys, HAKPILIH_DATABASE_URL: way.url, HAKPILIH_DATA_DIR: dataDir });
    const request = { client: UNLIMITED, scopes: ['check'] as const, region: null, ttlSeconds: 3_600 };
    const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
    authorization = `Bearer ${await issueToken(keyring, request, Date.now(), crypto.randomUUID())}`;
    await vi.waitFor(
      async () => expect(await readdir(join(dataDir, 'snapshot'), { recursive: true })).toHaveLength(6),
      {
        timeout: 20_000,
      },
    );
  });
  afterAll(async () => {
    way?.on();
    await server?.stop();
    await way?.close();
    await registry?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function check(nik: string, name?: string) {
    const began = performance.now();
    const response = await fetch(`${server.url}/v1/checks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: authorization },
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
});
