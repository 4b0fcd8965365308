import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Nik } from '../../src/core/nik.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { connect } from '../../src/registry/sql.ts';
import { tagsOf } from '../../src/registry/tags.ts';
import type { BenchContext } from './context.ts';
import { benchToken, median, round, startListening } from './tools.ts';

const MAX_LINES = 1_000_000;
const TAGS_A_STATEMENT = 1_500;
const STATEMENTS_AHEAD = 3;
const FLAT_TIMES = 4;
const END_BYTES = 1_000;

/** Lines a second of the bulk check over HTTP against the bare join over the same driver, on the same registry, in turn. */
export async function benchBulk(context: BenchContext, url: string) {
  const { keys, rounds, say } = context;
  const authorization = await benchToken(keys, url);
  const { file, tags } = await writeQuestions(context);
  const server = await startListening('src/node.ts', { ...keys, HAKPILIH_DATABASE_URL: url, PORT: '0' });
  const peakMb = (): number =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const questions = await readFile(file);
  const ask = async (times: number): Promise<number> => {
    const started = performance.now();
    const headers = { Authorization: authorization, 'Content-Type': 'application/x-ndjson' };
    const end = await send(`${server.url}/v1/checks/bulk`, headers, Array(times).fill(questions));
    if (!end.includes(`"lines":${tags.length * times},`))
      throw new Error('the answer of the bulk check is not whole');
    return (tags.length * times) / ((performance.now() - started) / 1000);
  };
  const sql = connect(url, { max: 1, genericPlans: true });
  const [ours, bare]: number[][] = [[], []];
  await ask(1);
  const idleMb = peakMb();
  for (let i = 0; i < rounds; i += 1) {
    bare?.push(await bareJoin(sql, tags));
    ours?.push(await ask(1));
    say(`round ${i + 1}: bulk ${round(ours?.at(-1) ?? 0)} lines/s, bare join ${round(bare?.at(-1) ?? 0)} lines/s`);
  }
  const shortMb = peakMb();
  await ask(FLAT_TIMES);
  const longMb = peakMb();
  await server.stop();
  await sql.end();
  return {
    lines: tags.length,
    linesPerSecond: round(median(ours ?? [])),
    barePerSecond: round(median(bare ?? [])),
    ratio: round(median(ours ?? []) / median(bare ?? []), 2),
    firstPeakMb: round(idleMb),
    peakMb: round(shortMb),
    [`peakMbAt${FLAT_TIMES}Times`]: round(longMb),
  };
}

/** Posts a body and reads the answer as lightly as Node can; its last thousand bytes. */
function send(url: string, headers: Record<string, string>, body: Uint8Array[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const posting = request(url, { method: 'POST', headers }, (response) => {
      let end: Buffer = Buffer.alloc(0);
      response.on('data', (piece: Buffer) => {
        end =
          piece.length >= END_BYTES ? piece.subarray(-END_BYTES) : Buffer.concat([end, piece]).subarray(-END_BYTES);
      });
      response.on('end', () => resolve(end));
      response.on('error', reject);
    });
    posting.on('error', reject);
    Readable.from(body).pipe(posting);
  });
}

/** The join and nothing else: sorted tags in, the columns of the rows out. Lines a second. */
async function bareJoin(sql: ReturnType<typeof connect>, tags: readonly string[]): Promise<number> {
  const started = performance.now();
  const ahead: Promise<unknown>[] = [];
  for (let at = 0; at < tags.length; at += TAGS_A_STATEMENT) {
    const some = `{${tags
      .slice(at, at + TAGS_A_STATEMENT)
      .sort()
      .join(',')}}`;
    const statement = sql.unsafe(
      `SELECT r.copy, r.status, r.flags, r.region, r.suket_issued, r.suket_ends, r.of_age_on
       FROM unnest($1::uuid[]) AS a (tag) LEFT JOIN residents r ON r.tag = a.tag`,
      [some],
      { prepare: true },
    );
    ahead.push(statement.values().execute());
    if (ahead.length >= STATEMENTS_AHEAD) await ahead.shift();
  }
  await Promise.all(ahead);
  return tags.length / ((performance.now() - started) / 1000);
}

/** Four of five are residents of the sample, one is nobody. */
async function writeQuestions({
  directory,
  keys,
  sample,
  rows,
}: BenchContext): Promise<{ file: string; tags: string[] }> {
  const registryKeys = deriveKeys(Buffer.from(keys.HAKPILIH_REGISTRY_KEY as string, 'base64'));
  const file = join(directory, 'questions.ndjson');
  const input = createReadStream(await sample(rows));
  const step = Math.max(1, Math.floor(rows / (MAX_LINES * 0.8)));
  const tags: string[] = [];
  async function* lines(): AsyncGenerator<string> {
    let line = 0;
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (line === 1 || line % step !== 0) continue;
      const niks = [
        text.slice(0, 16),
        ...(tags.length % 5 === 3 ? [`3299${String(line).padStart(8, '0')}9999`] : []),
      ];
      for (const nik of niks) {
        if (tags.length >= MAX_LINES) return;
        tags.push(tagsOf(registryKeys, nik as Nik, {}).tag);
        yield `{"ref":"${tags.length}","nik":"${nik}"}\n`;
      }
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(file));
  return { file, tags };
}
