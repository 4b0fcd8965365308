import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { type Cluster, prepareCluster, writeSettings } from './postgres-cluster.ts';
import { runningPort, startServer, stopServer } from './postgres-server.ts';
import { asStartupError, errorCode, StartupError } from './startup-error.ts';

export type EmbeddedDatabase = {
  /** Of the database `hakpilih`, with the password in it: not to be shown. */
  url: string;
  /** Where the cluster really is, which for root may not be where it was wanted. */
  dataDir: string;
  /**
   * Stops the server unless someone else is connected: the last one out turns off the light. End your own pools first,
   * they count as someone. Waits for the server to be down; a second call does nothing. Never throws.
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
/** Of the `seat`s. In the database `postgres`, so it can collide with nobody's locks in `hakpilih`. */
const SEAT_LOCK = 20180627;
const OPEN_TIMEOUT_MS = 10 * 60_000;
const LEAVE_TIMEOUT_MS = 1_000;
const RETRY_MS = 50;

/**
 * Opens the Postgres 18 that comes from npm: makes its cluster at the first start, starts it or joins the one that runs,
 * which also outlives a process that was killed. Any number of processes may open the same directory, at once too.
 * Throws `StartupError`, one line for the operator.
 */
export async function openEmbeddedDatabase({
  dataDir,
  say,
  settings = {},
}: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const cluster = await prepareCluster(dataDir, say);
  try {
    const { sql, port } = await sitDown(cluster, say, settings);
    let closed: Promise<void> | undefined;
    return {
      url: urlOf(cluster, port, NAME),
      dataDir: cluster.dataDir,
      close: () => {
        closed ??= leave(cluster, sql, say);
        return closed;
      },
    };
  } catch (error) {
    throw asStartupError(`cannot open the database in ${cluster.dir}`, error);
  }
}

async function sitDown(cluster: Cluster, say: (line: string) => void, settings: Record<string, string>): Promise<Seat> {
  const deadline = Date.now() + OPEN_TIMEOUT_MS;
  let verb = 'Joined';
  let seat = await takeSeat(cluster, deadline);
  while (seat === null) {
    await writeSettings(cluster, settings);
    await startServer(cluster);
    verb = 'Started';
    seat = await takeSeat(cluster, deadline);
  }
  try {
    await createDatabase(seat.sql);
  } catch (error) {
    await leave(cluster, seat.sql, say);
    throw error;
  }
  say(`${verb} Postgres on 127.0.0.1:${seat.port}, data in ${cluster.dir}`);
  return seat;
}

const urlOf = (cluster: Cluster, port: number, database: string): string =>
  `postgres://postgres:${cluster.password}@127.0.0.1:${port}/${database}`;

/**
 * A connection that holds a shared lock for as long as its process uses the database. Who wants to stop the server takes
 * the lock alone, so nobody can sit down while it stops.
 */
type Seat = { sql: Sql; port: number };

/** Null where no server runs (any more). */
async function takeSeat(cluster: Cluster, deadline: number): Promise<Seat | null> {
  for (;;) {
    const port = await runningPort(cluster);
    if (port === null) return null;
    const sql = postgres(urlOf(cluster, port, 'postgres'), {
      max: 1,
      max_lifetime: null,
      connect_timeout: 5,
      // Asking for types has nobody to catch its failure: a server that stops just then would take the process with it.
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: `${NAME} seat` },
    });
    try {
      await sql`select pg_advisory_lock_shared(${SEAT_LOCK})`;
      return { sql, port };
    } catch (error) {
      await sql.end({ timeout: 0 });
      const code = errorCode(error) ?? 'unknown error';
      if (!PASSES.has(code) || Date.now() > deadline) {
        throw new StartupError(`Postgres in ${cluster.dir} runs but lets us not in: ${REFUSALS[code] ?? code}`);
      }
      await sleep(RETRY_MS);
    }
  }
}

/** Starting, recovering, stopping, restarting: wait and look again. */
const PASSES = new Set(
  '57P01 57P02 57P03 ECONNREFUSED ECONNRESET EPIPE CONNECTION_CLOSED CONNECTION_ENDED CONNECTION_DESTROYED CONNECT_TIMEOUT'.split(
    ' ',
  ),
);
const REFUSALS: Record<string, string> = {
  '28P01': 'the password beside it, postgres.password, is not its own',
  '53300': 'too many connections',
};

async function createDatabase(sql: Sql): Promise<void> {
  const [present] = await sql`select from pg_database where datname = ${NAME}`;
  if (present) return;
  try {
    await sql`create database ${sql(NAME)}`;
  } catch (error) {
    // Another process made it at the same time: 42P04 duplicate_database, or 23505 from the catalogue's own index.
    if (!['42P04', '23505'].includes(errorCode(error) ?? '')) throw error;
  }
}

async function leave(cluster: Cluster, sql: Sql, say: (line: string) => void): Promise<void> {
  try {
    await sql`select pg_advisory_unlock_shared(${SEAT_LOCK})`;
    const [row] = await sql`select pg_try_advisory_lock(${SEAT_LOCK}) as last`;
    if (row?.last && (await othersGone(sql))) await stopServer(cluster);
    else say('Postgres stays up: others are connected');
  } catch (error) {
    if (error instanceof StartupError) say(error.message);
    // Anything else: the server is gone already, or whoever restarted it on another port now sees to it.
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Connections that were just ended take a moment to go. */
async function othersGone(sql: Sql): Promise<boolean> {
  const deadline = Date.now() + LEAVE_TIMEOUT_MS;
  for (;;) {
    const others = await sql`
      select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
    if (others.length === 0) return true;
    if (Date.now() > deadline) return false;
    await sleep(RETRY_MS);
  }
}
