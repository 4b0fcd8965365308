import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sealAudit } from './checks/audit/seal.ts';
import { BULK_LIMITS } from './checks/bulk/limits.ts';
import { forgetSelfChecks } from './checks/form-source.ts';
import { createTurns, groupCommit } from './checks/group.ts';
import { BESIDE_LIMITS, LIMITS, LONG_LIMITS } from './checks/limits.ts';
import { LIST_LIMITS } from './checks/lists/limits.ts';
import { Unavailable } from './checks/unavailable.ts';
import { createClientAddress, createProxyTrust } from './platform/client-address.ts';
import { runDoor } from './platform/door.ts';
import { guardDriver } from './platform/driver-guard.ts';
import { openFallback, openStandIn } from './platform/fallback.ts';
import { readSigningJwks } from './platform/keys.ts';
import { Listener } from './platform/listener.ts';
import { createNodeLog } from './platform/log.ts';
import { type OpenRegistry, openRegistry } from './platform/registry.ts';
import { loadSampleIfEmpty, sampleGuide } from './platform/sample.ts';
import { loadSettings, type Settings } from './platform/settings.ts';
import { createFileSpool } from './platform/spool.ts';
import { startReport } from './platform/start-report.ts';
import { StartupError } from './platform/startup-error.ts';
import { errorCode } from './registry/error-code.ts';
import { findPrepared } from './registry/find.ts';
import { networkOf } from './registry/network.ts';
import { SLOTS } from './registry/quota.ts';
import { connect, type Sql } from './registry/sql.ts';
import { appOf, type Connection, openService, type Service } from './service.ts';

/** Checks and what is asked beside them never wait for a connection of each other's. */
const ANSWERS_POOL_SIZE = LIMITS.maxStatementsInFlight + BESIDE_LIMITS.maxStatementsInFlight;
/** The reading of a list takes two; sealing and forgetting one each, publishing two, looking after what is published another. */
const LONG_POOL_SIZE = BULK_LIMITS.maxAtOnce + 2 * LIST_LIMITS.maxAtOnce + LONG_LIMITS.maxStatementsInFlight + 5;
/** From the signal to the end: the listener's own time, then sealing and closing. */
const CLOSE_TIMEOUT_MS = 30_000;
const FORGET_EVERY_MS = 3_600_000;
const SEAL_EVERY_MS = 60_000;
const NEW_KEYS_EVERY_MS = 5_000;
/** How often a database is tried again that was away at the start. */
const OPEN_AGAIN_MS = 2_000;
/** In place of a database that is away: nobody listens there. */
const NOWHERE = 'postgres://127.0.0.1:1/none';
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const say = (line: string): void => console.log(line);

/** The door of the Node server. */
async function main(): Promise<void> {
  guardDriver(say);
  const settings = await loadSettings(process.env, say);
  const service = await openService(settings).catch((error: Error) => {
    throw new StartupError(error.message);
  });
  // Trusted proxies that are none are refused before anything is opened.
  const clientAddress = createClientAddress(settings.trustedProxies);
  const door = { settings, service, clientAddress, port: settings.port };
  const registry = await openRegistryInTheEnd(door);
  const { sql, sampleOnly, hasSnapshot } = await serve(door, registry).catch(async (error: unknown) => {
    await registry.close();
    throw error;
  });
  // Without database and snapshot the server is of no use: whoever looks after it may start it anew.
  void registry.lost?.then(({ message }) => {
    console.error(message);
    if (!hasSnapshot()) process.exit(1);
  });
  for (const line of await startReport(sql, service.keys, service.rules)) say(line);
  if (sampleOnly) say(sampleGuide());
}

/** What is the same whatever answers. */
type Door = {
  settings: Settings;
  service: Service;
  clientAddress: ReturnType<typeof createClientAddress>;
  /** Where it listens, or listened before. */
  port: number;
};

/**
 * Opens the registry; one that is away is waited for, while the snapshot answers. Throws `StartupError` where there is
 * no snapshot, or more than an outage is wrong.
 */
async function openRegistryInTheEnd(door: Door): Promise<OpenRegistry> {
  const { settings } = door;
  const isAway = (error: unknown): boolean => error instanceof StartupError && error.isOutage;
  try {
    return await openRegistry(settings, 1, say);
  } catch (error) {
    const place = placeOf(door);
    const standIn = place && (await openStandIn(place));
    if (!isAway(error) || standIn === null) throw error;
    say(`${(error as Error).message}: answers come from the snapshot until then`);
    const sql = connect(NOWHERE, { max: 1 });
    const find = () => Promise.reject(new Unavailable('STARTING'));
    const listener = await listen(door, { sql, find, fallback: standIn });
    const stop = stopAtSignal(async () => {
      await listener.stop();
      setImmediate(() => process.exit(0));
    });
    sayWhere(door);
    for (;;) {
      await sleep(OPEN_AGAIN_MS);
      const opened = await openRegistry(settings, 1, say).catch((again: unknown) => {
        if (isAway(again)) return null;
        throw again;
      });
      if (opened === null) continue;
      stop.forget();
      await listener.stop();
      await standIn.journal.close();
      return opened;
    }
  }
}

/** Where what stands in for the database is kept; null where nothing is to. */
function placeOf({ settings: { snapshotDir, dataDir, databaseUrl }, service: { keys } }: Door) {
  return snapshotDir === null ? null : { keys, snapshotDir, dataDir, databaseUrl };
}

/** Listens until a signal comes. Where it throws, nothing listens. */
async function serve(door: Door, registry: OpenRegistry) {
  const { settings, service } = door;
  // A database of the operator's own gets no residents that were not imported.
  const sampleOnly =
    settings.databaseUrl === null && (await loadSampleIfEmpty(registry.sql, settings.registryKey, say));
  const { sql, long } = await openPools(registry);
  const place = placeOf(door);
  const bucket = settings.snapshotTo;
  const fallback = place ? await openFallback({ ...place, sql, long, bucket, say }) : undefined;
  void fallback?.lookAfter();
  // Slots of this process, so that several on one database seldom share one.
  const firstSlot = randomInt(SLOTS / LIMITS.maxStatementsInFlight) * LIMITS.maxStatementsInFlight;
  const listener = await listen(door, {
    sql,
    long: { sql: long, inTurn: createTurns(LONG_LIMITS) },
    find: groupCommit((asked, lane) => findPrepared(sql, asked, firstSlot + lane), LIMITS, service.metrics.groupSize),
    fallback,
  });
  const timers = [
    setInterval(() => void forgetSelfChecks(long).catch(() => {}), FORGET_EVERY_MS),
    setInterval(() => void seal(long), SEAL_EVERY_MS),
    setInterval(() => void takeUpNewKeys(service, settings.dataDir), NEW_KEYS_EVERY_MS),
  ];
  stopAtSignal(async () => {
    for (const timer of timers) clearInterval(timer);
    await listener.stop();
    await fallback?.stop();
    await seal(long);
    await registry.close();
  });
  sayWhere(door);
  return { sql, sampleOnly, hasSnapshot: () => fallback?.snapshot.manifest() != null };
}

/** Makes the app over a connection, and listens. Throws `StartupError` where it cannot. */
async function listen(
  door: Door,
  connection: Pick<Connection, 'sql' | 'find' | 'fallback' | 'long'>,
): Promise<Listener> {
  const { settings, service, clientAddress } = door;
  const openSpool = await createFileSpool(join(settings.dataDir, 'spool'), BULK_LIMITS.maxSpoolBytes);
  const app = appOf(service, {
    ...connection,
    inTurn: createTurns(BESIDE_LIMITS),
    bulk: { openSpool, limits: BULK_LIMITS.spooled, whole: false },
    clientAddress: (c) => clientAddress(c.env.incoming?.socket?.remoteAddress, c.req.header('x-forwarded-for')),
    countsRequests: true,
    metricsToken: settings.metricsToken,
    embedders: settings.embedders,
    log: createNodeLog(settings.log),
  });
  const doorway = {
    fetch: app.fetch,
    addressOf: ({ socket, headers }: IncomingMessage) =>
      networkOf(clientAddress(socket.remoteAddress, headers['x-forwarded-for']?.toString())),
    isProxy: createProxyTrust(settings.trustedProxies),
    refused: (status: number) => service.metrics.request('OTHER', 'none', status, 0),
  };
  const { host } = settings;
  const listener = new Listener(doorway, host);
  const wanted = door.port;
  door.port = await listener.listen(host, wanted).catch((error: unknown) => {
    const code = errorCode(error);
    if (code !== 'EADDRINUSE') throw new StartupError(`Cannot listen on ${host}:${wanted} (${code})`);
    throw new StartupError(`Port ${wanted} of ${host} is in use: choose another with PORT`);
  });
  return listener;
}

const sayWhere = ({ settings, port }: Door): void => say(`hakpilih listens on http://${settings.host}:${port}`);

/** One pool for answers, one for long work; from then on nothing is done as the owner. */
async function openPools(registry: OpenRegistry): Promise<{ sql: Sql; long: Sql }> {
  const { statementTimeoutMs: statementMs, lockTimeoutMs: lockMs, silenceMs } = LIMITS;
  const sql = await registry.openServerPool(ANSWERS_POOL_SIZE, { timeouts: { statementMs, lockMs }, silenceMs });
  const long = await registry.openServerPool(LONG_POOL_SIZE, {
    timeouts: {
      statementMs: LONG_LIMITS.statementTimeoutMs,
      transactionMs: LONG_LIMITS.transactionTimeoutMs,
      idleInTransactionMs: LONG_LIMITS.idleInTransactionMs,
    },
    silenceMs: LONG_LIMITS.silenceMs,
  });
  await registry.sql.end();
  return { sql, long };
}

/** Stops at a signal, unless that is forgotten before. */
function stopAtSignal(stop: () => Promise<void>): { forget(): void } {
  let signals = 0;
  const onSignal = async (): Promise<void> => {
    signals += 1;
    // Who asks twice does not want to wait.
    if (signals > 1) process.exit(1);
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
    await stop();
    say('hakpilih has stopped');
  };
  const heard = () => void onSignal();
  for (const signal of STOP_SIGNALS) process.on(signal, heard);
  return {
    forget() {
      for (const signal of STOP_SIGNALS) process.off(signal, heard);
    },
  };
}

/** What could not be sealed now is sealed a minute later, or by another process. */
async function seal(sql: Sql): Promise<void> {
  await sealAudit(sql).catch((error: unknown) => say(`The audit could not be sealed (${errorCode(error)})`));
}

/** Rotated signing keys are taken up without a restart; keys that cannot be read leave the old ones in use. */
async function takeUpNewKeys(service: Service, dataDir: string): Promise<void> {
  try {
    await service.useSigningKeys(await readSigningJwks(dataDir, process.env));
  } catch {
    say('The signing keys cannot be read: those read before stay in use');
  }
}

await runDoor(main);
