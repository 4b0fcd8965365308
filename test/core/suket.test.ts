import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { suketOf, suketValidOn } from '../../src/core/suket.ts';

const day = (text: string): CivilDate => text as CivilDate;

describe('suketOf', () => {
  it('ends on the same day six months after issue, or on the last of a shorter month', () => {
    expect(suketOf(day('2018-01-02'), null)).toEqual({ issuedOn: '2018-01-02', validUntil: '2018-07-02' });
    expect(suketOf(day('2017-08-31'), null)?.validUntil).toBe('2018-02-28');
  });

  it('believes an end on record, earlier or later', () => {
    expect(suketOf(day('2018-01-02'), day('2018-01-16'))).toEqual({
      issuedOn: '2018-01-02',
      validUntil: '2018-01-16',
    });
    expect(suketOf(day('2018-01-02'), day('2018-12-31'))?.validUntil).toBe('2018-12-31');
  });

  it('may know the end alone', () => {
    expect(suketOf(null, day('2018-06-30'))).toEqual({ issuedOn: null, validUntil: '2018-06-30' });
  });

  it('is none without any day: a paper without a date is not known to be valid', () => {
    expect(suketOf(null, null)).toBeNull();
    expect(suketOf(day('9999-12-31'), null)).toBeNull();
  });

  it('never ends after the calendar does', () => {
    expect(suketOf(day('9999-06-30'), null)?.validUntil).toBe('9999-12-30');
    expect(suketOf(day('9999-07-01'), null)).toBeNull();
  });
});

describe('suketValidOn', () => {
  it('includes the last day, so that one of 27 December 2017 holds on polling day and one of the 26th does not', () => {
    const onPollingDay = (issued: string) => {
      const suket = suketOf(day(issued), null);
      return suket !== null && suketValidOn(suket, day('2018-06-27'));
    };
    expect(['2017-12-26', '2017-12-27', '2017-12-28'].map(onPollingDay)).toEqual([false, true, true]);
  });
});
