import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Nik } from '../../src/core/nik.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { connect } from '../../src/registry/sql.ts';
import { tagsOf } from '../../src/registry/tags.ts';
import type { BenchContext } from './context.ts';
import {
  benchToken,
  cpuSeconds,
  type Load,
  load,
  median,
  round,
  type Server,
  serverCpuSeconds,
  startListening,
} from './tools.ts';

const CONNECTIONS = [32, 128];
const POOLS = [2, 4, 8, 16, 32];
const WARM_UP_SECONDS = 2;
const SWEEP_SECONDS = 4;
const ROUND_SECONDS = 8;
const BODIES = 100_000;

/** What is measured side by side: the service, a bare handler, and one that does the same work the usual way. */
const PEERS = ['bare', 'usual'] as const;
type Name = 'hakpilih' | (typeof PEERS)[number];
/** `nodeMicros` and `postgresMicros`: CPU time of a check, user and system, all threads and processes. */
type Measured = Load & { nodeMicros: number; postgresMicros: number };

/** Checks per second of the service and of both peers, on the same registry, in turn. */
export async function benchChecks(context: BenchContext, url: string) {
  const { keys, rounds, say } = context;
  const { bodies, tags } = await writeBodies(context);
  const authorization = await benchToken(keys, url);
  const env = { ...keys, HAKPILIH_DATABASE_URL: url, HAKPILIH_TODAY: '2018-01-12', PORT: '0' };
  const sql = connect(url, { max: 1 });
  const [session] = await sql.unsafe('SELECT pg_backend_pid() AS pid');
  const audited = async (): Promise<number> =>
    Number((await sql.unsafe('SELECT count(*)::int AS n FROM audit'))[0]?.n);

  const start = (name: Name, pool: number): Promise<Server> =>
    name === 'hakpilih'
      ? startListening('src/node.ts', env)
      : startListening(`test/bench/${name}-peer.ts`, { ...env, PEER_POOL: String(pool) });

  /** One run of a fresh process, warmed up. */
  async function measureOne(name: Name, connections: number, seconds: number, pool: number) {
    const server = await start(name, pool);
    const sent = name === 'bare' ? { connections } : { connections, authorization };
    const file = name === 'bare' ? tags : bodies;
    await load(server.url, file, { ...sent, seconds: WARM_UP_SECONDS });
    const rowsBefore = await audited();
    const before = [cpuSeconds(server.child.pid as number), serverCpuSeconds(session?.pid as number)] as const;
    const measured = await load(server.url, file, { ...sent, seconds });
    const micros = (seconds: number): number => (seconds / measured.requests) * 1e6;
    const nodeMicros = micros(cpuSeconds(server.child.pid as number) - before[0]);
    const postgresMicros = micros(serverCpuSeconds(session?.pid as number) - before[1]);
    await server.stop();
    // Beyond the answers: requests still on their way when the warming up and the round end, at most two a connection.
    const extraAuditRows = (await audited()) - rowsBefore - measured.requests;
    return { ...measured, nodeMicros, postgresMicros, extraAuditRows };
  }

  async function bestPool(name: (typeof PEERS)[number], connections: number): Promise<number> {
    const sweep: { pool: number; perSecond: number }[] = [];
    for (const pool of POOLS) {
      const { perSecond } = await measureOne(name, connections, SWEEP_SECONDS, pool);
      sweep.push({ pool, perSecond });
    }
    const told = sweep.map(({ pool, perSecond }) => `pool ${pool} ${round(perSecond)}/s`);
    say(`${name} peer at ${connections} connections: ${told.join(', ')}`);
    return (sweep.toSorted((a, b) => b.perSecond - a.perSecond)[0] as { pool: number }).pool;
  }

  const table = [];
  for (const connections of CONNECTIONS) {
    const pools = {
      hakpilih: 0,
      bare: await bestPool('bare', connections),
      usual: await bestPool('usual', connections),
    };
    const runs: Record<Name, (Measured & { extraAuditRows: number })[]> = { hakpilih: [], bare: [], usual: [] };
    for (let i = 1; i <= rounds; i += 1) {
      for (const name of ['bare', 'hakpilih', 'usual'] as const)
        runs[name].push(await measureOne(name, connections, ROUND_SECONDS, pools[name]));
      const told = Object.entries(runs).map(([name, loads]) => {
        const { perSecond, nodeMicros, postgresMicros } = loads.at(-1) as Measured;
        return `${name} ${round(perSecond)}/s (CPU a check: Node ${round(nodeMicros)} µs, Postgres ${round(postgresMicros)} µs)`;
      });
      say(`${connections} connections, round ${i}: ${told.join(', ')}`);
    }
    const middle = (name: Name, value: (one: Measured) => number): number => median(runs[name].map(value));
    const ratioTo = (name: Name): number =>
      round(median(runs.hakpilih.map((one, i) => one.perSecond / (runs[name][i] as Load).perSecond)), 2);
    table.push({
      connections,
      checksPerSecond: round(middle('hakpilih', (one) => one.perSecond)),
      nodeMicros: round(middle('hakpilih', (one) => one.nodeMicros)),
      postgresMicros: round(middle('hakpilih', (one) => one.postgresMicros)),
      p50Ms: round(
        middle('hakpilih', (one) => one.p50Ms),
        2,
      ),
      p99Ms: round(
        middle('hakpilih', (one) => one.p99Ms),
        2,
      ),
      barePerSecond: round(middle('bare', (one) => one.perSecond)),
      barePool: pools.bare,
      ratioToBare: ratioTo('bare'),
      usualPerSecond: round(middle('usual', (one) => one.perSecond)),
      usualPool: pools.usual,
      ratioToUsual: ratioTo('usual'),
      errors: Object.values(runs)
        .flat()
        .reduce((sum, one) => sum + one.errors, 0),
      auditRowsBeyondAnswers: Math.max(...runs.hakpilih.map((one) => one.extraAuditRows)),
    });
  }
  await sql.end();
  return table;
}

/** Bodies of both: four of five are residents of the sample, one is nobody. The peer is given the tag: it need not make it. */
async function writeBodies({
  directory,
  keys,
  sample,
  rows,
}: BenchContext): Promise<{ bodies: string; tags: string }> {
  const registryKeys = deriveKeys(Buffer.from(keys.HAKPILIH_REGISTRY_KEY as string, 'base64'));
  const niks: string[] = [];
  const step = Math.max(1, Math.floor(rows / (BODIES * 0.8)));
  let line = 0;
  for await (const text of createInterface({
    input: createReadStream(await sample(rows)),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line += 1;
    if (line % step !== 2 % step) continue;
    niks.push(text.slice(0, 16));
    if (niks.length % 5 === 4) niks.push(`3299${String(line).padStart(8, '0')}9999`);
    if (niks.length >= BODIES) break;
  }
  const bodies = join(directory, 'bodies.txt');
  const tags = join(directory, 'tags.txt');
  await writeFile(bodies, niks.map((nik) => JSON.stringify({ nik })).join('\n'));
  await writeFile(
    tags,
    niks.map((nik) => JSON.stringify({ tag: tagsOf(registryKeys, nik as Nik, {}).tag })).join('\n'),
  );
  return { bodies, tags };
}
