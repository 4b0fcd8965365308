import { createHash, randomUUID } from 'node:crypto';
import { scopesOf } from '../access/grant.ts';
import { readLedger } from '../registry/ledger.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Sql, Transaction } from '../registry/sql.ts';
import { WrongKey } from '../registry/standing.ts';
import { keyCheck } from '../registry/tags.ts';
import { type KnownClient, type Manifest, signManifest } from './manifest.ts';
import { encodeShard, FORMAT_VERSION, RECORD_SQL, shardBits, tagRange } from './shard.ts';
import { manifestName, manifestNumbers, SHARDS, type SnapshotStore, shardName } from './store.ts';

export const PUBLISH_LIMITS = {
  /** Snapshots that stay: whoever still reads an older one goes on. */
  keptSnapshots: 3,
  /** Shards that are read from the database or written at once. */
  shardsAtOnce: 4,
  /** Shards of a publisher that did not come to its end. */
  maxAbandonedMs: 24 * 3_600_000,
} as const;
const PUBLISH_LOCK = 4_711_2021;

/** What a publication came to; `null` where another one is under way, or it is not needed (any more). */
export type Published = { number: number; residents: number; shards: number; bytes: number; lastCopy: number };

/**
 * Writes the registry, as it is now, as a new snapshot, and switches to it by one write that succeeds once: readers see
 * the old one or the new one. One publisher a registry at a time;
 * `isNeeded` is asked by the one whose turn it is. Memory is that of a few shards. Rejects with the
 * errors of driver and store, and with `WrongKey`.
 */
export async function publishSnapshot(
  sql: Sql,
  keys: RegistryKeys,
  store: SnapshotStore,
  now: () => number,
  isNeeded: (lastCopy: number) => Promise<boolean> = async () => true,
): Promise<Published | null> {
  return await sql.begin('isolation level repeatable read read only', async (tx) => {
    const [lock] = await tx`SELECT pg_try_advisory_xact_lock(${PUBLISH_LOCK}) AS taken`;
    if (!lock?.taken) return null;
    const about = await describe(tx, keys, now());
    if (!(await isNeeded(about.lastCopy))) return null;
    const { digests, bytes } = await writeShards(tx, store, about);
    const manifest = { ...about, digests: Buffer.concat(digests).toString('base64url') };
    const number = await putManifest(store, await signManifest(keys, manifest));
    await forgetOld(store, now());
    const { residents, lastCopy } = about;
    return { number, residents, shards: digests.length, bytes, lastCopy };
  });
}

/** All of a manifest but the digests. */
async function describe(tx: Transaction, keys: RegistryKeys, nowMs: number): Promise<Omit<Manifest, 'digests'>> {
  const [registry] = await tx`SELECT id, key_check::text FROM registry_key`;
  if (registry?.key_check !== keyCheck(keys)) throw new WrongKey();
  const [total] = await tx`SELECT count(*)::int AS residents FROM residents`;
  const [newest] = await tx`SELECT coalesce(max(id), 0) AS copy FROM copies`;
  const { sources, copies } = await readLedger(tx);
  const residents = total?.residents as number;
  return {
    format: FORMAT_VERSION,
    registry: registry.id,
    keyCheck: registry.key_check,
    publishedAtMs: nowMs,
    generation: `${nowMs.toString(16).padStart(12, '0')}-${randomUUID()}`,
    lastCopy: newest?.copy as number,
    residents,
    shardBits: shardBits(residents),
    sources: [...sources],
    copies: [...copies],
    clients: await readClients(tx),
  };
}

/** Who may ask: kept for when the database cannot be asked. */
export async function readClients(sql: Sql | Transaction): Promise<KnownClient[]> {
  const rows = await sql.unsafe(`SELECT name, array_to_string(scopes, ' ') AS scopes, region,
    revoked_at IS NOT NULL AS "isRevoked", per_minute AS "perMinute", per_day AS "perDay" FROM clients ORDER BY name`);
  return rows.map((row) => ({ ...(row as unknown as KnownClient), scopes: scopesOf(row.scopes as string) }));
}

async function writeShards(tx: Transaction, store: SnapshotStore, about: Omit<Manifest, 'digests'>) {
  const { generation, keyCheck, publishedAtMs, shardBits: bits } = about;
  const digests: Buffer[] = [];
  let bytes = 0;
  const write = async (number: number): Promise<void> => {
    const { first, last } = tagRange(number, bits);
    const [row] = await tx.unsafe(
      `SELECT string_agg(${RECORD_SQL}, ''::bytea ORDER BY r.tag) AS records FROM residents r
      WHERE r.tag BETWEEN $1::uuid AND $2::uuid`,
      [first, last],
      { prepare: true },
    );
    const shard = encodeShard({ keyCheck, publishedAtMs }, (row?.records as Uint8Array | null) ?? new Uint8Array());
    digests[number] = createHash('sha256').update(shard).digest();
    bytes += shard.byteLength;
    if (!(await store.putNew(shardName(generation, number), shard))) throw new Error('a shard was there already');
  };
  const { shardsAtOnce } = PUBLISH_LIMITS;
  for (let first = 0; first < 2 ** bits; first += shardsAtOnce) {
    const numbers = Array.from({ length: Math.min(shardsAtOnce, 2 ** bits - first) }, (_, i) => first + i);
    await Promise.all(numbers.map(write));
  }
  return { digests, bytes };
}

/** Of two that publish into one store at once, from different databases say, each gets a number. */
async function putManifest(store: SnapshotStore, signed: Uint8Array): Promise<number> {
  for (;;) {
    const number = ((await manifestNumbers(store))[0] ?? 0) + 1;
    if (await store.putNew(manifestName(number), signed)) return number;
  }
}

/** Manifests first: what none of them names is no longer found. */
async function forgetOld(store: SnapshotStore, nowMs: number): Promise<void> {
  const numbers = await manifestNumbers(store);
  const generationsOf = async (of: number[]): Promise<Set<string>> =>
    new Set(await Promise.all(of.map(async (number) => generationIn(await store.get(manifestName(number))))));
  const old = numbers.slice(PUBLISH_LIMITS.keptSnapshots);
  const kept = await generationsOf(numbers.slice(0, PUBLISH_LIMITS.keptSnapshots));
  const gone = await generationsOf(old);
  await store.delete(old.map(manifestName));
  const isGone = (shard: string): boolean => {
    const generation = shard.split('/')[1] as string;
    const madeMs = Number.parseInt(generation.slice(0, 12), 16);
    const isAbandoned = nowMs - madeMs > PUBLISH_LIMITS.maxAbandonedMs;
    return !kept.has(generation) && (gone.has(generation) || isAbandoned);
  };
  await store.delete((await store.list(SHARDS)).filter(isGone));
}

/** What a manifest names, be it signed by us or not: its shards are spared. Empty where it names nothing. */
function generationIn(jws: Uint8Array | null): string {
  const [, payload = ''] = new TextDecoder().decode(jws ?? new Uint8Array()).split('.');
  try {
    return String(JSON.parse(Buffer.from(payload, 'base64url').toString()).generation);
  } catch {
    return '';
  }
}
