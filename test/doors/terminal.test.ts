import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleHeader, sampleRows } from '../../src/intake/sample.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTestKeys, QUICK_MODULES, runCli, startDoor } from '../support/server.ts';

let database: TestDatabase;
let env: Record<string, string>;
let directory: string;
beforeAll(async () => {
  database = await createTestDatabase();
  env = { ...(await createTestKeys()), HAKPILIH_DATABASE_URL: database.url };
});
afterAll(() => database.drop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hakpilih-terminal-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const rows = [sampleHeader(), ...sampleRows({ rows: 300 })].join('');
const [aNik] = /[0-9]{16}/.exec(rows) as RegExpExecArray;

describe.runIf(existsSync('/usr/bin/script'))('on a terminal', () => {
  /** A command on a terminal of its own; `shown` is all that stands there. */
  const onTerminal = (args: string[]) => {
    const command = [process.execPath, '--import', QUICK_MODULES, 'src/cli.ts', ...args]
      .map((one) => `'${one}'`)
      .join(' ');
    const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], {
      env: { PATH: process.env.PATH, ...env },
    });
    let shown = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (shown += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { child, shown: () => shown, ended };
  };

  it('a check shows how far it is, of a packed file too', async () => {
    const file = join(directory, 'people.csv');
    await writeFile(file, rows);
    for (const path of [file, `${file}.gz`]) {
      if (path !== file) await writeFile(path, (await import('node:zlib')).gzipSync(rows));
      const { shown, ended } = onTerminal(['check', path, '--out', join(directory, 'answers.csv')]);
      expect(await ended).toBe(0);
      expect(shown()).toMatch(/\[#+-*\] [0-9]+ % {2}[0-9]+ rows/);
      expect(shown()).toContain('Answered 300 lines');
    }
  });

  it('audit trace asks for the NIK, and shows it nowhere', async () => {
    const { child, shown, ended } = onTerminal(['audit', 'trace']);
    await expect.poll(shown, { timeout: 30_000 }).toContain('NIK (it is not shown): ');
    child.stdin.write(`${aNik}\r`);
    expect(await ended).toBe(0);
    expect(shown()).toContain('0 questions');
    expect(shown()).not.toContain(aNik);
  });

  it('audit trace that is given up says so, and ends', async () => {
    const { child, shown, ended } = onTerminal(['audit', 'trace']);
    await expect.poll(shown, { timeout: 30_000 }).toContain('NIK (it is not shown): ');
    child.stdin.write('\u0003');
    expect(await ended).toBe(1);
    expect(shown()).toContain('one NIK');
  });
});

describe('a file that a command writes', () => {
  /** Ends a command once it has begun to write, and says what is left. */
  const interrupted = async (args: string[], signal: NodeJS.Signals, input = ''): Promise<string[]> => {
    const { child, ended, log } = startDoor('cli', args, env);
    child.stdin?.on('error', () => {});
    child.stdin?.write(input);
    const drafts = () => readdir(directory).then((names) => names.filter((name) => name.endsWith('.draft')).length);
    await expect.poll(drafts, { timeout: 60_000, interval: 5, message: log() }).toBe(1);
    child.kill(signal);
    expect(await ended).toBe(null);
    expect(child.signalCode).toBe(signal);
    return readdir(directory);
  };

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is not there by half after %s: a sample', async (signal) => {
    expect(
      await interrupted(['sample', '--rows', '20000000', '--out', join(directory, 'sample.csv')], signal),
    ).toEqual([]);
  });

  it('is not there by half after Ctrl-C: answers, and what was there before stays', async () => {
    const questions = join(directory, 'questions.csv');
    await writeFile(questions, `NIK\n${`${aNik}\n`.repeat(2_000_000)}`);
    await writeFile(join(directory, 'answers.csv'), 'before');
    const left = await interrupted(['check', questions, '--out', join(directory, 'answers.csv')], 'SIGINT');
    expect(left.sort()).toEqual(['answers.csv', 'questions.csv']);
    expect(await readFile(join(directory, 'answers.csv'), 'utf8')).toBe('before');
  });

  it('is not there by half after Ctrl-C: rejected rows', async () => {
    const args = ['import', '-', '--source', '32.01', '--as-of', '2018-01-12T17:00:00+07:00'];
    const many = [sampleHeader(), ...sampleRows({ rows: 20_000 })].join('').replaceAll(/^32010/gm, '1');
    expect(await interrupted([...args, '--rejects', join(directory, 'rejects.csv')], 'SIGINT', many)).toEqual([]);
  });

  it('is for our eyes only where it names people, whatever it was before, and is found through a link', async () => {
    const questions = join(directory, 'questions.csv');
    await writeFile(questions, `NIK\n${aNik}\n`);
    const [answers, link] = [join(directory, 'answers.csv'), join(directory, 'link.csv')];
    await writeFile(answers, 'before');
    await chmod(answers, 0o644);
    await symlink(answers, link);
    expect((await runCli(['check', questions, '--out', link], env)).code).toBe(0);
    expect(await readFile(answers, 'utf8')).not.toContain('before');
    expect((await stat(answers)).mode & 0o777).toBe(0o600);
  });

  it.runIf(existsSync('/dev/full'))('may be a device, which is written as it is', async () => {
    const { code, err } = await runCli(['sample', '--rows', '300', '--out', '/dev/full'], env);
    expect({ code, err }).toEqual({ code: 1, err: 'The file of --out cannot be written (ENOSPC)\n' });
    expect((await runCli(['sample', '--rows', '300', '--out', '/dev/null'], env)).code).toBe(0);
  });
});

describe('an import with --dry-run', () => {
  it('says of the sample what would be, and never that it was removed', async () => {
    const own = await createTestDatabase();
    const at = { ...env, HAKPILIH_DATABASE_URL: own.url };
    const asOf = ['--as-of', '2018-01-12T17:00:00+07:00'];
    await runCli(['import', '-', '--source', 'sample', ...asOf], at, rows);
    const dry = await runCli(['import', '-', '--source', '32.01', ...asOf, '--dry-run'], at, rows);
    expect(dry).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('Would remove the synthetic sample (299'),
    });
    expect(dry.err).not.toContain('Removed');
    const real = await runCli(['import', '-', '--source', '32.01', ...asOf], at, rows);
    expect(real.err).toContain('Removed the synthetic sample (299');
    await own.drop();
  });
});
