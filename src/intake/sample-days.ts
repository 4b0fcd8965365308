import { addMonths, type CivilDate, daysInMonth, parseIsoDate } from '../core/dates.ts';

/** The calendar of the sample as ready-made strings: every day from 1930 to 2018, addressed by its number. */
const FIRST_YEAR = 1930;
const LAST_YEAR = 2018;

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

type SampleDays = {
  /** `dd-mm-yyyy` as exports write it. */
  text: readonly string[];
  /** `ddmmyy` as a NIK or KK has it; women's days are 40 more. */
  digits: readonly string[];
  womenDigits: readonly string[];
  year: Uint16Array;
  /** The number of an ISO day. */
  numberOf: (iso: string) => number;
};

function createSampleDays(): SampleDays {
  const text: string[] = [];
  const digits: string[] = [];
  const womenDigits: string[] = [];
  const years: number[] = [];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let day = 1; day <= daysInMonth(year, month); day += 1) {
        const monthYear = two(month) + two(year % 100);
        text.push(`${two(day)}-${two(month)}-${year}`);
        digits.push(two(day) + monthYear);
        womenDigits.push(two(day + 40) + monthYear);
        years.push(year);
      }
    }
  }
  const numberOf = (iso: string): number => text.indexOf(reversed(iso));
  return { text, digits, womenDigits, year: Uint16Array.from(years), numberOf };
}

const reversed = (day: string): string => day.split('-').reverse().join('-');

/** The same `dd-mm-yyyy` some months later. */
export const monthsLater = (text: string, months: number): string =>
  reversed(addMonths(parseIsoDate(reversed(text)) as CivilDate, months));

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
function birthSlots(days: SampleDays, first: string, last: string): Uint32Array {
  const slots: number[] = [];
  const end = days.numberOf(last);
  for (let day = days.numberOf(first); day <= end; day += 1) {
    const year = days.year[day] as number;
    const weight = PYRAMID.find(([until]) => year <= until)?.[1] ?? 0;
    for (let block = 0; block < weight; block += 1) slots.push(day * 10 + block);
  }
  return Uint32Array.from(slots);
}

/** The days, and those on which the of-age and the minors of polling day were born, as often as the pyramid wants. */
export type SampleCalendar = { days: SampleDays; adults: Uint32Array; minors: Uint32Array };

export function createSampleCalendar(): SampleCalendar {
  const days = createSampleDays();
  return {
    days,
    adults: birthSlots(days, '1930-01-01', '2001-06-27'),
    minors: birthSlots(days, '2001-06-28', '2003-12-31'),
  };
}
