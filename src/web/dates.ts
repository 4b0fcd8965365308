import { type CivilDate, formatInstant, parseInstant } from '../core/dates.ts';
import { utcOffsetHours } from '../core/regions.ts';
import type { Language } from './language.ts';

const formatsOf = (dateStyle: 'long' | 'full') => ({
  id: new Intl.DateTimeFormat('id-ID', { dateStyle, timeZone: 'UTC' }),
  en: new Intl.DateTimeFormat('en-GB', { dateStyle, timeZone: 'UTC' }),
});
const [DAY, WEEKDAY] = [formatsOf('long'), formatsOf('full')];
const ZONE_NAMES = { 7: 'WIB', 8: 'WITA', 9: 'WIT' } as const;

/** `27 Juni 2018`. */
export const writeDay = (day: CivilDate, language: Language): string => DAY[language].format(new Date(day));

/** `Rabu, 27 Juni 2018`. */
export const writeWeekday = (day: CivilDate, language: Language): string => WEEKDAY[language].format(new Date(day));

/** The name of a region's time zone, which is WIB where the region is unknown. */
export const zoneName = (region: string | null): string => ZONE_NAMES[utcOffsetHours(region)];

/** `12 Januari 2018 pukul 17.00 WIB` on the clock of the region; null for no RFC 3339 instant. */
export function writeInstant(instant: string, region: string | null, language: Language): string | null {
  const epochMs = parseInstant(instant);
  if (epochMs === null) return null;
  const [day, time = ''] = formatInstant(epochMs, utcOffsetHours(region)).split('T') as [CivilDate, string];
  const [hour, minute] = time.split(':');
  const clock = language === 'id' ? ` pukul ${hour}.${minute}` : `, ${hour}:${minute}`;
  return `${writeDay(day, language)}${clock} ${zoneName(region)}`;
}
