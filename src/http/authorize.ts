import type { Context } from 'hono';
import type { Grant, Scope } from '../access/grant.ts';
import type { VerifyToken } from '../access/tokens.ts';
import type { Refusal } from '../registry/standing.ts';
import { HTTP_LIMITS } from './limits.ts';
import { Problem } from './problem.ts';

/** The grant of a request (RFC 6750). Throws `Problem`: 401 without a valid token, 403 without the scope. */
export async function authorize(verify: VerifyToken, c: Context, scope: Scope): Promise<Grant> {
  const grant = await verify(c.req.header('authorization'));
  if (!grant.ok && grant.code === 'TOKEN_UNVERIFIABLE')
    throw new Problem('unavailable', grant.code, { 'Retry-After': String(HTTP_LIMITS.retryAfterSeconds) });
  if (!grant.ok) throw unauthorized(grant.code, grant.code === 'TOKEN_MISSING' ? 'Bearer' : undefined);
  if (grant.value.scopes.includes(scope)) return grant.value;
  throw forbidden('SCOPE_MISSING', `, scope="${scope}"`);
}

/** What a refused caller is told: 401 once revoked, 403 where its client has become narrower, else 429. */
export function refused({ code, retryAfterSeconds }: Refusal): Problem {
  if (code === 'REVOKED') return unauthorized('TOKEN_REVOKED');
  if (code === 'SCOPE' || code === 'REGION') return forbidden(`${code}_TAKEN_AWAY`);
  return new Problem('too-many-requests', code, { 'Retry-After': String(Math.max(1, retryAfterSeconds)) });
}

const unauthorized = (code: string, challenge = 'Bearer error="invalid_token"') =>
  new Problem('unauthorized', code, { 'WWW-Authenticate': challenge });
const forbidden = (code: string, wanted = '') =>
  new Problem('forbidden', code, { 'WWW-Authenticate': `Bearer error="insufficient_scope"${wanted}` });
