import type { Grant, Scope, VerifyToken } from '../access/tokens.ts';
import { Problem } from './problem.ts';

/** The grant of a request with this scope (RFC 6750). Throws `Problem`: 401 without a valid token, 403 without the scope. */
export async function authorize(verify: VerifyToken, authorization: string | undefined, scope: Scope): Promise<Grant> {
  const grant = await verify(authorization);
  if (!grant.ok) {
    const challenge = grant.code === 'TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
    throw new Problem('unauthorized', [{ pointer: '', code: grant.code }], { 'WWW-Authenticate': challenge });
  }
  if (grant.value.scopes.includes(scope)) return grant.value;
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  throw new Problem('forbidden', [{ pointer: '', code: 'SCOPE_MISSING' }], { 'WWW-Authenticate': challenge });
}
