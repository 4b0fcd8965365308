import { birthday, type CivilDate, civilDate, daysLater } from '../core/dates.ts';
import { isWeekday, monthNamed } from './months.ts';

/**
 * Dates as an export writes them. What a cell says beyond doubt is read from the cell; which of two numbers is the
 * day, and whether a number counts days, belongs to the column (`DateForm`). All take the clean text of a cell.
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

/** A day, a year whose day is unsure, nothing, or why neither: `CONTRADICTS` the form of the column. */
export type ReadDate =
  | { kind: 'DAY'; date: CivilDate; twoDigits: boolean }
  | { kind: 'YEAR'; year: number }
  | { kind: 'BLANK' | 'UNREADABLE' | 'CONTRADICTS' };

type Sideline = { twoDigits: boolean; shift: number };
type Day = Sideline & { year: number; month: number; day: number };
/** Three numbers, of which the column must say what they are. */
type Open = Sideline & { first: number; second: number; third: number };
type Lone = { number: number; isYear: boolean };

/** Day 0 of a spreadsheet, and the first number of five digits: May 1927. */
const SERIAL_ZERO = '1899-12-30' as CivilDate;
const FIRST_SURE_SERIAL = 10_000;
/** A database's "no date" is before: the zero of Access, SQL Server, .NET. */
const FIRST_DATE = '1900-01-02';
const EPOCH = '1970-01-01';

/** Reads a cell in the form of its column; two digits of a year as 20YY. `zoneHours` of the source, for instants. */
export function readDate(text: string, form: DateForm, zoneHours: number): ReadDate {
  if (text === '') return { kind: 'BLANK' };
  const written = parse(text, zoneHours);
  if (written === null) return { kind: 'UNREADABLE' };
  if ('number' in written) return readNumber(written, form);
  if ('year' in written) return readDay(written, form);
  const order = form.order === 'YMD' && !written.twoDigits ? 'DMY' : form.order;
  const proven = provenOrder(written);
  const contradicts = order === 'YMD' ? written.third > 31 : proven !== null && proven !== order;
  return contradicts ? { kind: 'CONTRADICTS' } : readDay(inOrder(written, order), form);
}

function readNumber({ number, isYear }: Lone, form: DateForm): ReadDate {
  if (form.serial) return readCivilDate(daysLater(SERIAL_ZERO, number), form, false);
  if (isYear) return { kind: 'YEAR', year: number };
  return { kind: number >= FIRST_SURE_SERIAL ? 'CONTRADICTS' : 'UNREADABLE' };
}

function readDay({ year, month, day, twoDigits, shift }: Day, form: DateForm): ReadDate {
  const date = civilDate(twoDigits ? 2000 + year : year, month, day);
  if (date !== null) return readCivilDate(shift === 0 ? date : daysLater(date, shift), form, twoDigits);
  if (twoDigits) return { kind: 'UNREADABLE' };
  return year < 1000 ? { kind: 'BLANK' } : { kind: 'YEAR', year };
}

function readCivilDate(date: CivilDate, form: DateForm, twoDigits: boolean): ReadDate {
  if (date < FIRST_DATE || (form.epochIsBlank && date === EPOCH)) return { kind: 'BLANK' };
  return { kind: 'DAY', date, twoDigits };
}

function inOrder({ first, second, third, ...others }: Open, order: DateOrder): Day {
  if (order === 'YMD') return { ...others, year: first, month: second, day: third };
  if (order === 'MDY') return { ...others, year: third, month: first, day: second };
  return { ...others, year: third, month: second, day: first };
}

function provenOrder({ first, second, twoDigits }: Open): DateOrder | null {
  if (twoDigits && first > 31 && second <= 12) return 'YMD';
  if (first > 12 && first <= 31 && second >= 1 && second <= 12) return 'DMY';
  return second > 12 && second <= 31 && first >= 1 && first <= 12 ? 'MDY' : null;
}

/** What a cell proves of its column: an order, that numbers of days are in it, or nothing. */
export function provenBy(text: string): DateOrder | 'SERIAL' | 'EPOCH' | null {
  const written = parse(text, 0);
  if (written === null) return null;
  if ('number' in written) return written.number >= FIRST_SURE_SERIAL ? 'SERIAL' : null;
  const { year, month, day } = 'year' in written ? written : inOrder(written, 'DMY');
  if (year === 1970 && month === 1 && day === 1) return 'EPOCH';
  return 'year' in written ? null : provenOrder(written);
}

/** Whether a cell holds two numbers of which either may be the day. */
export function isAmbiguous(text: string): boolean {
  const written = parse(text, 0);
  return written !== null && 'first' in written && provenBy(text) === null;
}

const CLOCK = '(?<hour>[0-9]{1,2})[:.](?<minute>[0-9]{2})(?:[:.][0-9]{2}(?:[.,:][0-9]+)?)? ?(?<half>AM|PM)?';
const ZONE = 'Z|UTC|GMT|(?:GMT|UTC)?[+-][0-9]{2}:?(?:[0-9]{2})?|WIB|WITA|WIT';
const TIME = new RegExp(`^(?<date>.*?)[T, :]+${CLOCK}(?: ?(?<zone>${ZONE}))?$`);
/** `Fri Jan 12 00:00:00 WIB 1990` (C, Java): the year stands behind the time. */
const YEAR_LAST = /^([A-Z]{3} [0-9]{1,2}) ([0-9:]{8})(?: ([A-Z]+[+-]?[0-9:]*))? ([0-9]{4})$/;
const LONE_NUMBER = /^([0-9]{4,5})([.,][0-9]+)?$/;
const MINUTES_A_DAY = 1440;

function parse(text: string, zoneHours: number): Day | Open | Lone | null {
  const upper = text
    .toUpperCase()
    .replace(/\(.*\)$/, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([-/]) ?/g, '$1')
    .trim();
  const [, word = '', behind = ''] = /^([A-Z'’]+)[., ]+(.*)$/.exec(upper) ?? [];
  const dated = (isWeekday(word) ? behind : upper).replace(YEAR_LAST, '$1 $4 $2 $3').trim();
  const [, number, fraction] = LONE_NUMBER.exec(dated) ?? [];
  if (number !== undefined)
    return { number: Number(number), isYear: fraction === undefined && /^(1[89]|20)[0-9]{2}$/.test(number) };
  const timed = TIME.exec(dated)?.groups;
  const date = (timed?.date ?? dated).replace(/[, ]+$/, '').replace(/(?<=[0-9])(ST|ND|RD|TH)\b/, '');
  return parseDay(date, timed ? daysToShift(timed, zoneHours) : 0);
}

/** A zone moves the day where the source's own is already on another one; a time without one does not. */
function daysToShift({ hour, minute, half, zone = '' }: Record<string, string>, zoneHours: number): number {
  if (zone === '' || zone.startsWith('WI')) return 0;
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])([0-9]{2}):?([0-9]{2})?$/.exec(zone) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const ofDay = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  return Math.floor((ofDay * 60 + Number(minute) - offset + zoneHours * 60) / MINUTES_A_DAY);
}

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

function parseDay(date: string, shift: number): Day | Open | null {
  for (const form of DAY_FORMS) {
    const { year, month = '', day, first, second } = form.exec(date)?.groups ?? {};
    if (year === undefined) continue;
    const sideline = { twoDigits: year.length === 2, shift };
    if (first !== undefined)
      return { ...sideline, first: Number(first), second: Number(second), third: Number(year) };
    const number = /^[0-9]/.test(month) ? Number(month) : monthNamed(month);
    return number === undefined ? null : { ...sideline, year: Number(year), month: number, day: Number(day) };
  }
  return null;
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
