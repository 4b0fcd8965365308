import { type CivilDate, formatInstant, parseInstant } from '../core/dates.ts';
import { utcOffsetHours } from '../core/regions.ts';
import type { Language } from './language.ts';

const formatsOf = (locale: string) => ({
  day: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }),
  weekday: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }),
  time: new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' }),
});
const FORMATS = { id: formatsOf('id-ID'), en: formatsOf('en-GB') };
const ZONE_NAMES = { 7: 'WIB', 8: 'WITA', 9: 'WIT' } as const;

/** `27 Juni 2018`. */
export const writeDay = (day: CivilDate, language: Language): string => FORMATS[language].day.format(new Date(day));

/** `Rabu, 27 Juni 2018`. */
export const writeWeekday = (day: CivilDate, language: Language): string =>
  FORMATS[language].weekday.format(new Date(day));

/** The name of a region's time zone; null where the region is unknown. */
export const zoneName = (region: string | null): string | null =>
  region === null ? null : ZONE_NAMES[utcOffsetHours(region)];

/** `12 Januari 2018 pukul 17.00 WIB` on the clock of the region (WIB where unknown); null for no RFC 3339 instant. */
export function writeInstant(instant: string, region: string | null, language: Language): string | null {
  const epochMs = parseInstant(instant);
  if (epochMs === null) return null;
  const offset = utcOffsetHours(region);
  const { day, time } = FORMATS[language];
  const local = new Date(`${formatInstant(epochMs, offset).slice(0, 19)}Z`);
  return `${day.format(local)}${language === 'id' ? ' pukul' : ','} ${time.format(local)} ${ZONE_NAMES[offset]}`;
}
