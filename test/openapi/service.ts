import { randomUUID } from 'node:crypto';
import { SCOPES, type Scope } from '../../src/access/grant.ts';
import { type Keyring, parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import { loadSampleIfEmpty } from '../../src/platform/sample.ts';
import { recordClient } from '../../src/registry/clients.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer } from '../support/server.ts';

type Token = {
  client?: string;
  scopes?: readonly Scope[];
  region?: string | null;
  ttlSeconds?: number;
  nowMs?: number;
};

export type SampleServer = {
  server: RunningServer;
  registry: TestRegistry;
  keyring: Keyring;
  /** A token of a client without practical limits, for every scope, unless told otherwise. */
  token(token?: Token): Promise<string>;
  stop(): Promise<void>;
};

/** The real Node server over the synthetic sample, with all its residents of the sandbox. */
export async function startSampleServer(env: Record<string, string> = {}): Promise<SampleServer> {
  const registry = await createTestRegistry();
  const keys = await createTestKeys(registry.registryKey);
  await loadSampleIfEmpty(registry.sql, registry.registryKey, () => {});
  const server = await startServer({ ...keys, HAKPILIH_DATABASE_URL: registry.url, ...env });
  const quota = { scopes: SCOPES, region: null, perMinute: 1_000_000, perDay: 10_000_000 };
  await recordClient(registry.sql, { name: 'unlimited', ...quota });
  const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
  return {
    server,
    registry,
    keyring,
    token: ({ client = 'unlimited', scopes = SCOPES, region = null, ttlSeconds = 600, nowMs = Date.now() } = {}) =>
      issueToken(keyring, { client, scopes, region, ttlSeconds }, nowMs, randomUUID()),
    async stop() {
      await server.stop();
      await registry.close();
    },
  };
}
