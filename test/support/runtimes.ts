import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken, type TokenRequest } from '../../src/access/tokens.ts';
import type { Answer } from '../../src/checks/answer.ts';
import { IMPORT_DEFAULTS, type ImportOptions, importExport } from '../../src/platform/import-file.ts';
import { claimKey } from '../../src/registry/readiness.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { createTestRegistry, type TestRegistry } from './registry.ts';
import { createTestKeys, startServer, type TestKeys } from './server.ts';
import { startWorker } from './worker.ts';

export type Runtime = {
  registry: TestRegistry;
  url: string;
  keys: TestKeys;
  /** An `Authorization` header. */
  bearer(request?: Partial<TokenRequest>): Promise<string>;
  /** All that it has logged so far. */
  log(): string;
  stop(): Promise<void>;
};

export const RUNTIMES = ['Node', 'Workers'] as const;
const TODAY = '2018-01-12';

/** The real app of a runtime on a real, migrated, empty registry. `wayTo` puts a proxy in between, say. */
export async function startRuntime(
  name: (typeof RUNTIMES)[number],
  wayTo: (databaseUrl: string) => string | Promise<string> = (databaseUrl) => databaseUrl,
): Promise<Runtime> {
  const registry = { ...(await createTestRegistry()), registryKey: randomBytes(32) as Uint8Array };
  await claimKey(registry.sql, deriveKeys(registry.registryKey));
  const keys = await createTestKeys(registry.registryKey);
  const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
  const url = await wayTo(registry.url);
  const running = name === 'Node' ? await startNode(keys, url) : await startWorkers(keys, url);
  return {
    registry,
    keys,
    ...running,
    async bearer(request = {}) {
      const token = { client: 'test', scopes: ['check'] as const, region: null, ttlSeconds: 600, ...request };
      return `Bearer ${await issueToken(keyring, token, Date.now(), crypto.randomUUID())}`;
    },
    async stop() {
      await running.stop();
      await registry.close();
    },
  };
}

async function startNode(keys: TestKeys, url: string) {
  const server = await startServer({ ...keys, HAKPILIH_DATABASE_URL: url, HAKPILIH_TODAY: TODAY });
  return { url: server.url, log: server.log, stop: async () => void (await server.stop()) };
}

async function startWorkers(keys: TestKeys, url: string) {
  let log = '';
  const worker = await startWorker(url, { ...keys, HAKPILIH_TODAY: TODAY }, (line) => {
    log += `${line}\n`;
  });
  return { url: worker.url, log: () => log, stop: worker.stop };
}

/** Imports an export into a registry as the command line would. */
export async function importText(
  registry: TestRegistry,
  chunks: AsyncIterable<Uint8Array> | string,
  options: Partial<ImportOptions> = {},
) {
  const bytes = typeof chunks === 'string' ? textBytes(chunks) : chunks;
  const all = {
    ...IMPORT_DEFAULTS,
    source: '32.01',
    asOf: '2018-01-12T17:00:00+07:00',
    maxLost: 0.1,
    otherRegion: true,
    ...options,
  };
  return await importExport(registry, bytes, all, { progress: () => {}, reject: () => {} });
}

async function* textBytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
export const fileBytes = (path: string): AsyncIterable<Uint8Array> => createReadStream(path);

/** Asks one check. */
export async function check(
  runtime: Pick<Runtime, 'url'>,
  authorization: string,
  question: unknown,
): Promise<Response> {
  return await fetch(`${runtime.url}/v1/checks`, {
    method: 'POST',
    headers: { Authorization: authorization, 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
  });
}

/** The answer in a response. */
export const answerIn = async (response: Response): Promise<Answer> => (await response.json()) as Answer;
