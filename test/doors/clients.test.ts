import { chmod, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTestKeys, runCli, startServer } from '../support/server.ts';

let directory: string;
let database: TestDatabase;
let env: Record<string, string>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hakpilih-clients-'));
  database = await createTestDatabase();
  env = { ...(await createTestKeys()), HAKPILIH_DATABASE_URL: database.url, HAKPILIH_DATA_DIR: directory };
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});
const client = (...args: string[]) => runCli(['client', ...args], env);
const kept = async (name: string) =>
  JSON.parse((await client('list', '--json')).out).find((one: { name: string }) => one.name === name);

describe('client add', () => {
  it('says what a new client may see, above all where that is everything', async () => {
    const wide = await client('add', 'wide', '--scope', 'check');
    expect(wide).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^New client wide: check; sees EVERY region; 60 checks/),
    });
    const narrow = await client('add', 'narrow', '--scope', 'check', '--region', '32.01');
    expect(narrow.err).toContain('sees 32.01;');
    const token = await runCli(['token', '--client', 'by-token', '--scope', 'check'], env);
    expect(token.err).toContain('Added client by-token: check; sees EVERY region');
    expect((await runCli(['token', '--client', 'by-token', '--scope', 'check'], env)).err).toBe('');
  });

  it('of one that exists changes what is named and nothing else, and shows both', async () => {
    const first = ['--scope', 'check,bulk', '--region', '32.01', '--quota', '600/50000', '--list-quota', '7'];
    await client('add', 'kpud', ...first);
    const before = { scopes: ['check', 'bulk'], region: '32.01', perMinute: 600, perDay: 50_000, linesPerDay: 7 };
    expect(await kept('kpud')).toMatchObject(before);
    const changes: [string[], object][] = [
      [[], {}],
      [['--scope', 'check'], { scopes: ['check'] }],
      [['--quota', '700'], { perMinute: 700 }],
      [['--quota', '800/60000'], { perMinute: 800, perDay: 60_000 }],
      [['--list-quota', '8'], { linesPerDay: 8 }],
      [['--region', '32.01.01'], { region: '32.01.01' }],
      [['--region', 'all'], { region: null }],
    ];
    let now: object = before;
    for (const [args, change] of changes) {
      const { code, err } = await client('add', 'kpud', ...args);
      now = { ...now, ...change };
      expect([code, await kept('kpud')]).toMatchObject([0, now]);
      expect(err).toMatch(/^Client kpud: .*\n {4}→ kpud: .*\n$/);
    }
  });

  it.each([
    ['--quota', '50000000'],
    ['--quota', '20000000/'],
    ['--quota', '1/1000000000'],
    ['--list-quota', '1000000000'],
    ['--list-quota', '-1'],
    ['--region', ''],
    ['--scope', 'coverage'],
    ['--scope', 'pack'],
  ])('refuses %s %s in a line that names the option', async (option, value) => {
    const scope = option === '--scope' ? [] : ['--scope', 'check'];
    const { code, err } = await client('add', 'fresh', ...scope, `${option}=${value}`);
    expect([code, err.trim().split('\n').length]).toEqual([1, 1]);
    expect(err).toContain(option);
    expect(await kept('fresh')).toBeUndefined();
  });

  it('takes the largest quotas that Postgres can count', async () => {
    await client('add', 'largest', '--scope', 'check', '--quota', '19999999');
    expect(await kept('largest')).toMatchObject({ perMinute: 19_999_999, perDay: 999_999_950 });
    await client('add', 'largest', '--quota', '999999999/999999999', '--list-quota', '999999999');
    expect(await kept('largest')).toMatchObject({
      perMinute: 999_999_999,
      perDay: 999_999_999,
      linesPerDay: 999_999_999,
    });
  });

  it.each(['self-check', 'command-line'])('refuses the name %s, which the audit has for its own', async (name) => {
    for (const args of [
      ['client', 'add', name, '--scope', 'check'],
      ['client', 'revoke', name],
      ['token', '--client', name, '--scope', 'check'],
    ])
      expect(await runCli(args, env)).toMatchObject({
        code: 1,
        err: expect.stringContaining('a client needs a name'),
      });
  });

  it('leaves a client revoked, and one that was revoked in advance as well', async () => {
    expect((await client('revoke', 'wide')).err).toBe('Revoked\n');
    expect((await client('revoke', 'kpu.officer-7')).err).toBe(
      'There was no client of that name: revoked in advance\n',
    );
    expect((await client('revoke', 'kpu.officer-7')).err).toBe('Revoked\n');
    for (const name of ['wide', 'kpu.officer-7']) {
      expect((await client('add', name, '--scope', 'check')).err).toContain('It is revoked and stays so');
      expect((await kept(name)).revokedAt).not.toBeNull();
      expect(await kept(name)).toMatchObject({ perMinute: 60, perDay: 3_000 });
      expect((await runCli(['token', '--client', name, '--scope', 'check'], env)).err).toContain(
        'This client is revoked',
      );
    }
  });
});

it('check --out leaves the answers to their owner alone, in a file that others could read before, too', async () => {
  const [questions, answers] = [join(directory, 'q.ndjson'), join(directory, 'a.ndjson')];
  await writeFile(questions, '{"ref":"1","nik":"3201011403859001"}\n');
  await writeFile(answers, 'old');
  await chmod(answers, 0o644);
  expect((await runCli(['check', questions, '--out', answers], env)).code).toBe(0);
  expect((await stat(answers)).mode & 0o777).toBe(0o600);
});

it('a running server whose keys are moved away goes on with those it has, and makes none', async () => {
  const dataDir = join(directory, 'server');
  const { HAKPILIH_REGISTRY_KEY = '', HAKPILIH_DATABASE_URL = '' } = env;
  const server = await startServer({ HAKPILIH_REGISTRY_KEY, HAKPILIH_DATABASE_URL, HAKPILIH_DATA_DIR: dataDir });
  try {
    const keys = async () => await (await fetch(`${server.url}/.well-known/jwks.json`)).json();
    const before = await keys();
    await rename(join(dataDir, 'keys'), join(dataDir, 'moved'));
    await expect.poll(() => server.log(), { timeout: 60_000 }).toContain('The signing keys cannot be read');
    expect(await keys()).toEqual(before);
    await expect(stat(join(dataDir, 'keys'))).rejects.toMatchObject({ code: 'ENOENT' });
  } finally {
    await server.stop();
  }
});
