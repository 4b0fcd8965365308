import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rangeOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { createS3Store, parseBucket, S3_LIMITS } from '../../src/platform/s3-store.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { keyCheck, tagsOf } from '../../src/registry/tags.ts';
import { openSnapshots } from '../../src/snapshot/snapshot.ts';
import { manifestName, manifestNumbers } from '../../src/snapshot/store.ts';
import { createTestRegistry, importResidents, nikOf, resident } from '../support/registry.ts';
import { S3_KEYS, type S3Fault, type S3Server, startS3Server } from '../support/s3-server.ts';
import { createTestKeys, runCli, startServer } from '../support/server.ts';

const QUICK = { ...S3_LIMITS, timeoutMs: 300, pauseMs: 5 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const ENV = { AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey };

let s3: S3Server;
beforeEach(async () => {
  s3 = await startS3Server({ pageSize: 3 });
});
afterEach(() => s3.close());
const open = (keys = S3_KEYS) => createS3Store({ url: s3.url, ...keys }, QUICK);

describe('a bucket over its S3 API', () => {
  it('gives what was put, and null where nothing was', async () => {
    const store = open();
    expect(await store.putNew('shards/ab-1/0000', bytes('one'))).toBe(true);
    expect(await store.get('shards/ab-1/0000')).toEqual(bytes('one'));
    expect(await store.get('shards/ab-1/0001')).toBeNull();
    expect(await store.putNew('shards/ab-1/0002', new Uint8Array())).toBe(true);
    expect(await store.get('shards/ab-1/0002')).toEqual(new Uint8Array());
  });

  it('replaces nothing', async () => {
    const store = open();
    await store.putNew(manifestName(1), bytes('one'));
    expect(await store.putNew(manifestName(1), bytes('two'))).toBe(false);
    expect(await store.get(manifestName(1))).toEqual(bytes('one'));
    const results = await Promise.all(['a', 'b', 'c'].map((text) => store.putNew(manifestName(2), bytes(text))));
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('lists page by page what begins with a prefix, in order', async () => {
    const store = open();
    const names = Array.from({ length: 10 }, (_, n) => `shards/ab/000${n}`);
    for (const name of [...names.toReversed(), 'other/0']) await store.putNew(name, bytes('x'));
    s3.asked.length = 0;
    expect(await store.list('shards/')).toEqual(names);
    expect(s3.asked).toHaveLength(4);
    expect(await store.list('nothing/')).toEqual([]);
  });

  it('takes away any number of names, a thousand at a time', async () => {
    const store = open();
    const names = Array.from({ length: 2_345 }, (_, n) => `shards/${n}`);
    for (const name of names) s3.files.set(name, Buffer.from('x'));
    s3.files.set('shards/stays', Buffer.from('x'));
    s3.asked.length = 0;
    await store.delete(names);
    await store.delete([]);
    expect([...s3.files.keys()]).toEqual(['shards/stays']);
    expect(s3.asked).toHaveLength(3);
  });

  const faults: S3Fault[] = [500, 503, 429, 409, 'RESET', 'HANG', 'CUT'];
  it.each(faults)('tries again after %s', async (fault) => {
    const store = open();
    await store.putNew('a/1', bytes('one'));
    s3.faults.push(fault);
    expect(await store.get('a/1')).toEqual(bytes('one'));
    s3.faults.push(fault, fault);
    expect(await store.list('a/')).toEqual(['a/1']);
    s3.faults.push(fault);
    expect(await store.putNew('a/2', bytes('two'))).toBe(true);
    s3.faults.push(fault);
    await store.delete(['a/1', 'a/2']);
    expect(s3.files.size).toBe(0);
  });

  it('knows its own write again whose answer was lost, and none of others', async () => {
    const store = open();
    s3.faults.push('RESET_AFTER');
    expect(await store.putNew('a/1', bytes('one'))).toBe(true);
    s3.faults.push(500);
    expect(await store.putNew('a/1', bytes('two'))).toBe(false);
    expect(await store.get('a/1')).toEqual(bytes('one'));
  });

  it('gives up after so many tries, at once where it is refused, and tells neither key nor address', async () => {
    const store = open();
    const give = (fault: S3Fault, n = 10) => s3.faults.splice(0, Infinity, ...Array<S3Fault>(n).fill(fault));
    const codes: [S3Fault, string, number][] = [
      [500, 'S3_STATUS_500', QUICK.tries],
      ['RESET', 'S3_STATUS_0', QUICK.tries],
      ['HANG', 'S3_STATUS_0', QUICK.tries],
      [301, 'S3_STATUS_301', 1],
      [403, 'S3_STATUS_403', 1],
    ];
    for (const [fault, code, tries] of codes) {
      give(fault);
      s3.asked.length = 0;
      await expect(store.get('a/1')).rejects.toMatchObject({ code, message: 'the bucket cannot be used' });
      expect(s3.asked).toHaveLength(tries);
    }
    s3.faults.length = 0;
    await expect(open({ ...S3_KEYS, secretAccessKey: 'other' }).get('a/1')).rejects.toMatchObject({
      code: 'S3_STATUS_403',
    });
  });
});

describe('the address of a bucket', () => {
  it('is one over TLS, or of this machine, and needs keys', () => {
    const url = 'https://abc.r2.cloudflarestorage.com/snapshots';
    expect(parseBucket(url, ENV)).toEqual({ url, ...S3_KEYS });
    expect(parseBucket(`${url}/`, ENV).url).toBe(url);
    expect(parseBucket(s3.url, ENV).url).toBe(s3.url);
    const wrong = [
      'http://abc.example/snapshots',
      'https://abc.example',
      `${url}/more`,
      `${url}?x=1`,
      'https://a:b@abc.example/s',
      'bucket',
    ];
    for (const address of wrong) expect(() => parseBucket(address, ENV)).toThrow('must be written as');
    expect(() => parseBucket(url, { AWS_ACCESS_KEY_ID: 'a' })).toThrow('needs AWS_ACCESS_KEY_ID and');
  });
});

describe('publishing to a bucket', () => {
  it('is done by command and by the server, once for each copy, and what is there is found', async () => {
    const registry = await createTestRegistry();
    const keys = deriveKeys(registry.registryKey);
    const dataDir = await mkdtemp(join(tmpdir(), 'hakpilih-s3-'));
    const env = {
      ...(await createTestKeys(registry.registryKey)),
      ...ENV,
      HAKPILIH_DATABASE_URL: registry.url,
      HAKPILIH_DATA_DIR: dataDir,
    };
    try {
      await registry.sql`INSERT INTO registry_key (key_check) VALUES (${keyCheck(keys)}::bigint)`;
      await importResidents(registry, [resident(nikOf(1))]);
      s3.faults.push(503, 'RESET', 'RESET_AFTER');
      const { code, err } = await runCli(['snapshot', 'publish', '--to', s3.url], env);
      expect([code, err]).toEqual([0, expect.stringContaining('Snapshot 1: 1 residents')]);
      expect(err).not.toContain(S3_KEYS.secretAccessKey);

      const find = async (nik: string) => {
        const snapshots = openSnapshots({ store: open(), keys, now: Date.now, registry: () => null });
        const asked = { ...tagsOf(keys, nik as Nik, {}), ...rangeOf({ client: '', region: null }) };
        return (await snapshots.find(asked)).facts?.region ?? null;
      };
      expect(await find(nikOf(1))).toBe(3201011001);
      expect(await find(nikOf(2))).toBeNull();

      const server = await startServer({ ...env, HAKPILIH_SNAPSHOT_TO: s3.url });
      const numbers = () => manifestNumbers(open());
      await importResidents(registry, [resident(nikOf(1)), resident(nikOf(2))], {
        asOf: '2018-01-13T17:00:00+07:00',
      });
      await expect.poll(numbers, { timeout: 20_000 }).toEqual([2, 1]);
      expect(await find(nikOf(2))).toBe(3201011001);
      await server.stop();
      expect(await numbers()).toEqual([2, 1]);
      expect(server.log()).not.toContain(S3_KEYS.secretAccessKey);
    } finally {
      await registry.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
