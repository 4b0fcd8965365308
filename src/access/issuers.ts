import { createHash } from 'node:crypto';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { parseRegion } from '../core/regions.ts';
import { CLIENT_NAME, SCOPES, type Scope } from './grant.ts';

/** A trusted OpenID Connect provider, and the most that its tokens may do here. */
export type Issuer = {
  name: string;
  issuer: string;
  audience: string;
  typ: string;
  claims: { client: string; scope: string; region: string };
  scopes: readonly Scope[];
  region: string | null;
  keys: JWTVerifyGetKey;
};

const FETCH_TIMEOUT_MS = 3_000;
const COOLDOWN_MS = 30_000;
export const ISSUER_ALGORITHMS = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'];

const url = z.url().refine((text) => text.startsWith('https://') || /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(text));
const settings = z.array(
  z.strictObject({
    /** Prefix of its clients' names here. */
    name: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/),
    issuer: z.string().min(1),
    jwksUrl: url,
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
  }),
);

/**
 * Reads `HAKPILIH_TRUSTED_ISSUERS`. Keys are fetched when a token names one that is not known, and kept: an outage of the
 * provider does not stop tokens whose keys are known. Throws Error with one line.
 */
export function parseIssuers(json: string | null): Issuer[] {
  if (json === null) return [];
  try {
    return settings.parse(JSON.parse(json)).map(({ jwksUrl, ...issuer }) => ({
      ...issuer,
      keys: createRemoteJWKSet(new URL(jwksUrl), {
        cacheMaxAge: Number.POSITIVE_INFINITY,
        cooldownDuration: COOLDOWN_MS,
        timeoutDuration: FETCH_TIMEOUT_MS,
      }),
    }));
  } catch {
    throw new Error(
      'HAKPILIH_TRUSTED_ISSUERS must be a JSON array of {name, issuer, jwksUrl, scopes, region, …}: see README.md',
    );
  }
}

/** The name of a provider's client here; an identifier that is no name of ours stands as its hash. */
export function foreignClient(issuer: Issuer, subject: string): string {
  const name = `${issuer.name}.${subject}`;
  return CLIENT_NAME.test(name) ? name : `${issuer.name}.${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`;
}
