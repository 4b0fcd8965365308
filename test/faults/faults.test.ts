import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { INVARIANTS } from './invariants.ts';
import { PLANTS } from './plants.ts';
import { play } from './play.ts';
import { openWorld } from './world.ts';

describe('questions, changes and faults at once', () => {
  it('get no wrong answer, and each answer has its audit row', async () => {
    const world = await openWorld(inject('adminUrl'));
    try {
      const { findings, operations, faults } = await play(world, { seed: 9, operations: 500, seconds: 0 });
      expect(findings.examples()).toEqual([]);
      expect(operations).toBeGreaterThan(500);
      expect(Object.values(faults)).not.toContain(0);
      for (const name of ['answers of REGISTRY', 'answers of SNAPSHOT', '503 without a snapshot', 'forms answered'])
        expect({ name, count: findings.of(name) }).not.toEqual({ name, count: 0 });
    } finally {
      await world.close();
    }
  });
});

describe('bugs that can be planted', () => {
  it('are of the source as it is, and there is one for each invariant', () => {
    for (const { file, sound } of Object.values(PLANTS)) {
      const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
      expect({ file, sound, times: text.split(sound).length - 1 }).toEqual({ file, sound, times: 1 });
    }
    const planted = new Set(Object.values(PLANTS).map(({ invariant }) => invariant));
    expect([...planted].sort()).toEqual(Object.keys(INVARIANTS).sort());
  });
});
