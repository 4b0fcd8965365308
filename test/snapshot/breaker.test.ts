import { describe, expect, it } from 'vitest';
import { BREAKER_LIMITS, createBreaker, type Outage } from '../../src/checks/breaker.ts';

const { retryMs } = BREAKER_LIMITS;

/** A breaker whose clock stands still until it is moved. */
function breakerAt(ms: number) {
  const clock = { ms };
  const outages: Outage[] = [];
  return {
    clock,
    outages,
    breaker: createBreaker(
      () => clock.ms,
      (outage) => outages.push(outage),
    ),
  };
}

describe('the breaker', () => {
  it('lets every question through while the server answers', () => {
    const { breaker } = breakerAt(0);
    expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
    expect(breaker.seen()).toEqual({ lastContactMs: null, outSinceMs: null });
  });

  it('lets none through after the first failure, then one a second, until one is answered', () => {
    const { breaker, clock } = breakerAt(5_000);
    breaker.failed();
    expect(breaker.admits()).toBe(false);
    clock.ms += retryMs - 1;
    expect(breaker.admits()).toBe(false);
    clock.ms += 1;
    expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
    breaker.failed();
    clock.ms += retryMs;
    expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
    breaker.answered();
    expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
  });

  it('stays open where the server answers something else: it may be slow', () => {
    const { breaker, clock } = breakerAt(1_000);
    breaker.failed();
    clock.ms = 1_500;
    breaker.contacted();
    expect(breaker.admits()).toBe(false);
    expect(breaker.seen()).toEqual({ lastContactMs: 1_500, outSinceMs: 1_000 });
  });

  it('tells of each outage when it is over: from the first failure to the first answer', () => {
    const { breaker, clock, outages } = breakerAt(1_000);
    breaker.answered();
    clock.ms = 2_000;
    breaker.failed();
    clock.ms = 3_000;
    breaker.failed();
    expect(breaker.seen()).toEqual({ lastContactMs: 1_000, outSinceMs: 2_000 });
    clock.ms = 9_000;
    breaker.answered();
    breaker.answered();
    expect(outages).toEqual([{ beganMs: 2_000, endedMs: 9_000 }]);
    expect(breaker.seen()).toEqual({ lastContactMs: 9_000, outSinceMs: null });
  });
});
