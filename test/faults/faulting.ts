import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/**
 * FREEZE: the database stands still. PARTITION: it refuses. LOSE: connections that are there are silent for ever.
 * RESET: they are reset. TRICKLE: answers come a few bytes at a time. CRASH: the server is killed, CRASH_WHILE_AWAY:
 * while the database is away, so that its journal has rows.
 */
export const FAULTS = ['FREEZE', 'PARTITION', 'LOSE', 'RESET', 'TRICKLE', 'CRASH', 'CRASH_WHILE_AWAY'] as const;
export type FaultName = (typeof FAULTS)[number];

/** Brings a fault about, for a while, and takes it back. */
export async function fail(world: World, name: FaultName, random: Random): Promise<void> {
  const { way } = world;
  switch (name) {
    case 'FREEZE':
      way.freeze();
      await sleep(random.between(600, 900));
      break;
    case 'PARTITION':
      way.off();
      await sleep(random.between(200, 600));
      break;
    case 'LOSE':
      way.lose();
      await sleep(random.between(600, 800));
      await world.endLostSessions();
      break;
    case 'RESET':
      way.reset();
      await sleep(random.between(50, 200));
      break;
    case 'TRICKLE':
      way.trickle();
      await sleep(random.between(200, 400));
      break;
    case 'CRASH':
      await world.crash();
      break;
    case 'CRASH_WHILE_AWAY':
      way.off();
      await sleep(random.between(300, 500));
      // Its connections end with it: the new one begins with a way that is sound.
      await world.crash({ whenDown: () => way.on() });
      break;
  }
  way.on();
}
