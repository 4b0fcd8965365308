import { expect, it } from 'vitest';
import { evenly } from '../../src/checks/evenly.ts';

/** Time that passes when it is told to. */
function createTime() {
  const waiting: (() => void)[] = [];
  const slept: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    slept.push(ms);
    return new Promise((resolve) => waiting.push(resolve));
  };
  const pass = async (): Promise<void> => {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sleep, slept, pass };
}

it.each([1, 2, 5])('work that ends within step %i is answered at the end of that step', async (steps) => {
  const { sleep, slept, pass } = createTime();
  let finish = (_: string): void => {};
  const work = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const heard: string[] = [];
  const done = evenly(work, 25, sleep).then((value) => heard.push(value));
  for (let i = 1; i < steps; i++) await pass();
  finish('answer');
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([]);
  await pass();
  await done;
  expect(heard).toEqual(['answer']);
  expect(slept).toEqual(Array(steps).fill(25));
});

it('work that fails does so at the end of its step too', async () => {
  const { sleep, pass } = createTime();
  const done = evenly(Promise.reject(new Error('no database')), 25, sleep);
  await Promise.all([expect(done).rejects.toThrow('no database'), pass()]);
});
