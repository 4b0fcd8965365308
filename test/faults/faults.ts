// Questions, changes and faults at once against a real server, with a plain oracle: `npm run test:faults`, of at
// least OPERATIONS questions and SECONDS. SEED plays another run. `npm run test:faults -- plant [NAME …]` shows for
// each bug that can be planted in the server which invariant finds it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { INVARIANTS } from './invariants.ts';
import { PLANTS } from './plants.ts';
import { type Length, type Played, play } from './play.ts';
import { openWorld } from './world.ts';

const { SEED, OPERATIONS = '100000', SECONDS = '600' } = process.env;
const SHORT = { operations: 500, seconds: 0 };

async function playIn(adminUrl: string, length: Length, plant?: string): Promise<Played> {
  const world = await openWorld(adminUrl, plant);
  try {
    return await play(world, length);
  } finally {
    await world.close();
  }
}

/** Plays each bug; returns how many no invariant found. */
async function playPlants(adminUrl: string, seed: number, wanted: readonly string[]): Promise<number> {
  const rows: object[] = [];
  for (const [name, { invariant, file }] of Object.entries(PLANTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { findings } = await playIn(adminUrl, { ...SHORT, seed }, name);
    const caught = findings.brokenInvariants();
    rows.push({ planted: name, file, expected: invariant, caught: caught.includes(invariant), by: caught.join(' ') });
    console.log(JSON.stringify(rows.at(-1)));
  }
  console.table(rows);
  return rows.filter((row) => !(row as { caught: boolean }).caught).length;
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
