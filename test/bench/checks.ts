import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Nik } from '../../src/core/nik.ts';
import { deriveKeys } from '../../src/registry/keys.ts';
import { connect } from '../../src/registry/sql.ts';
import { tagsOf } from '../../src/registry/tags.ts';
import type { BenchContext } from './context.ts';
import { benchToken, type Load, load, median, round, type Server, startListening } from './tools.ts';

const CONNECTIONS = [32, 128];
const POOLS = [2, 4, 8, 16, 32];
const SWEEP_SECONDS = 4;
const ROUND_SECONDS = 8;
const BODIES = 100_000;

/** Checks per second of the service against the bare peer, on the same registry, in turn. */
export async function benchChecks(context: BenchContext, url: string) {
  const { keys, rounds, say } = context;
  const { bodies, tags } = await writeBodies(context);
  const authorization = await benchToken(keys, url);
  const env = { ...keys, HAKPILIH_DATABASE_URL: url, HAKPILIH_TODAY: '2018-01-12', PORT: '0' };
  const startPeer = (pool: number): Promise<Server> =>
    startListening('test/bench/peer.ts', { ...env, PEER_POOL: String(pool) });
  const sql = connect(url, { max: 1 });
  const audited = async (): Promise<number> => Number((await sql.unsafe('SELECT count(*)::int AS n FROM audit'))[0]?.n);
  const table = [];
  for (const connections of CONNECTIONS) {
    const sweep: { pool: number; perSecond: number }[] = [];
    for (const pool of POOLS) {
      const peer = await startPeer(pool);
      await load(peer.url, tags, { connections, seconds: 2 });
      sweep.push({ pool, perSecond: (await load(peer.url, tags, { connections, seconds: SWEEP_SECONDS })).perSecond });
      await peer.stop();
    }
    const best = sweep.toSorted((a, b) => b.perSecond - a.perSecond)[0] as { pool: number };
    say(
      `peer at ${connections} connections: ${sweep.map(({ pool, perSecond }) => `pool ${pool} ${round(perSecond)}/s`).join(', ')}`,
    );
    const ours: Load[] = [];
    const theirs: Load[] = [];
    let extraAuditRows = 0;
    for (let i = 0; i < rounds; i += 1) {
      const peer = await startPeer(best.pool);
      await load(peer.url, tags, { connections, seconds: 2 });
      theirs.push(await load(peer.url, tags, { connections, seconds: ROUND_SECONDS }));
      await peer.stop();
      const service = await startListening('src/node.ts', env);
      await load(service.url, bodies, { connections, seconds: 2, authorization });
      const before = await audited();
      ours.push(await load(service.url, bodies, { connections, seconds: ROUND_SECONDS, authorization }));
      await service.stop();
      extraAuditRows = Math.max(extraAuditRows, (await audited()) - before - (ours.at(-1) as Load).requests);
      say(
        `round ${i + 1}: hakpilih ${round((ours.at(-1) as Load).perSecond)}/s, peer ${round((theirs.at(-1) as Load).perSecond)}/s`,
      );
    }
    const rate = (loads: Load[]): number => median(loads.map((one) => one.perSecond));
    table.push({
      connections,
      checksPerSecond: round(rate(ours)),
      peerPerSecond: round(rate(theirs)),
      peerPool: best.pool,
      ratio: round(median(ours.map((one, i) => one.perSecond / (theirs[i] as Load).perSecond)), 2),
      p50Ms: round(median(ours.map((one) => one.p50Ms)), 2),
      p99Ms: round(median(ours.map((one) => one.p99Ms)), 2),
      peerP99Ms: round(median(theirs.map((one) => one.p99Ms)), 2),
      errors: [...ours, ...theirs].reduce((sum, one) => sum + one.errors, 0),
      // Requests still on their way when the warming up and the round end are audited but not counted: at most two a connection.
      auditRowsBeyondAnswers: extraAuditRows,
    });
  }
  await sql.end();
  return table;
}

/** Bodies of both: four of five are residents of the sample, one is nobody. The peer is given the tag: it need not make it. */
async function writeBodies({ directory, keys, sample, rows }: BenchContext): Promise<{ bodies: string; tags: string }> {
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
  await writeFile(tags, niks.map((nik) => JSON.stringify({ tag: tagsOf(registryKeys, nik as Nik, {}).tag })).join('\n'));
  return { bodies, tags };
}
