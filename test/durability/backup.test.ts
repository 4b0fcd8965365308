import { chmod, cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBackup } from '../../src/platform/backup.ts';
import { REGISTRY_TABLES } from '../../src/registry/dump.ts';
import { deriveKeys, type RegistryKeys } from '../../src/registry/registry-keys.ts';
import { connect } from '../../src/registry/sql.ts';
import { exportOf, people, person } from '../support/exports.ts';
import { createMigratedDatabase, createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { nikOf } from '../support/registry.ts';
import { type RunningServer, runCli, startServer } from '../support/server.ts';
import { knowledgeOf, tablesOf } from '../support/state.ts';

const WHEN = ['2018-01-12T17:00:00+07:00', '2018-02-12T17:00:00+07:00'] as const;
const LIST = [1, 2, 3, 900].map((n) => `${JSON.stringify({ ref: `v${n}`, nik: nikOf(n) })}\n`).join('');

let root: string;
let place: (name: string) => string;
let env: Record<string, string>;
let token: string;
let listId: string;
let before: unknown[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hakpilih-backup-'));
  await chmod(root, 0o755);
  place = (name) => join(root, name);
  env = { HAKPILIH_DATA_DIR: place('first'), HAKPILIH_TODAY: '2018-02-20' };
  await writeFile(place('export-0.csv'), exportOf(people(400)));
  await writeFile(place('export-1.csv'), exportOf([...people(395, 2), person(1, { status: 'CARD_ISSUED' })]));
  await ran(['import', place('export-0.csv'), '--source', '32.01', '--as-of', WHEN[0]]);
  const scopes = ['--scope', 'check,lists,bulk,audit'];
  token = (await ran(['token', '--client', 'kpud-bogor', ...scopes, '--ttl', '1d'])).out.trim();
  await withServer(env, async (server) => {
    listId = ((await ask(server, '/v1/lists', LIST, 'application/x-ndjson')) as { id: string }).id;
    await ran(['import', place('export-1.csv'), '--source', '32.01', '--as-of', WHEN[1]]);
    before = await answersOf(server);
  });
  const { err } = await ran(['backup', '--to', place('database'), '--keys', place('keys')]);
  expect(err).toContain('Keep them apart');
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function ran(args: string[], at = env): Promise<{ out: string; err: string }> {
  const { code, out, err } = await runCli(args, at);
  if (code !== 0) throw new Error(`${args[0]}: ${err}`);
  return { out, err };
}

async function withServer(at: Record<string, string>, work: (server: RunningServer) => Promise<void>): Promise<void> {
  const server = await startServer(at);
  await work(server).finally(() => server.stop());
}

async function ask({ url }: RunningServer, path: string, body?: string, type = 'application/json'): Promise<unknown> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': type, 'Idempotency-Key': 'list-1' };
  const response = await fetch(`${url}${path}`, body === undefined ? { headers } : { method: 'POST', headers, body });
  expect(response.ok).toBe(true);
  return await response.json();
}

const answersOf = async (server: RunningServer): Promise<unknown[]> => [
  ...(await Promise.all(
    [0, 1, 2, 399, 800].map((n) => ask(server, '/v1/checks', JSON.stringify({ nik: nikOf(n) }))),
  )),
  await ask(server, `/v1/lists/${listId}`),
  await ask(server, `/v1/lists/${listId}/changes`),
];

describe('a backup', () => {
  it('holds every table of the registry', async () => {
    const database = await createMigratedDatabase();
    const sql = connect(database.url, { max: 1 });
    const present = await sql`SELECT table_name, string_agg(column_name, ',' ORDER BY column_name) AS columns
      FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1 ORDER BY 1`;
    const known = REGISTRY_TABLES.map(({ name, columns }) => [
      name,
      columns.replaceAll('"', '').split(',').toSorted().join(),
    ]).sort();
    expect(known).toEqual(present.map(({ table_name, columns }) => [table_name, columns]));
    await sql.end();
    await database.drop();
  });

  it('has no key in it, and none but the operator can read it', async () => {
    const registryKey = (await readFile(place('first/keys/registry.key'), 'utf8')).trim();
    for (const name of await readdir(place('database')))
      expect(await readFile(join(place('database'), name), 'latin1')).not.toContain(registryKey);
    expect(await readFile(place('keys/keys/registry.key'), 'utf8')).toBe(`${registryKey}\n`);
  });

  it('is not written over another one, nor beside its keys', async () => {
    const refused = async (...args: string[]) => (await runCli(['backup', ...args], env)).err.trim();
    expect(await refused('--to', place('database'))).toMatch(/is there already: a backup wants a new directory$/);
    expect(await refused('--to', place('new'), '--keys', place('keys'))).toMatch(/^There are keys in .* already/);
    for (const keys of ['same', 'same/keys', '.'])
      expect(await refused('--to', place('same'), '--keys', place(keys))).toMatch(/^--keys must be another place/);
    expect(await readdir(root)).not.toContain('same');
  });

  it('gives a registry that answers alike, whose audit verifies and goes on', async () => {
    const at = { ...env, HAKPILIH_DATA_DIR: place('second') };
    const { err } = await ran(['restore', '--from', place('database'), '--keys', place('keys')], at);
    expect(err).toMatch(/Restored 400 rows of residents\n/);
    const state = async (from: Record<string, string>) =>
      JSON.parse((await ran(['client', 'list', '--json'], from)).out);
    expect(await state(at)).toEqual(await state(env));
    const verdict = async () => JSON.parse((await ran(['audit', 'verify', '--json'], at)).out);
    const sealed = await verdict();
    expect(sealed).toMatchObject({ fault: null, unsealed: 0 });
    expect(sealed.rows).toBeGreaterThanOrEqual(before.length);
    await withServer(at, async (server) => expect(await answersOf(server)).toEqual(before));
    const after = await verdict();
    expect(after).toMatchObject({ fault: null, unsealed: 0 });
    expect(after.rows).toBeGreaterThan(sealed.rows);
    // Numbers of copies go on behind those that were given before.
    await ran(['import', place('export-0.csv'), '--source', '32.01', '--as-of', '2018-03-12T17:00:00+07:00'], at);
  });

  it('is restored into an empty registry alone', async () => {
    const { code, err } = await runCli(['restore', '--from', place('database')], env);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('the registry is not empty') });
  });
});

describe('a backup that is not as it was written', () => {
  let keys: RegistryKeys;
  beforeAll(async () => {
    const text = await readFile(place('keys/keys/registry.key'), 'utf8');
    keys = deriveKeys(Buffer.from(text, 'base64url'));
  });

  const spoiled = async (spoil: (directory: string) => Promise<void>): Promise<string> => {
    const directory = await mkdtemp(place('spoiled-'));
    await cp(place('database'), directory, { recursive: true });
    await spoil(directory);
    return directory;
  };
  const refusal = async (spoil: (directory: string) => Promise<void>): Promise<string> =>
    await readBackup(await spoiled(spoil), keys).then(
      () => 'believed',
      (error: Error) => error.message,
    );
  const flip = async (path: string, at: number): Promise<void> => {
    const bytes = await readFile(path);
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(path, bytes);
  };
  const signed =
    (change: object) =>
    async (directory: string): Promise<void> => {
      const path = join(directory, 'manifest');
      const [json = ''] = (await readFile(path, 'utf8')).split('\n');
      const changed = JSON.stringify({ ...JSON.parse(json), ...change });
      const mac = Buffer.from(keys.snapshot(`backup ${changed}`), 'latin1').toString('hex');
      await writeFile(path, `${changed}\n${mac}\n`);
    };

  it('is refused, whichever byte is another one', async () => {
    const size = (await readFile(join(place('database'), 'residents.copy'))).length;
    for (const at of [0, Math.floor(size / 2), size - 1])
      expect(await refusal((directory) => flip(join(directory, 'residents.copy'), at))).toMatch(
        /^Nothing was restored: .*residents\.copy is not as it was written$/,
      );
    const { length } = await readFile(join(place('database'), 'manifest'));
    for (let at = 0; at < length; at += 41)
      expect(await refusal((directory) => flip(join(directory, 'manifest'), at))).toMatch(
        /^Nothing was restored: (manifest is not as it was written|the backup was made under another)/,
      );
  });

  it.each([
    [
      'a file cut short',
      (at: string) => truncate(join(at, 'audit.copy'), 10),
      /audit\.copy is not as it was written$/,
    ],
    ['a file missing', (at: string) => rm(join(at, 'changes.copy')), /changes\.copy cannot be read \(ENOENT\)$/],
    ['no manifest', (at: string) => rm(join(at, 'manifest')), /there is no backup in .*: manifest is missing$/],
    ['another format', signed({ format: 2 }), /another version of hakpilih made it, in another format/],
    ['an older schema', signed({ schema: '0000_registry' }), /its schema is 0000_registry, here it is 0/],
    ['a newer schema', signed({ schema: '9999_later' }), /its schema is 9999_later, here it is 0.*: use the version/],
  ])('is refused: %s', async (_, spoil, line) => {
    expect(await refusal(spoil)).toMatch(line);
  });

  it('leaves nothing behind, neither keys nor rows', async () => {
    const other = { ...env, HAKPILIH_DATA_DIR: place('other') };
    const restored = await runCli(['restore', '--from', place('database')], other);
    expect(restored.err).toContain('made under another HAKPILIH_REGISTRY_KEY');
    expect(await readdir(place('other')).catch(() => [])).toEqual([]);
    const cut = await spoiled((directory) => truncate(join(directory, 'residents.copy'), 1_000));
    expect((await runCli(['restore', '--from', cut, '--keys', place('keys')], other)).code).toBe(1);
    expect(await readdir(place('other')).catch(() => [])).toEqual([]);
  });
});

describe('purge', () => {
  const YES = ['purge', '--yes-destroy', 'pilkada-2018'];
  let at: Record<string, string>;
  beforeAll(async () => {
    at = { ...env, HAKPILIH_DATA_DIR: place('purged') };
    await ran(['restore', '--from', place('database'), '--keys', place('keys')], at);
  });

  it('is asked for by the name of the election, when its day is over', async () => {
    expect((await runCli(['purge'], at)).err).toMatch(/^Usage/);
    expect((await runCli(['purge', '--yes-destroy', 'pilkada'], at)).err).toMatch(/^--yes-destroy must name/);
    const early = await runCli(YES, {
      ...at,
      NODE_OPTIONS: '--import=data:text/javascript,Date.now=()=>1530000000000',
    });
    expect(early).toMatchObject({ code: 1, err: expect.stringMatching(/^Polling day \(2018-06-27\) is not over/) });
    expect(await readdir(place('purged'))).toContain('keys');
  });

  it('does nothing while a server uses the database', async () => {
    await withServer(at, async (server) => {
      expect(await runCli(YES, at)).toMatchObject({ code: 1, err: expect.stringMatching(/in use/) });
      expect(await answersOf(server)).toEqual(before);
    });
  });

  it('leaves nothing of an embedded database, and may be run again', async () => {
    const { err } = await ran(YES, at);
    for (const name of ['keys', 'snapshot', 'spool']) expect(err).toContain(`Destroyed ${place(`purged/${name}`)}`);
    expect(err).toMatch(/Destroyed residents, with 400 rows\n/);
    expect(await readdir(place('purged')).catch(() => [])).toEqual([]);
    await ran(YES, at);
    expect(await readdir(place('purged')).catch(() => [])).toEqual([]);
  });

  describe('of a database of the operator', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase();
      at = { ...env, HAKPILIH_DATA_DIR: place('own'), HAKPILIH_DATABASE_URL: database.url };
      await ran(['restore', '--from', place('database'), '--keys', place('keys')], at);
    });
    afterAll(() => database.drop());

    it('is refused while anyone is connected', async () => {
      const sql = connect(database.url, { max: 1 });
      const there = await tablesOf(sql);
      expect((await runCli(YES, at)).err).toMatch(/^The database is in use/);
      expect(await tablesOf(sql)).toEqual(there);
      expect((await knowledgeOf(sql)).residents).toHaveLength(400);
      await sql.end();
    });

    it('leaves no table, type or function', async () => {
      expect((await ran(YES, at)).err).toContain('Destroyed audit, with ');
      const sql = connect(database.url, { max: 1 });
      const left = await sql`
        SELECT relname FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'drizzle'))
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`;
      expect([...left]).toEqual([]);
      await sql.end();
      expect(await readdir(place('own')).catch(() => [])).toEqual([]);
      await ran(YES, at);
    });
  });
});
