// Overload, and long work beside checks, measured open loop: `node test/load/overload.ts`. LOAD_ROWS (490000) residents,
// LOAD_SECONDS (8) a phase, LOAD_ROUNDS (3). The generator shares the machine: its CPU time is told beside the server's.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { connect } from '../../src/registry/sql.ts';
import { cpuSeconds, measure, median, root, round, serverCpuSeconds, startListening } from '../bench/tools.ts';
import { createTestKeys } from '../support/server.ts';
import type { OpenLoop, OpenLoopResult } from './open-loop.ts';

const setting = (name: string, byDefault: number): number => Number(process.env[name] ?? byDefault);
const rows = setting('LOAD_ROWS', 490_000);
const seconds = setting('LOAD_SECONDS', 8);
const rounds = setting('LOAD_ROUNDS', 3);
/** Those of a proxy, which asks again at once whatever it is told, or with LOAD_DEVICES=1 of devices that do as told. */
const isProxy = process.env.LOAD_DEVICES === undefined;
const connections = setting('LOAD_CONNECTIONS', isProxy ? 2_048 : 6_000);
const CLIENTS = 16;
const WARM_UP = { perSecond: 2_000, seconds: 4 };
/** The rates among which the peak of successful answers is looked for. */
const RATES = (process.env.LOAD_RATES ?? '4000,5000,6000,7000').split(',').map(Number);
const BULK_LINES = 200_000;
const AS_OF = '2018-01-12T17:00:00+07:00';

const say = (line: string): void => console.error(line);
const directory = await mkdtemp(join(tmpdir(), 'hakpilih-overload-'));
const database = await openEmbeddedDatabase({ dataDir: directory, say: () => {} });
const sql = connect(database.url, { max: 1 });
const keys = await createTestKeys();
const env = { ...keys, HAKPILIH_DATA_DIR: directory, HAKPILIH_DATABASE_URL: database.url };

const cli = (...args: string[]) => measure(['--max-semi-space-size=4', 'src/cli.ts', ...args], env);
const importSample = (file: string, asOf: string) => cli('import', file, '--source', '32.01', '--as-of', asOf);

/** Four of five are residents of the sample, one is nobody. */
async function writeInputs(): Promise<{ sample: string; bodies: string; bulk: string }> {
  const sample = join(directory, 'sample.csv');
  await cli('sample', '--rows', String(rows), '--out', sample);
  const known = (await readFile(sample, 'latin1')).split('\r\n').slice(1, -1);
  const niks = known.slice(0, BULK_LINES).map((line, n) => (n % 5 === 4 ? nobody(n) : line.slice(0, 16)));
  const [bodies, bulk] = [join(directory, 'bodies.txt'), join(directory, 'bulk.ndjson')];
  await writeFile(
    bodies,
    niks
      .slice(0, 100_000)
      .map((nik) => JSON.stringify({ nik }))
      .join('\n'),
  );
  await writeFile(bulk, niks.map((nik, n) => `${JSON.stringify({ ref: String(n), nik })}\n`).join(''));
  return { sample, bodies, bulk };
}
const nobody = (n: number): string => `3299${String(n).padStart(8, '0')}9999`;

async function tokensOf(count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const scope = ['--scope', 'check,bulk'];
    await cli('client', 'add', `load-${n}`, ...scope, '--quota', '100000000/900000000');
    tokens.push(`Bearer ${(await cli('token', '--client', `load-${n}`, ...scope)).out.trim()}`);
  }
  return tokens;
}

async function ask(loop: OpenLoop): Promise<OpenLoopResult> {
  const script = join(import.meta.dirname, 'open-loop.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(loop)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(out);
}

try {
  const { sample, bodies, bulk } = await writeInputs();
  await importSample(sample, AS_OF);
  const tokens = await tokensOf(CLIENTS);
  const [session] = await sql.unsafe('SELECT pg_backend_pid() AS pid');
  const server = await startListening('src/node.ts', {
    ...env,
    PORT: '0',
    HAKPILIH_TODAY: '2018-01-12',
    HAKPILIH_TRUSTED_PROXIES: isProxy ? '127.0.0.1' : '',
  });
  const phase = async (name: string, perSecond: number, beside?: (until: Promise<unknown>) => Promise<unknown>) => {
    const cpu = (): [number, number] => [cpuSeconds(server.child.pid as number), serverCpuSeconds(session?.pid)];
    const before = cpu();
    const asked = ask({ url: server.url, perSecond, seconds, connections, isProxy, tokens, bodies });
    await Promise.all([asked, beside?.(asked)]);
    const result = await asked;
    const after = cpu();
    const row = {
      phase: name,
      offered: round(perSecond),
      okPerSecond: round(result.perSecondOk),
      okP50Ms: result.ok.p50Ms,
      okP99Ms: result.ok.p99Ms,
      okMaxMs: result.ok.maxMs,
      shed: result.shed.count,
      shedP50Ms: result.shed.p50Ms,
      shedP99Ms: result.shed.p99Ms,
      noRetryAfter: result.withoutRetryAfter,
      others: result.others,
      withheld: result.withheld,
      unanswered: result.unanswered,
      sentLateP99Ms: result.lateP99Ms,
      cpu: `node ${round(after[0] - before[0], 1)} postgres ${round(after[1] - before[1], 1)} load ${round(result.cpuSeconds, 1)} s`,
    };
    say(JSON.stringify(row));
    return row;
  };
  /** Does it again and again for as long as checks are asked. */
  const again = (work: () => Promise<unknown>) => async (until: Promise<unknown>) => {
    let isOn = true;
    void until.finally(() => {
      isOn = false;
    });
    while (isOn) await work();
  };
  let day = 0;
  const BESIDE = {
    quiet: undefined,
    import: again(() => {
      day += 1;
      return importSample(sample, `2018-01-13T00:${String(day).padStart(2, '0')}:00+07:00`);
    }),
    publish: again(() => cli('snapshot', 'publish')),
    bulk: again(async () => {
      const headers = { Authorization: tokens[0] as string, 'Content-Type': 'application/x-ndjson' };
      const body = await readFile(bulk);
      await (await fetch(`${server.url}/v1/checks/bulk`, { method: 'POST', headers, body })).bytes();
    }),
  };

  const load = loadavg();
  await ask({ url: server.url, ...WARM_UP, connections, isProxy, tokens, bodies });
  const table = [];
  for (let n = 1; n <= rounds; n += 1) {
    const rates = [];
    for (const rate of RATES) rates.push(await phase(`${n}: rate`, rate));
    const peak = Math.max(...rates.map(({ okPerSecond }) => okPerSecond));
    const three = await phase(`${n}: three times the peak`, 3 * peak);
    const beside = [];
    for (const [name, work] of Object.entries(BESIDE))
      beside.push(await phase(`${n}: half, ${name}`, peak / 2, work));
    const kept = round(three.okPerSecond / peak, 2);
    table.push({
      peak,
      kept,
      shedP99Ms: three.shedP99Ms,
      ...Object.fromEntries(beside.map((one) => [one.phase.slice(9), one.okP99Ms])),
    });
    say(JSON.stringify(table.at(-1)));
  }
  await server.stop();
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(join(root, 'dist/overload.json'), `${JSON.stringify(table, null, 2)}\n`);
  console.table(table);
  const cores = availableParallelism();
  console.log(`${cores} cores, ${process.version}, load average before ${load}, after ${loadavg()}`);
  console.log(`kept, median: ${median(table.map(({ kept }) => kept))}`);
} finally {
  await sql.end();
  await database.close();
  for (const place of new Set([directory, database.dataDir])) await rm(place, { recursive: true, force: true });
}
