import { describe, expect, it } from 'vitest';
import { answerOf, type Rules } from '../../src/checks/check.ts';
import { LIMITS } from '../../src/checks/limits.ts';
import { onceMore } from '../../src/checks/unavailable.ts';
import type { CivilDate } from '../../src/core/dates.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import type { Finding } from '../../src/registry/find.ts';
import { storedFacts } from '../../src/registry/row.ts';
import { nikOf, resident } from '../support/registry.ts';

const young = (region: string, rest: Partial<Finding> = {}): Finding => ({
  facts: storedFacts(resident(nikOf(1), { region, ofAgeOn: '2018-06-20' as CivilDate }).facts),
  asOfMs: Date.parse('2018-01-12T17:00:00+07:00'),
  sourceRegion: region.slice(0, 5),
  source: 'REGISTRY',
  nameMatches: null,
  kkMatches: null,
  suketMatches: null,
  ...rest,
});
const rulesAt = (now: string, todayOverride: string | null = null): Rules => ({
  election: PILKADA_2018,
  todayOverride: todayOverride as CivilDate | null,
  now: () => Date.parse(now),
});
const turns17 = (row: Finding, rules: Rules): boolean =>
  answerOf(row, rules).reasons.some(({ code }) => code === 'TURNS_17_BY_ELECTION');

describe('today', () => {
  it('is the civil date where the resident lives, not where the machine stands', () => {
    // Midnight of 20 June comes to WIT first, an hour later to WITA, another later to WIB.
    const at = (region: string, hour: string): boolean =>
      turns17(young(region), rulesAt(`2018-06-19T${hour}:30:00Z`));
    expect(['91.03.01', '73.01.01', '32.01.01'].map((region) => at(region, '14'))).toEqual([true, true, true]);
    expect(['91.03.01', '73.01.01', '32.01.01'].map((region) => at(region, '15'))).toEqual([false, true, true]);
    expect(['91.03.01', '73.01.01', '32.01.01'].map((region) => at(region, '16'))).toEqual([false, false, true]);
    expect(['91.03.01', '73.01.01', '32.01.01'].map((region) => at(region, '17'))).toEqual([false, false, false]);
  });

  it('is the date of the sample for a resident of the sample, and the override for everybody', () => {
    expect(turns17(young('32.01.01', { source: 'SAMPLE' }), rulesAt('2026-11-24T00:00:00Z'))).toBe(true);
    expect(turns17(young('32.01.01'), rulesAt('2026-11-24T00:00:00Z'))).toBe(false);
    expect(turns17(young('32.01.01'), rulesAt('2026-11-24T00:00:00Z', '2018-06-19'))).toBe(true);
    expect(turns17(young('32.01.01', { source: 'SAMPLE' }), rulesAt('2018-01-12T00:00:00Z', '2018-06-20'))).toBe(
      false,
    );
  });
});

describe('the date of an answer', () => {
  it('has the offset of its source', () => {
    const dateOf = (region: string): string | null => answerOf(young(region), rulesAt('2018-02-01T00:00:00Z')).asOf;
    expect(['32.01', '73.01', '91.03'].map(dateOf)).toEqual([
      '2018-01-12T17:00:00+07:00',
      '2018-01-12T18:00:00+08:00',
      '2018-01-12T19:00:00+09:00',
    ]);
  });
});

describe('a check whose connection is lost', () => {
  const lost = Object.assign(new Error('lost'), { code: 'CONNECTION_CLOSED' });
  it('is tried once more, and then unavailable', async () => {
    let tries = 0;
    expect(await onceMore(async () => (++tries === 1 ? Promise.reject(lost) : tries))).toBe(2);
    await expect(onceMore(() => Promise.reject(lost))).rejects.toMatchObject({
      code: 'CONNECTION_CLOSED',
      retryAfterSeconds: 5,
    });
  });
  it.each([LIMITS.maxTries - 1, LIMITS.maxTries, LIMITS.maxTries + 1])(
    'is answered at try %i, or not',
    async (good) => {
      const tries: boolean[] = [];
      const answer = onceMore(async (again) => {
        tries.push(again);
        return tries.length < good ? Promise.reject(lost) : 'answered';
      });
      if (good > LIMITS.maxTries) await expect(answer).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
      else expect(await answer).toBe('answered');
      expect(tries).toEqual([false, ...Array(Math.min(good, LIMITS.maxTries) - 1).fill(true)]);
    },
  );
  const lastMs = LIMITS.checkDeadlineMs - LIMITS.maxWaitMs - LIMITS.statementTimeoutMs;
  it.each([
    [lastMs - 1, 'answered'],
    [lastMs, 'answered'],
    [lastMs + 1, 'CONNECTION_CLOSED'],
  ])('that is lost after %i ms is tried again only if that can end by its deadline', async (ms, expected) => {
    let now = 7;
    const work = (again: boolean) => {
      now += ms;
      return again ? Promise.resolve('answered') : Promise.reject(lost);
    };
    expect(await onceMore(work, () => now).catch(({ code }: { code: string }) => code)).toBe(expected);
  });
  it('is not tried again for any other fault, whose text stays unsaid', async () => {
    let tries = 0;
    const fault = Object.assign(new Error('value 3201 is wrong'), { code: '22P02' });
    const work = (): Promise<never> => {
      tries += 1;
      return Promise.reject(fault);
    };
    const error = await onceMore(work).catch((caught: Error) => caught);
    expect([tries, error]).toMatchObject([1, { code: '22P02', message: 'no answer can be had now' }]);
  });
});
