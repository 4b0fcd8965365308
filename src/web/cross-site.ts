import type { Context } from 'hono';

/**
 * Whether a form was posted from another site's page, which must not ask in a resident's name. Browsers say so in
 * `Sec-Fetch-Site`, older ones in `Origin`; our own pages, which send no referrer, have the origin `null`. `embedders` are
 * origins that may.
 */
export function isCrossSite(c: Context, embedders: readonly string[]): boolean {
  const origin = c.req.header('Origin');
  if (origin !== undefined && embedders.includes(origin)) return false;
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined || origin === 'null') return false;
  return !URL.canParse(origin) || new URL(origin).host !== new URL(c.req.url).host;
}
