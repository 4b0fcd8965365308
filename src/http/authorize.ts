import type { Context } from 'hono';
import type { Grant, Scope } from '../access/grant.ts';
import type { VerifyToken } from '../access/tokens.ts';
import type { Admission } from '../registry/find.ts';
import type { Refusal } from '../registry/standing.ts';
import { Problem } from './problem.ts';

/** The grant of a request with this scope (RFC 6750). Throws `Problem`: 401 without a valid token, 403 without the scope. */
export async function authorize(
  verify: VerifyToken,
  authorization: string | undefined,
  scope: Scope,
): Promise<Grant> {
  const grant = await verify(authorization);
  if (!grant.ok && grant.code === 'TOKEN_UNVERIFIABLE')
    throw new Problem('unavailable', [{ pointer: '', code: grant.code }], { 'Retry-After': '5' });
  if (!grant.ok) {
    const challenge = grant.code === 'TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
    throw new Problem('unauthorized', [{ pointer: '', code: grant.code }], { 'WWW-Authenticate': challenge });
  }
  if (grant.value.scopes.includes(scope)) return grant.value;
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  throw new Problem('forbidden', [{ pointer: '', code: 'SCOPE_MISSING' }], { 'WWW-Authenticate': challenge });
}

/** What a refused caller is told: 401 once revoked, 403 where its client has become narrower, else 429 and when to ask again. */
export function refused({ code, retryAfterSeconds }: Refusal): Problem {
  if (code === 'REVOKED') {
    return new Problem('unauthorized', [{ pointer: '', code: 'TOKEN_REVOKED' }], {
      'WWW-Authenticate': 'Bearer error="invalid_token"',
    });
  }
  if (code === 'SCOPE' || code === 'REGION') {
    return new Problem('forbidden', [{ pointer: '', code: `${code}_TAKEN_AWAY` }], {
      'WWW-Authenticate': 'Bearer error="insufficient_scope"',
    });
  }
  return new Problem('too-many-requests', [{ pointer: '', code }], {
    'Retry-After': String(Math.max(1, retryAfterSeconds)),
  });
}

/** `RateLimit-*`: checks a minute, those left, and seconds until the minute is over. */
export function setQuota(c: Context, { limit, remaining, resetSeconds }: NonNullable<Admission['quota']>): void {
  c.header('RateLimit-Limit', String(limit));
  c.header('RateLimit-Remaining', String(remaining));
  c.header('RateLimit-Reset', String(resetSeconds));
}
