import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { Env } from '../../src/http/problem.ts';
import { room } from '../../src/http/rooms.ts';

/** An app behind a room, whose requests stay in it until they are let go; `inside` tells how many are at work. */
function openRoom(limits: { atOnce: number; waiting: number; perAddress: number }) {
  const held: (() => void)[] = [];
  const sheds: string[] = [];
  const app = new Hono<Env>().get(
    '/',
    room(
      limits,
      (c) => c.req.header('address') ?? '',
      (c) => c.text('full', 503),
    ),
    async (c) => {
      await new Promise<void>((resolve) => held.push(resolve));
      if (c.req.header('fails')) throw new Error('failed');
      return c.text('done');
    },
  );
  app.onError((_, c) => c.text('failed', 500));
  const ask = async (address: string, headers: Record<string, string> = {}): Promise<number> =>
    (await app.request('/', { headers: { address, ...headers } }, { shed: () => sheds.push(address) })).status;
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ask,
    inside: async () => {
      await settle();
      return held.length;
    },
    async letGo() {
      await settle();
      held.shift()?.();
      await settle();
    },
    sheds,
  };
}

describe('a room for one kind of request', () => {
  it('has so many inside at once, lets so many wait, and refuses the next at once', async () => {
    const { ask, inside, letGo, sheds } = openRoom({ atOnce: 2, waiting: 1, perAddress: 9 });
    const asked = [ask('a'), ask('b')];
    expect(await inside()).toBe(2);
    asked.push(ask('c'));
    expect(await inside()).toBe(2);
    expect(await ask('d')).toBe(503);
    expect(sheds).toEqual(['d']);
    await letGo();
    expect(await inside()).toBe(2);
    asked.push(ask('d'));
    expect(await ask('e')).toBe(503);
    for (let i = 0; i < 3; i += 1) await letGo();
    expect(await Promise.all(asked)).toEqual([200, 200, 200, 200]);
    expect(await inside()).toBe(0);
  });

  it('has of one address no more than its share, inside and waiting together', async () => {
    const { ask, inside, letGo, sheds } = openRoom({ atOnce: 1, waiting: 5, perAddress: 2 });
    const asked = [ask('a'), ask('a')];
    expect(await inside()).toBe(1);
    expect(await ask('a')).toBe(503);
    asked.push(ask('b'));
    expect(sheds).toEqual(['a']);
    await letGo();
    asked.push(ask('a'));
    for (let i = 0; i < 3; i += 1) await letGo();
    expect(await Promise.all(asked)).toEqual([200, 200, 200, 200]);
  });

  it('gets the place back of a request that fails', async () => {
    const { ask, letGo, inside } = openRoom({ atOnce: 1, waiting: 0, perAddress: 1 });
    for (let i = 0; i < 3; i += 1) {
      const failing = ask('a', { fails: '1' });
      expect(await ask('b')).toBe(503);
      await letGo();
      expect(await failing).toBe(500);
    }
    const sound = ask('b');
    expect(await inside()).toBe(1);
    await letGo();
    expect(await sound).toBe(200);
  });
});
