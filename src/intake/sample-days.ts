import { addMonths, type CivilDate, civilDate, daysInMonth, parseIsoDate } from '../core/dates.ts';

/** The calendar of the sample as ready-made strings: every day from 1930 to 2018, addressed by its number. */
const FIRST_YEAR = 1930;
const LAST_YEAR = 2018;

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

export type SampleDays = {
  /** `dd-mm-yyyy` as exports write it. */
  text: readonly string[];
  /** `ddmmyy` as a NIK or KK has it; women's days are 40 more. */
  digits: readonly string[];
  womenDigits: readonly string[];
  year: Uint16Array;
  /** The number of an ISO day. */
  numberOf: (iso: string) => number;
};

export function createSampleDays(): SampleDays {
  const text: string[] = [];
  const digits: string[] = [];
  const womenDigits: string[] = [];
  const years: number[] = [];
  const numbers = new Map<string, number>();
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let day = 1; day <= daysInMonth(year, month); day += 1) {
        numbers.set(civilDate(year, month, day) as CivilDate, text.length);
        const monthYear = two(month) + two(year % 100);
        text.push(`${two(day)}-${two(month)}-${year}`);
        digits.push(two(day) + monthYear);
        womenDigits.push(two(day + 40) + monthYear);
        years.push(year);
      }
    }
  }
  const numberOf = (iso: string): number => numbers.get(iso) ?? -1;
  return { text, digits, womenDigits, year: Uint16Array.from(years), numberOf };
}

/** `dd-mm-yyyy` of an ISO day, some months later. */
export function monthsLater(iso: string, months: number): string {
  const later = addMonths(parseIsoDate(iso) as CivilDate, months);
  return `${later.slice(8)}-${later.slice(5, 7)}-${later.slice(0, 4)}`;
}

/** Out of ten residents with the fullest birth year, how many were born in this one: the pyramid's steps. */
const PYRAMID: readonly (readonly [until: number, weight: number])[] = [
  [1939, 1],
  [1949, 2],
  [1959, 4],
  [1969, 6],
  [1979, 8],
  [1989, 9],
  [9999, 10],
];

/** A day stands once for each block of serials it fills, so that full years are met more often: `day * 10 + block`. */
export function birthSlots(days: SampleDays, first: string, last: string): Uint32Array {
  const slots: number[] = [];
  for (let day = days.numberOf(first); day <= days.numberOf(last); day += 1) {
    const year = days.year[day] as number;
    const weight = PYRAMID.find(([until]) => year <= until)?.[1] ?? 0;
    for (let block = 0; block < weight; block += 1) slots.push(day * 10 + block);
  }
  return Uint32Array.from(slots);
}
