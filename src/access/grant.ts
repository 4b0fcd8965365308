import { regionRange } from '../core/regions.ts';
import { ACCESS_LIMITS } from './access-limits.ts';

export const SCOPES = ['check', 'bulk', 'lists', 'audit'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a token grants: who asks, what for, and the region that the caller may see (null: all). */
export type Grant = { client: string; scopes: readonly Scope[]; region: string | null; expiresAtMs: number };

/** Whom the audit names where nobody with a token asks: no client may pass for them. */
export const OWN_NAMES = { form: 'self-check', commandLine: 'command-line' } as const;
export const isClientName = (name: string): boolean =>
  name.length <= ACCESS_LIMITS.maxClientNameChars &&
  /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) &&
  !Object.values<string>(OWN_NAMES).includes(name);

/** Those of the scopes that we know, out of a list separated by blanks (RFC 6749). */
export const scopesOf = (text: string): Scope[] => SCOPES.filter((scope) => text.split(' ').includes(scope));

/** The narrower of two regions; undefined where neither lies inside the other. */
export function narrower(a: string | null, b: string | null): string | null | undefined {
  if (a === null) return b;
  if (b === null || isWithin(a, b)) return a;
  return isWithin(b, a) ? b : undefined;
}

export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [regionRange(inner), regionRange(outer)];
  return a.first >= b.first && a.last <= b.last;
}

/** What a client may do, as the registry has it. */
type Allowed = { scopes: readonly string[]; region: string | null; revokedAt: string | null };

/** Why a token with these scopes and region is more than its client may have; null where it is not. */
export function tokenRefusal(
  client: Allowed | null,
  scopes: readonly Scope[],
  region: string | null,
): 'NO_CLIENT' | 'REVOKED' | 'SCOPE' | 'REGION' | null {
  if (client === null) return 'NO_CLIENT';
  if (client.revokedAt !== null) return 'REVOKED';
  if (!scopes.every((scope) => client.scopes.includes(scope))) return 'SCOPE';
  if (client.region !== null && (region === null || !isWithin(region, client.region))) return 'REGION';
  return null;
}
