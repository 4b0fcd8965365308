import { describe, expect, inject, it } from 'vitest';
import { type Played, play } from './play.ts';
import { openWorld } from './world.ts';

const SEED = 9;

/** A run of `npm run test:faults`, much shorter: every kind of fault once. */
async function playShort(plant?: string): Promise<Played> {
  const world = await openWorld(inject('adminUrl'), plant);
  try {
    return await play(world, { seed: SEED, operations: 500, seconds: 0 });
  } finally {
    await world.close();
  }
}

describe('questions, changes and faults at once', () => {
  it('get no wrong answer, and each answer has its audit row', async () => {
    const { findings, operations, faults } = await playShort();
    expect(findings.examples()).toEqual([]);
    expect(operations).toBeGreaterThan(500);
    for (const count of Object.values(faults)) expect(count).toBeGreaterThan(0);
    const { of } = findings;
    for (const name of ['answers of REGISTRY', 'answers of SNAPSHOT', '503 without a snapshot', 'forms answered'])
      expect({ name, count: of(name) }).not.toEqual({ name, count: 0 });
  });

  it('find a bug that is planted', async () => {
    const { findings } = await playShort('nothing is journalled');
    expect(findings.brokenInvariants()).toContain('audited');
  });
});
