import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { ageOf, type DateForm, provenBy, readDate, suketDay } from '../../src/intake/dates.ts';

const DAY_FIRST: DateForm = { order: 'DMY', serial: false, epochIsBlank: false };
const MONTH_FIRST: DateForm = { ...DAY_FIRST, order: 'MDY' };
const SERIAL: DateForm = { ...DAY_FIRST, serial: true };
const WIB = 7;
const AS_OF = '2018-01-12' as CivilDate;

/** The day a cell is read as, or what else it is. */
const read = (text: string, form = DAY_FIRST, zoneHours = WIB): string => {
  const found = readDate(text, form, zoneHours);
  return found.kind === 'DAY' ? found.date : found.kind === 'YEAR' ? `YEAR ${found.year}` : found.kind;
};

describe('readDate', () => {
  it.each([
    ['12-01-1990', '1990-01-12'],
    ['12/01/1990', '1990-01-12'],
    ['12.01.1990', '1990-01-12'],
    ['1-2-1990', '1990-02-01'],
    ['1990-01-12', '1990-01-12'],
    ['1990/1/2', '1990-01-02'],
    ['19900112', '1990-01-12'],
    ['1990-01-12 00:00:00', '1990-01-12'],
    ['1990-01-12T00:00:00', '1990-01-12'],
    ['12-01-1990 00:00:00', '1990-01-12'],
    ['12-JAN-90', '2090-01-12'],
    ['12-JAN-90 12.00.00 AM', '2090-01-12'],
    ['12 Jan 1990', '1990-01-12'],
    ['12 Januari 1990', '1990-01-12'],
    ['15.05.1985', '1985-05-15'],
    ['29-02-2000', '2000-02-29'],
  ])('reads %s as %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('knows the months in English and Indonesian, old spelling too, short or whole', () => {
    const months = [
      ['JAN', 'Januari', 'January'],
      ['FEB', 'Februari', 'Pebruari'],
      ['MAR', 'Maret', 'March'],
      ['APR', 'April'],
      ['MEI', 'May'],
      ['JUN', 'Juni', 'June'],
      ['JUL', 'Juli', 'July'],
      ['AGU', 'AGS', 'AGT', 'Agustus', 'August'],
      ['SEP', 'September'],
      ['OKT', 'OCT', 'Oktober'],
      ['NOV', 'NOP', 'November', 'Nopember'],
      ['DES', 'DEC', 'Desember'],
    ];
    months.forEach((names, index) => {
      for (const name of names) {
        const expected = `1990-${String(index + 1).padStart(2, '0')}-07`;
        expect(read(`07-${name}-1990`)).toBe(expected);
        expect(read(`7 ${name.toLowerCase()} 1990`)).toBe(expected);
      }
    });
  });

  it.each([
    ['Minggu, 12 Agustus 1990', '1990-08-12'],
    ["Jum'at 12 Januari 1990", '1990-01-12'],
    ['Vrijdag 12 Maart 1990', '1990-03-12'],
    ['12 Mrt 1990', '1990-03-12'],
    ['12-MRT-90', '2090-03-12'],
    ['12  Agustus 1990', '1990-08-12'],
    ['12 Agustus, 1990', '1990-08-12'],
    ['12 - 01 - 1990', '1990-01-12'],
    ['Jan 12 1990 12:00AM', '1990-01-12'],
    ['Jan 12 1990 12:00:00:000AM', '1990-01-12'],
    ['January 12th, 1990', '1990-01-12'],
    ['Fri Jan 12 00:00:00 WIB 1990', '1990-01-12'],
    ['1990-Jan-12', '1990-01-12'],
    ['12JAN1990:00:00:00', '1990-01-12'],
    ['12011990', '1990-01-12'],
    ['19900112093000', '1990-01-12'],
    ['12.01.1990 00.00.00', '1990-01-12'],
    ['1990-01-12 00:00:00.000', '1990-01-12'],
  ])('reads %s as %s, as people and other systems write it', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('turns an instant into the day of the source, and leaves a time without a zone alone', () => {
    expect(read('2001-06-26T17:00:00.000Z')).toBe('2001-06-27');
    expect(read('2001-06-26T16:59:59Z')).toBe('2001-06-26');
    expect(read('2001-06-26 17:00:00+00')).toBe('2001-06-27');
    expect(read('2001-06-26T15:00:00Z', DAY_FIRST, 9)).toBe('2001-06-27');
    expect(read('2001-06-27T00:30:00+09:00')).toBe('2001-06-26');
    expect(read('Fri Jan 12 1990 00:00:00 GMT+0700 (Western Indonesia Time)')).toBe('1990-01-12');
    expect(read('Thu, 11 Jan 1990 17:00:00 GMT')).toBe('1990-01-12');
    expect(read('2001-06-27T00:00:00')).toBe('2001-06-27');
    expect(read('27/06/2001 23:59')).toBe('2001-06-27');
    expect(read('12-01-1990 11:30:00 PM')).toBe('1990-01-12');
  });

  it('takes the order of day and month from the column, and says where a cell contradicts it', () => {
    expect(read('6/12/2001')).toBe('2001-12-06');
    expect(read('6/12/2001', MONTH_FIRST)).toBe('2001-06-12');
    expect(read('13/06/2001', MONTH_FIRST)).toBe('CONTRADICTS');
    expect(read('06/13/2001')).toBe('CONTRADICTS');
    expect(read('12-JAN-2001', MONTH_FIRST)).toBe('2001-01-12');
    expect(read('90-01-12', { ...DAY_FIRST, order: 'YMD' })).toBe('2090-01-12');
    expect(read('90-01-12')).toBe('CONTRADICTS');
    expect(read('12-01-90', { ...DAY_FIRST, order: 'YMD' })).toBe('CONTRADICTS');
  });

  it('counts the days of a spreadsheet where the column is of such', () => {
    expect([read('32885', SERIAL), read('32885.0', SERIAL), read('37069', SERIAL)]).toEqual([
      '1990-01-12',
      '1990-01-12',
      '2001-06-27',
    ]);
    expect(read('9999', SERIAL)).toBe('1927-05-17');
    expect(read('1950', SERIAL)).toBe('1905-05-03');
    expect([read('32885'), read('9999')]).toEqual(['CONTRADICTS', 'UNREADABLE']);
  });

  it('knows the "no date" of databases, and 1970 where its column shows it', () => {
    for (const text of ['1900-01-01', '30/12/1899', '0001-01-01 00:00:00', '00-00-0000', '31-12-1899'])
      expect(read(text)).toBe('BLANK');
    expect(read('02-01-1900')).toBe('1900-01-02');
    expect([read('1970-01-01'), read('1970-01-01', { ...DAY_FIRST, epochIsBlank: true })]).toEqual([
      '1970-01-01',
      'BLANK',
    ]);
  });

  it('keeps a sure year of which the day is unsure', () => {
    for (const text of ['00-00-1950', '31-02-1950', '31/04/1950', '1950-00-00', '0-0-1950', '1950'])
      expect(read(text)).toBe('YEAR 1950');
  });

  it.each([
    '-',
    '29-02-01',
    '12-XXX-1990',
    '121112',
    '1990112',
    '1990-0112',
    '12-01-199',
    '12-01-19900',
    'lahir 12-01-1990',
    '12-01-1990x',
  ])('reads no day in %j', (text) => {
    expect(read(text)).toBe('UNREADABLE');
  });
});

describe('provenBy', () => {
  it('tells what a cell proves of its column', () => {
    const proofs = [
      '13/06/2001',
      '06/13/2001',
      '12/06/2001',
      '90-01-12',
      '37069',
      '1950',
      '12-JAN-90',
      '1970-01-01',
      '32-01-2001',
    ];
    expect(proofs.map(provenBy)).toEqual(['DMY', 'MDY', null, 'YMD', 'SERIAL', null, null, 'EPOCH', null]);
    expect([provenBy('31-12-2001'), provenBy('12-31-2001'), provenBy('00-13-2001'), provenBy('13-00-2001')]).toEqual([
      'DMY',
      'MDY',
      null,
      null,
    ]);
  });
});

describe('ageOf', () => {
  const ageFrom = (text: string, recorded = false) => ageOf(readDate(text, DAY_FIRST, WIB), AS_OF, recorded);
  const OF_AGE = { ofAgeOn: null, birthDateUnknown: false };

  it('completes a birth year of two digits to the latest day that is not in the future', () => {
    expect(ageFrom('12-JAN-18')).toEqual({ ofAgeOn: '2035-01-12', birthDateUnknown: false });
    expect(ageFrom('13-JAN-18')).toEqual(OF_AGE);
    expect(ageFrom('29-02-36')).toEqual(OF_AGE);
  });

  it('knows that nobody is recorded under 16: such a year of two digits is of the century before', () => {
    expect(ageFrom('12-JAN-17', true)).toEqual(OF_AGE);
    expect(ageFrom('13-01-02', true)).toEqual(OF_AGE);
    expect(ageFrom('12-01-02', true)).toEqual({ ofAgeOn: '2019-01-12', birthDateUnknown: false });
    expect(ageFrom('12-01-2010', true)).toEqual({ ofAgeOn: '2027-01-12', birthDateUnknown: false });
  });

  it('lets a sure year settle it where any of its days would, and nothing else', () => {
    expect(ageFrom('00-00-2000')).toEqual(OF_AGE);
    expect([ageFrom('00-00-2001'), ageFrom('2010'), ageFrom('13-01-2018'), ageFrom('ENTAH'), ageFrom('')]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('suketDay', () => {
  const dayOf = (text: string, notAfter: CivilDate | null = AS_OF) =>
    suketDay(readDate(text, DAY_FIRST, WIB), notAfter);

  it('is from 2016 on and not after the copy, but its end may lie ahead', () => {
    expect([dayOf('01-01-2016'), dayOf('12-01-2018'), dayOf('12-JAN-18')]).toEqual([
      '2016-01-01',
      '2018-01-12',
      '2018-01-12',
    ]);
    expect([dayOf('31-12-2015'), dayOf('13-01-2018'), dayOf('2017'), dayOf('29-FEB-19')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(dayOf('02-JUL-18', null)).toBe('2018-07-02');
  });
});
