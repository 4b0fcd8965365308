import { regionRange } from '../core/regions.ts';

export const SCOPES = ['check', 'bulk', 'lists', 'audit'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a token grants: who asks, what for, and the region that the caller may see (null: all). */
export type Grant = { client: string; scopes: readonly Scope[]; region: string | null; expiresAtMs: number };

/** Whom the audit names where nobody with a token asks: no client may pass for them. */
export const OWN_NAMES = { form: 'self-check', commandLine: 'command-line' } as const;
export const isClientName = (name: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !Object.values<string>(OWN_NAMES).includes(name);

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
