import type { Context } from 'hono';
import { parseAccept } from 'hono/utils/accept';

export type Language = 'id' | 'en';

/** The language of a page: `?lang=`, else the best of Accept-Language, else Indonesian. Never throws. */
export function languageOf(c: Context): Language {
  const asked = c.req.query('lang');
  if (asked === 'id' || asked === 'en') return asked;
  const accepted = parseAccept((c.req.header('Accept-Language') ?? '').slice(0, 500)).filter(({ q }) => q > 0);
  // `in` was Indonesian before 1989.
  const best = accepted.find(({ type }) => /^(id|in|en)(-|$)/i.test(type));
  return best && /^en/i.test(best.type) ? 'en' : 'id';
}
