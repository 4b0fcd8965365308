// Questions at a constant rate, whatever becomes of the ones before, through an import, ten seconds of a database that
// stands still, and its recovery: `npm run load:faults`. RATE is that of questions a second. Writes dist/faults.svg and
// its figures, dist/faults.json.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleHeader, sampleRows } from '../../src/intake/sample.ts';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { createTestKeys, type RunningServer, runCli, startDoor, startServer } from '../support/server.ts';
import { createTcpSwitch } from '../support/tcp-switch.ts';
import { drawPicture, type Second, type Stretch } from './picture.ts';

const RATE = Number(process.env.RATE ?? 500);
const ROWS = 200_000;
const BEFORE_MS = 10_000;
const FREEZE_MS = 10_000;
const AFTER_MS = 15_000;
const WARM_UP_MS = 3_000;
const TICK_MS = 5;
const REQUEST_TIMEOUT_MS = 20_000;
const DIST = join(import.meta.dirname, '../../dist');

/** What came of one question: `second` is the one in which it was to be sent. */
type Outcome = { second: number; ms: number; kind: 'REGISTRY' | 'SNAPSHOT' | 'unavailable' | 'none' };
type Target = { url: string; authorization: string; niks: readonly string[] };

/** Sends questions at the rate until told to stop; resolves with what came of all of them. */
function askAtRate({ url, authorization, niks }: Target) {
  const agent = new Agent({ keepAlive: true });
  const headers = { Authorization: authorization, 'Content-Type': 'application/json' };
  const outcomes: Promise<Outcome>[] = [];
  const began = performance.now();
  const ask = (dueMs: number): Promise<Outcome> =>
    new Promise((resolve) => {
      const done = (kind: Outcome['kind']): void =>
        resolve({ second: Math.floor(dueMs / 1_000), ms: performance.now() - began - dueMs, kind });
      const options = { method: 'POST', headers, agent, timeout: REQUEST_TIMEOUT_MS };
      const asked = httpRequest(`${url}/v1/checks`, options, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('close', () => done(kindOf(answer.statusCode, text)));
      });
      asked.on('timeout', () => asked.destroy()).on('error', () => done('none'));
      asked.end(JSON.stringify({ nik: niks[outcomes.length % niks.length] }));
    });
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * RATE) / 1_000);
    while (outcomes.length < due) outcomes.push(ask((outcomes.length * 1_000) / RATE));
  }, TICK_MS);
  return {
    seconds: (): number => (performance.now() - began) / 1_000,
    async stop(): Promise<Outcome[]> {
      clearInterval(timer);
      const all = await Promise.all(outcomes);
      agent.destroy();
      return all;
    },
  };
}

function kindOf(status: number | undefined, text: string): Outcome['kind'] {
  if (status === 503) return 'unavailable';
  const [, source] = /"source":"(REGISTRY|SNAPSHOT)"/.exec(text) ?? [];
  return status === 200 && source !== undefined ? (source as Outcome['kind']) : 'none';
}

function secondsOf(outcomes: readonly Outcome[]): Second[] {
  const last = Math.max(...outcomes.map(({ second }) => second));
  return Array.from({ length: last }, (_, second) => {
    const here = outcomes.filter((outcome) => outcome.second === second);
    const times = here.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number): number => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 10) / 10;
    const count = (kind: Outcome['kind']): number => here.filter((outcome) => outcome.kind === kind).length;
    const counts = { unavailable: count('unavailable'), none: count('none') };
    return { REGISTRY: count('REGISTRY'), SNAPSHOT: count('SNAPSHOT'), ...counts, p50Ms: at(0.5), p99Ms: at(0.99) };
  });
}

const exportOf = (status: string): string =>
  [sampleHeader(), ...sampleRows({ rows: ROWS })].join('').replaceAll('PRINT_READY_RECORD', status);
const importArgs = (day: number): string[] => [
  'import',
  '-',
  '--source',
  '32.01',
  '--as-of',
  `2018-01-${day}T17:00:00+07:00`,
];

async function waitForSnapshot(dataDir: string): Promise<void> {
  const isThere = async (): Promise<boolean> =>
    (await readdir(join(dataDir, 'snapshot'), { recursive: true }).catch(() => [])).some((name) =>
      /manifests\/[0-9]{10}$/.test(name),
    );
  while (!(await isThere())) await sleep(200);
}

/** Import, freeze and recovery, while questions come; what is drawn of it. */
async function run(target: Target, env: Record<string, string>, way: Awaited<ReturnType<typeof createTcpSwitch>>) {
  const asking = askAtRate(target);
  await sleep(BEFORE_MS);
  const stretches: Stretch[] = [];
  const during = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const from = asking.seconds();
    await work();
    stretches.push({ name, from, to: asking.seconds() });
  };
  await during('import', async () => {
    const { child, ended } = startDoor('cli', importArgs(13), env);
    child.stdin?.end(exportOf('CARD_ISSUED'));
    if ((await ended) !== 0) throw new Error('the import failed');
  });
  await sleep(BEFORE_MS);
  await during('freeze', async () => {
    way.freeze();
    await sleep(FREEZE_MS);
    way.on();
  });
  await sleep(AFTER_MS);
  return { seconds: secondsOf(await asking.stop()), stretches };
}

const directory = await mkdtemp(join(tmpdir(), 'hakpilih-load-'));
const database = await openEmbeddedDatabase({ dataDir: directory, say: () => {} });
let server: RunningServer | undefined;
try {
  const way = await createTcpSwitch(database.url);
  const keys = { ...(await createTestKeys()), HAKPILIH_DATA_DIR: join(directory, 'data') };
  const direct = { ...keys, HAKPILIH_DATABASE_URL: database.url };
  const text = exportOf('PRINT_READY_RECORD');
  const niks = text
    .split('\r\n')
    .slice(1, 20_001)
    .map((line) => line.slice(0, 16));
  if ((await runCli(importArgs(12), direct, text)).code !== 0) throw new Error('the first import failed');
  await runCli(['client', 'add', 'load', '--scope', 'check', '--quota', '100000000/900000000'], direct);
  const { out } = await runCli(['token', '--client', 'load', '--scope', 'check'], direct);
  server = await startServer({ ...keys, HAKPILIH_DATABASE_URL: way.url }, ['--max-semi-space-size=64']);
  await waitForSnapshot(keys.HAKPILIH_DATA_DIR);
  const target = { url: server.url, authorization: `Bearer ${out.trim()}`, niks };
  const warmUp = askAtRate(target);
  await sleep(WARM_UP_MS);
  await warmUp.stop();
  const { seconds, stretches } = await run(target, direct, way);
  await mkdir(DIST, { recursive: true });
  await writeFile(join(DIST, 'faults.svg'), drawPicture(seconds, stretches, RATE));
  await writeFile(join(DIST, 'faults.json'), `${JSON.stringify({ rate: RATE, rows: ROWS, stretches, seconds })}\n`);
  console.table(stretches);
  console.table(seconds);
  await server.stop();
  await way.close();
} finally {
  server?.child.kill('SIGKILL');
  await database.close();
  for (const path of new Set([directory, database.dataDir])) await rm(path, { recursive: true, force: true });
}
