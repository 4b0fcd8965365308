import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { groupCommit, inTime } from './checks/group.ts';
import { forgetSelfChecks } from './checks/self-check.ts';
import { createClientAddress } from './platform/client-address.ts';
import { runDoor } from './platform/door.ts';
import { openRegistry } from './platform/registry.ts';
import { loadSampleIfEmpty, sampleGuide } from './platform/sample.ts';
import { loadSettings } from './platform/settings.ts';
import { StartupError } from './platform/startup-error.ts';
import { errorCode } from './registry/error-code.ts';
import { findPrepared } from './registry/find.ts';
import { appOf, openService } from './service.ts';

/** The door of the Node server. */
const POOL_SIZE = 8;
const CLOSE_TIMEOUT_MS = 10_000;
const FORGET_EVERY_MS = 3_600_000;

const say = (line: string): void => console.log(line);

async function main(): Promise<void> {
  const settings = await loadSettings(process.env, say);
  const service = await openService(settings).catch((error: Error) => {
    throw new StartupError(error.message);
  });
  const clientAddress = createClientAddress(settings.trustedProxies);
  const registry = await openRegistry(settings, POOL_SIZE, say);
  const { sql } = registry;
  const sampleOnly = await loadSampleIfEmpty(sql, settings.registryKey, say);
  const app = appOf(service, {
    sql,
    find: groupCommit((asked) => inTime(findPrepared(sql, asked))),
    clientAddress: (c) => clientAddress(c.env.incoming?.socket?.remoteAddress, c.req.header('x-forwarded-for')),
    log: (event) => console.error(JSON.stringify({ at: new Date().toISOString(), ...event })),
  });
  const server = await listen(app.fetch, settings.host, settings.port).catch(async (error: unknown) => {
    await registry.close();
    throw new StartupError(listenFault(error, settings.host, settings.port));
  });
  const forgetting = setInterval(() => void forgetSelfChecks(sql).catch(() => {}), FORGET_EVERY_MS);
  const { port } = server.address() as AddressInfo;
  say(`hakpilih listens on http://${settings.host}:${port}`);
  if (sampleOnly) say(sampleGuide());

  const stop = async (): Promise<void> => {
    clearInterval(forgetting);
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
    await new Promise((resolve) => server.close(resolve));
    await registry.close();
    say('hakpilih has stopped');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  hostname: string,
  port: number,
): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname, port }, () => resolve(server));
    server.on('error', reject);
  });
}

function listenFault(error: unknown, host: string, port: number): string {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is in use: choose another with PORT`;
  return `Cannot listen on ${host}:${port} (${code})`;
}

await runDoor(main);
