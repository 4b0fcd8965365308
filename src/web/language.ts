import type { Context } from 'hono';
import { parseAccept } from 'hono/utils/accept';

export type Language = 'id' | 'en';

/** By the first part of a language tag; `in` was Indonesian before 1989. */
const SPOKEN = new Map<string, Language>([
  ['id', 'id'],
  ['in', 'id'],
  ['en', 'en'],
]);

/** The language of a page: `?lang=`, else the best of Accept-Language, else Indonesian. Never throws. */
export function languageOf(c: Context): Language {
  const asked = c.req.query('lang');
  if (asked === 'id' || asked === 'en') return asked;
  const accepted = parseAccept((c.req.header('Accept-Language') ?? '').slice(0, 500)).filter(({ q }) => q > 0);
  const spoken = accepted.map(({ type }) => SPOKEN.get(type.toLowerCase().split('-')[0] ?? ''));
  return spoken.find((language) => language !== undefined) ?? 'id';
}
