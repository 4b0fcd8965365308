import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { compareKilled } from './kills.ts';

/** One of each of the first kinds; `npm run test:kill` does two hundred. */
const KILLS = 6;

it('ends as without kills, whoever is killed at whatever moment', async () => {
  const seed = randomInt(2 ** 31);
  const report = await compareKilled(KILLS, seed, () => {});
  expect(report, `seed ${seed}`).toMatchObject({ kills: KILLS, faults: [] });
});
