// Questions, changes and faults at once against a real server, with a plain oracle: `npm run test:faults`, of at
// least OPERATIONS questions and SECONDS. SEED plays another run. `npm run test:faults -- plant [NAME …]` shows for
// each bug that can be planted in the server which invariant finds it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { INVARIANTS, type Invariant } from './invariants.ts';
import { PLANTS } from './plants.ts';
import { type Length, type Played, play } from './play.ts';
import { openWorld } from './world.ts';

const { SEED, OPERATIONS = '100000', SECONDS = '600' } = process.env;
const SHORT = { operations: 500, seconds: 0 };
/** Of a bug that shows only where a fault comes at the right moment. */
const MAX_RUNS = 3;

async function playIn(adminUrl: string, length: Length, plant?: string): Promise<Played> {
  const world = await openWorld(adminUrl, plant);
  try {
    return await play(world, length);
  } finally {
    await world.close();
  }
}

/** Plays a bug, in runs of other seeds until it is found; returns in which, or 0, and what found it. */
async function playPlant(adminUrl: string, seed: number, name: string, invariant: Invariant) {
  for (let run = 1; run <= MAX_RUNS; run += 1) {
    const { findings } = await playIn(adminUrl, { ...SHORT, seed: seed + run - 1 }, name);
    const caught = findings.brokenInvariants();
    if (caught.includes(invariant)) return { run, caught };
  }
  return { run: 0, caught: [] };
}

/** Plays each bug; returns how many no run found. */
async function playPlants(adminUrl: string, seed: number, wanted: readonly string[]): Promise<number> {
  let missed = 0;
  for (const [name, { invariant, file }] of Object.entries(PLANTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { run, caught } = await playPlant(adminUrl, seed, name, invariant);
    if (run === 0) missed += 1;
    const found = run === 0 ? 'NOT CAUGHT' : `caught in run ${run} by ${caught.join(' ')}`;
    console.log(`${name} (${file}), expected ${invariant}: ${found}`);
  }
  return missed;
}

const directory = await mkdtemp(join(tmpdir(), 'hakpilih-faults-'));
const database = await openEmbeddedDatabase({
  dataDir: directory,
  say: () => {},
  settings: { fsync: 'off', max_connections: '200' },
});
try {
  const seed = Number(SEED ?? Math.floor(Math.random() * 1e6));
  const [mode, ...wanted] = process.argv.slice(2);
  console.log(`SEED=${seed}`);
  if (mode === 'plant') process.exitCode = (await playPlants(database.url, seed, wanted)) > 0 ? 1 : 0;
  else {
    const length = { seed, operations: Number(OPERATIONS), seconds: Number(SECONDS) };
    const { findings, faults, operations, seconds } = await playIn(database.url, length);
    console.table(faults);
    console.table(findings.numbers());
    for (const example of findings.examples()) console.log(example);
    const wrong = findings.total();
    console.log(`SEED=${seed}: ${operations} operations in ${Math.round(seconds)} s, broken ${wrong} times`);
    console.log(`Invariants: ${Object.keys(INVARIANTS).join(' ')}; broken: ${JSON.stringify(findings.counts())}`);
    process.exitCode = wrong > 0 ? 1 : 0;
  }
} finally {
  await database.close();
  for (const path of new Set([directory, database.dataDir])) await rm(path, { recursive: true, force: true });
}
