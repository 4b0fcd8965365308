// npm run bench: the promised figures, each side by side with a peer in one run. Quote medians and ratios: machines are noisy.
// BENCH_ROWS (4900000) makes it smaller for a trial; BENCH_ROUNDS (5) and BENCH_IMPORTS (3) are the repetitions.
// `npm run bench -- checks` leaves out bulk and growth.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestKeys } from '../support/server.ts';
import { benchBulk } from './bulk.ts';
import { benchChecks } from './checks.ts';
import { benchGrowth } from './growth.ts';
import { benchImport } from './import.ts';
import { measure, root } from './tools.ts';

const number = (name: string, byDefault: number): number => Number(process.env[name] ?? byDefault);
const rows = number('BENCH_ROWS', 4_900_000);
const rounds = number('BENCH_ROUNDS', 5);
const imports = number('BENCH_IMPORTS', 3);

const directory = await mkdtemp(join(tmpdir(), 'hakpilih-bench-'));
const say = (line: string): void => console.error(line);
const database = await openEmbeddedDatabase({ dataDir: directory, say });
const keys = await createTestKeys();
const admin = connect(database.url, { max: 1 });

/** A fresh database under a name. */
async function create(name: string): Promise<string> {
  await admin.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.unsafe(`CREATE DATABASE ${name}`);
  return database.url.replace(/[^/]+$/, name);
}
/** A synthetic export, written once. */
async function sample(count: number): Promise<string> {
  const file = join(directory, `sample-${count}.csv`);
  await measure(['src/cli.ts', 'sample', '--rows', String(count), '--out', file], {});
  return file;
}

try {
  const context = { directory, keys: { ...keys }, create, sample, say, rows, rounds, imports };
  const load = loadavg();
  const importing = await benchImport(context);
  const { url } = importing;
  await admin.unsafe('CHECKPOINT');
  const checks = await benchChecks(context, url);
  const isWhole = process.argv[2] !== 'checks';
  const bulk = isWhole ? await benchBulk(context, url) : null;
  const growth = isWhole ? await benchGrowth(context, url) : null;
  const result = {
    machine: { cores: availableParallelism(), node: process.version, loadBefore: load, loadAfter: loadavg() },
    import: importing.result,
    checks,
    bulk,
    growth,
  };
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(join(root, 'dist/bench.json'), `${JSON.stringify(result, null, 2)}\n`);
  console.table(importing.table);
  console.table(checks);
  if (isWhole) console.table([bulk]);
  if (isWhole) console.table([growth]);
  console.log(
    `load average before ${load.map((n) => n.toFixed(2))}, after ${loadavg().map((n) => n.toFixed(2))}; written to dist/bench.json`,
  );
} finally {
  await admin.end();
  await database.close();
  for (const place of new Set([directory, database.dataDir])) await rm(place, { recursive: true, force: true });
}
