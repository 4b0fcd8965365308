import { describe, expect, it } from 'vitest';
import { isOtherCountry } from '../../src/core/countries.ts';

describe('isOtherCountry', () => {
  it.each([
    'JEPANG',
    'JAPAN',
    'TIONGKOK',
    'CHINA',
    'TAIWAN',
    'Korea Selatan',
    'south korea',
    'ARAB SAUDI',
    'Timor-Leste',
  ])('knows %s, in Indonesian as in English', (name) => {
    expect(isOtherCountry(name)).toBe(true);
  });

  it('overlooks accents, apostrophes of any kind, points, blanks and case', () => {
    const apostrophes = ["Cote d'Ivoire", 'Côte d’Ivoire', 'COTE D`IVOIRE', 'Co\u0302te d\u2019Ivoire'];
    for (const name of [...apostrophes, 'Türkiye', 'U.S.A.', ' U.S.A', '(viet   nam)', 'saudi\tarabia'])
      expect([name, isOtherCountry(name)]).toEqual([name, true]);
  });

  it('reads "and" and "dan" as the sign they stand for, but only where they are words', () => {
    for (const name of [
      'Bosnia and Herzegovina',
      'Bosnia dan Herzegovina',
      'Bosnia & Herzegovina',
      'SUDAN',
      'Andorra',
    ])
      expect([name, isOtherCountry(name)]).toEqual([name, true]);
    for (const name of ['SU', 'ORRA', 'BOSNIAANDHERZEGOVINA', 'VIET & & THAILAND'])
      expect([name, isOtherCountry(name)]).toEqual([name, false]);
  });

  it('takes no part, no run of names and no name with a word more for a country', () => {
    for (const name of ['SAUDIA', 'KOREA TENGAH', 'JAPAN CHINA', 'JAPANCHINA', 'ARAB', 'KEPULAUAN', 'JAPAN|CHINA'])
      expect([name, isOtherCountry(name)]).toEqual([name, false]);
  });

  it('leaves Indonesia, its places and what names nothing alone', () => {
    for (const name of [
      '',
      ' ',
      '-',
      '&',
      'dan',
      'INDONESIA',
      'Republik Indonesia',
      'WNI',
      'WNA',
      'LAINNYA',
      'XX',
      'JAWA',
      'BOGOR',
    ])
      expect([name, isOtherCountry(name)]).toEqual([name, false]);
  });
});
