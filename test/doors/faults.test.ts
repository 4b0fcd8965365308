import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleHeader, sampleRows } from '../../src/intake/sample.ts';
import { canMount, createDisk, type Disk } from '../support/disk.ts';
import { createTestKeys, runCli, startDoor, startServer } from '../support/server.ts';

const AS_OF = ['--source', '32.01', '--as-of', '2018-01-12T17:00:00+07:00'];
const COMMANDS = [
  ['client', 'list'],
  ['token', '--client', 'tps-01', '--scope', 'check'],
  ['keys', 'rotate'],
  ['audit', 'verify'],
  ['migrate'],
];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hakpilih-faults-'));
  // Passable for the user that root runs Postgres as.
  await chmod(directory, 0o755);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Runs the server and every command; each must end with 1 and one last line. */
async function lastLines(dataDir: string, keys: Record<string, string> = {}): Promise<string[]> {
  const env = { HAKPILIH_DATA_DIR: dataDir, PORT: '0', ...keys };
  const doors = [startDoor('node', [], env), ...COMMANDS.map((args) => startDoor('cli', args, env))];
  for (const { ended } of doors) expect(await ended).toBe(1);
  const logs = doors.map(({ log }) => log().trim());
  for (const log of logs) expect(log).not.toMatch(/\n\s+at |unexpected/);
  return logs.map((log) => log.split('\n').at(-1) as string);
}

describe('a data directory that cannot be used', () => {
  it('is named with its cause where it is a file, with keys in it or not', async () => {
    const file = join(directory, 'data');
    await writeFile(file, '');
    for (const line of await lastLines(file))
      expect(line).toMatch(/^cannot keep a key in .*data.*: (EEXIST|ENOTDIR)/);
    const keys = await createTestKeys();
    const started = startDoor('node', [], { ...keys, HAKPILIH_DATA_DIR: file, PORT: '0' });
    expect(await started.ended).toBe(1);
    expect(started.log()).toMatch(/^cannot use the data directory .*data: (EEXIST|ENOTDIR).*\n$/);
  });

  it('is named with its cause where a file stands in the place of the cluster or the keys', async () => {
    await mkdir(join(directory, 'data'));
    await writeFile(join(directory, 'data', 'postgres'), '');
    const keys = await createTestKeys();
    const started = startDoor('node', [], { ...keys, HAKPILIH_DATA_DIR: join(directory, 'data'), PORT: '0' });
    expect(await started.ended).toBe(1);
    expect(started.log()).toMatch(/^cannot use the data directory .*: ENOTDIR.*\n$/);
  });
});

describe.runIf(canMount)('a disk', () => {
  let disk: Disk;
  afterEach(() => disk.remove());

  it('that is read-only is the cause, in one line', async () => {
    disk = createDisk(1) as Disk;
    disk.remount('ro');
    for (const line of await lastLines(disk.path)) expect(line).toMatch(/^cannot keep a key in .*: EROFS/);
    disk.remount('rw');
  });

  it('that is full is the cause, in one line: without room for keys, and without room for a database', async () => {
    disk = createDisk(1) as Disk;
    await writeFile(join(disk.path, 'filling'), new Uint8Array(2 ** 20)).catch(() => {});
    for (const line of await lastLines(disk.path)) expect(line).toMatch(/^cannot keep a key in .*: ENOSPC/);
    disk.remove();
    disk = createDisk(20) as Disk;
    const started = startDoor('node', [], { HAKPILIH_DATA_DIR: disk.path, PORT: '0' });
    expect(await started.ended).toBe(1);
    expect(started.log().trim().split('\n').at(-1)).toMatch(
      /^initdb failed: (FATAL|PANIC|error): .*[Nn]o space left on/,
    );
  });

  it('that fills in the middle of an import is the cause, and nothing was changed', async () => {
    // Room for the database, not for what an import puts aside before it merges.
    disk = createDisk(75) as Disk;
    const env = { HAKPILIH_DATA_DIR: disk.path };
    const rows = [sampleHeader(), ...sampleRows({ rows: 400_000 })].join('');
    const done = await runCli(['import', '-', ...AS_OF], env, rows);
    expect(done).toMatchObject({ code: 1, out: '' });
    expect(done.err.trim().split('\n').at(-1)).toBe(
      'Stopped by a full disk of the database (53100); nothing was changed',
    );
  });
});

describe('the embedded database of the server', () => {
  const env = () => ({ HAKPILIH_DATA_DIR: directory });
  const postmaster = async (): Promise<number> =>
    Number.parseInt(await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8'), 10);
  const isReady = (url: string) =>
    fetch(`${url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );

  it('is brought back when it is killed: the server answers again, and ends cleanly', async () => {
    const server = await startServer(env());
    for (let i = 0; i < 2; i += 1) {
      process.kill(await postmaster(), 'SIGKILL');
      await expect.poll(() => server.log().match(/Started Postgres on/g)?.length, { timeout: 60_000 }).toBe(i + 2);
      await expect.poll(() => isReady(server.url), { timeout: 60_000 }).toBe(true);
    }
    const pid = await postmaster();
    expect((await runCli(['client', 'list'], env())).err).toContain('Postgres stays up');
    expect(await isReady(server.url)).toBe(true);
    expect(await postmaster()).toBe(pid);
    expect(await server.stop()).toBe(0);
    await expect(postmaster()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('ends the server with one line where it cannot be brought back', async () => {
    const server = await startServer(env());
    await rm(join(directory, 'postgres', 'global', 'pg_control'));
    process.kill(await postmaster(), 'SIGKILL');
    expect(await server.ended).toBe(1);
    expect(server.log().trim().split('\n').at(-1)).toMatch(/^Postgres did not start: /);
  });
});

describe('npm start', () => {
  it('hands the signal that ends it on to the server', async () => {
    const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HAKPILIH_DATA_DIR: directory, PORT: '0' };
    // As npm does it, which tells the shell and nobody else.
    const child = spawn('sh', ['-c', scripts.start], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
    await expect.poll(() => log, { timeout: 60_000 }).toContain('Polling day');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(log).toContain('hakpilih has stopped');
  });
});

describe('the start log', () => {
  it('tells the date of each copy, and whether polling day is over', async () => {
    const env = { HAKPILIH_DATA_DIR: directory };
    const first = await startServer(env);
    await expect.poll(() => first.log()).toContain('Copy of sample as of 2018-01-12T17:00:00+07:00\n');
    expect(first.log()).toContain(
      'Polling day of pilkada-2018 is 2018-06-27; today is 2018-01-12 by setting or sample',
    );
    await first.stop();
    const rows = [sampleHeader(), ...sampleRows({ rows: 200 })].join('');
    await runCli(['import', '-', ...AS_OF], env, rows);
    const later = ['--source', '32.01', '--as-of', '2018-01-13T17:00:00+07:00', '--partial'];
    await runCli(['import', '-', ...later], env, rows.replaceAll('PRINT_READY_RECORD', 'CARD_ISSUED'));
    const second = await startServer(env);
    const copy = 'Copy of 32.01 as of 2018-01-13T17:00:00+07:00, last whole as of 2018-01-12T17:00:00+07:00\n';
    await expect.poll(() => second.log()).toContain(copy);
    expect(second.log()).toMatch(
      /Polling day of pilkada-2018 is 2018-06-27, which is over: answers list no actions; today is 20[0-9-]+\n/,
    );
    await second.stop();
    const onTheDay = await startServer({ ...env, HAKPILIH_TODAY: '2018-06-27' });
    await expect.poll(() => onTheDay.log()).toContain('2018-06-27; today is 2018-06-27 by setting or sample\n');
    await onTheDay.stop();
  });
});
