import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { parseRegion } from '../core/regions.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type Grant, isClientName, narrower, type Scope, scopesOf } from './grant.ts';
import { foreignClient, ISSUER_ALGORITHMS, type Issuer } from './issuers.ts';
import type { Keyring } from './keyring.ts';

export type TokenFault =
  | 'TOKEN_MISSING'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_UNVERIFIABLE';

export const ISSUER = 'hakpilih';
const MAX_TOKEN_CHARS = 4_096;
/** A full cache of tokens that are all valid starts anew rather than growing. */
const MAX_CACHED_TOKENS = 10_000;
/** Then a token is verified anew: its key may have been withdrawn, or its time of grace be over. */
const REVERIFY_MS = 5 * 60_000;

export type TokenRequest = { client: string; scopes: readonly Scope[]; region: string | null; ttlSeconds: number };

/** Signs an access token (RFC 9068: `at+jwt`, ES256) at `nowMs`. */
export async function issueToken(
  keyring: Keyring,
  request: TokenRequest,
  nowMs: number,
  jti: string,
): Promise<string> {
  const iat = Math.floor(nowMs / 1000);
  const signing = keyring.signing('token') as NonNullable<ReturnType<Keyring['signing']>>;
  return await new SignJWT({
    scope: request.scopes.join(' '),
    ...(request.region === null ? {} : { region: request.region }),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: signing.kid })
    .setIssuer(ISSUER)
    .setAudience(ISSUER)
    .setSubject(request.client)
    .setJti(jti)
    .setIssuedAt(iat)
    .setExpirationTime(iat + request.ttlSeconds)
    .sign(signing.key);
}

export type VerifyToken = (authorization: string | undefined) => Promise<Result<Grant, TokenFault>>;
export type VerifierOptions = {
  /** Asked each time: keys are rotated while we run. */
  keyring(): Keyring;
  issuers: readonly Issuer[];
  now(): number;
  /** Until when tokens of retired keys are accepted, in milliseconds since 1970. */
  pollingDayEndMs: number;
};

/**
 * Verifies the `Authorization` header (RFC 6750) after RFC 8725: size cap before parsing, algorithms allowed by issuer, typ,
 * issuer, audience, lifetime. Verified tokens are remembered for a while, under the keys of now; revocation is the statement's affair. Never throws.
 */
export function createVerifier(options: VerifierOptions): VerifyToken {
  const verified = new Map<string, { grant: Grant; untilMs: number }>();
  let verifiedUnder = options.keyring();
  return async (authorization) => {
    if (authorization === undefined) return fail('TOKEN_MISSING');
    const keyring = options.keyring();
    if (keyring !== verifiedUnder) verified.clear();
    verifiedUnder = keyring;
    const known = verified.get(authorization);
    if (known && known.untilMs > options.now()) return ok(known.grant);
    if (authorization.length > MAX_TOKEN_CHARS) return fail('TOKEN_MALFORMED');
    const token = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) return fail('TOKEN_MALFORMED');
    const grant = await verify(token, options);
    if (!grant.ok) return grant;
    if (verified.size >= MAX_CACHED_TOKENS) verified.clear();
    // Keys may have been replaced while this one was verified.
    if (options.keyring() === keyring) {
      const untilMs = Math.min(grant.value.expiresAtMs, options.now() + REVERIFY_MS);
      verified.set(authorization, { grant: grant.value, untilMs });
    }
    return grant;
  };
}

async function verify(token: string, options: VerifierOptions): Promise<Result<Grant, TokenFault>> {
  try {
    // Unverified: it only chooses who has to have signed.
    const { iss } = decodeJwt(token);
    const issuer = options.issuers.find((one) => one.issuer === iss);
    return issuer === undefined ? await verifyOwn(token, options) : await verifyForeign(token, issuer, options.now());
  } catch (error) {
    if (error instanceof errors.JWTExpired) return fail('TOKEN_EXPIRED');
    // The provider could not be asked for its keys: the token may well be good.
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
      return fail('TOKEN_UNVERIFIABLE');
    return fail('TOKEN_INVALID');
  }
}

type Expected = { algorithms: string[]; typ: string; issuer: string; audience: string; nowMs: number };

async function payloadOf(
  token: string,
  keys: JWTVerifyGetKey,
  { nowMs, ...expected }: Expected,
): Promise<JWTPayload> {
  const currentDate = new Date(nowMs);
  const claims = ['sub', 'exp', 'iat'];
  const { payload } = await jwtVerify(token, keys, { ...expected, currentDate, requiredClaims: claims });
  if (typeof payload.sub !== 'string') throw new errors.JWTInvalid('sub is no string');
  return payload;
}

async function verifyOwn(
  token: string,
  { keyring, now, pollingDayEndMs }: VerifierOptions,
): Promise<Result<Grant, TokenFault>> {
  const nowMs = now();
  const keys = keyring().tokenKeys(nowMs, pollingDayEndMs);
  const payload = await payloadOf(token, keys, {
    algorithms: ['ES256'],
    typ: 'at+jwt',
    issuer: ISSUER,
    audience: ISSUER,
    nowMs,
  });
  const { sub, jti, scope } = payload;
  if (jti === undefined || sub === undefined || !isClientName(sub)) return fail('TOKEN_INVALID');
  return grantOf(sub, scope, payload.region, payload.exp);
}

async function verifyForeign(token: string, issuer: Issuer, nowMs: number): Promise<Result<Grant, TokenFault>> {
  const { typ, audience, claims } = issuer;
  const payload = await payloadOf(token, issuer.keys, {
    algorithms: ISSUER_ALGORITHMS,
    typ,
    issuer: issuer.issuer,
    audience,
    nowMs,
  });
  const subject = payload[claims.client];
  if (typeof subject !== 'string' || subject === '') return fail('TOKEN_INVALID');
  const grant = grantOf(foreignClient(issuer, subject), payload[claims.scope], payload[claims.region], payload.exp);
  if (!grant.ok) return grant;
  const region = narrower(grant.value.region, issuer.region);
  if (region === undefined) return fail('TOKEN_INVALID');
  return ok({ ...grant.value, region, scopes: grant.value.scopes.filter((scope) => issuer.scopes.includes(scope)) });
}

function grantOf(
  client: string,
  scope: unknown,
  regionClaim: unknown,
  exp: number | undefined,
): Result<Grant, TokenFault> {
  const region = typeof regionClaim === 'string' ? parseRegion(regionClaim) : null;
  // A region that cannot be read must not widen what the token sees.
  if (region === null && regionClaim !== undefined) return fail('TOKEN_INVALID');
  if (typeof scope !== 'string' || exp === undefined) return fail('TOKEN_INVALID');
  return ok({ client, scopes: scopesOf(scope), region, expiresAtMs: exp * 1000 });
}
