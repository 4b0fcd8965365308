import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { errorCode, isConnectionLost } from '../registry/error-code.ts';
import { type Cluster, prepareCluster } from './postgres-cluster.ts';
import { isAlive, runningPort, type ServerSettings, startServer, stopServer } from './postgres-server.ts';
import { asStartupError, type Say, StartupError } from './startup-error.ts';

export type EmbeddedDatabase = {
  /** Of the database `hakpilih`, with the password in it: not to be shown. */
  url: string;
  /** Where the cluster really is, which for root may not be where it was wanted. */
  dataDir: string;
  /** Resolves only where the server ended under us and cannot be brought back on its port: nothing works any more. */
  lost: Promise<StartupError>;
  /**
   * Stops the server, and waits until it is down, unless someone else uses it or that cannot be known. End your own
   * pools first, they count as someone. A second call does nothing. Never throws.
   */
  close(): Promise<void>;
};

type Opened = { cluster: Cluster; seat: Seat; settings: ServerSettings; say: Say };

const SEAT_FILE = /^hakpilih\.([0-9]+)\.([0-9]*)\.[0-9a-f-]+\.(user|leaving)$/;
const LEAVING_TIMEOUT_MS = 5 * 60_000;
const NAME = 'hakpilih';
const OPEN_TIMEOUT_MS = 10 * 60_000;
const CONNECT_TIMEOUT_SECONDS = 5;
const LEAVE_TIMEOUT_MS = 1_000;
const WATCH_EVERY_MS = 500;
const RETRY_MS = 50;

/**
 * Opens the Postgres 18 that comes from npm: makes its cluster at the first start, starts it or joins the one that
 * runs. Any number of processes may open one directory, at once too. A server that ends before `close` is brought
 * back. `settings` hold for a server that this call starts. Throws `StartupError`.
 */
export async function openEmbeddedDatabase(options: {
  dataDir: string;
  say: Say;
  settings?: ServerSettings;
}): Promise<EmbeddedDatabase> {
  const { dataDir, say, settings = {} } = options;
  const cluster = await prepareCluster(dataDir, say);
  let opened: Opened | undefined;
  try {
    opened = { cluster, seat: await takeSeat(cluster.dir), settings, say };
    const port = await bringUp(opened, !(await opened.seat.hasOthers()));
    return { url: urlOf(cluster, port, NAME), dataDir: cluster.dataDir, ...watchOver(opened, port) };
  } catch (error) {
    if (opened !== undefined) await leave({ ...opened, say: () => {} });
    throw asStartupError(`cannot open the database in ${cluster.dir}`, error);
  }
}

const urlOf = (cluster: Cluster, port: number, database: string): string =>
  `postgres://postgres:${cluster.password}@127.0.0.1:${port}/${database}`;

/** The port of the server that runs, or is started: on its last port, unless it `mayMove`. Makes the database. */
async function bringUp({ cluster, seat, settings, say }: Opened, mayMove: boolean): Promise<number> {
  await seat.whenNobodyLeaves();
  const deadline = Date.now() + OPEN_TIMEOUT_MS;
  let verb = 'Joined';
  let running = await connectTo(cluster, deadline);
  while (running === null) {
    await startServer(cluster, settings, mayMove);
    verb = 'Started';
    running = await connectTo(cluster, deadline);
  }
  const { sql, port } = running;
  say(`${verb} Postgres on 127.0.0.1:${port}, data in ${cluster.dir}`);
  try {
    await sql`create database ${sql(NAME)}`;
  } catch (error) {
    // It is there (duplicate_database), or another process makes it just now (the catalogue's own unique index).
    if (!['42P04', '23505'].includes(errorCode(error))) throw error;
  } finally {
    await sql.end({ timeout: 0 });
  }
  return port;
}

/** Looks after the server from now on, until it is closed: one that has ended is started again on its port. */
function watchOver(opened: Opened, port: number): Pick<EmbeddedDatabase, 'lost' | 'close'> {
  const { promise: lost, resolve: lose } = Promise.withResolvers<StartupError>();
  const over = new AbortController();
  const watch = async (): Promise<never> => {
    for (;;) {
      await sleep(WATCH_EVERY_MS, undefined, { ref: false, signal: over.signal });
      // What cannot be looked at now, with too many files open say, is looked at later.
      if ((await runningPort(opened.cluster).catch(() => port)) === port) continue;
      opened.say('Postgres has ended: starting it again');
      const now = await bringUp(opened, false);
      if (now !== port) throw new StartupError(`Postgres is back, but on port ${now}, not ${port}`);
    }
  };
  const watching = watch().catch((error: unknown) => {
    if (!over.signal.aborted) lose(asStartupError('Postgres cannot be started again', error));
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    over.abort();
    closed ??= watching.then(() => leave(opened));
    return closed;
  };
  return { lost, close };
}

/** Beside a lost connection: starting, recovering, stopping, restarting. */
const PASSES = ['57P03', 'ECONNREFUSED', 'CONNECT_TIMEOUT'];
const REFUSALS: Record<string, string> = {
  '28P01': 'the password beside it, postgres.password, is not its own',
  '53300': 'too many connections',
};

/** A connection to the cluster's server, once it accepts one; null where none runs (any more). */
async function connectTo(cluster: Cluster, deadline: number): Promise<{ sql: Sql; port: number } | null> {
  for (let port = await runningPort(cluster); port !== null; port = await runningPort(cluster)) {
    // Asking for types has nobody to catch its failure: a server that stops just then would take the process with it.
    const options = { max: 1, max_lifetime: null, connect_timeout: CONNECT_TIMEOUT_SECONDS, fetch_types: false };
    const sql = postgres(urlOf(cluster, port, 'postgres'), { ...options, onnotice: () => {} });
    try {
      await sql`select 1`;
      return { sql, port };
    } catch (error) {
      await sql.end({ timeout: 0 });
      const code = errorCode(error);
      if (!(PASSES.includes(code) || isConnectionLost(error)) || Date.now() > deadline)
        throw new StartupError(`Postgres in ${cluster.dir} runs but lets us not in: ${REFUSALS[code] ?? code}`);
      await sleep(RETRY_MS);
    }
  }
  return null;
}

async function leave({ cluster, seat, say }: Opened): Promise<void> {
  try {
    await seat.beginLeaving();
    if ((await seat.hasOthers()) || (await hasStrangers(cluster))) say('Postgres stays up: others are connected');
    else await stopServer(cluster);
  } catch (error) {
    say(asStartupError('Postgres stays up: it cannot be known who uses it', error).message);
  } finally {
    await seat.end().catch(() => {});
  }
}

/** Whether anyone is connected. Connections that were just ended take a moment to go. */
async function hasStrangers(cluster: Cluster): Promise<boolean> {
  const deadline = Date.now() + LEAVE_TIMEOUT_MS;
  const running = await connectTo(cluster, deadline);
  if (running === null) return false;
  try {
    for (;;) {
      const others = await running.sql`
        select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
      if (others.length === 0) return false;
      if (Date.now() > deadline) return true;
      await sleep(RETRY_MS);
    }
  } finally {
    await running.sql.end({ timeout: 1 });
  }
}

/**
 * A process that uses a cluster: a file in its directory, named after the process, which outlives all connections.
 * It is there before its process looks for the server, and is renamed before its process, on leaving, looks for
 * others: of two who come and go at once at least one sees the other.
 */
type Seat = Awaited<ReturnType<typeof takeSeat>>;

/** Takes a seat at the cluster in `dir`. Its methods throw what the file system throws. */
async function takeSeat(dir: string) {
  const name = `hakpilih.${process.pid}.${birthOf(process.pid)}.${randomUUID()}`;
  const [user, leaving] = [join(dir, `${name}.user`), join(dir, `${name}.leaving`)];
  await writeFile(user, '', { flag: 'wx', mode: 0o600 });
  const has = async (state: string): Promise<boolean> =>
    (await livingFiles(dir)).some((file) => file.endsWith(state) && !file.startsWith(name));
  return {
    hasOthers: () => has('.user'),
    async whenNobodyLeaves(): Promise<void> {
      for (const deadline = Date.now() + LEAVING_TIMEOUT_MS; await has('.leaving'); await sleep(RETRY_MS))
        if (Date.now() > deadline) throw new StartupError('another process is stopping Postgres and does not end');
    },
    beginLeaving: () => rename(user, leaving),
    end: () => Promise.all([rm(user, { force: true }), rm(leaving, { force: true })]),
  };
}

/** Takes away the files of processes that are gone. */
async function livingFiles(dir: string): Promise<string[]> {
  const files = (await readdir(dir)).filter((file) => SEAT_FILE.test(file));
  const isGone = (file: string): boolean => {
    const [, pid, birth] = SEAT_FILE.exec(file) ?? [];
    const now = birthOf(Number(pid));
    return now === null || (now !== '' && birth !== '' && now !== birth);
  };
  const gone = files.filter(isGone);
  for (const file of gone) await rm(join(dir, file), { force: true });
  return files.filter((file) => !gone.includes(file));
}

/** The start of a process, which tells it from a later one of its number: '' = not known here; null = it is gone. */
function birthOf(pid: number): string | null {
  if (!isAlive(pid)) return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : (fields[18] ?? '');
  } catch {
    return '';
  }
}
