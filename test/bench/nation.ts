// A registry of the size of the nation, or a good part of it: `node test/bench/nation.ts`, NATION_ROWS (20000000) residents.
// Bytes a resident, import rate, check time, publish time; written to dist/nation.json. It needs about 420 bytes of disk a
// resident under NATION_DIR (the directory for temporary files), and says first how much is free.
import { mkdir, mkdtemp, open, rm, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestKeys } from '../support/server.ts';
import { benchToken, cpuSeconds, measure, median, root, round, serverCpuSeconds, startListening } from './tools.ts';

const rows = Number(process.env.NATION_ROWS ?? 20_000_000);
const BYTES_A_ROW = 420;
const CHECKS = 5_000;
const IN_FLIGHT = 64;
const GB = 1e9;

const say = (line: string): void => console.error(line);
const parent = process.env.NATION_DIR ?? tmpdir();
const { bavail, bsize } = await statfs(parent);
say(
  `${rows} residents need about ${round((rows * BYTES_A_ROW) / GB, 1)} GB; ${round((bavail * bsize) / GB, 1)} GB are free`,
);
if (bavail * bsize < rows * BYTES_A_ROW) throw new Error('not enough room: name another directory in NATION_DIR');

const directory = await mkdtemp(join(parent, 'hakpilih-nation-'));
const database = await openEmbeddedDatabase({ dataDir: directory, say });
const sql = connect(database.url, { max: 1 });
try {
  const keys = await createTestKeys();
  const env = { ...keys, HAKPILIH_DATA_DIR: directory, HAKPILIH_DATABASE_URL: database.url };
  const [session] = await sql.unsafe('SELECT pg_backend_pid() AS pid');
  /** What a command takes: seconds, peak of its memory, CPU seconds of the database meanwhile. */
  const command = async (...args: string[]) => {
    const before = serverCpuSeconds(session?.pid);
    const ran = await measure(['--max-semi-space-size=4', 'src/cli.ts', ...args], env);
    const postgresCpu = serverCpuSeconds(session?.pid) - before;
    const { seconds, peakMb } = ran;
    const told = {
      seconds: round(seconds, 1),
      perSecond: round(rows / seconds),
      peakMb: round(peakMb),
      postgresCpu: round(postgresCpu, 1),
    };
    say(`${args[0]}: ${JSON.stringify(told)}`);
    return told;
  };
  const file = join(directory, 'sample.csv');
  const sample = await command('sample', '--rows', String(rows), '--out', file);
  const imported = await command('import', file, '--source', '32.01', '--as-of', '2018-01-12T17:00:00+07:00');
  const niks = await niksOf(file);
  await rm(file);
  await sql.unsafe('CHECKPOINT');
  const sizes = await sql.unsafe(`SELECT count(*)::int AS residents, pg_relation_size('residents')::float8 AS heap,
    pg_indexes_size('residents')::float8 AS indexes, pg_total_relation_size('residents')::float8 AS total,
    pg_database_size(current_database())::float8 AS database FROM residents`);
  const { residents, ...bytes } = sizes[0] as unknown as Record<
    'residents' | 'heap' | 'indexes' | 'total' | 'database',
    number
  >;
  const each = Object.fromEntries(Object.entries(bytes).map(([name, size]) => [name, round(size / residents, 1)]));
  say(`bytes a resident: ${JSON.stringify(each)}`);

  const published = await command('snapshot', 'publish', '--to', join(directory, 'published'));
  await rm(join(directory, 'published'), { recursive: true });
  const checks = await benchChecksOf(niks);
  const machine = { cores: availableParallelism(), node: process.version, load: loadavg().map((n) => round(n, 1)) };
  const result = { machine, residents, bytesEach: each, sample, imported, published, checks };
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(join(root, 'dist/nation.json'), `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify(result, null, 2));

  /** One check after another, and so many at once; each of another resident, spread over the registry: cold, then warm. */
  async function benchChecksOf(asked: string[]) {
    const authorization = await benchToken(keys, database.url);
    const settings = { ...env, HAKPILIH_TODAY: '2018-01-12', HAKPILIH_SNAPSHOT_DIR: 'off', PORT: '0' };
    const server = await startListening('src/node.ts', settings);
    const headers = { Authorization: authorization, 'Content-Type': 'application/json' };
    const one = async (nik: string): Promise<number> => {
      const began = performance.now();
      const body = JSON.stringify({ nik });
      const response = await fetch(`${server.url}/v1/checks`, { method: 'POST', headers, body });
      await response.bytes();
      if (response.status !== 200) throw new Error(`a check was answered with ${response.status}`);
      return performance.now() - began;
    };
    const inTurn = async (): Promise<number> => {
      const times: number[] = [];
      for (const nik of asked) times.push(await one(nik));
      return round(median(times), 3);
    };
    const [coldMs, warmMs] = [await inTurn(), await inTurn()];
    const began = performance.now();
    const before = [cpuSeconds(server.child.pid as number), serverCpuSeconds(session?.pid)] as const;
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < 4 * asked.length) {
        next += 1;
        await one(asked[next % asked.length] as string);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    const perSecond = round(next / ((performance.now() - began) / 1_000));
    const micros = (after: number, from: number): number => round(((after - from) / next) * 1e6);
    const nodeMicros = micros(cpuSeconds(server.child.pid as number), before[0]);
    const postgresMicros = micros(serverCpuSeconds(session?.pid), before[1]);
    await server.stop();
    return { coldMs, warmMs, inFlight: IN_FLIGHT, perSecond, nodeMicros, postgresMicros };
  }
} finally {
  await sql.end();
  await database.close();
  for (const place of new Set([directory, database.dataDir])) await rm(place, { recursive: true, force: true });
}

/** NIKs out of evenly spread places of a file too large to be read. */
async function niksOf(file: string): Promise<string[]> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const niks: string[] = [];
    for (let n = 0; n < CHECKS; n += 1) {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(2_048),
        0,
        2_048,
        Math.floor((size / (CHECKS + 1)) * n),
      );
      const [, nik] = /\r\n(\d{16});/.exec(buffer.toString('latin1', 0, bytesRead)) ?? [];
      if (nik !== undefined) niks.push(nik);
    }
    return niks;
  } finally {
    await handle.close();
  }
}
