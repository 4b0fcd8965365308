import { type CivilDate, formatInstant, parseInstant } from '../core/dates.ts';
import { utcOffsetHours } from '../core/regions.ts';
import type { Language } from './language.ts';

const LOCALES = { id: 'id-ID', en: 'en-GB' } as const;
const ZONE_NAMES = { 7: 'WIB', 8: 'WITA', 9: 'WIT' } as const;

/** Dear to make, and few. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, options: Intl.DateTimeFormatOptions, utc: string): string {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: 'UTC' });
  formats.set(key, known);
  return known.format(new Date(utc));
}

/** `27 Juni 2018`. */
export const writeDay = (day: CivilDate, language: Language): string => format(language, { dateStyle: 'long' }, day);

/** `Rabu, 27 Juni 2018`. */
export const writeWeekday = (day: CivilDate, language: Language): string =>
  format(language, { dateStyle: 'full' }, day);

/** The name of a region's time zone; null where the region is unknown. */
export const zoneName = (region: string | null): string | null =>
  region === null ? null : ZONE_NAMES[utcOffsetHours(region)];

/** `12 Januari 2018 pukul 17.00 WIB`, on the clock of the region (WIB where unknown); null for what is no RFC 3339 instant. */
export function writeInstant(instant: string, region: string | null, language: Language): string | null {
  const epochMs = parseInstant(instant);
  if (epochMs === null) return null;
  const offset = utcOffsetHours(region);
  const local = `${formatInstant(epochMs, offset).slice(0, 19)}Z`;
  const day = format(language, { dateStyle: 'long' }, local);
  const time = format(language, { timeStyle: 'short' }, local);
  return `${day}${language === 'id' ? ' pukul' : ','} ${time} ${ZONE_NAMES[offset]}`;
}
