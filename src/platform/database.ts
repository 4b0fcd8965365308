import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { errorCode } from '../registry/error-code.ts';
import { type Cluster, prepareCluster, writeSettings } from './postgres-cluster.ts';
import { runningPort, startServer, stopServer } from './postgres-server.ts';
import { type Seat, takeSeat } from './postgres-users.ts';
import { asStartupError, StartupError } from './startup-error.ts';

export type EmbeddedDatabase = {
  /** Of the database `hakpilih`, with the password in it: not to be shown. */
  url: string;
  /** Where the cluster really is, which for root may not be where it was wanted. */
  dataDir: string;
  /** Resolves only where the server ended under us and cannot be brought back on its port: nothing works any more. */
  lost: Promise<StartupError>;
  /**
   * Stops the server unless someone else uses it, or it cannot be known: the last one out turns off the light. End your own
   * pools first, they count as someone. Waits for the server to be down; a second call does nothing. Never throws.
   */
  close(): Promise<void>;
};

export type EmbeddedDatabaseOptions = {
  dataDir: string;
  say: (line: string) => void;
  /** Server settings over our own. They hold for a server that this call starts. */
  settings?: Record<string, string>;
};

const NAME = 'hakpilih';
const OPEN_TIMEOUT_MS = 10 * 60_000;
const CONNECT_TIMEOUT_SECONDS = 5;
const LEAVE_TIMEOUT_MS = 1_000;
const WATCH_EVERY_MS = 500;
const RETRY_MS = 50;

/** What the work on an open database needs to know. */
type Opened = Required<EmbeddedDatabaseOptions> & { cluster: Cluster; seat: Seat };
type Running = { sql: Sql; port: number };

/**
 * Opens the Postgres 18 that comes from npm: makes its cluster at the first start, starts it or joins the one that runs, which
 * also outlives a process that was killed. Any number of processes may open the same directory, at once too. A server that
 * ends before `close` is brought back. Throws `StartupError`, one line for the operator.
 */
export async function openEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const cluster = await prepareCluster(options.dataDir, options.say);
  let opened: Opened | undefined;
  try {
    opened = { settings: {}, ...options, cluster, seat: await takeSeat(cluster.dir) };
    const { sql, port } = await bringUp(opened, !(await opened.seat.hasOthers()));
    await createDatabase(sql).finally(() => sql.end({ timeout: 0 }));
    const watch = watchOver(opened, port);
    let closed: Promise<void> | undefined;
    return {
      url: urlOf(cluster, port, NAME),
      dataDir: cluster.dataDir,
      lost: watch.lost,
      close: () => {
        closed ??= watch.end().then(() => leave(opened as Opened));
        return closed;
      },
    };
  } catch (error) {
    if (opened !== undefined) await leave({ ...opened, say: () => {} });
    throw asStartupError(`cannot open the database in ${cluster.dir}`, error);
  }
}

const urlOf = (cluster: Cluster, port: number, database: string): string =>
  `postgres://postgres:${cluster.password}@127.0.0.1:${port}/${database}`;

/** The server that runs, else a new start of it on its last port, unless it `mayMove`. It accepts connections. */
async function bringUp({ cluster, seat, settings, say }: Opened, mayMove: boolean): Promise<Running> {
  await seat.whenNobodyLeaves();
  const deadline = Date.now() + OPEN_TIMEOUT_MS;
  let verb = 'Joined';
  let running = await connectTo(cluster, deadline);
  while (running === null) {
    await writeSettings(cluster, settings);
    await startServer(cluster, mayMove);
    verb = 'Started';
    running = await connectTo(cluster, deadline);
  }
  say(`${verb} Postgres on 127.0.0.1:${running.port}, data in ${cluster.dir}`);
  return running;
}

/** Looks after the server from now on: one that has ended is started again on its port. */
function watchOver(opened: Opened, port: number): { lost: Promise<StartupError>; end(): Promise<void> } {
  const { promise: lost, resolve: lose } = Promise.withResolvers<StartupError>();
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    for (;;) {
      await sleep(WATCH_EVERY_MS, undefined, { ref: false, signal: over.signal });
      // What cannot be looked at now, with too many files open say, is looked at later.
      if ((await runningPort(opened.cluster).catch(() => port)) === port) continue;
      opened.say('Postgres has ended: starting it again');
      const running = await bringUp(opened, false);
      await running.sql.end({ timeout: 0 });
      if (running.port !== port) throw new StartupError(`Postgres is back, but on port ${running.port}, not ${port}`);
    }
  };
  const watching = watch().catch((error: unknown) => {
    if (!over.signal.aborted) lose(asStartupError('Postgres cannot be started again', error));
  });
  const end = (): Promise<void> => {
    over.abort();
    return watching;
  };
  return { lost, end };
}

/** A connection to the cluster's server, once it accepts one; null where none runs (any more). */
async function connectTo(cluster: Cluster, deadline: number): Promise<Running | null> {
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
      if (!PASSES.includes(code) || Date.now() > deadline) {
        throw new StartupError(`Postgres in ${cluster.dir} runs but lets us not in: ${REFUSALS[code] ?? code}`);
      }
      await sleep(RETRY_MS);
    }
  }
  return null;
}

/** Starting, recovering, stopping, restarting: wait and look again. */
const PASSES =
  `57P01 57P02 57P03 ECONNREFUSED ECONNRESET EPIPE CONNECTION_CLOSED CONNECTION_ENDED CONNECTION_DESTROYED
  CONNECT_TIMEOUT`.split(/\s+/);
const REFUSALS: Record<string, string> = {
  '28P01': 'the password beside it, postgres.password, is not its own',
  '53300': 'too many connections',
};

async function createDatabase(sql: Sql): Promise<void> {
  await sql`create database ${sql(NAME)}`.catch((error: unknown) => {
    // It is there, or another process makes it just now: 42P04 duplicate_database, or 23505 from the catalogue's own index.
    if (!['42P04', '23505'].includes(errorCode(error))) throw error;
  });
}

async function leave({ cluster, seat, say }: Opened): Promise<void> {
  try {
    await seat.beginLeaving();
    if (await isUsed(cluster, seat)) say('Postgres stays up: others are connected');
    else await stopServer(cluster);
  } catch (error) {
    say(asStartupError('Postgres stays up: it cannot be known who uses it', error).message);
  } finally {
    await seat.end().catch(() => {});
  }
}

/** Also by connections of strangers; those that were just ended take a moment to go. */
async function isUsed(cluster: Cluster, seat: Seat): Promise<boolean> {
  if (await seat.hasOthers()) return true;
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
