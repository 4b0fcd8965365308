import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { StartupError } from '../../src/platform/startup-error.ts';
import { QUICK_MODULES } from '../support/server.ts';

// Whole clusters are made and started, on whatever machine this is.
vi.setConfig({ testTimeout: 90_000 });

const OPENER = fileURLToPath(new URL('../support/open-database.ts', import.meta.url));
const asRoot = process.getuid?.() === 0;

let made: string;
let parent: string;
let dataDir: string;
let said: string[];
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'hakpilih-made-'));
  await chmod(made, 0o755);
  await (await openEmbeddedDatabase({ dataDir: join(made, 'data'), say: () => {} })).close();
});
afterAll(() => rm(made, { recursive: true, force: true }));
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "hakpilih database's "));
  dataDir = join(parent, 'data');
  said = [];
  // Passable for the user that root runs Postgres as.
  await chmod(parent, 0o755);
  // A cluster as it was made and closed before: the making, which takes a second, is what only some of these are about.
  execFileSync('cp', ['-pR', join(made, 'data'), dataDir]);
});
/** As on a machine where no cluster was made before. */
const beginWithNone = () => rm(dataDir, { recursive: true });
afterEach(() => rm(parent, { recursive: true, force: true }));

const open = (settings = {}) =>
  openEmbeddedDatabase({
    dataDir,
    say: (line) => said.push(line),
    settings: { shared_buffers: '16MB', ...settings },
  });

/** Asks one thing over a connection of its own. */
async function ask(url: string, statement: string): Promise<unknown[]> {
  // Asking for types has nobody to catch its failure, and here servers are killed.
  const sql = postgres(url, { max: 1, onnotice: () => {}, fetch_types: false });
  try {
    return (await sql.unsafe(statement).values()).flat();
  } finally {
    await sql.end();
  }
}

/** Another process that has the database open; `close` lets it close it and end. */
async function openElsewhere(): Promise<{ url: string; process: ChildProcess; close(): Promise<void> }> {
  const child = spawn(process.execPath, ['--import', QUICK_MODULES, OPENER, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const close = async () => {
    const exit = once(child, 'exit');
    child.stdin.end();
    expect(await exit).toEqual([0, null]);
  };
  return { url: String(line).trim(), process: child, close };
}

const serverPid = async (dir = dataDir): Promise<number | null> =>
  readFile(join(dir, 'postgres', 'postmaster.pid'), 'utf8').then(Number.parseInt, () => null);

describe('the embedded database', () => {
  it('makes its cluster at the first start, and shows neither password nor port to anyone else', async () => {
    await beginWithNone();
    const database = await open();
    const settings = [
      'server_version_num',
      'server_encoding',
      'data_checksums',
      'fsync',
      'synchronous_commit',
      'jit',
    ];
    const values = await ask(database.url, `select ${settings.map((name) => `current_setting('${name}')`)}`);
    expect(values).toEqual([expect.stringMatching(/^18/), 'UTF8', 'on', 'on', 'on', 'off']);
    expect(await ask(database.url, 'show listen_addresses')).toEqual(['127.0.0.1']);
    expect(new URL(database.url).pathname).toBe('/hakpilih');
    const { mode } = await stat(join(dataDir, 'postgres.password'));
    expect(mode & 0o777).toBe(0o600);
    expect(said.join()).not.toContain(new URL(database.url).password);
    await expect(ask(database.url.replace(/:[^:@]*@/, ':wrong@'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
    await database.close();
    expect(await serverPid()).toBeNull();
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.password']);
  });

  it('keeps its data from one start to the next', async () => {
    const first = await open();
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.close();
    const second = await open();
    expect(await ask(second.url, 'select answer from kept')).toEqual([42]);
    await second.close();
  });

  it('is joined by a second process, and stopped by the last one out, whoever started it', async () => {
    const starter = await openElsewhere();
    const joiner = await open();
    expect(joiner.url).toBe(starter.url);
    await starter.close();
    expect(await ask(joiner.url, 'select 1')).toEqual([1]);
    await joiner.close();
    expect(await serverPid()).toBeNull();
  });

  it('stays up while anyone else is connected, and is stopped by who comes next', async () => {
    const first = await open();
    const stranger = postgres(first.url, { max: 1 });
    await stranger`select 1`;
    await first.close();
    expect(said.at(-1)).toBe('Postgres stays up: others are connected');
    expect([...(await stranger`select 2 as two`)]).toEqual([{ two: 2 }]);
    const second = await open();
    await stranger.end();
    await second.close();
    expect(await serverPid()).toBeNull();
  });

  it('outlives a process that was killed, and is joined by the next', async () => {
    const killed = await openElsewhere();
    killed.process.kill('SIGKILL');
    const next = await open();
    expect(next.url).toBe(killed.url);
    await next.close();
    expect(await serverPid()).toBeNull();
  });

  it('does not hear a Ctrl-C that was meant for the process', async () => {
    const child = spawn(process.execPath, ['--import', QUICK_MODULES, OPENER, dataDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const [line] = await once(child.stdout, 'data');
    process.kill(-(child.pid as number), 'SIGINT');
    await once(child, 'exit');
    expect(await ask(String(line).trim(), 'select 1')).toEqual([1]);
    await (await open()).close();
  });

  it('comes back with its data after kill -9 of the server', async () => {
    const before = await open();
    await ask(before.url, 'create table kept as select 42 as answer');
    process.kill((await serverPid()) as number, 'SIGKILL');
    const after = await open();
    expect(await ask(after.url, 'select answer from kept')).toEqual([42]);
    await before.close();
    expect(await ask(after.url, 'select answer from kept')).toEqual([42]);
    await after.close();
    expect(await serverPid()).toBeNull();
  });

  it('opens for three processes at once on an empty directory, with one server, and all may close at once', async () => {
    await beginWithNone();
    const all = await Promise.all([openElsewhere(), openElsewhere(), openElsewhere()]);
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    await Promise.all(all.map(({ close }) => close()));
    expect(await serverPid()).toBeNull();
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.password']);
  });

  it('takes no other program for its server because that has the process number of a dead one', async () => {
    await (await open()).close();
    const leftOver = [process.pid, join(dataDir, 'postgres'), 1, 5432, '', '127.0.0.1', '', 'ready'].join('\n');
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${leftOver}\n`);
    const database = await open();
    expect(await ask(database.url, 'select 1')).toEqual([1]);
    await database.close();
  });

  it('writes into the server log nothing of what it is asked', async () => {
    const database = await open();
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    await sql`create table resident (nik text primary key check (nik <> '3201019999999002'))`;
    await sql`insert into resident values ('3201019999999001')`;
    await expect(sql`insert into resident values (${'3201019999999001'})`).rejects.toMatchObject({ code: '23505' });
    await expect(sql`insert into resident values (${'3201019999999002'})`).rejects.toMatchObject({ code: '23514' });
    await expect(sql`select ${'3201019999999003'}::text::date`).rejects.toMatchObject({ code: '22008' });
    await expect(sql.unsafe(`select 3201019999999004 from`)).rejects.toThrow();
    await expect(sql.unsafe(`do $$ begin raise warning '3201019999999005'; end $$`)).resolves.toBeDefined();
    await sql.end();
    await database.close();
    const log = await readFile(join(dataDir, 'postgres', 'server.log'), 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toMatch(/32010199999990|resident/);
  });
});

describe('the embedded database after an accident', () => {
  /** Postgres ends and restarts all its processes where one of them is killed. */
  const crash = async (url: string): Promise<void> => {
    const sql = postgres(url, { max: 1, onnotice: () => {}, fetch_types: false });
    const [backend] = await sql`select pg_backend_pid() as pid`;
    process.kill(backend?.pid, 'SIGKILL');
    await sql.end({ timeout: 0 });
    await answers(url);
  };
  const answers = (url: string) =>
    expect.poll(() => ask(url, 'select 1').catch(() => null), { timeout: 60_000 }).toEqual([1]);

  it('is not stopped by who comes and goes while another uses it, connected or not, also after a backend crash', async () => {
    const idle = await openElsewhere();
    const pid = await serverPid();
    await crash(idle.url);
    // Nor while its user cannot even look: frozen, it holds no connection and will take none.
    idle.process.kill('SIGSTOP');
    await crash(idle.url);
    for (let i = 0; i < 2; i += 1) {
      await (await open()).close();
      expect(said.at(-1)).toBe('Postgres stays up: others are connected');
      expect(await serverPid()).toBe(pid);
    }
    idle.process.kill('SIGCONT');
    await idle.close();
    expect(await serverPid()).toBeNull();
  });

  it('is brought back on its port when its server is killed, for idle users too', async () => {
    const idle = await openElsewhere();
    const database = await open();
    await ask(database.url, 'create table kept as select 42 as answer');
    for (let i = 0; i < 2; i += 1) {
      process.kill((await serverPid()) as number, 'SIGKILL');
      await answers(database.url);
    }
    expect(await ask(idle.url, 'select answer from kept')).toEqual([42]);
    await database.close();
    expect(await ask(idle.url, 'select 1')).toEqual([1]);
    await idle.close();
    expect(await serverPid()).toBeNull();
  });

  it('is brought back when its server is stopped by hand, and is not when it is closed', async () => {
    const database = await open();
    said.length = 0;
    process.kill((await serverPid()) as number, 'SIGINT');
    await expect.poll(() => said.at(-1), { timeout: 60_000 }).toMatch(/^Started Postgres on/);
    expect(said.join()).toContain('Postgres has ended: starting it again');
    expect(await ask(database.url, 'select 1')).toEqual([1]);
    await database.close();
    expect(await serverPid()).toBeNull();
  });

  it('says that it is lost where its server cannot be started again', async () => {
    const database = await open();
    await rm(join(dataDir, 'postgres', 'global', 'pg_control'));
    process.kill((await serverPid()) as number, 'SIGKILL');
    const { message } = await database.lost;
    expect(message).toMatch(/^Postgres did not start: .*(pg_control|database system)/);
    expect(message).not.toContain('\n');
    await database.close();
  });

  it('stays up where nobody can tell who uses it', async () => {
    const database = await open();
    const pid = (await serverPid()) as number;
    process.kill(pid, 'SIGSTOP');
    await database.close();
    process.kill(pid, 'SIGCONT');
    expect(said.at(-1)).toMatch(/^Postgres in .* lets us not in: CONNECT_TIMEOUT/);
    expect(await serverPid()).toBe(pid);
    await (await open()).close();
    expect(await serverPid()).toBeNull();
  });

  it("forgets users that were killed, also where their process number is another program's now", async () => {
    const killed = await openElsewhere();
    killed.process.kill('SIGKILL');
    await once(killed.process, 'exit');
    await (await open()).close();
    expect(await serverPid()).toBeNull();
    expect((await readdir(join(dataDir, 'postgres'))).filter((name) => name.startsWith('hakpilih'))).toEqual([]);
  });
});

describe('an embedded database that cannot be opened', () => {
  const failure = async (): Promise<StartupError> => {
    const error = await open().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StartupError);
    expect((error as StartupError).message).not.toContain('\n');
    return error as StartupError;
  };

  it('says that its directory is none', async () => {
    await beginWithNone();
    await writeFile(dataDir, '');
    expect((await failure()).message).toMatch(/^cannot use the data directory .*data: (EEXIST|ENOTDIR)/);
  });

  it('says that the cluster is of another Postgres', async () => {
    await beginWithNone();
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    expect((await failure()).message).toMatch(/is of Postgres 17, and this is Postgres 18$/);
  });

  it('says what the server says of a setting it refuses', async () => {
    await expect(open({ shared_buffers: 'plenty' })).rejects.toThrow(
      /^Postgres did not start: FATAL: .*contains errors/,
    );
  });

  it('says that the password is lost, without a password', async () => {
    const holder = await openElsewhere();
    const file = join(dataDir, 'postgres.password');
    const password = await readFile(file, 'utf8');
    await writeFile(file, 'another\n');
    const { message } = await failure();
    expect(message).toMatch(/lets us not in: the password beside it, postgres.password, is not its own$/);
    await writeFile(file, password);
    await holder.close();
    expect(await serverPid()).toBeNull();
  });
});

describe.runIf(asRoot)('the embedded database of root', () => {
  it('is kept in /var/lib where Postgres, which is not root, cannot reach the wanted directory', async () => {
    const closed = join(parent, 'closed');
    await mkdir(closed, { mode: 0o700 });
    dataDir = join(closed, 'data');
    const database = await open();
    try {
      expect(dirname(database.dataDir)).toBe('/var/lib/hakpilih');
      expect(said[0]).toBe(
        `${dataDir} is closed to the user postgres, whom Postgres runs as: the database is kept in ${database.dataDir}`,
      );
      expect(await ask(database.url, 'select 1')).toEqual([1]);
      await database.close();
      const again = await open();
      expect(again.dataDir).toBe(database.dataDir);
      await again.close();
    } finally {
      await rm(database.dataDir, { recursive: true, force: true });
    }
  });

  it('runs as the owner of the cluster where there is one', async () => {
    await beginWithNone();
    await (await open()).close();
    const { uid } = await stat(join(dataDir, 'postgres'));
    expect(uid).not.toBe(0);
    const database = await open();
    expect((await stat(`/proc/${await serverPid()}`)).uid).toBe(uid);
    await database.close();
  });
});
