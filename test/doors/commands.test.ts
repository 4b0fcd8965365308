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
    expect(await runCli(['geheim'], env)).toMatchObject({
      code: 1,
      out: '',
      err: expect.not.stringContaining('geheim'),
    });
    expect(await runCli(['import', '--help'], env)).toMatchObject({
      code: 0,
      out: expect.stringContaining('--as-of'),
    });
  });

  it.each([
    ['token', '--scope', 'check'],
    ['token', '--client', 'geheim geheim', '--scope', 'check'],
    ['token', '--client', 'tps-01'],
    ['token', '--client', 'tps-01', '--scope', 'geheim'],
    ['token', '--client', 'tps-01', '--scope', 'check', '--region', '32.geheim'],
    ['token', '--client', 'tps-01', '--scope', 'check', '--ttl', 'geheim'],
    ['token', '--client=geheim geheim', '--ttl'],
    ['token', '--client', 'x', '--scope', 'check', '--json=geheim'],
    ['token', '--3201019999999001geheim', 'x'],
    ['audit', 'trace', 'geheim'],
    ['sample', '--rows', 'geheim'],
    ['sample', '--out', '/geheim/there/is/none'],
  ])('refuses bad arguments of %s in one line that repeats none (%s %s %s %s %s %s)', async (...args) => {
    const { code, out, err } = await runCli(args as string[], env);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).not.toContain('geheim');
  });

  it('names an unknown option, and one that lacks its value, and never what it holds', async () => {
    const refused: [string[], RegExp][] = [
      [['token', '--nonsense', 'geheim'], /^There is an unknown option --nonsense\. Usage: hakpilih token/],
      [['import', '--as-off=geheim'], /^There is an unknown option --as-off\./],
      [['check', '-o', 'geheim'], /^There is an unknown option -o\./],
      [['sample', '--3201019999999001=geheim'], /^There is an unknown option\. Usage/],
      [['sample', '--nik3201019999999001'], /^There is an unknown option\. Usage/],
      [['sample', '--seed'], /^--seed lacks its value or has one too many\./],
      [['import', '--source', '--as-of', 'geheim'], /^--source lacks its value or has one too many\./],
      [['import', '--json=geheim'], /^--json lacks its value or has one too many\./],
    ];
    for (const [args, line] of refused) {
      const { code, err } = await runCli(args, env);
      expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
      expect(err).toMatch(line);
      expect(err).not.toMatch(/geheim|320101/);
    }
  });

  it.each(['import', 'check', 'client', 'token', 'keys', 'audit', 'sample', 'migrate'])(
    'explains every option of %s',
    async (name) => {
      const { code, out, err } = await runCli(['help', name], env);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      for (const [option] of out.split('\n\n')[0]?.matchAll(/--[a-z-]+/g) ?? [])
        expect(out).toMatch(new RegExp(`^  ${option} .*  [a-z]{2}`, 'm'));
      for (const line of out.split('\n').filter((one) => one.startsWith('  --')))
        expect(line).toMatch(/^ {2}--[a-z-]+ .* {2}\S.{10,}$/);
    },
  );

  it('explains a command however it is asked', async () => {
    const { out } = await runCli(['help', 'keys'], env);
    for (const asked of ['--help', '-h']) expect((await runCli(['keys', 'rotate', asked], env)).out).toBe(out);
  });

  it('knows no command that every object has', async () => {
    expect(await runCli(['help', 'constructor'], env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such command'),
    });
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
