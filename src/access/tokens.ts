import { decodeJwt, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { parseRegion } from '../core/regions.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { ACCESS_LIMITS } from './access-limits.ts';
import { type Grant, isClientName, narrower, SCOPES, scopesOf } from './grant.ts';
import type { Issuer } from './issuers.ts';
import type { Keyring } from './keyring.ts';

export type TokenFault =
  | 'TOKEN_MISSING'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_UNVERIFIABLE';

export const ISSUER = 'hakpilih';

export type TokenRequest = Omit<Grant, 'expiresAtMs'> & { ttlSeconds: number };

/** Signs an access token (RFC 9068: `at+jwt`, ES256) at `nowMs`. */
export async function issueToken(
  keyring: Keyring,
  { client, scopes, region, ttlSeconds }: TokenRequest,
  nowMs: number,
  jti: string,
): Promise<string> {
  const { key, kid } = keyring.signing('token') as NonNullable<ReturnType<Keyring['signing']>>;
  const iat = Math.floor(nowMs / 1000);
  const times = { iat, exp: iat + ttlSeconds };
  const claims = { iss: ISSUER, aud: ISSUER, sub: client, jti, ...times, scope: scopes.join(' ') };
  return await new SignJWT(region === null ? claims : { ...claims, region })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
    .sign(key);
}

export type VerifyToken = (authorization: string | undefined) => Promise<Result<Grant, TokenFault>>;
type VerifierOptions = {
  /** Asked each time: keys are rotated while we run. */
  keyring(): Keyring;
  issuers: readonly Issuer[];
  now(): number;
  /** Until when tokens of retired keys are accepted, in milliseconds since 1970. */
  pollingDayEndMs: number;
};

/**
 * Verifies the `Authorization` header (RFC 6750) after RFC 8725: size cap before parsing, then algorithm, typ, issuer,
 * audience and lifetime. Verified tokens are remembered for a while, under the keys of now; revocation is the
 * statement's affair. Never throws.
 */
export function createVerifier({ keyring, issuers, now, pollingDayEndMs }: VerifierOptions): VerifyToken {
  /** Ourselves among the issuers; the keys are those of now. */
  const ourselves: Issuer = {
    issuer: ISSUER,
    audience: ISSUER,
    typ: 'at+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['sub', 'exp', 'iat', 'jti'],
    claims: { client: 'sub', scope: 'scope', region: 'region' },
    scopes: [...SCOPES],
    region: null,
    keys: (header, token) => keyring().tokenKeys(now(), pollingDayEndMs)(header, token),
    clientOf: (subject) => (isClientName(subject) ? subject : null),
  };
  const trusted = [...issuers, ourselves];
  const verified = new Map<string, { grant: Grant; untilMs: number }>();
  let verifiedUnder = keyring();
  return async (authorization) => {
    if (authorization === undefined) return fail('TOKEN_MISSING');
    const keysOfNow = keyring();
    if (keysOfNow !== verifiedUnder) verified.clear();
    verifiedUnder = keysOfNow;
    const known = verified.get(authorization);
    if (known && known.untilMs > now()) return ok(known.grant);
    if (authorization.length > ACCESS_LIMITS.maxTokenChars) return fail('TOKEN_MALFORMED');
    const token = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) return fail('TOKEN_MALFORMED');
    const grant = await verify(token, trusted, now());
    if (!grant.ok) return grant;
    if (verified.size >= ACCESS_LIMITS.maxCachedTokens) verified.clear();
    // Keys may have been replaced while this one was verified.
    if (keyring() === keysOfNow) {
      const untilMs = Math.min(grant.value.expiresAtMs, now() + ACCESS_LIMITS.reverifyMs);
      verified.set(authorization, { grant: grant.value, untilMs });
    }
    return grant;
  };
}

async function verify(token: string, trusted: readonly Issuer[], nowMs: number): Promise<Result<Grant, TokenFault>> {
  try {
    // Unverified: it only chooses who has to have signed.
    const { iss } = decodeJwt(token);
    const issuer = trusted.find((one) => one.issuer === iss);
    if (issuer === undefined) return fail('TOKEN_INVALID');
    const { keys, issuer: name, audience, typ, algorithms, requiredClaims } = issuer;
    const expected = { issuer: name, audience, typ, algorithms, requiredClaims, currentDate: new Date(nowMs) };
    const { payload } = await jwtVerify(token, keys, expected);
    return grantOf(payload, issuer);
  } catch (error) {
    if (error instanceof errors.JWTExpired) return fail('TOKEN_EXPIRED');
    // The provider could not be asked for its keys: the token may well be good.
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
      return fail('TOKEN_UNVERIFIABLE');
    return fail('TOKEN_INVALID');
  }
}

/** What a verified token grants, within what its issuer may. */
function grantOf(payload: JWTPayload, issuer: Issuer): Result<Grant, TokenFault> {
  const { sub, exp, [issuer.claims.client]: subject, [issuer.claims.scope]: scope } = payload;
  if (typeof sub !== 'string' || typeof subject !== 'string' || subject === '') return fail('TOKEN_INVALID');
  const client = issuer.clientOf(subject);
  if (client === null || typeof scope !== 'string' || exp === undefined) return fail('TOKEN_INVALID');
  const claimed = payload[issuer.claims.region];
  const asked = typeof claimed === 'string' ? parseRegion(claimed) : null;
  // A region that cannot be read must not widen what the token sees.
  if (asked === null && claimed !== undefined) return fail('TOKEN_INVALID');
  const region = narrower(asked, issuer.region);
  if (region === undefined) return fail('TOKEN_INVALID');
  const scopes = scopesOf(scope).filter((one) => issuer.scopes.includes(one));
  return ok({ client, scopes, region, expiresAtMs: exp * 1000 });
}
