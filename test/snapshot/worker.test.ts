import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { keyCheck } from '../../src/registry/tags.ts';
import { type Bucket, createBucketStore } from '../../src/snapshot/bucket-store.ts';
import { publishSnapshot } from '../../src/snapshot/publish.ts';
import { manifestName } from '../../src/snapshot/store.ts';
import {
  createTestRegistry,
  importResidents,
  nikOf,
  resident,
  type TestRegistry,
  UNLIMITED,
} from '../support/registry.ts';
import { createTestKeys } from '../support/server.ts';
import { createTcpSwitch, type TcpSwitch } from '../support/tcp-switch.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';

const known = nikOf(1);
const NAME = 'NENENG NURHASANAH';
const UNCACHED = { match: () => Promise.resolve(undefined), put: () => Promise.resolve() };

describe('the Worker whose database is away', () => {
  let registry: TestRegistry;
  let way: TcpSwitch;
  let worker: RunningWorker;
  let bucket: Bucket;
  let authorization: string;
  beforeAll(async () => {
    registry = await createTestRegistry();
    const keys = await createTestKeys(registry.registryKey);
    const registryKeys = deriveKeys(registry.registryKey);
    await registry.sql`INSERT INTO registry_key (key_check) VALUES (${keyCheck(registryKeys)}::bigint)`;
    await importResidents(registry, [resident(known)]);
    way = await createTcpSwitch(registry.url);
    worker = await startWorker(way.url, { ...keys, HAKPILIH_TODAY: '2018-01-12' }, () => {}, true);
    bucket = await worker.bucket();
    await publishSnapshot(registry.sql, registryKeys, createBucketStore(bucket, UNCACHED), Date.now);
    const request = { client: UNLIMITED, scopes: ['check'] as const, region: null, ttlSeconds: 3_600 };
    const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
    authorization = `Bearer ${await issueToken(keyring, request, Date.now(), crypto.randomUUID())}`;
  });
  afterAll(async () => {
    await worker?.stop();
    await way?.close();
    await registry?.close();
  });

  async function check() {
    const response = await fetch(`${worker.url}/v1/checks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: authorization },
      body: JSON.stringify({ nik: known, name: NAME }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body, id: response.headers.get('x-request-id') as string };
  }
  const journalled = async () => (await bucket.list({ prefix: 'journal/' })).objects.length;

  it('answers from the bucket, and enters what it answered once the database is back', async () => {
    const before = await check();
    expect(before.body).toMatchObject({ source: 'REGISTRY', document: 'SUKET' });
    way.off();
    const answers = [await check(), await check(), await check()];
    for (const { status, body } of answers)
      expect([status, body]).toEqual([200, { ...before.body, source: 'SNAPSHOT' }]);
    expect(await journalled()).toBe(answers.length);
    const form = await fetch(worker.url, { method: 'POST', body: new URLSearchParams({ nik: known, second: NAME }) });
    expect([form.status, await form.text()]).toEqual([
      200,
      expect.stringContaining('salinan cadangan data kependudukan Disdukcapil. Data per 12 Januari 2018'),
    ]);
    way.on();
    expect(await worker.scheduled('* * * * *')).toBe('ok');
    expect(await journalled()).toBe(0);
    const ids = `{${answers.map(({ id }) => id)}}`;
    const rows = await registry.sql`SELECT source, client FROM audit WHERE id = ANY (${ids}::uuid[])`;
    expect([...rows]).toEqual(answers.map(() => ({ source: 'SNAPSHOT', client: UNLIMITED })));
  });

  it('puts a manifest only where none of its number is', async () => {
    const store = createBucketStore(bucket, UNCACHED);
    expect(await store.putNew(manifestName(1), new Uint8Array())).toBe(false);
    expect((await store.get(manifestName(1)))?.byteLength).toBeGreaterThan(100);
  });
});
