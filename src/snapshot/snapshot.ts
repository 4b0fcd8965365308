import { createHash } from 'node:crypto';
import { Unavailable } from '../checks/unavailable.ts';
import type { Asked } from '../registry/asked.ts';
import type { Finding } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import { type Range, visibility } from '../registry/visibility.ts';
import { type OpenManifest, parseManifest, type SnapshotFault } from './manifest.ts';
import { findRow, parseShardHeader, shardOf, tagBytesOf } from './shard.ts';
import { manifestName, manifestNumbers, type SnapshotStore, shardName } from './store.ts';

export const SNAPSHOT_LIMITS = {
  /** How often it is looked for a newer one. */
  refreshMs: 10_000,
  /** Shards that were judged and stay in memory, of some 90 KB each. */
  cachedShards: 128,
} as const;

/** What `/status` says of the snapshots. */
export type SnapshotState = {
  /** When the registry was read for the one in use; null where there is none. */
  publishedAtMs: number | null;
  lastCopy: number | null;
  /** Those that are not believed, by their numbers, and why. */
  refused: { number: number; fault: SnapshotFault }[];
};

/** `copy` is the number of the copy that the row came from. */
export type SnapshotFinding = Finding & { copy: number | null };

export type Snapshot = {
  /** Looks for a newer one. Rejects with `Unavailable` where the store cannot be asked. */
  refresh(): Promise<void>;
  /** The one in use; null where there is none. */
  manifest(): OpenManifest | null;
  /** What stands in the newest snapshot that is sound. Rejects with `Unavailable` where there is none. */
  find(asked: Pick<Asked, 'tag' | 'nameProof' | 'kkProof' | 'suketProof'> & Range): Promise<SnapshotFinding>;
  state(): SnapshotState;
};

type Options = {
  store: SnapshotStore;
  keys: RegistryKeys;
  now(): number;
  /** The id of our registry, where the database has told it; else null. */
  registry(): string | null;
};

/**
 * Answers from what was published. A manifest or shard is judged before it is believed: where one is not sound the
 * whole snapshot is left, and the one before it is used.
 */
export function openSnapshots({ store, keys, now, registry }: Options): Snapshot {
  const refused = new Map<number, SnapshotFault>();
  const shards = new Map<string, Buffer>();
  let current: { number: number; manifest: OpenManifest } | null = null;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let noneAtMs = Number.NEGATIVE_INFINITY;

  // No promise is shared: on Workers each request has to do its own waiting.
  const refresh = async (): Promise<void> => {
    lookedAtMs = now();
    for (const number of await asked(() => manifestNumbers(store))) {
      if (number === current?.number) return;
      if (refused.has(number)) continue;
      const bytes = await asked(() => store.get(manifestName(number)));
      const manifest =
        bytes === null ? null : await parseManifest(keys, bytes, { nowMs: now(), registry: registry() });
      if (manifest?.ok) {
        current = { number, manifest: manifest.value };
        shards.clear();
        return;
      }
      refused.set(number, manifest === null ? 'MISSING' : manifest.code);
    }
    current = null;
    noneAtMs = now();
  };

  const readShard = async (manifest: OpenManifest, number: number): Promise<Buffer | SnapshotFault> => {
    const name = shardName(manifest.generation, number);
    const known = shards.get(name);
    if (known !== undefined) return known;
    const bytes = await asked(() => store.get(name));
    if (bytes === null) return 'MISSING';
    const shard = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!createHash('sha256').update(shard).digest().equals(manifest.digestOf(number))) return 'DIGEST_DIFFERS';
    const header = parseShardHeader(shard);
    if (header === null) return 'CUT_SHORT';
    if (header.keyCheck !== manifest.keyCheck) return 'OTHER_KEY';
    const [oldest] = shards.size >= SNAPSHOT_LIMITS.cachedShards ? shards.keys() : [];
    if (oldest !== undefined) shards.delete(oldest);
    shards.set(name, shard);
    return shard;
  };

  return {
    refresh,
    manifest: () => current?.manifest ?? null,
    async find(question) {
      for (;;) {
        const isDue = now() - (current === null ? noneAtMs : lookedAtMs) >= SNAPSHOT_LIMITS.refreshMs;
        if (isDue) await refresh();
        if (current === null) throw new Unavailable('NO_SNAPSHOT');
        const { number, manifest } = current;
        const tag = tagBytesOf(question.tag);
        const shard = await readShard(manifest, shardOf(tag, manifest.shardBits));
        if (typeof shard !== 'string') return findingOf(manifest, shard, tag, question);
        refused.set(number, shard);
        if (current?.number === number) current = null;
        noneAtMs = Number.NEGATIVE_INFINITY;
      }
    },
    state: () => ({
      publishedAtMs: current?.manifest.publishedAtMs ?? null,
      lastCopy: current?.manifest.lastCopy ?? null,
      refused: [...refused].map(([number, fault]) => ({ number, fault })),
    }),
  };
}

function findingOf({ ledger }: OpenManifest, shard: Buffer, tag: Buffer, asked: Parameters<Snapshot['find']>[0]) {
  const view = visibility(ledger, asked);
  const row = findRow(shard, tag);
  const matches = (proof: string | null, onRecord: string | null): boolean | null =>
    proof === null || onRecord === null ? null : proof === onRecord;
  const finding =
    row === null
      ? view.miss
      : view.findingOf({
          ...row.facts,
          copy: row.copy,
          nameMatches: matches(asked.nameProof, row.nameProof),
          kkMatches: matches(asked.kkProof, row.kkProof),
          suketMatches: matches(asked.suketProof, row.suketProof),
        });
  const copy = finding.facts === null ? null : (row?.copy ?? null);
  // The synthetic sample stays one.
  return { ...finding, copy, source: 'SNAPSHOT', isSample: finding.source === 'SAMPLE' } as const;
}

/** What the store says; where it cannot be asked, that is an outage of its own. */
async function asked<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch {
    throw new Unavailable('SNAPSHOT_STORE');
  }
}
