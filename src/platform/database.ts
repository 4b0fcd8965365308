import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../registry/error-code.ts';
import { connect } from '../registry/sql.ts';
import { createLock, type Lock } from './lock.ts';
import { type Cluster, DATABASE, prepareCluster } from './postgres-cluster.ts';
import { runningPort, startServer, stopServer } from './postgres-server.ts';
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
  /**
   * Stops the server and takes its cluster away, with all that is in it. Throws `StartupError`, and does nothing, where
   * anyone else uses it. End your own pools first.
   */
  destroy(): Promise<void>;
};

/** `settings` of Postgres hold for a server that this process starts. */
type Options = { dataDir: string; say: Say; settings?: Record<string, string> };
type Opened = { cluster: Cluster; lock: Lock; settings: Record<string, string>; say: Say };

const OPEN_TIMEOUT_MS = 10 * 60_000;
const LEAVE_TIMEOUT_MS = 1_000;
const WATCH_EVERY_MS = 500;
const RETRY_MS = 50;
/** So often another port is not tried: what a killed server left may hold the one it had. */
const ATTEMPTS_ON_LAST_PORT = 20;
/** Starting, recovering, stopping; the port is taken, another process starts it, one that was killed still goes. */
const PASSES = /(57P0[0-9]|CONN[A-Z_]+|EPIPE|ETIMEDOUT)$|could not create any TCP|lock file|still in use/;

/**
 * Opens the Postgres 18 that comes from npm: makes its cluster at the first start, starts it or joins the one that
 * runs. Any number of processes may open one directory, at once too. A server that ends before `close` is brought
 * back. Throws `StartupError`.
 */
export async function openEmbeddedDatabase({ dataDir, say, settings = {} }: Options): Promise<EmbeddedDatabase> {
  const cluster = await prepareCluster(dataDir, say);
  const opened = { cluster, lock: createLock(cluster.dir), settings, say };
  let port: number;
  try {
    await opened.lock.share(OPEN_TIMEOUT_MS);
    port = await bringUp(opened, OPEN_TIMEOUT_MS);
  } catch (error) {
    await leave({ ...opened, say: () => {} });
    throw asStartupError(`cannot open the database in ${cluster.dir}`, error);
  }
  const over = new AbortController();
  const watching = watch(opened, port, over.signal);
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(cluster, port),
    dataDir: cluster.dataDir,
    lost: watching.then((error) => (over.signal.aborted ? new Promise(() => {}) : error)),
    close() {
      over.abort();
      closed ??= watching.then(() => leave(opened));
      return closed;
    },
    async destroy() {
      over.abort();
      closed ??= watching.then(() => {});
      await closed;
      try {
        if (await isUsed(opened))
          throw new StartupError('The database is in use: stop the server and commands first');
        await stopServer(cluster);
        await rm(cluster.dir, { recursive: true });
        await rm(join(cluster.dataDir, 'postgres.password'));
      } finally {
        opened.lock.end();
      }
    },
  };
}

/** Starts a server that has ended again, on its port, until the signal comes. Resolves with why it ends. */
async function watch(opened: Opened, port: number, signal: AbortSignal): Promise<StartupError> {
  try {
    for (;;) {
      await sleep(WATCH_EVERY_MS, undefined, { ref: false, signal });
      // What cannot be looked at now, with too many files open say, is looked at later.
      if ((await runningPort(opened.cluster).catch(() => port)) === port) continue;
      opened.say('Postgres has ended: starting it again');
      const now = await bringUp(opened, OPEN_TIMEOUT_MS);
      if (now !== port) return new StartupError(`Postgres is back, but on port ${now}, not ${port}`);
    }
  } catch (error) {
    return asStartupError('Postgres cannot be started again', error);
  }
}

/** The port of the server that runs, or is started, once it accepts connections. */
async function bringUp({ cluster, settings, say }: Opened, timeoutMs: number): Promise<number> {
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 1; ; attempt += 1) {
    const port = await runningPort(cluster);
    try {
      if (port !== null) {
        await tryToConnect(cluster, port);
        return port;
      }
      await startServer(cluster, settings, attempt > ATTEMPTS_ON_LAST_PORT);
      say(`Started Postgres on 127.0.0.1:${await runningPort(cluster)}, data in ${cluster.dir}`);
    } catch (error) {
      if (!PASSES.test((error as Error).message) || Date.now() > deadline) throw error;
      await sleep(RETRY_MS);
    }
  }
}

const urlOf = ({ password }: Cluster, port: number): string =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${DATABASE}`;

async function tryToConnect(cluster: Cluster, port: number): Promise<void> {
  const sql = connect(urlOf(cluster, port), { max: 1 });
  try {
    await sql`select 1`;
  } catch (error) {
    const code = errorCode(error);
    const why = code === '28P01' ? 'the password beside it, postgres.password, is not its own' : code;
    throw new StartupError(`Postgres in ${cluster.dir} runs but lets us not in: ${why}`);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** Whether anyone else uses the cluster. Where not, nobody can from now on, until the lock ends. */
const isUsed = async (opened: Opened): Promise<boolean> =>
  !opened.lock.own() || ((await runningPort(opened.cluster)) !== null && (await hasStrangers(opened)));

async function leave(opened: Opened): Promise<void> {
  const { cluster, lock, say } = opened;
  try {
    if (await isUsed(opened)) say('Postgres stays up: others are connected');
    else await stopServer(cluster);
  } catch (error) {
    say(asStartupError('Postgres stays up: it cannot be known who uses it', error).message);
  } finally {
    lock.end();
  }
}

/** Whether anyone is connected who has no share in the lock. Connections just ended take a moment to go. */
async function hasStrangers(opened: Opened): Promise<boolean> {
  const deadline = Date.now() + LEAVE_TIMEOUT_MS;
  const port = await bringUp(opened, LEAVE_TIMEOUT_MS);
  const sql = connect(urlOf(opened.cluster, port), { max: 1 });
  try {
    for (;;) {
      const others = await sql`
        select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
      if (others.length === 0 || Date.now() > deadline) return others.length > 0;
      await sleep(RETRY_MS);
    }
  } finally {
    await sql.end({ timeout: 1 });
  }
}
