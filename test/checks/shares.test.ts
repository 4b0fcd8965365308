import { describe, expect, it } from 'vitest';
import { recent } from '../../src/checks/recent.ts';
import { createShares } from '../../src/checks/shares.ts';

describe('shares', () => {
  it('give a holder so many and no more, and others theirs', () => {
    const take = createShares({ each: 2, all: 3 });
    expect([take('a'), take('a'), take('a'), take('b'), take('b')].map((given) => given !== null)).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it('take back once what is given back twice', () => {
    const take = createShares({ each: 1, all: 2 });
    const giveBack = take('a');
    take('b');
    giveBack?.();
    giveBack?.();
    expect(take('c')).not.toBeNull();
    expect(take('d')).toBeNull();
  });
});

describe('what was recently asked', () => {
  const asker = (ttlMs = 1_000) => {
    const state = { asked: 0, nowMs: 0, fail: false };
    const work = async () => {
      state.asked += 1;
      if (state.fail) throw new Error('no');
      return state.asked;
    };
    return { state, ask: recent(work, { ttlMs, now: () => state.nowMs }) };
  };

  it('is asked once for all who wait, and kept to the millisecond', async () => {
    const { state, ask } = asker();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    state.nowMs = 999;
    expect(await ask()).toBe(1);
    state.nowMs = 1_000;
    expect(await ask()).toBe(2);
  });

  it('is asked anew under another key, and after a failure', async () => {
    const { state, ask } = asker();
    expect([await ask('a'), await ask('b'), await ask('b')]).toEqual([1, 2, 2]);
    state.fail = true;
    await expect(ask('c')).rejects.toThrow();
    state.fail = false;
    expect(await ask('c')).toBe(4);
  });
});
