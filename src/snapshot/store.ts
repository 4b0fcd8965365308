/**
 * Where snapshots are kept: a directory, or a bucket. Names are paths of `[0-9a-z./-]`. Bytes are not believed: what
 * reads them judges them.
 */
export type SnapshotStore = {
  /** Names that begin with `prefix`, which ends with a slash, in order. */
  list(prefix: string): Promise<string[]>;
  /** Null where there is none. */
  get(name: string): Promise<Uint8Array | null>;
  /** It is there whole and durable, or not at all; false where that name is taken. */
  putNew(name: string, bytes: Uint8Array): Promise<boolean>;
  delete(names: readonly string[]): Promise<void>;
};

const MANIFESTS = 'manifests/';
export const SHARDS = 'shards/';

/** Manifests are numbered: the one with the highest number is the newest. */
export const manifestName = (number: number): string => `${MANIFESTS}${String(number).padStart(10, '0')}`;

/** Numbers of the manifests that are there, the newest first. */
export async function manifestNumbers(store: SnapshotStore): Promise<number[]> {
  const names = await store.list(MANIFESTS);
  return names
    .filter((name) => /^manifests\/[0-9]{10}$/.test(name))
    .map((name) => Number(name.slice(MANIFESTS.length)))
    .sort((a, b) => b - a);
}

export const shardName = (generation: string, shard: number): string =>
  `${SHARDS}${generation}/${shard.toString(16).padStart(4, '0')}`;
