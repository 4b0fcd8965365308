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
  if (!(year >= 1000 && year <= 9999) || !(month >= 1 && month <= 12)) return null;
  if (!(day >= 1 && day <= daysInMonth(year, month))) return null;
  return `${year}-${two(month)}-${two(day)}` as CivilDate;
}

/** Reads exactly `YYYY-MM-DD`; null for anything else. */
export function parseIsoDate(text: string): CivilDate | null {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  return match ? civilDate(Number(match[1]), Number(match[2]), Number(match[3])) : null;
}

const parts = (date: CivilDate): [number, number, number] => [
  Number(date.slice(0, 4)),
  Number(date.slice(5, 7)),
  Number(date.slice(8, 10)),
];

/** The same day `months` later, clamped to the end of a shorter month. */
export function addMonths(date: CivilDate, months: number): CivilDate {
  const [year, month, day] = parts(date);
  const index = year * 12 + (month - 1) + months;
  const newYear = Math.floor(index / 12);
  const newMonth = (index % 12) + 1;
  return civilDate(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth))) as CivilDate;
}

/** The birthday `years` later; 29 February becomes 1 March in a common year. */
export function birthday(born: CivilDate, years: number): CivilDate {
  const [year, month, day] = parts(born);
  return civilDate(year + years, month, day) ?? (civilDate(year + years, 3, 1) as CivilDate);
}

/** The civil date of an instant (milliseconds since 1970) in a zone so many hours east of Greenwich. */
export function civilDateAt(epochMs: number, utcOffsetHours: number): CivilDate {
  return new Date(epochMs + utcOffsetHours * 3_600_000).toISOString().slice(0, 10) as CivilDate;
}

/** RFC 3339 with the offset of the zone: `2018-01-12T17:00:00+07:00`. */
export function formatInstant(epochMs: number, utcOffsetHours: number): string {
  const local = new Date(epochMs + utcOffsetHours * 3_600_000).toISOString().slice(0, 19);
  return `${local}+${two(utcOffsetHours)}:00`;
}

const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Reads an RFC 3339 instant with its offset to milliseconds since 1970; null without offset or for a day that is none. */
export function parseInstant(text: string): number | null {
  if (!INSTANT.test(text) || parseIsoDate(text.slice(0, 10)) === null) return null;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? null : epochMs;
}

const MONTH_NAMES: Record<string, number> = {
  JAN: 1,
  FEB: 2,
  PEB: 2,
  MAR: 3,
  APR: 4,
  MAY: 5,
  MEI: 5,
  JUN: 6,
  JUL: 7,
  AUG: 8,
  AGU: 8,
  AGS: 8,
  AGT: 8,
  SEP: 9,
  OCT: 10,
  OKT: 10,
  NOV: 11,
  NOP: 11,
  DEC: 12,
  DES: 12,
};

/** How a year of two digits is completed: to the latest date not after a day (births, prints), or always to 20YY (Suket). */
export type TwoDigitYear = { notAfter: CivilDate } | '20YY';

// Without separators only eight digits name a day: "121112" may be the twelfth of November.
const COMPACT = /^([0-9]{4})([0-9]{2})([0-9]{2})(?:[ T].*)?$/;
const YEAR_FIRST = /^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ T].*)?$/;
const DAY_FIRST = /^([0-9]{1,2})[-/. ]([0-9]{1,2}|[A-Za-z]{3,9})[-/. ]([0-9]{4}|[0-9]{2})(?: .*)?$/;

/**
 * Reads a date as SIAK exports write it: `12-01-1990`, `12/01/1990`, `1990-01-12`, `12-JAN-90` (Oracle), `12 Jan 1990`,
 * `15.05.1985` (V); a time of day behind it is ignored. Null where no day can be read.
 */
export function parseRegistryDate(text: string, twoDigitYear: TwoDigitYear): CivilDate | null {
  const yearFirst = YEAR_FIRST.exec(text) ?? COMPACT.exec(text);
  if (yearFirst) return civilDate(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]));
  const dayFirst = DAY_FIRST.exec(text);
  if (!dayFirst) return null;
  const [, dayText = '', monthText = '', yearText = ''] = dayFirst;
  const month = /^[0-9]/.test(monthText) ? Number(monthText) : MONTH_NAMES[monthText.slice(0, 3).toUpperCase()];
  if (month === undefined) return null;
  if (yearText.length === 4) return civilDate(Number(yearText), month, Number(dayText));
  const recent = civilDate(2000 + Number(yearText), month, Number(dayText));
  if (twoDigitYear === '20YY' || (recent !== null && recent <= twoDigitYear.notAfter)) return recent;
  return civilDate(1900 + Number(yearText), month, Number(dayText));
}
