import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { sealAudit } from './checks/audit/seal.ts';
import { BULK_LIMITS } from './checks/bulk/limits.ts';
import { forgetSelfChecks } from './checks/form-source.ts';
import { createTurns, groupCommit } from './checks/group.ts';
import { BESIDE_LIMITS, LIMITS, LONG_LIMITS } from './checks/limits.ts';
import { LIST_LIMITS } from './checks/lists/limits.ts';
import { createClientAddress, createProxyTrust } from './platform/client-address.ts';
import { runDoor } from './platform/door.ts';
import { guardDriver } from './platform/driver-guard.ts';
import { openFallback } from './platform/fallback.ts';
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
import type { Sql } from './registry/sql.ts';
import { appOf, openService, type Service } from './service.ts';

/** Checks and what is asked beside them never wait for a connection of each other's. */
const ANSWERS_POOL_SIZE = LIMITS.maxStatementsInFlight + BESIDE_LIMITS.maxStatementsInFlight;
/** The reading of a list takes two; sealing and forgetting one each, publishing two, looking after what is published another. */
const LONG_POOL_SIZE = BULK_LIMITS.maxAtOnce + 2 * LIST_LIMITS.maxAtOnce + LONG_LIMITS.maxStatementsInFlight + 5;
/** From the signal to the end: the listener's own time, then sealing and closing. */
const CLOSE_TIMEOUT_MS = 30_000;
const FORGET_EVERY_MS = 3_600_000;
const SEAL_EVERY_MS = 60_000;
const NEW_KEYS_EVERY_MS = 5_000;

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
  const registry = await openRegistry(settings, 1, say);
  // Without its database the server is of no use: whoever looks after it may start it anew.
  void registry.lost?.then(({ message }) => {
    console.error(message);
    process.exit(1);
  });
  const { sql, sampleOnly } = await serve(settings, service, registry, clientAddress).catch(
    async (error: unknown) => {
      await registry.close();
      throw error;
    },
  );
  for (const line of await startReport(sql, service.keys, service.rules)) say(line);
  if (sampleOnly) say(sampleGuide());
}

/** Listens until a signal comes. Where it throws, nothing listens. */
async function serve(
  settings: Settings,
  service: Service,
  registry: OpenRegistry,
  clientAddress: ReturnType<typeof createClientAddress>,
): Promise<{ sql: Sql; sampleOnly: boolean }> {
  const openSpool = await createFileSpool(join(settings.dataDir, 'spool'), BULK_LIMITS.maxSpoolBytes);
  // A database of the operator's own gets no residents that were not imported.
  const sampleOnly =
    settings.databaseUrl === null && (await loadSampleIfEmpty(registry.sql, settings.registryKey, say));
  const { sql, long } = await openPools(registry);
  const { snapshotDir, snapshotTo: bucket, dataDir } = settings;
  const fallback =
    snapshotDir === null
      ? undefined
      : await openFallback({ sql, long, keys: service.keys, snapshotDir, bucket, dataDir, say });
  void fallback?.lookAfter();
  // Slots of this process, so that several on one database seldom share one.
  const firstSlot = randomInt(SLOTS / LIMITS.maxStatementsInFlight) * LIMITS.maxStatementsInFlight;
  const app = appOf(service, {
    sql,
    inTurn: createTurns(BESIDE_LIMITS),
    long: { sql: long, inTurn: createTurns(LONG_LIMITS) },
    find: groupCommit((asked, lane) => findPrepared(sql, asked, firstSlot + lane), LIMITS, service.metrics.groupSize),
    bulk: { openSpool, limits: BULK_LIMITS.spooled, whole: false },
    clientAddress: (c) => clientAddress(c.env.incoming?.socket?.remoteAddress, c.req.header('x-forwarded-for')),
    fallback,
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
  const { host, port: wanted } = settings;
  const listener = new Listener(doorway, host);
  const port = await listener.listen(host, wanted).catch((error: unknown) => {
    const code = errorCode(error);
    if (code !== 'EADDRINUSE') throw new StartupError(`Cannot listen on ${host}:${wanted} (${code})`);
    throw new StartupError(`Port ${wanted} of ${host} is in use: choose another with PORT`);
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
  say(`hakpilih listens on http://${host}:${port}`);
  return { sql, sampleOnly };
}

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

function stopAtSignal(stop: () => Promise<void>): void {
  let signals = 0;
  const onSignal = async (): Promise<void> => {
    signals += 1;
    // Who asks twice does not want to wait.
    if (signals > 1) process.exit(1);
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
    await stop();
    say('hakpilih has stopped');
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void onSignal());
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
