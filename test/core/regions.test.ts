import { describe, expect, it } from 'vitest';
import {
  PROVINCE_CODES,
  parseRegion,
  provinceName,
  REGENCY_CODES,
  regionNumber,
  regionOf,
  regionOfNumber,
  regionRange,
  utcOffsetHours,
} from '../../src/core/regions.ts';

/** `province regencies/cities` of 2018, counted apart from the table in the source. */
const COUNTS = `11 18/5 12 25/8 13 12/7 14 10/2 15 9/2 16 13/4 17 9/1 18 13/2 19 6/1 21 5/2 31 1/5 32 18/9 33 29/6 34 4/1 35 29/9
  36 4/4 51 8/1 52 8/2 53 21/1 61 12/2 62 13/1 63 11/2 64 7/3 65 4/1 71 11/4 72 12/1 73 21/3 74 15/2 75 5/1 76 6/0 81 9/2 82 8/2
  91 28/1 92 12/1`;

describe('the regions of 2018', () => {
  it('are 34 provinces and 514 regencies and cities', () => {
    expect(PROVINCE_CODES).toHaveLength(34);
    expect(REGENCY_CODES).toHaveLength(514);
    expect(new Set(REGENCY_CODES).size).toBe(514);
  });

  it('are as many regencies (from 01) and cities (from 71) as each province had', () => {
    const counts = PROVINCE_CODES.map((province) => {
      const numbers = REGENCY_CODES.filter((code) => code.startsWith(`${province}.`)).map((code) =>
        Number(code.slice(3)),
      );
      return `${province} ${numbers.filter((n) => n < 71).length}/${numbers.filter((n) => n >= 71).length}`;
    });
    expect(counts.join(' ')).toBe(COUNTS.replace(/\s+/g, ' '));
  });

  it('keep the gaps that mergers and splits left in East Kalimantan and South Sulawesi', () => {
    const numbers = (province: string) =>
      REGENCY_CODES.filter((code) => code.startsWith(province)).map((code) => Number(code.slice(3)));
    expect(numbers('64')).toEqual([1, 2, 3, 7, 8, 9, 11, 71, 72, 74]);
    const southSulawesi = [...Array.from({ length: 18 }, (_, i) => i + 1), 22, 24, 26, 71, 72, 73];
    expect(numbers('73')).toEqual(southSulawesi);
  });

  it('know nothing of the provinces of 2022', () => {
    expect(['93', '94', '95', '96'].map(parseRegion)).toEqual([null, null, null, null]);
  });

  it('name the province of any region in it', () => {
    expect([provinceName('32.01.01.2001'), provinceName('91'), provinceName('99')]).toEqual([
      'Jawa Barat',
      'Papua',
      null,
    ]);
  });
});

describe('regionOf', () => {
  it.each([
    [['32', '1', '1', '2001'], '32.01.01.2001'],
    [['32', '01', '02', '1001'], '32.01.02.1001'],
    [['32', '71', '1', '1'], '32.71.01.0001'],
    [['32', '1', '2', ''], '32.01.02'],
    [['32', '1', '', '2001'], '32.01'],
    [['32', '1', '0', '2001'], '32.01'],
    [['32', '1', 'X', '2001'], '32.01'],
    [['32', '1', '002', '2001'], '32.01'],
    [['32', '1', '+2', '2001'], '32.01'],
    [['32', '1', '2.', '2001'], '32.01'],
    [['32', '1', '2', '1e3'], '32.01.02'],
    [['32', '1', '2', '0x1F'], '32.01.02'],
    [['91', '28', '40', '2012'], '91.28.40.2012'],
  ])('restores lost zeros and stops at what is missing: %j is %s', ([a, b, c, d], region) => {
    expect(regionOf(a as string, b as string, c as string, d as string)).toBe(region);
  });

  it.each([
    ['', '1'],
    ['32', ''],
    ['32', '0'],
    ['32', '19'],
    ['94', '1'],
    ['032', '1'],
    ['3', '1'],
    ['32', '1.0'],
    ['32', '-1'],
    ['３２', '1'],
    ['JAWA BARAT', 'BOGOR'],
  ])('is null where province or regency is missing or not of 2018: %j, %j', (province, regency) => {
    expect(regionOf(province, regency, '1', '2001')).toBeNull();
  });
});

describe('parseRegion', () => {
  it('reads one to four levels', () => {
    for (const code of [
      '32',
      '32.01',
      '32.01.40',
      '32.01.40.2012',
      '91.28.01.2001',
      ...PROVINCE_CODES,
      ...REGENCY_CODES,
    ]) {
      expect(parseRegion(code)).toBe(code);
    }
  });

  it.each([
    '',
    '3',
    '32.',
    '32.1',
    '32.99',
    '99',
    '32.01.1',
    '32.01.01.201',
    '32.01.01.20011',
    '3201',
    '32.01.00',
    '32.01.01.0000',
  ])('refuses %j', (text) => {
    expect(parseRegion(text)).toBeNull();
  });

  it('refuses a level of zeros even above one that is none', () => {
    expect(parseRegion('32.01.00.2001')).toBeNull();
    expect(parseRegion('toString')).toBeNull();
  });
});

const FAMILY = [
  '32.01.01',
  '32.01.01.2001',
  '32.01.01.9999',
  '32.01.40.2012',
  '32.01.99',
  '32.02.01.1001',
  '91.28.99.9999',
];
const SOME = [...PROVINCE_CODES, ...REGENCY_CODES, ...FAMILY];

describe('region numbers', () => {
  it('come back as the region they were made from', () => {
    expect(SOME.map((region) => regionOfNumber(regionNumber(region)))).toEqual(SOME);
  });

  it('are whole and safe, and differ', () => {
    const numbers = SOME.map(regionNumber);
    expect(numbers.every(Number.isSafeInteger)).toBe(true);
    expect(new Set(numbers).size).toBe(SOME.length);
  });

  it('lie in the range of a region exactly where it is that region or one inside', () => {
    const wrong: string[] = [];
    for (const outer of SOME) {
      const { first, last } = regionRange(outer);
      for (const inner of SOME) {
        const number = regionNumber(inner);
        const inside = inner === outer || inner.startsWith(`${outer}.`);
        if ((number >= first && number <= last) !== inside) wrong.push(`${inner} in ${outer}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('utcOffsetHours', () => {
  it('puts each province into its zone, and the unknown into that of Jakarta', () => {
    const of = (hours: number) => PROVINCE_CODES.filter((code) => utcOffsetHours(code) === hours).join(' ');
    expect(of(7)).toBe('11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62');
    expect(of(8)).toBe('51 52 53 63 64 65 71 72 73 74 75 76');
    expect(of(9)).toBe('81 82 91 92');
    expect([utcOffsetHours(null), utcOffsetHours('51.01.01.2001')]).toEqual([7, 8]);
  });
});
