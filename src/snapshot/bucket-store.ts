import type { Journal } from './journal.ts';
import { SHARDS, type SnapshotStore } from './store.ts';

/** What is used of an R2 bucket (or anything that has the same methods). */
export type Bucket = {
  list(options: { prefix: string; cursor?: string }): Promise<{
    objects: { key: string }[];
    truncated: boolean;
    cursor?: string;
  }>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  /** Null where the condition does not hold. */
  put(key: string, value: Uint8Array, options?: { onlyIf: Headers }): Promise<object | null>;
  delete(keys: string[]): Promise<void>;
};
/** What is used of the Cache API. */
export type ShardCache = {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
};

/** The most that one call takes away. */
const DELETED_AT_ONCE = 1_000;
/** Shards never change; nobody outside reaches this name. */
const CACHE_ORIGIN = 'https://snapshot.invalid/';
const CACHED_FOR = { 'Cache-Control': 'max-age=86400, immutable' };

async function listAll(bucket: Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? { prefix } : { prefix, cursor });
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return keys.sort();
}

async function deleteAll(bucket: Bucket, names: readonly string[]): Promise<void> {
  for (let first = 0; first < names.length; first += DELETED_AT_ONCE)
    await bucket.delete(names.slice(first, first + DELETED_AT_ONCE));
}

/** Snapshots in a bucket. Shards are read through the cache: a check reads one. */
export function createBucketStore(bucket: Bucket, cache: ShardCache): SnapshotStore {
  const read = async (name: string): Promise<Uint8Array | null> => {
    const object = await bucket.get(name);
    return object === null ? null : new Uint8Array(await object.arrayBuffer());
  };
  return {
    list: (prefix) => listAll(bucket, prefix),
    async get(name) {
      if (!name.startsWith(SHARDS)) return await read(name);
      const url = `${CACHE_ORIGIN}${name}`;
      const cached = await cache.match(url);
      if (cached !== undefined) return new Uint8Array(await cached.arrayBuffer());
      const bytes = await read(name);
      if (bytes !== null)
        await cache.put(url, new Response(bytes as Uint8Array<ArrayBuffer>, { headers: CACHED_FOR }));
      return bytes;
    },
    putNew: async (name, bytes) =>
      (await bucket.put(name, bytes, { onlyIf: new Headers({ 'If-None-Match': '*' }) })) !== null,
    delete: (names) => deleteAll(bucket, names),
  };
}

const JOURNAL = 'journal/';

/** A journal in a bucket: an object a row, which is durable once it was put. */
export function createBucketJournal(bucket: Bucket): Journal {
  return {
    async append(line) {
      await bucket.put(`${JOURNAL}${crypto.randomUUID()}`, new TextEncoder().encode(line));
    },
    async drain(replay) {
      const names = (await listAll(bucket, JOURNAL)).slice(0, DELETED_AT_ONCE);
      for (const name of names) {
        const object = await bucket.get(name);
        if (object === null) continue;
        const { broken } = await replay(new TextDecoder().decode(await object.arrayBuffer()));
        // What cannot be read stays where an operator finds it.
        if (broken === 0) await bucket.delete([name]);
      }
    },
  };
}
