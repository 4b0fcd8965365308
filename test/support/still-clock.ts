import { vi } from 'vitest';

/** Turns in which all that needs no time gets done. */
const TURNS = 50;

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Stops the timers of this process; the database goes on. `vi.advanceTimersByTimeAsync` lets time pass. */
export const stopTimers = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

/** What work comes to, and what follows from it, while the timers stand still. */
export async function still<Value>(work: Promise<Value>): Promise<Value> {
  let isOver = false;
  void work.catch(() => {}).finally(() => (isOver = true));
  for (let after = 0; after < TURNS; after += isOver ? 1 : 0) {
    await turn();
    await vi.advanceTimersByTimeAsync(0);
  }
  return await work;
}
