import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Nik } from '../../src/core/nik.ts';
import { SANDBOX, sampleHeader, sampleRows } from '../../src/intake/sample.ts';
import { type EmbeddedDatabase, openEmbeddedDatabase } from '../../src/platform/database.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { connect } from '../../src/registry/sql.ts';
import { tagBytes } from '../../src/registry/tags.ts';
import { findTraces, stolenFiles, tracesOf } from '../support/attack.ts';
import { answerIn, check } from '../support/runtimes.ts';
import { createTestKeys, runCli, startServer } from '../support/server.ts';

const ROWS = 1_500;
/** Decoys whom a list does not hold: the registry has nothing of them, though they were asked about. */
const STRANGERS = 150;
const registryKey = randomBytes(32);
type Person = { nik: string; facts: string[] };

/** Those of the export, with what it says of them. The first rows are the fixed examples. */
function peopleOf(csv: string): Person[] {
  const [, ...lines] = csv.split('\r\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [nik = '', kk = '', name = '', , , , , , , , , , , , , , , , , , suket = ''] = line.split(';');
    return { nik, facts: [nik, kk, name, ...(suket === '' ? [] : [suket])] };
  });
}

describe('a dump of the database, its WAL and every log', () => {
  let directory: string;
  let database: EmbeddedDatabase;
  let log: string;
  const csv = sampleHeader() + [...sampleRows({ rows: ROWS })].join('');
  const people = peopleOf(csv);
  const decoys: Person[] = Array.from({ length: 200 }, (_, i) => ({
    nik: `329901010180${9000 + i}`,
    facts: [`329901010180${9000 + i}`],
  }));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hakpilih-dump-'));
    database = await openEmbeddedDatabase({ dataDir: directory, say: () => {} });
    const keys = await createTestKeys(registryKey);
    const env = { ...keys, HAKPILIH_DATABASE_URL: database.url, HAKPILIH_TODAY: '2018-01-12' };
    const file = join(directory, 'export.csv');
    const logs: string[] = [];
    const importing = async (text: string, asOf: string): Promise<void> => {
      await writeFile(file, text);
      const { code, out, err } = await runCli(['import', file, '--source', '32.01', '--as-of', asOf], env);
      expect(code).toBe(0);
      logs.push(out, err);
    };
    await importing(csv, '2018-01-12T17:00:00+07:00');
    await importing(
      csv.replaceAll('PRINT_READY_RECORD', 'CARD_ISSUED').replace('\r\n3201', '\r\n320X'),
      '2018-02-12T17:00:00+07:00',
    );
    await rm(file);
    await rm(`${file}.rejected.csv`);
    const server = await startServer(env);
    const scopes = 'check,bulk,lists,audit';
    await runCli(['client', 'add', 'kpud', '--scope', scopes, '--quota', '100000'], env);
    const token = (await runCli(['token', '--client', 'kpud', '--scope', scopes], env)).out.trim();
    const ask = (question: unknown): Promise<Response> => check(server, `Bearer ${token}`, question);
    // Strangers in between: too many of them in a row would make the client pause.
    const asked = people.slice(0, 120).flatMap((one, i) => (i % 4 ? [one] : [one, decoys[i / 4] as Person]));
    for (const { nik, facts } of asked) {
      const [, kk, name, suketNumber] = facts;
      await ask({ nik, name, kk, suketNumber });
    }
    for (const wrong of [
      { nik: Number(people[50]?.nik) },
      { nik: `${people[50]?.nik}0` },
      { nik: people[50]?.nik, [people[51]?.nik as string]: 1 },
    ])
      await ask(wrong);
    for (const { nik, name, kk } of SANDBOX) {
      for (const second of [name, kk, 'BUKAN NAMANYA']) {
        await fetch(server.url, {
          method: 'POST',
          body: new URLSearchParams({ nik, second }),
          headers: { Accept: 'text/html' },
        });
      }
      await fetch(`${server.url}/?nik=${nik}`);
    }
    expect(await answerIn(await ask({ nik: SANDBOX[3]?.nik }))).toMatchObject({ document: 'EKTP' });
    const send = (path: string, lines: object[], headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-ndjson', ...headers },
        body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      });
    const everybody = [...people, ...decoys].map(({ nik, facts: [, kk, name] }, i) => ({
      ref: `r${i}`,
      nik,
      name,
      kk,
    }));
    expect(await (await send('/v1/checks/bulk', everybody)).text()).toContain(`"lines":${everybody.length}`);
    const list = everybody.slice(0, -STRANGERS).map(({ ref, nik }) => ({ ref, nik }));
    expect((await send('/v1/lists', list, { 'Idempotency-Key': 'all' })).status).toBe(201);
    expect((await send('/v1/lists', [...list, { ref: 'x', nik: `${people[52]?.nik}0` }])).status).toBe(400);
    await server.stop();
    logs.push(server.log());
    log = logs.join('\n');
    const sql = connect(database.url, { max: 1 });
    await sql`CHECKPOINT`;
    await sql.end();
  }, 120_000);
  afterAll(async () => {
    await database.close();
    for (const place of new Set([directory, database.dataDir])) await rm(place, { recursive: true, force: true });
  });

  const stolen = async () => [...(await stolenFiles(database.dataDir)), { path: 'log', bytes: Buffer.from(log) }];

  it('name nobody to one who has all NIKs but not the key', async () => {
    const all = [...people, ...decoys].flatMap(({ nik, facts }) =>
      tracesOf(
        facts.filter((fact) => fact.length >= 8),
        nik,
      ),
    );
    const files = await stolen();
    expect(files.some(({ path }) => path.includes('pg_wal'))).toBe(true);
    const found = findTraces(files, all);
    console.log(
      `${files.length} files, ${all.length} traces of ${people.length + decoys.length} people: ${found.size} found`,
    );
    expect([...found].map((i) => all[i]?.toString('latin1'))).toEqual([]);
  });

  it('hold nothing of the key', async () => {
    const key = [registryKey, Buffer.from(registryKey.toString('base64')), Buffer.from(registryKey.toString('hex'))];
    expect(findTraces(await stolen(), key).size).toBe(0);
  });

  it('name everybody to one who has it', async () => {
    const keys = deriveKeys(registryKey);
    const niks = [...new Set(people.map(({ nik }) => nik))];
    const tags = niks.map((nik) => Buffer.from(tagBytes(keys, nik as Nik), 'latin1'));
    expect(findTraces(await stolen(), tags).size).toBe(niks.length);
    const strangers = decoys.slice(-STRANGERS).map(({ nik }) => Buffer.from(tagBytes(keys, nik as Nik), 'latin1'));
    expect(findTraces(await stolen(), strangers).size).toBe(0);
  });

  it('would be seen through if they held a NIK, a number or a plain hash', () => {
    const nik = decoys[0]?.nik as string;
    const traces = tracesOf([nik], nik);
    for (const trace of traces) {
      const page = Buffer.concat([randomBytes(5_000), trace, randomBytes(3_000)]);
      expect(findTraces([{ bytes: page }], traces).size).toBeGreaterThan(0);
    }
    expect(findTraces([{ bytes: randomBytes(8_192) }], traces).size).toBe(0);
  });
});
