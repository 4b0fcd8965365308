import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { parseRegion } from '../core/regions.ts';
import { ACCESS_LIMITS } from './access-limits.ts';
import { isClientName, SCOPES } from './grant.ts';

const settings = z.strictObject({
  /** Prefix of its clients' names here. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/),
  issuer: z.string().min(1),
  jwksUrl: z
    .url()
    .refine((text) => text.startsWith('https://') || /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(text)),
  audience: z.string().min(1).default('hakpilih'),
  typ: z.string().default('at+jwt'),
  claims: z
    .strictObject({
      client: z.string().default('sub'),
      scope: z.string().default('scope'),
      region: z.string().default('region'),
    })
    .prefault({}),
  scopes: z.array(z.enum(SCOPES)).min(1),
  region: z
    .string()
    .refine((text) => parseRegion(text) !== null)
    .nullable(),
});

/** Who signs tokens: how they are verified, in which claims they say what, and the most that they may do here. */
export type Issuer = Omit<z.infer<typeof settings>, 'name' | 'jwksUrl'> & {
  algorithms: string[];
  requiredClaims: string[];
  keys: JWTVerifyGetKey;
  /** The client's name here; null where the subject can have none. */
  clientOf(subject: string): string | null;
};

/**
 * Reads `HAKPILIH_TRUSTED_ISSUERS`: OpenID Connect providers. Keys are fetched when a token names one that is not
 * known, again after `jwksRereadMs`, and kept for `jwksKeptMs`: an outage of the provider stops no token whose keys
 * are known. Throws Error with one line.
 */
export function parseIssuers(json: string | null, now: () => number = Date.now): Issuer[] {
  if (json === null) return [];
  try {
    const issuers = z.array(settings).parse(JSON.parse(json));
    return issuers.map(({ name, jwksUrl, ...issuer }) => ({
      ...issuer,
      algorithms: ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'],
      requiredClaims: ['sub', 'exp', 'iat'],
      keys: providerKeys(new URL(jwksUrl), now),
      clientOf: (subject) => foreignClient(name, subject),
    }));
  } catch {
    throw new Error(
      'HAKPILIH_TRUSTED_ISSUERS must be a JSON array of {name, issuer, jwksUrl, scopes, region, …}: see README.md',
    );
  }
}

/** The provider's keys could not be had: a token may well be good. */
class KeysAway extends Error {}

/** When the keys are read is decided here; jose reads them, at once for all who wait. Throws `KeysAway` or jose's. */
function providerKeys(url: URL, now: () => number): JWTVerifyGetKey {
  const { jwksTimeoutMs, jwksCooldownMs, jwksRereadMs, jwksKeptMs } = ACCESS_LIMITS;
  const never = { cacheMaxAge: Number.POSITIVE_INFINITY, cooldownDuration: Number.POSITIVE_INFINITY };
  const keys = createRemoteJWKSet(url, { ...never, timeoutDuration: jwksTimeoutMs });
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<void> => {
    if (now() < triedAtMs + jwksCooldownMs) return;
    const error = await keys.reload().catch((caught: Error) => caught);
    triedAtMs = now();
    if (error === undefined) readAtMs = triedAtMs;
  };
  return async (header, token) => {
    if (now() >= readAtMs + jwksRereadMs) await read();
    if (now() >= readAtMs + jwksKeptMs) throw new KeysAway();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await read();
      if (readAtMs < triedAtMs) throw new KeysAway();
      return await keys(header, token);
    }
  };
}

/** An identifier that is no name of ours stands as its hash. */
function foreignClient(issuer: string, subject: string): string {
  const name = `${issuer}.${subject}`;
  return isClientName(name) ? name : `${issuer}.${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`;
}
