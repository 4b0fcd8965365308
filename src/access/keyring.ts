import {
  type CryptoKey,
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { z } from 'zod';
import { ACCESS_LIMITS } from './access-limits.ts';

/** What a key signs; no key serves two purposes. */
export const KEY_PURPOSES = ['token', 'checkpoint'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];
/** Made by earlier versions, for what does not exist yet: read, and used for nothing. */
const UNUSED_PURPOSES = ['attestation', 'pack'] as const;

const base64url = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const privateJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url,
  y: base64url,
  d: base64url,
  alg: z.literal('ES256').optional(),
  kid: z.string().min(1).max(64).optional(),
  /** Ours: what the key is for, and since when it signs no more. */
  purpose: z.enum([...KEY_PURPOSES, ...UNUSED_PURPOSES]).default('token'),
  retiredAt: z.iso.datetime().optional(),
});
const withKid = async (jwk: z.infer<typeof privateJwk>) => ({
  ...jwk,
  kid: jwk.kid ?? (await calculateJwkThumbprint({ kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y })),
});
const privateJwks = z.object({ keys: z.array(privateJwk.transform(withKid)).min(1).max(ACCESS_LIMITS.maxKeys) });
export type PrivateJwk = z.infer<typeof privateJwks>['keys'][number];

/** The key that signs for a purpose: the first that is not retired. */
const signerOf = (keys: readonly PrivateJwk[], purpose: KeyPurpose): PrivateJwk | undefined =>
  keys.find((key) => key.purpose === purpose && key.retiredAt === undefined);

/** Reads a private JWKS. Throws Error with one line that holds nothing of the keys. */
export async function parsePrivateJwks(json: string): Promise<PrivateJwk[]> {
  let keys: PrivateJwk[];
  try {
    ({ keys } = await privateJwks.parseAsync(JSON.parse(json)));
  } catch {
    throw new Error('the signing keys are not a JWKS of private ES256 keys (EC, P-256)');
  }
  if (signerOf(keys, 'token') === undefined) throw new Error('the signing keys hold none for tokens');
  return keys;
}

export type Keyring = Awaited<ReturnType<typeof parseKeyring>>;

/**
 * Reads private keys (ES256, RFC 7517): the first of a purpose signs; tokens of a retired one are accepted until
 * polling day is over. Throws Error with one line that holds nothing of the keys.
 */
export async function parseKeyring(json: string) {
  const keys = await parsePrivateJwks(json);
  const signing = new Map<KeyPurpose, { key: CryptoKey; kid: string }>();
  for (const purpose of KEY_PURPOSES) {
    const jwk = signerOf(keys, purpose);
    if (jwk === undefined) continue;
    signing.set(purpose, { key: (await importJWK({ ...jwk, alg: 'ES256' }, 'ES256')) as CryptoKey, kid: jwk.kid });
  }
  return {
    /** The key that signs; null where the JWKS has none for this purpose. */
    signing: (purpose: KeyPurpose) => signing.get(purpose) ?? null,
    /** The public halves, as `/.well-known/jwks.json` gives them. */
    publicJwks: { keys: keys.map(publicJwk) },
    /** Finds the key of a token of ours, among those that are accepted at a moment. */
    tokenKeys(nowMs: number, pollingDayEndMs: number) {
      const accepted = keys.filter((key) => key.purpose === 'token' && isAccepted(key, nowMs, pollingDayEndMs));
      return createLocalJWKSet({ keys: accepted.map(publicJwk) });
    },
  };
}

const isAccepted = ({ retiredAt }: PrivateJwk, nowMs: number, pollingDayEndMs: number): boolean =>
  retiredAt === undefined || nowMs <= Math.max(pollingDayEndMs, Date.parse(retiredAt) + ACCESS_LIMITS.graceMs);

const publicJwk = ({ kty, crv, x, y, kid }: PrivateJwk): JWK => ({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' });

/** A JWKS with a new key in front for a purpose; those before it are retired. */
export async function withNewKey(
  keys: readonly PrivateJwk[],
  purpose: KeyPurpose,
  nowMs: number,
): Promise<PrivateJwk[]> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const fresh = { ...jwk, kid, purpose } as PrivateJwk;
  const retiredAt = new Date(nowMs).toISOString();
  return [fresh, ...keys.map((key) => (key.purpose === purpose ? { retiredAt, ...key } : key))];
}

/** A JWKS with a key for every purpose that lacks one. */
export async function withAllPurposes(keys: readonly PrivateJwk[], nowMs: number): Promise<PrivateJwk[]> {
  let all = [...keys];
  for (const purpose of KEY_PURPOSES) {
    if (signerOf(all, purpose) === undefined) all = await withNewKey(all, purpose, nowMs);
  }
  return all;
}

/** A JWKS cut to `maxKeys`, if that can be: keys go of which no token is accepted any more, the oldest first. */
export function withoutSpent(keys: readonly PrivateJwk[], nowMs: number, pollingDayEndMs: number): PrivateJwk[] {
  const isSpent = (key: PrivateJwk): boolean =>
    key.purpose === 'token' ? !isAccepted(key, nowMs, pollingDayEndMs) : key.purpose !== 'checkpoint';
  const spent = keys.filter(isSpent).toReversed();
  const gone = new Set(spent.slice(0, Math.max(0, keys.length - ACCESS_LIMITS.maxKeys)));
  return keys.filter((key) => !gone.has(key));
}
