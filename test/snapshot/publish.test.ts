import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rangeOf } from '../../src/checks/check.ts';
import { createDirectoryStore } from '../../src/platform/directory-store.ts';
import { deriveKeys, type RegistryKeys } from '../../src/registry/registry-keys.ts';
import { keyCheck } from '../../src/registry/tags.ts';
import { PUBLISH_LIMITS, publishSnapshot } from '../../src/snapshot/publish.ts';
import { openSnapshots } from '../../src/snapshot/snapshot.ts';
import { manifestName, type SnapshotStore } from '../../src/snapshot/store.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';
import { createMemoryStore } from './memory-store.ts';

const NOW = Date.parse('2018-01-13T08:00:00+07:00');
const EVERYWHERE = { ...rangeOf({ client: '', region: null }), nameProof: null, kkProof: null, suketProof: null };

let registry: TestRegistry;
let keys: RegistryKeys;
beforeEach(async () => {
  registry = await createTestRegistry();
  keys = deriveKeys(registry.registryKey);
  await registry.sql`INSERT INTO registry_key (key_check) VALUES (${keyCheck(keys)}::bigint)`;
});
afterEach(() => registry.close());

/** One copy of so many residents, whose tags are spread evenly. Returns the tags. */
async function fill(count: number): Promise<string[]> {
  const { sql } = registry;
  await sql`TRUNCATE residents, sources, copies RESTART IDENTITY`;
  await sql`INSERT INTO copies (source, as_of, is_full, digest) VALUES ('32.01', '2018-01-12T10:00Z', true, '')`;
  await sql`INSERT INTO sources (name, region, first_region, last_region, last_copy, as_of, full_as_of, full_copy)
    VALUES ('32.01', '32.01', 3201000000, 3201999999, 1, '2018-01-12T10:00Z', '2018-01-12T10:00Z', 1)`;
  await sql`INSERT INTO residents (tag, copy, region, status, flags)
    SELECT md5(n::text)::uuid, 1, 3201012001, n % 10, 0 FROM generate_series(1, ${count}) n`;
  return (await sql`SELECT tag::text FROM residents ORDER BY tag`).map((row) => row.tag as string);
}
const publish = (store: SnapshotStore, nowMs = NOW) => publishSnapshot(registry.sql, keys, store, () => nowMs);
const open = (store: SnapshotStore, of = keys, nowMs = NOW) =>
  openSnapshots({ store, keys: of, now: () => nowMs, registry: () => null });

describe('publishing', () => {
  it('writes every resident once, into shards by the first bits of the tag, and finds each again', async () => {
    const tags = await fill(10_000);
    const store = createMemoryStore();
    const published = await publish(store);
    expect(published).toMatchObject({ number: 1, residents: 10_000, shards: 8, lastCopy: 1 });
    expect((published?.bytes ?? 0) / 10_000).toBeLessThan(60);
    const snapshot = open(store);
    for (const tag of [...tags.slice(0, 50), ...tags.slice(-50)])
      expect((await snapshot.find({ ...EVERYWHERE, tag })).facts?.region).toBe(3201012001);
    for (const tag of ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'])
      expect((await snapshot.find({ ...EVERYWHERE, tag })).facts).toBeNull();
  });

  it('is read from a directory, whose files are for their owner alone, and switches by one write', async () => {
    const root = await mkdtemp(join(tmpdir(), 'hakpilih-snapshot-'));
    try {
      const [tag = ''] = await fill(3_000);
      const store = createDirectoryStore(root);
      await publish(store);
      const snapshot = open(store);
      expect((await snapshot.find({ ...EVERYWHERE, tag })).facts?.status).toBeGreaterThanOrEqual(0);
      const [generation = ''] = await readdir(join(root, 'shards'));
      const shards = await readdir(join(root, 'shards', generation));
      expect(shards).toEqual(['0000', '0001']);
      expect((await stat(join(root, 'shards', generation, '0000'))).mode & 0o777).toBe(0o600);
      expect(await store.putNew(manifestName(1), new Uint8Array())).toBe(false);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });

  it('keeps so many snapshots, and takes away the shards of older ones and of those that came to no end', async () => {
    await fill(3);
    const store = createMemoryStore();
    const stale = `shards/${(NOW - PUBLISH_LIMITS.maxAbandonedMs).toString(16).padStart(12, '0')}-abandoned/0000`;
    const fresh = `shards/${NOW.toString(16).padStart(12, '0')}-underway/0000`;
    await store.putNew(stale, new Uint8Array());
    await store.putNew(fresh, new Uint8Array());
    for (let n = 0; n < PUBLISH_LIMITS.keptSnapshots + 2; n += 1) await publish(store, NOW + 1 + n);
    const names = [...store.files.keys()];
    expect(names.filter((name) => name.startsWith('manifests/'))).toEqual([3, 4, 5].map(manifestName));
    expect(names.filter((name) => name.startsWith('shards/'))).toHaveLength(PUBLISH_LIMITS.keptSnapshots + 1);
    expect(names).toContain(fresh);
    expect(names).not.toContain(stale);
  });

  it('is done by one at a time', async () => {
    await fill(3);
    const store = createMemoryStore();
    const slow: SnapshotStore = {
      ...store,
      async putNew(name, bytes) {
        if (name.startsWith('shards/')) expect(await publish(store)).toBeNull();
        return await store.putNew(name, bytes);
      },
    };
    expect(await publish(slow)).toMatchObject({ number: 1 });
  });

  it('refuses a registry of another key', async () => {
    const other = deriveKeys(new Uint8Array(32));
    await expect(publishSnapshot(registry.sql, other, createMemoryStore(), () => NOW)).rejects.toThrow();
  });

  it('leaves the snapshot before in use until the new one is whole, and where the new one comes to no end', async () => {
    const [tag = ''] = await fill(3);
    const store = createMemoryStore();
    await publish(store);
    const snapshot = open(store);
    await snapshot.refresh();
    await registry.sql`UPDATE residents SET status = 7`;
    const failing: SnapshotStore = {
      ...store,
      async putNew(name, bytes) {
        await snapshot.refresh();
        expect(snapshot.state().publishedAtMs).toBe(NOW);
        if (name.startsWith('manifests/')) throw new Error('the disk is full');
        return await store.putNew(name, bytes);
      },
    };
    await expect(publish(failing, NOW + 1)).rejects.toThrow('the disk is full');
    await snapshot.refresh();
    expect((await snapshot.find({ ...EVERYWHERE, tag })).facts?.status).not.toBe(7);
    await publish(store, NOW + 2);
    await snapshot.refresh();
    expect((await snapshot.find({ ...EVERYWHERE, tag })).facts?.status).toBe(7);
  });
});

describe('a snapshot that is not sound', () => {
  /** Two snapshots: the older one says status 1, the newer one 2. */
  async function twice() {
    const [tag = ''] = await fill(1);
    const store = createMemoryStore();
    await registry.sql`UPDATE residents SET status = 1`;
    await publish(store);
    await registry.sql`UPDATE residents SET status = 2`;
    await publish(store, NOW + 1);
    const newest = [...store.files.keys()].filter((name) => name.startsWith('shards/')).at(-1) as string;
    return { tag, store, newest };
  }
  const flipped = (bytes: Uint8Array, at: number, bits = 1): Uint8Array =>
    Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ bits : byte));
  const statusIn = async (store: SnapshotStore, tag: string, of = keys, nowMs = NOW) => {
    const snapshot = open(store, of, nowMs);
    const { facts } = await snapshot.find({ ...EVERYWHERE, tag });
    return { status: facts?.status, refused: snapshot.state().refused };
  };

  it('is left for the one before, whichever byte of its shard is another', async () => {
    const { tag, store, newest } = await twice();
    const sound = store.files.get(newest) as Uint8Array;
    for (let at = 0; at < sound.byteLength; at += 1) {
      store.files.set(newest, flipped(sound, at));
      expect(await statusIn(store, tag)).toEqual({ status: 1, refused: [{ number: 2, fault: 'DIGEST_DIFFERS' }] });
    }
    store.files.set(newest, sound);
    expect(await statusIn(store, tag)).toEqual({ status: 2, refused: [] });
  });

  it('is left for the one before, whichever byte of its manifest is another', async () => {
    const { tag, store } = await twice();
    const sound = store.files.get(manifestName(2)) as Uint8Array;
    for (let at = 0; at < sound.byteLength; at += 1) {
      store.files.set(manifestName(2), flipped(sound, at));
      const { status, refused } = await statusIn(store, tag);
      expect(status).toBe(1);
      expect(refused).toEqual([{ number: 2, fault: 'NOT_SIGNED_BY_OUR_KEY' }]);
    }
  });

  it('is left for the one before, whatever the last letter of its signature is instead', async () => {
    const { tag, store } = await twice();
    const sound = store.files.get(manifestName(2)) as Uint8Array;
    for (let bits = 1; bits < 128; bits += 1) {
      store.files.set(manifestName(2), flipped(sound, sound.byteLength - 1, bits));
      expect((await statusIn(store, tag)).refused).toEqual([{ number: 2, fault: 'NOT_SIGNED_BY_OUR_KEY' }]);
    }
  });

  it('is left for the one before where its shard is cut short, or missing, or that of the one before', async () => {
    const { tag, store, newest } = await twice();
    const sound = store.files.get(newest) as Uint8Array;
    const older = [...store.files.keys()].find((name) => name.startsWith('shards/')) as string;
    for (const bytes of [sound.slice(0, -1), sound.slice(0, 10), new Uint8Array(), store.files.get(older)]) {
      store.files.set(newest, bytes as Uint8Array);
      expect(await statusIn(store, tag)).toEqual({ status: 1, refused: [{ number: 2, fault: 'DIGEST_DIFFERS' }] });
    }
    store.files.delete(newest);
    expect(await statusIn(store, tag)).toEqual({ status: 1, refused: [{ number: 2, fault: 'MISSING' }] });
  });

  it('is left where it comes from the future', async () => {
    const { tag, store } = await twice();
    await registry.sql`UPDATE residents SET status = 3`;
    await publish(store, NOW + 3_600_000);
    const refused = [{ number: 3, fault: 'FROM_THE_FUTURE' }];
    expect(await statusIn(store, tag)).toEqual({ status: 2, refused });
    expect(await statusIn(store, tag, keys, NOW + 3_600_000)).toEqual({ status: 3, refused: [] });
  });

  it('is never one of another key or another registry', async () => {
    const { tag, store } = await twice();
    await expect(statusIn(store, tag, deriveKeys(new Uint8Array(32)))).rejects.toMatchObject({ code: 'NO_SNAPSHOT' });
    const options = { store, keys, now: () => NOW, registry: () => crypto.randomUUID() };
    const elsewhere = openSnapshots(options);
    await expect(elsewhere.find({ ...EVERYWHERE, tag })).rejects.toMatchObject({ code: 'NO_SNAPSHOT' });
    expect(elsewhere.state().refused.map(({ fault }) => fault)).toEqual(['OTHER_REGISTRY', 'OTHER_REGISTRY']);
  });

  it('is no answer where no other is there, nor where the store cannot be asked', async () => {
    const empty = open(createMemoryStore());
    await expect(empty.find({ ...EVERYWHERE, tag: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'NO_SNAPSHOT',
    });
    const broken = { ...createMemoryStore(), list: () => Promise.reject(new Error('unreachable')) };
    const unread = open(broken);
    const asked = unread.find({ ...EVERYWHERE, tag: crypto.randomUUID() });
    await expect(asked).rejects.toMatchObject({ code: 'SNAPSHOT_STORE' });
  });
});
