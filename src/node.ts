import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { sealAudit } from './checks/audit/seal.ts';
import { BULK_LIMITS } from './checks/bulk/limits.ts';
import { createTurns, groupCommit } from './checks/group.ts';
import { BESIDE_LIMITS, LIMITS, LONG_LIMITS } from './checks/limits.ts';
import { LIST_LIMITS } from './checks/lists/limits.ts';
import { forgetSelfChecks } from './checks/self-check.ts';
import { createClientAddress, createProxyTrust } from './platform/client-address.ts';
import { runDoor } from './platform/door.ts';
import { guardDriver } from './platform/driver-guard.ts';
import { readSigningJwks } from './platform/keys.ts';
import { createListener } from './platform/listener.ts';
import { createNodeLog } from './platform/log.ts';
import { openRegistry } from './platform/registry.ts';
import { loadSampleIfEmpty, sampleGuide } from './platform/sample.ts';
import { loadSettings } from './platform/settings.ts';
import { createFileSpool } from './platform/spool.ts';
import { startReport } from './platform/start-report.ts';
import { StartupError } from './platform/startup-error.ts';
import { errorCode } from './registry/error-code.ts';
import { findPrepared } from './registry/find.ts';
import { networkOf } from './registry/network.ts';
import { SLOTS } from './registry/quota.ts';
import type { Sql } from './registry/sql.ts';
import { appOf, openService, type Service } from './service.ts';

/** The door of the Node server. */
/** Checks and what is asked beside them never wait for a connection of each other's. */
const ANSWERS_POOL_SIZE = LIMITS.maxStatementsInFlight + BESIDE_LIMITS.maxStatementsInFlight;
/** The reading of a list takes two, sealing and forgetting one each. */
const LONG_POOL_SIZE = BULK_LIMITS.maxAtOnce + 2 * LIST_LIMITS.maxAtOnce + LONG_LIMITS.maxStatementsInFlight + 2;
/** From the signal to the end: the listener's own time, then sealing and closing. */
const CLOSE_TIMEOUT_MS = 30_000;
const FORGET_EVERY_MS = 3_600_000;
const SEAL_EVERY_MS = 60_000;
const NEW_KEYS_EVERY_MS = 5_000;

const say = (line: string): void => console.log(line);

async function main(): Promise<void> {
  guardDriver(say);
  const settings = await loadSettings(process.env, say);
  const service = await openService(settings).catch((error: Error) => {
    throw new StartupError(error.message);
  });
  const clientAddress = createClientAddress(settings.trustedProxies);
  const registry = await openRegistry(settings, 1, say);
  const openSpool = await createFileSpool(join(settings.dataDir, 'spool'), BULK_LIMITS.maxSpoolBytes).catch(
    async (error: unknown) => {
      await registry.close();
      throw error;
    },
  );
  // Without its database the server is of no use: whoever looks after it may start it anew.
  void registry.lost?.then(({ message }) => {
    console.error(message);
    process.exit(1);
  });
  // A database of the operator's own gets no residents that were not imported.
  const sampleOnly =
    settings.databaseUrl === null && (await loadSampleIfEmpty(registry.sql, settings.registryKey, say));
  const sql = await registry.openServerPool(ANSWERS_POOL_SIZE, {
    timeouts: { statementMs: LIMITS.statementTimeoutMs, lockMs: LIMITS.lockTimeoutMs },
    silenceMs: LIMITS.silenceMs,
  });
  const {
    statementTimeoutMs: statementMs,
    transactionTimeoutMs: transactionMs,
    idleInTransactionMs,
    silenceMs,
  } = LONG_LIMITS;
  const long = await registry.openServerPool(LONG_POOL_SIZE, {
    timeouts: { statementMs, transactionMs, idleInTransactionMs },
    silenceMs,
  });
  // From here on nothing is done as the owner.
  await registry.sql.end();
  // Slots of this process, so that several on one database seldom share one.
  const firstSlot = randomInt(SLOTS / LIMITS.maxStatementsInFlight) * LIMITS.maxStatementsInFlight;
  const app = appOf(service, {
    sql,
    inTurn: createTurns(BESIDE_LIMITS),
    long: { sql: long, inTurn: createTurns(LONG_LIMITS) },
    find: groupCommit((asked, lane) => findPrepared(sql, asked, firstSlot + lane), LIMITS, service.metrics.groupSize),
    bulk: { openSpool, limits: BULK_LIMITS.spooled, whole: false },
    clientAddress: (c) => clientAddress(c.env.incoming?.socket?.remoteAddress, c.req.header('x-forwarded-for')),
    countsRequests: true,
    metricsToken: settings.metricsToken,
    embedders: settings.embedders,
    log: createNodeLog(settings.log),
  });
  const listener = createListener(
    {
      fetch: app.fetch,
      addressOf: ({ socket, headers }) =>
        networkOf(clientAddress(socket.remoteAddress, headers['x-forwarded-for']?.toString())),
      isProxy: createProxyTrust(settings.trustedProxies),
      refused: (status) => service.metrics.request('OTHER', 'none', status, 0),
    },
    settings.host,
  );
  const port = await listener.listen(settings.host, settings.port).catch(async (error: unknown) => {
    await registry.close();
    throw new StartupError(listenFault(error, settings.host, settings.port));
  });
  const forgetting = setInterval(() => void forgetSelfChecks(long).catch(() => {}), FORGET_EVERY_MS);
  const sealing = setInterval(() => void seal(long), SEAL_EVERY_MS);
  const keysWatch = setInterval(() => void takeUpNewKeys(service, settings.dataDir), NEW_KEYS_EVERY_MS);

  const stop = async (): Promise<void> => {
    clearInterval(forgetting);
    clearInterval(sealing);
    clearInterval(keysWatch);
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
    await listener.stop();
    await seal(long);
    await registry.close();
    say('hakpilih has stopped');
  };
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      signals += 1;
      // Who asks twice does not want to wait.
      if (signals > 1) process.exit(1);
      void stop();
    });
  say(`hakpilih listens on http://${settings.host}:${port}`);
  for (const line of await startReport(sql, service.keys, service.rules)) say(line);
  if (sampleOnly) say(sampleGuide());
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

function listenFault(error: unknown, host: string, port: number): string {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is in use: choose another with PORT`;
  return `Cannot listen on ${host}:${port} (${code})`;
}

await runDoor(main);
