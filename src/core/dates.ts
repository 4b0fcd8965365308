declare const civilDateBrand: unique symbol;
/** A day of the calendar, `YYYY-MM-DD`, without time or zone. Compares with `<` as it reads. */
export type CivilDate = string & { readonly [civilDateBrand]: true };

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (DAYS[month - 1] ?? 0);

/** The day, or null where the calendar has none such. Years 1000–9999. */
export function civilDate(year: number, month: number, day: number): CivilDate | null {
  if (!(year >= 1000 && year <= 9999 && day >= 1 && day <= daysInMonth(year, month))) return null;
  return `${year}-${two(month)}-${two(day)}` as CivilDate;
}

/** Reads exactly `YYYY-MM-DD`; null for anything else. */
export function parseIsoDate(text: string): CivilDate | null {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  return match ? civilDate(Number(match[1]), Number(match[2]), Number(match[3])) : null;
}

function parts(date: CivilDate): [number, number, number] {
  return [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
}

/** The same day `months` later, clamped to the end of a shorter month. */
export function addMonths(date: CivilDate, months: number): CivilDate {
  const [year, month, day] = parts(date);
  const index = year * 12 + (month - 1) + months;
  const [newYear, newMonth] = [Math.floor(index / 12), (index % 12) + 1];
  return civilDate(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth))) as CivilDate;
}

/** The birthday `years` later; 29 February becomes 1 March in a common year. */
export function birthday(born: CivilDate, years: number): CivilDate {
  const [year, month, day] = parts(born);
  return civilDate(year + years, month, day) ?? (civilDate(year + years, 3, 1) as CivilDate);
}

/** The civil date of an instant (milliseconds since 1970) in a zone so many hours east of Greenwich. */
export const civilDateAt = (epochMs: number, utcOffsetHours: number): CivilDate =>
  formatInstant(epochMs, utcOffsetHours).slice(0, 10) as CivilDate;

/** The day so many days later, or earlier where negative. */
export const daysLater = (date: CivilDate, days: number): CivilDate =>
  civilDateAt(Date.parse(date) + days * 86_400_000, 0);

/** RFC 3339 with the offset of the zone: `2018-01-12T17:00:00+07:00`. */
export function formatInstant(epochMs: number, utcOffsetHours: number): string {
  const local = new Date(epochMs + utcOffsetHours * 3_600_000).toISOString().slice(0, 19);
  return `${local}+${two(utcOffsetHours)}:00`;
}

const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Reads an RFC 3339 instant to milliseconds since 1970; null without offset or for a day that is none. */
export function parseInstant(text: string): number | null {
  if (!INSTANT.test(text) || parseIsoDate(text.slice(0, 10)) === null) return null;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? null : epochMs;
}
