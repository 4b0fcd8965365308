import { birthday, type CivilDate, civilDate, daysLater } from '../core/dates.ts';
import { isWeekday, monthNamed } from './months.ts';

/**
 * Dates as an export writes them. What a cell says beyond doubt is read from the cell; which of two numbers is the day, and
 * whether a number counts days, belongs to the column (`DateForm`). All take the clean text of a cell.
 */
export type DateOrder = 'DMY' | 'MDY' | 'YMD';
export type DateForm = {
  /** Of three numbers whose last (or first) is the year. */
  order: DateOrder;
  /** Numbers of four or five digits are days of a spreadsheet, counted from 30 December 1899. */
  serial: boolean;
  /** 1 January 1970 stands for "no date": met far more often than a day can be. */
  epochIsBlank: boolean;
};

/** What a cell says: three numbers, of which it may be `sure` that they are year, month and day; or one. */
type Written =
  | { numbers: readonly [number, number, number]; sure: boolean; twoDigits: boolean; shift: number }
  | { number: number; isYear: boolean };

const TIME =
  /^(.*?)[T, :]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.][0-9]{2}(?:[.,:][0-9]+)?)? ?(AM|PM)?(?: ?(Z|UTC|GMT|(?:GMT|UTC)?[+-][0-9]{2}:?(?:[0-9]{2})?|WIB|WITA|WIT))?$/;
/** In these `first` and `second` are day and month, in the order of the column. */
const DAY_FORMS = [
  /^(?<year>[0-9]{4})[-/. ](?<month>[0-9]{1,2})[-/. ](?<day>[0-9]{1,2})$/,
  /^(?<year>[0-9]{4})(?<month>0[0-9]|1[0-2])(?<day>[0-9]{2})(?:[0-9]{6})?$/,
  /^(?<first>[0-9]{1,2})[-/. ](?<second>[0-9]{1,2})[-/. ](?<year>[0-9]{4}|[0-9]{2})$/,
  /^(?<first>[0-9]{2})(?<second>[0-9]{2})(?<year>(?:19|20)[0-9]{2})$/,
  /^(?<year>[0-9]{4})(?<month>[0-9]{2})(?<day>[0-9]{2})(?:[0-9]{6})?$/,
  /^(?<year>[0-9]{4})[-/. ]*(?<month>[A-Z]{3,10})[-/. ]*(?<day>[0-9]{1,2})$/,
  /^(?<day>[0-9]{1,2})[-/., ]*(?<month>[A-Z]{3,10})[-/., ]*(?<year>[0-9]{4}|[0-9]{2})$/,
  /^(?<month>[A-Z]{3,10})[-/. ]*(?<day>[0-9]{1,2})[-/., ]+(?<year>[0-9]{4}|[0-9]{2})$/,
];
const DAY_NUMBER = /^([0-9]{4,5})([.,][0-9]+)?$/;
/** `Fri Jan 12 00:00:00 WIB 1990` (C, Java): the year stands behind the time. */
const YEAR_LAST = /^([A-Z]{3} [0-9]{1,2}) ([0-9:]{8})(?: ([A-Z]+[+-]?[0-9:]*))? ([0-9]{4})$/;
const MINUTES_A_DAY = 1440;
/** Day 0 of a spreadsheet, and the first number of five digits: May 1927. */
const SERIAL_ZERO = '1899-12-30' as CivilDate;
const FIRST_SURE_SERIAL = 10_000;

/** Reads a cell as far as the cell itself tells; null where it is no date. `zoneHours`: those of the source, east of Greenwich. */
function parseWritten(text: string, zoneHours: number): Written | null {
  const upper = text
    .toUpperCase()
    .replace(/\(.*\)$/, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([-/]) ?/g, '$1')
    .trim();
  const [, word = '', behind = ''] = /^([A-Z'’]+)[., ]+(.*)$/.exec(upper) ?? [];
  const dated = (isWeekday(word) ? behind : upper).replace(YEAR_LAST, '$1 $4 $2 $3').trim();
  const number = DAY_NUMBER.exec(dated);
  if (number) {
    const isYear = number[2] === undefined && /^(1[89]|20)[0-9]{2}$/.test(number[1] as string);
    return { number: Number(number[1]), isYear };
  }
  const timed = TIME.exec(dated);
  const shift = timed ? daysToShift(timed, zoneHours) : 0;
  const date = (timed?.[1] ?? dated).replace(/[, ]+$/, '').replace(/(?<=[0-9])(ST|ND|RD|TH)\b/, '');
  return parseDay(date, shift);
}

/** A time of day with its zone moves the day where the source's own zone is already on another one; without a zone it does not. */
function daysToShift([, , hour, minute, half, zone = '']: RegExpExecArray, zoneHours: number): number {
  if (zone === '' || zone.startsWith('WI')) return 0;
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])([0-9]{2}):?([0-9]{2})?$/.exec(zone) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const ofDay = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  return Math.floor((ofDay * 60 + Number(minute) - offset + zoneHours * 60) / MINUTES_A_DAY);
}

function parseDay(date: string, shift: number): Written | null {
  for (const form of DAY_FORMS) {
    const { year = '', month = '', day, first, second } = form.exec(date)?.groups ?? {};
    if (year === '') continue;
    const twoDigits = year.length === 2;
    if (first !== undefined)
      return { numbers: [Number(first), Number(second), Number(year)], sure: false, twoDigits, shift };
    const monthNumber = /^[0-9]/.test(month) ? Number(month) : monthNamed(month);
    return monthNumber === undefined
      ? null
      : { numbers: [Number(year), monthNumber, Number(day)], sure: true, twoDigits, shift };
  }
  return null;
}

/** What a cell proves of its column: an order, that numbers of days are in it, or nothing. */
export function provenBy(text: string): DateOrder | 'SERIAL' | 'EPOCH' | null {
  const written = parseWritten(text, 0);
  if (written === null) return null;
  if ('number' in written) return written.number >= FIRST_SURE_SERIAL ? 'SERIAL' : null;
  const [first, second, third] = written.numbers;
  if (second === 1 && Math.max(first, third) === 1970 && Math.min(first, third) === 1) return 'EPOCH';
  if (written.sure) return null;
  if (written.twoDigits && first > 31 && second <= 12) return 'YMD';
  if (first > 12 && first <= 31 && second >= 1 && second <= 12) return 'DMY';
  return second > 12 && second <= 31 && first >= 1 && first <= 12 ? 'MDY' : null;
}

/** Whether a cell holds two numbers of which either may be the day. */
export function isAmbiguous(text: string): boolean {
  const written = parseWritten(text, 0);
  return written !== null && 'numbers' in written && !written.sure && provenBy(text) === null;
}

/** A day, a year whose day is unsure, nothing, or why neither: `CONTRADICTS` the form of the column. */
export type ReadDate =
  | { kind: 'DAY'; date: CivilDate; twoDigits: boolean }
  | { kind: 'YEAR'; year: number }
  | { kind: 'BLANK' | 'UNREADABLE' | 'CONTRADICTS' };

const NO_DATE_BEFORE = '1900-01-02';

/** Reads a cell in the form of its column. Two digits of a year are completed to 20YY. */
export function readDate(text: string, form: DateForm, zoneHours: number): ReadDate {
  if (text === '') return { kind: 'BLANK' };
  const written = parseWritten(text, zoneHours);
  if (written === null) return { kind: 'UNREADABLE' };
  if ('number' in written) {
    const { number, isYear } = written;
    if (form.serial) return dayOf(daysLater(SERIAL_ZERO, number), form, false);
    if (isYear) return { kind: 'YEAR', year: number };
    return { kind: number >= FIRST_SURE_SERIAL ? 'CONTRADICTS' : 'UNREADABLE' };
  }
  const { numbers, sure, twoDigits, shift } = written;
  const [first, second, third] = numbers;
  const dated = (year: number, month: number, day: number): ReadDate => {
    if (year === 0 && !twoDigits) return { kind: 'BLANK' };
    const date = civilDate(twoDigits ? 2000 + year : year, month, day);
    if (date !== null) return dayOf(shift === 0 ? date : daysLater(date, shift), form, twoDigits);
    if (twoDigits) return { kind: 'UNREADABLE' };
    return year < 1000 ? { kind: 'BLANK' } : { kind: 'YEAR', year };
  };
  if (sure) return dated(first, second, third);
  const order = form.order === 'YMD' && !twoDigits ? 'DMY' : form.order;
  if (order === 'YMD') return third > 31 ? { kind: 'CONTRADICTS' } : dated(first, second, third);
  const proven = provenBy(text);
  if (proven !== null && proven !== 'EPOCH' && proven !== order) return { kind: 'CONTRADICTS' };
  return order === 'DMY' ? dated(third, second, first) : dated(third, first, second);
}

/** A database's "no date" is none: the zero of Access, SQL Server, .NET; 1970 where the column shows it. */
function dayOf(date: CivilDate, form: DateForm, twoDigits: boolean): ReadDate {
  if (date < NO_DATE_BEFORE || (form.epochIsBlank && date === '1970-01-01')) return { kind: 'BLANK' };
  return { kind: 'DAY', date, twoDigits };
}

/** Who is of age: the 17th birthday, kept only where it lies after the day of the copy. */
export type Age = { ofAgeOn: CivilDate | null; birthDateUnknown: boolean };
export const OF_AGE: Age = { ofAgeOn: null, birthDateUnknown: false };
export const AGE_UNKNOWN: Age = { ofAgeOn: null, birthDateUnknown: true };
const YEARS_OF_AGE = 17;
/** Nobody is recorded younger (UU 24/2013 art. 63: from 17 on, or once married). */
const YOUNGEST_RECORDED = 16;

/**
 * Age from a birth date. Two digits of a year name the latest century that is possible: not after the copy, and, for a
 * person whose biometrics are recorded, not under 16. A sure year settles it where any of its days would.
 */
export function ageOf(read: ReadDate, asOf: CivilDate, recorded: boolean): Age | null {
  if (read.kind === 'YEAR') {
    const last = civilDate(read.year, 12, 31);
    return last !== null && read.year > 1900 && birthday(last, YEARS_OF_AGE) <= asOf ? OF_AGE : null;
  }
  if (read.kind !== 'DAY') return null;
  let born = read.date;
  if (read.twoDigits && (born > asOf || (recorded && birthday(born, YOUNGEST_RECORDED) > asOf)))
    born = birthday(born, -100);
  if (born > asOf) return null;
  const ofAgeOn = birthday(born, YEARS_OF_AGE);
  return ofAgeOn > asOf ? { ofAgeOn, birthDateUnknown: false } : OF_AGE;
}

/** A Suket is younger than the instruction to issue them (471.13/10231 of September 2016, V). */
const FIRST_SUKET = '2016-01-01';

/** The day of a Suket's issue or end; null where it cannot be one. `notAfter`: the day of the copy, for an issue. */
export function suketDay(read: ReadDate, notAfter: CivilDate | null): CivilDate | null {
  if (read.kind !== 'DAY' || read.date < FIRST_SUKET) return null;
  return notAfter !== null && read.date > notAfter ? null : read.date;
}

/** 1 January 1970 and earlier is no day on which a card was printed or a Suket issued. */
export const isNoDate = (read: ReadDate): boolean => read.kind === 'DAY' && read.date <= '1970-01-01';
