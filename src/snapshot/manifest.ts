import { CompactSign, compactVerify, errors } from 'jose';
import { z } from 'zod';
import { SCOPES } from '../access/grant.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import { keyCheck } from '../registry/tags.ts';
import type { Ledger } from '../registry/visibility.ts';
import { FORMAT_VERSION, MAX_SHARD_BITS } from './shard.ts';

const DIGEST_BYTES = 32;
/** Clocks of those who publish and those who read may differ by so much. */
const MAX_CLOCK_SKEW_MS = 5 * 60_000;

const count = z.int().min(0);
const source = z.strictObject({
  name: z.string(),
  region: z.string(),
  firstRegion: count,
  lastRegion: count,
  lastCopy: count,
  asOfMs: z.number(),
  fullAsOfMs: z.number().nullable(),
  fullCopy: count.nullable(),
  nameVersion: z.int(),
});
const client = z.strictObject({
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  region: z.string().nullable(),
  isRevoked: z.boolean(),
  perMinute: count,
  perDay: count,
});
const manifest = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  /** Of which registry: two may have the same key. */
  registry: z.uuid(),
  keyCheck: z.string().regex(/^-?[0-9]{1,19}$/),
  publishedAtMs: count,
  /** The name that the shards of this snapshot share. */
  generation: z.string().regex(/^[0-9a-f-]{1,64}$/),
  lastCopy: count,
  residents: count,
  shardBits: count.max(MAX_SHARD_BITS),
  sources: z.array(source),
  copies: z.array(z.strictObject({ id: z.int(), source: z.string(), asOfMs: z.number() })),
  clients: z.array(client),
  /** SHA-256 of each shard, one after the other, in base64url. */
  digests: z.string(),
});
export type Manifest = z.infer<typeof manifest>;
/** Who may ask, as far as it is known without the database. `scopes`, region and quota are those of the client's row. */
export type KnownClient = z.infer<typeof client>;

/** Why a manifest or a shard is not believed. */
export type SnapshotFault =
  | 'MISSING'
  | 'NOT_SIGNED_BY_OUR_KEY'
  | 'UNKNOWN_FORMAT'
  | 'OTHER_KEY'
  | 'OTHER_REGISTRY'
  | 'FROM_THE_FUTURE'
  | 'DIGEST_DIFFERS'
  | 'CUT_SHORT';

/** A manifest that was found sound, read once for many questions. */
export type OpenManifest = Manifest & { ledger: Ledger; digestOf(shard: number): Buffer };

const signingKey = (keys: RegistryKeys): Uint8Array => Buffer.from(keys.snapshot('manifest'), 'latin1');

/** A manifest as it is kept: a JWS (RFC 7515, HS256), under a key that is derived from the registry's. */
export async function signManifest(keys: RegistryKeys, content: Manifest): Promise<Uint8Array> {
  const payload = new TextEncoder().encode(JSON.stringify(content));
  const jws = await new CompactSign(payload).setProtectedHeader({ alg: 'HS256' }).sign(signingKey(keys));
  return new TextEncoder().encode(jws);
}

/** Reads a manifest that was found somewhere. `registry` is the id of ours, where that is known. */
export async function parseManifest(
  keys: RegistryKeys,
  bytes: Uint8Array,
  { nowMs, registry }: { nowMs: number; registry: string | null },
): Promise<Result<OpenManifest, SnapshotFault>> {
  // Two spellings of one signature are alike to a decoder of base64: only the one that was written is believed.
  const signature = new TextDecoder().decode(bytes).split('.')[2] ?? '';
  if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) return fail('NOT_SIGNED_BY_OUR_KEY');
  let payload: Uint8Array;
  try {
    payload = (await compactVerify(bytes, signingKey(keys), { algorithms: ['HS256'] })).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return fail('NOT_SIGNED_BY_OUR_KEY');
    throw error;
  }
  const parsed = manifest.safeParse(JSON.parse(new TextDecoder().decode(payload)));
  if (!parsed.success) return fail('UNKNOWN_FORMAT');
  const { data } = parsed;
  const digests = Buffer.from(data.digests, 'base64url');
  if (digests.byteLength !== DIGEST_BYTES * 2 ** data.shardBits) return fail('UNKNOWN_FORMAT');
  if (data.keyCheck !== keyCheck(keys)) return fail('OTHER_KEY');
  if (registry !== null && data.registry !== registry) return fail('OTHER_REGISTRY');
  if (data.publishedAtMs > nowMs + MAX_CLOCK_SKEW_MS) return fail('FROM_THE_FUTURE');
  return ok({
    ...data,
    ledger: { sources: data.sources, copies: data.copies },
    digestOf: (shard) => digests.subarray(shard * DIGEST_BYTES, (shard + 1) * DIGEST_BYTES),
  });
}
