import { type CryptoKey, calculateJwkThumbprint, createLocalJWKSet, importJWK, type JWK } from 'jose';
import { z } from 'zod';

/** Private keys that sign tokens (ES256, RFC 7517); the first signs, all verify. */
export type Keyring = {
  signing: { key: CryptoKey; kid: string };
  /** The public halves, as `/.well-known/jwks.json` gives them. */
  publicJwks: { keys: JWK[] };
  resolve: ReturnType<typeof createLocalJWKSet>;
};

const base64url = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const privateJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url,
  y: base64url,
  d: base64url,
  kid: z.string().min(1).max(64).optional(),
});
const privateJwks = z.object({ keys: z.array(privateJwk).min(1).max(10) });

/** Reads a private JWKS. Throws Error with one line that holds nothing of the keys. */
export async function parseKeyring(json: string): Promise<Keyring> {
  const keys = await Promise.all(parsePrivateKeys(json).map(withKid));
  const [first] = keys as [(typeof keys)[number]];
  const publicJwks = { keys: keys.map(({ d: _, ...jwk }): JWK => ({ ...jwk, alg: 'ES256', use: 'sig' })) };
  const key = (await importJWK({ ...first, alg: 'ES256' }, 'ES256')) as CryptoKey;
  return { signing: { key, kid: first.kid }, publicJwks, resolve: createLocalJWKSet(publicJwks) };
}

function parsePrivateKeys(json: string): z.infer<typeof privateJwk>[] {
  try {
    return privateJwks.parse(JSON.parse(json)).keys;
  } catch {
    throw new Error('the signing keys are not a JWKS of private ES256 keys (EC, P-256)');
  }
}

const withKid = async ({ kid, ...jwk }: z.infer<typeof privateJwk>) => ({
  ...jwk,
  kid: kid ?? (await calculateJwkThumbprint(jwk)),
});
