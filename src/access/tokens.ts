import { errors, jwtVerify, SignJWT } from 'jose';
import { parseRegion } from '../core/regions.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Keyring } from './keyring.ts';

export const SCOPES = ['check'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a token grants: who asks, what for, and the region he may see (null: all). */
export type Grant = { client: string; scopes: readonly Scope[]; region: string | null; expiresAtMs: number };
export type TokenFault = 'TOKEN_MISSING' | 'TOKEN_MALFORMED' | 'TOKEN_INVALID' | 'TOKEN_EXPIRED';

export const CLIENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const ISSUER = 'hakpilih';
const MAX_TOKEN_CHARS = 4_096;
/** A full cache of tokens that are all valid starts anew rather than growing. */
const MAX_CACHED_TOKENS = 10_000;
const CLOCK_TOLERANCE_SECONDS = 0;

export type TokenRequest = { client: string; scopes: readonly Scope[]; region: string | null; ttlSeconds: number };

/** Signs an access token (RFC 9068: `at+jwt`, ES256) at `nowMs`. */
export async function issueToken(keyring: Keyring, request: TokenRequest, nowMs: number, jti: string): Promise<string> {
  const iat = Math.floor(nowMs / 1000);
  return await new SignJWT({ scope: request.scopes.join(' '), ...(request.region === null ? {} : { region: request.region }) })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: keyring.signing.kid })
    .setIssuer(ISSUER)
    .setAudience(ISSUER)
    .setSubject(request.client)
    .setJti(jti)
    .setIssuedAt(iat)
    .setExpirationTime(iat + request.ttlSeconds)
    .sign(keyring.signing.key);
}

export type VerifyToken = (authorization: string | undefined) => Promise<Result<Grant, TokenFault>>;

/**
 * Verifies the `Authorization` header (RFC 6750) after RFC 8725: size cap before parsing, one algorithm, typ, issuer, audience,
 * lifetime. Verified tokens are remembered until they expire. Never throws.
 */
export function createVerifier(keyring: Keyring, now: () => number): VerifyToken {
  const verified = new Map<string, Grant>();
  return async (authorization) => {
    if (authorization === undefined) return fail('TOKEN_MISSING');
    const known = verified.get(authorization);
    if (known) {
      if (known.expiresAtMs > now()) return ok(known);
      verified.delete(authorization);
      return fail('TOKEN_EXPIRED');
    }
    const token = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(
      authorization.slice(0, MAX_TOKEN_CHARS + 1),
    )?.[1];
    if (token === undefined || authorization.length > MAX_TOKEN_CHARS) return fail('TOKEN_MALFORMED');
    const grant = await verify(keyring, token, now());
    if (!grant.ok) return grant;
    if (verified.size >= MAX_CACHED_TOKENS) verified.clear();
    verified.set(authorization, grant.value);
    return grant;
  };
}

async function verify(keyring: Keyring, token: string, nowMs: number): Promise<Result<Grant, TokenFault>> {
  try {
    const { payload } = await jwtVerify(token, keyring.resolve, {
      algorithms: ['ES256'],
      typ: 'at+jwt',
      issuer: ISSUER,
      audience: ISSUER,
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'scope'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(nowMs),
    });
    const region =
      payload.region === undefined ? null : typeof payload.region === 'string' ? parseRegion(payload.region) : undefined;
    const { sub, scope, exp } = payload;
    // A region that cannot be read must not widen what the token sees.
    if (region === undefined || (region === null && payload.region !== undefined)) return fail('TOKEN_INVALID');
    if (sub === undefined || !CLIENT_NAME.test(sub) || typeof scope !== 'string' || exp === undefined)
      return fail('TOKEN_INVALID');
    const scopes = SCOPES.filter((known) => scope.split(' ').includes(known));
    return ok({ client: sub, scopes, region, expiresAtMs: exp * 1000 });
  } catch (error) {
    return fail(error instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
  }
}
