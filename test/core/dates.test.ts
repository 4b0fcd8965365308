import { describe, expect, it } from 'vitest';
import {
  addMonths,
  birthday,
  type CivilDate,
  civilDate,
  civilDateAt,
  daysInMonth,
  daysLater,
  formatInstant,
  parseInstant,
  parseIsoDate,
} from '../../src/core/dates.ts';
import { utcOffsetHours } from '../../src/core/regions.ts';

const day = (text: string): CivilDate => text as CivilDate;

describe('civilDate', () => {
  it('knows every day of four centuries and no other, by the count of Gregory', () => {
    let days = 0;
    for (let year = 1800; year < 2200; year += 1) {
      for (let month = 0; month <= 13; month += 1) {
        for (let dayOfMonth = 0; dayOfMonth <= 32; dayOfMonth += 1) {
          if (civilDate(year, month, dayOfMonth) !== null) days += 1;
        }
      }
    }
    expect(days).toBe(146_097);
  });

  it('counts days on and back over months, years and 29 February', () => {
    const from = '2000-02-28' as CivilDate;
    expect([0, 1, 2, 366, -1, -59].map((days) => daysLater(from, days))).toEqual([
      ...['2000-02-28', '2000-02-29', '2000-03-01', '2001-02-28'],
      ...['2000-02-27', '1999-12-31'],
    ]);
  });

  it('refuses what is no whole day of a four-digit year', () => {
    const none = [
      [2018, 2, 29],
      [1900, 2, 29],
      [2018, 4, 31],
      [2018, 0, 1],
      [2018, 13, 1],
      [2018, 1, 0],
      [999, 1, 1],
      [10_000, 1, 1],
      [Number.NaN, 1, 1],
    ] as const;
    for (const [y, m, d] of none) expect(civilDate(y, m, d)).toBeNull();
    expect(daysInMonth(2000, 2)).toBe(29);
    expect(daysInMonth(2018, 13)).toBe(0);
  });
});

describe('parseIsoDate', () => {
  it('reads the one form and nothing else', () => {
    expect(parseIsoDate('2018-06-27')).toBe('2018-06-27');
    for (const text of [
      '2018-6-27',
      '2018-06-31',
      ' 2018-06-27',
      '2018-06-27T00:00',
      '27-06-2018',
      '',
      '0000-01-01',
    ]) {
      expect(parseIsoDate(text)).toBeNull();
    }
  });
});

describe('addMonths', () => {
  it.each([
    ['2018-01-02', 6, '2018-07-02'],
    ['2017-12-27', 6, '2018-06-27'],
    ['2017-08-31', 6, '2018-02-28'],
    ['2015-08-31', 6, '2016-02-29'],
    ['2017-08-29', 6, '2018-02-28'],
    ['2017-12-31', 6, '2018-06-30'],
    ['2018-02-28', 6, '2018-08-28'],
    ['2017-11-30', 1, '2017-12-30'],
    ['2017-12-31', 12, '2018-12-31'],
    ['2018-01-31', -2, '2017-11-30'],
    ['2018-01-31', 0, '2018-01-31'],
  ])('takes %s %i months on to %s', (from, months, to) => {
    expect(addMonths(day(from), months)).toBe(to);
  });
});

describe('birthday', () => {
  it('falls on the same day, and on 1 March for one of 29 February in a common year', () => {
    expect(birthday(day('2001-06-27'), 17)).toBe('2018-06-27');
    expect(birthday(day('2000-02-29'), 17)).toBe('2017-03-01');
    expect(birthday(day('2000-02-29'), 20)).toBe('2020-02-29');
  });
});

describe('instants', () => {
  it('turn the civil date at midnight of their own zone', () => {
    const zones = { '32.01': '+07:00', '51.01': '+08:00', '91.03': '+09:00' };
    for (const [region, zone] of Object.entries(zones)) {
      const midnight = parseInstant(`2018-06-27T00:00:00${zone}`) as number;
      expect(civilDateAt(midnight - 1, utcOffsetHours(region))).toBe('2018-06-26');
      expect(civilDateAt(midnight, utcOffsetHours(region))).toBe('2018-06-27');
      expect(formatInstant(midnight, utcOffsetHours(region))).toBe(`2018-06-27T00:00:00${zone}`);
    }
  });

  it('let one moment be two days: half past midnight in Jayapura is the day before in Bogor', () => {
    const moment = parseInstant('2018-06-27T00:30:00+09:00') as number;
    expect([7, 8, 9].map((hours) => civilDateAt(moment, hours))).toEqual(['2018-06-26', '2018-06-26', '2018-06-27']);
  });

  it.each([
    ['2018-01-12T17:00:00+07:00', '2018-01-12T10:00:00.000Z'],
    ['2018-01-12T17:00+07:00', '2018-01-12T10:00:00.000Z'],
    ['2018-01-12T10:00:00Z', '2018-01-12T10:00:00.000Z'],
    ['2018-01-12T10:00:00.123456Z', '2018-01-12T10:00:00.123Z'],
    ['2018-01-12T03:00:00-07:00', '2018-01-12T10:00:00.000Z'],
  ])('are read from %s', (text, iso) => {
    expect(parseInstant(text)).toBe(Date.parse(iso));
  });

  it.each([
    '2018-01-12',
    '2018-01-12T17:00:00',
    '2018-01-12 17:00:00+07:00',
    '2018-01-12T17:00:00+0700',
    '2018-01-12T17:00:00 WIB',
    '2018-02-30T17:00:00+07:00',
    '2018-01-12T25:00:00+07:00',
    '2018-01-12T17:00:00+99:00',
    '12-01-2018T17:00:00+07:00',
    '',
  ])('are refused without an offset or with a day or hour that is none: %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});
