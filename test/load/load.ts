// What one client can do to all others: each flood in turn, against a server of its own, while another client asks checks.
// `npm run load`, or `npm run load -- NAME …`. Bounded in count and time, on loopback only; prints one table and stops.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SANDBOX } from '../../src/intake/sample.ts';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestKeys, runCli, startServer } from '../support/server.ts';
import { FLOOD_NAMES } from './floods.ts';

const SECONDS = 12;
const PROBE_EVERY_MS = 50;
const IN_TIME_MS = 1_000;
const MAX_BACK_TO_NORMAL_MS = 20_000;
/** Rows of the audit that no block holds yet, for the checkpoint to count. */
const AUDIT_ROWS = 1_500_000;
const FLOODS = join(import.meta.dirname, 'floods.ts');

type Probe = { at: number; ms: number; status: number };
type Row = {
  flood: string;
  asked: number;
  inTime: string;
  p50Ms: number;
  p99Ms: number;
  peakMb: number;
  backAfterMs: number;
};

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const at = (sorted: number[], share: number): number =>
  Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);

/** Asks once; status 0 where there is no answer. */
function probe(
  url: string,
  path: string,
  headers: Record<string, string>,
  body: string,
  agent: Agent,
): Promise<Probe> {
  const started = performance.now();
  return new Promise((resolve) => {
    const done = (status: number): void => resolve({ at: Date.now(), ms: performance.now() - started, status });
    const asked = httpRequest(
      `${url}${path}`,
      { method: 'POST', headers, agent, timeout: MAX_BACK_TO_NORMAL_MS },
      (answer) => {
        answer.resume().on('close', () => done(answer.statusCode ?? 0));
      },
    );
    asked.on('timeout', () => asked.destroy()).on('error', () => done(0));
    asked.end(body);
  });
}

const isInTime = ({ status, ms }: Probe): boolean => status === 200 && ms <= IN_TIME_MS;

async function measure(flood: string, env: Record<string, string>, tokens: Record<string, string>): Promise<Row> {
  const server = await startServer(env, []);
  const agent = new Agent({ keepAlive: true });
  const nik = SANDBOX[0]?.nik;
  // The slots of bulk checks are what slow uploads take from others.
  const isBulk = flood === 'slow-uploads';
  const path = isBulk ? '/v1/checks/bulk' : '/v1/checks';
  const type = isBulk ? 'application/x-ndjson' : 'application/json';
  const headers = { Authorization: tokens.probe as string, 'Content-Type': type };
  const body = isBulk ? `{"ref":"1","nik":"${nik}"}\n` : JSON.stringify({ nik });
  const ask = (): Promise<Probe> => probe(server.url, path, headers, body, agent);
  try {
    for (let i = 0; i < 20; i += 1) await ask();
    let peakKb = 0;
    const watch = setInterval(() => {
      const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8')) ?? [];
      peakKb = Math.max(peakKb, Number(kb ?? 0));
    }, 100);
    const args = [FLOODS, flood, server.url, String(SECONDS), tokens.flood as string];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    let isOn = true;
    const asked: Promise<Probe>[] = [];
    void ended.then(() => {
      isOn = false;
    });
    await wait(500);
    while (isOn) {
      asked.push(ask());
      // One at a time where the client's own places count.
      if (isBulk) await asked.at(-1);
      await wait(PROBE_EVERY_MS);
    }
    const over = Date.now();
    let good = 0;
    while (good < 10 && Date.now() - over < MAX_BACK_TO_NORMAL_MS) {
      good = isInTime(await ask()) ? good + 1 : 0;
      await wait(PROBE_EVERY_MS);
    }
    const backAfterMs = Date.now() - over - 10 * PROBE_EVERY_MS;
    const probes = await Promise.all(asked);
    clearInterval(watch);
    const times = probes.map(({ ms }) => ms).sort((a, b) => a - b);
    const share = probes.filter(isInTime).length / probes.length;
    const [p50Ms, p99Ms] = [at(times, 0.5), at(times, 0.99)];
    const inTime = `${(100 * share).toFixed(1)} %`;
    return { flood, asked: probes.length, inTime, p50Ms, p99Ms, peakMb: Math.round(peakKb / 1024), backAfterMs };
  } finally {
    agent.destroy();
    server.child.kill('SIGKILL');
    await server.ended;
  }
}

const directory = await mkdtemp(join(tmpdir(), 'hakpilih-load-'));
const database = await openEmbeddedDatabase({ dataDir: directory, say: () => {} });
try {
  const env = { ...(await createTestKeys()), HAKPILIH_DATA_DIR: directory };
  const setUp = await startServer(env, []);
  const tokens: Record<string, string> = {};
  for (const client of ['probe', 'flood']) {
    const scopes = ['--scope', 'check,bulk,lists,audit'];
    await runCli(['client', 'add', client, ...scopes, '--quota', '10000000/100000000'], env);
    tokens[client] = `Bearer ${(await runCli(['token', '--client', client, ...scopes], env)).out.trim()}`;
  }
  await setUp.stop();
  const wanted = process.argv.slice(2);
  const rows: Row[] = [];
  for (const flood of FLOOD_NAMES.filter((name) => wanted.length === 0 || wanted.includes(name))) {
    if (flood === 'checkpoint') {
      const sql = connect(database.url, { max: 1 });
      await sql.unsafe(
        `INSERT INTO audit (id, source, client) SELECT gen_random_uuid(), 'REGISTRY', 'load' FROM generate_series(1, ${AUDIT_ROWS})`,
      );
      await sql.end();
    }
    console.error(`${flood}: ${SECONDS} s`);
    rows.push(await measure(flood, env, tokens));
    console.error(JSON.stringify(rows.at(-1)));
  }
  console.table(rows);
} finally {
  await database.close();
  for (const path of new Set([directory, database.dataDir])) await rm(path, { recursive: true, force: true });
}
