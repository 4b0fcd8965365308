import { LIMITS } from './limits.ts';

type Sleep = (ms: number) => Promise<void>;
const sleepFor: Sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Settles as `work` does, but only at whole steps of time from its beginning: whether a record was there to read, and
 * was read from disk, does not show in how long it took. The steps do not depend on when the work ends, or its
 * fractions would show.
 */
export async function evenly<Value>(
  work: Promise<Value>,
  stepMs: number = LIMITS.selfCheckStepMs,
  sleep: Sleep = sleepFor,
): Promise<Value> {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  work.then(end, end);
  do await sleep(stepMs);
  while (!isOver);
  return work;
}
