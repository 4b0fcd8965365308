import { describe, expect, it } from 'vitest';
import { BREAKER_LIMITS, createBreaker, guarded, type Outage } from '../../src/checks/breaker.ts';
import type { ResidentSource } from '../../src/checks/sources.ts';
import type { Asked } from '../../src/registry/asked.ts';

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

describe('a source behind its breaker', () => {
  /** A source that answers each question when it is told to, or never. */
  function openSource() {
    const { breaker, clock } = breakerAt(1_000);
    const asked: ((value: unknown) => void)[] = [];
    const find = () => new Promise((resolve) => asked.push(resolve));
    const source = { name: 'REGISTRY', find } as unknown as ResidentSource;
    const ask = () => guarded(source, breaker, () => true).find({} as Asked, Infinity);
    return { breaker, clock, asked, ask };
  }

  it('is away when a question is late and no other was answered meanwhile', async () => {
    const { breaker, ask } = openSource();
    await expect(ask()).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(breaker.seen().outSinceMs).toBe(1_000);
    await expect(ask()).rejects.toMatchObject({ code: 'BREAKER_OPEN' });
  });

  it('is not away when others were answered while a question was late: too much was asked at once', async () => {
    const { breaker, clock, asked, ask } = openSource();
    const late = expect(ask()).rejects.toMatchObject({ code: 'TIMEOUT' });
    clock.ms += 100;
    const other = ask();
    asked[1]?.('answer');
    expect(await other).toBe('answer');
    await late;
    expect(breaker.seen()).toEqual({ lastContactMs: 1_100, outSinceMs: null });
  });
});
