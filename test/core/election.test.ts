import { describe, expect, it } from 'vitest';
import { parseIsoDate } from '../../src/core/dates.ts';
import { contestsOf, ELECTION_IDS, findElection } from '../../src/core/election.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { parseRegion, REGENCY_CODES } from '../../src/core/regions.ts';

const { contests, date } = PILKADA_2018;
const offices = (region: string) =>
  contestsOf(PILKADA_2018, region).map((contest) => `${contest.office} ${contest.region}`);

describe('Pilkada 2018', () => {
  it('has 171 contests: 17 governors, 39 mayors, 115 regents', () => {
    const count = (office: string) => contests.filter((contest) => contest.office === office).length;
    expect([contests.length, count('GOVERNOR'), count('MAYOR'), count('REGENT')]).toEqual([171, 17, 39, 115]);
  });

  it('holds each contest in a region of 2018: a province, a city or a regency, one contest each', () => {
    for (const { office, region, name } of contests) {
      expect(parseRegion(region)).toBe(region);
      const number = Number(region.slice(3));
      expect(office).toBe(region.length === 2 ? 'GOVERNOR' : number >= 71 ? 'MAYOR' : 'REGENT');
      expect(name.startsWith('KOTA ')).toBe(office === 'MAYOR');
      expect(name.startsWith('KAB. ')).toBe(office === 'REGENT');
    }
    expect(new Set(contests.map((contest) => contest.region)).size).toBe(171);
  });

  it('lets 381 regencies and cities vote in at least one of them', () => {
    expect(REGENCY_CODES.filter((region) => offices(region).length > 0)).toHaveLength(381);
  });

  it('is on a Wednesday', () => {
    expect(parseIsoDate(date)).toBe('2018-06-27');
    expect(new Date(`${date}T00:00:00Z`).getUTCDay()).toBe(3);
  });

  it('is found by its name, and no other is', () => {
    expect(ELECTION_IDS).toEqual(['pilkada-2018']);
    expect(findElection('pilkada-2018')).toBe(PILKADA_2018);
    expect(findElection('pilpres-2019')).toBeNull();
  });
});

describe('contestsOf', () => {
  it.each([
    ['32.01.01.2001', ['GOVERNOR 32', 'REGENT 32.01']],
    ['32.71', ['GOVERNOR 32', 'MAYOR 32.71']],
    ['33.01', ['GOVERNOR 33']],
    ['11.75.01', ['MAYOR 11.75']],
    ['31.71.01.1001', []],
    ['34.71', []],
    ['32', ['GOVERNOR 32']],
  ])('%s votes for %j', (region, expected) => {
    expect(offices(region)).toEqual(expected);
  });

  it('asks the election it is given, not the first it saw', () => {
    const other = { ...PILKADA_2018, contests: [] };
    expect(contestsOf(other, '32.01')).toEqual([]);
    expect(offices('32.01')).toHaveLength(2);
  });
});
