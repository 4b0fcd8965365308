import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { parseRegion } from '../core/regions.ts';
import { isClientName, SCOPES } from './grant.ts';

const FETCH_TIMEOUT_MS = 3_000;
const COOLDOWN_MS = 30_000;
/** Then the keys are read again. As a verified token is remembered as long, a withdrawn key serves ten minutes. */
const REREAD_MS = 5 * 60_000;
/** So long keys serve that cannot be read again, while the provider is away. */
const KEPT_MS = 24 * 3_600_000;

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
  keys: JWTVerifyGetKey;
  /** The client's name here; null where the subject can have none. */
  clientOf(subject: string): string | null;
};

/**
 * Reads `HAKPILIH_TRUSTED_ISSUERS`: OpenID Connect providers. Keys are fetched when a token names one that is not
 * known, again after `REREAD_MS`, and kept for `KEPT_MS`: an outage of the provider stops no token whose keys are
 * known. Throws Error with one line.
 */
export function parseIssuers(json: string | null, now: () => number = Date.now): Issuer[] {
  if (json === null) return [];
  try {
    const issuers = z.array(settings).parse(JSON.parse(json));
    return issuers.map(({ name, jwksUrl, ...issuer }) => ({
      ...issuer,
      algorithms: ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'],
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

/**
 * When the keys are read is decided here; jose reads them, at once for all who wait. Throws `KeysAway`, or what jose
 * does.
 */
function providerKeys(url: URL, now: () => number): JWTVerifyGetKey {
  const never = Number.POSITIVE_INFINITY;
  const keys = createRemoteJWKSet(url, {
    cacheMaxAge: never,
    cooldownDuration: never,
    timeoutDuration: FETCH_TIMEOUT_MS,
  });
  let [triedAtMs, readAtMs] = [-never, -never];
  const read = async (): Promise<void> => {
    if (now() < triedAtMs + COOLDOWN_MS) return;
    const error = await keys.reload().catch((caught: Error) => caught);
    triedAtMs = now();
    if (error === undefined) readAtMs = triedAtMs;
  };
  return async (header, token) => {
    if (now() >= readAtMs + REREAD_MS) await read();
    if (now() >= readAtMs + KEPT_MS) throw new KeysAway();
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
