import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTestKeys, runCli } from '../support/server.ts';

let directory: string;
let database: TestDatabase;
let env: Record<string, string>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hakpilih-commands-'));
  database = await createTestDatabase();
  env = { ...(await createTestKeys()), HAKPILIH_DATABASE_URL: database.url, HAKPILIH_DATA_DIR: directory };
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

describe('the command line', () => {
  it('shows its usage, and refuses what it does not know', async () => {
    const help = await runCli([], env);
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Usage: hakpilih <command>') });
    for (const name of ['import', 'token', 'sample', 'migrate']) expect(help.out).toContain(`\n  ${name}`);
    expect(await runCli(['geheim'], env)).toMatchObject({ code: 1, out: '', err: expect.not.stringContaining('geheim') });
    expect(await runCli(['import', '--help'], env)).toMatchObject({ code: 0, out: expect.stringContaining('--as-of') });
  });

  it.each([
    ['token', '--scope', 'check'],
    ['token', '--client', 'geheim geheim', '--scope', 'check'],
    ['token', '--client', 'tps-01'],
    ['token', '--client', 'tps-01', '--scope', 'geheim'],
    ['token', '--client', 'tps-01', '--scope', 'check', '--region', '32.geheim'],
    ['token', '--client', 'tps-01', '--scope', 'check', '--ttl', 'geheim'],
    ['token', '--geheim', 'x'],
    ['sample', '--rows', 'geheim'],
    ['sample', '--out', '/geheim/there/is/none'],
  ])('refuses bad arguments of %s in one line that repeats none (%s %s %s %s %s %s)', async (...args) => {
    const { code, out, err } = await runCli(args as string[], env);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).not.toContain('geheim');
  });

  it('makes a sample that is the same each time, to standard output and to a file', async () => {
    const file = join(directory, 'sample.csv');
    await runCli(['sample', '--rows', '300', '--seed', '7', '--out', file], env);
    const { out } = await runCli(['sample', '--rows', '300', '--seed', '7'], env);
    expect(await readFile(file, 'utf8')).toBe(out);
    expect(out.split('\r\n')).toHaveLength(302);
    expect((await runCli(['sample', '--rows', '300', '--seed', '8'], env)).out).not.toBe(out);
  });

  it('migrates an empty database, and again', async () => {
    for (let i = 0; i < 2; i += 1) {
      expect(await runCli(['migrate'], env)).toMatchObject({
        code: 0,
        out: '',
        err: 'The schema of the registry is up to date\n',
      });
    }
  });
});
