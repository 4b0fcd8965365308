import { randomUUID } from 'node:crypto';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken, type TokenRequest } from '../../src/access/tokens.ts';
import { BULK_LIMITS } from '../../src/checks/bulk/limits.ts';
import { openMemorySpool } from '../../src/checks/bulk/upload.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { connect } from '../../src/registry/sql.ts';
import { appOf, type Connection, openService } from '../../src/service.ts';
import type { TestRegistry } from './registry.ts';
import { createTestKeys } from './server.ts';

/** The whole app over a registry, in this process: requests are counted, and come from the address in `X-From`. */
export async function openApp(
  registry: TestRegistry,
  connection: Partial<Connection> = {},
  upstream: string | null = null,
) {
  const keys = await createTestKeys(registry.registryKey);
  const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
  const sql = connect(registry.url, { max: 6, role: 'hakpilih_app' });
  const service = await openService({
    registryKey: registry.registryKey,
    signingJwks: keys.HAKPILIH_SIGNING_KEYS,
    election: 'pilkada-2018',
    today: '2018-02-01',
    trustedIssuers: null,
    upstream,
  });
  const app = appOf(service, {
    sql,
    find: async (asked) => {
      const [row] = await findPrepared(sql, [asked]);
      return row as Awaited<ReturnType<Connection['find']>>;
    },
    bulk: { openSpool: openMemorySpool, limits: BULK_LIMITS.inMemory, whole: false },
    clientAddress: (c) => c.req.header('x-from') ?? '127.0.0.1',
    countsRequests: true,
    metricsToken: null,
    embedders: [],
    log: () => {},
    ...connection,
  });
  const bearer = async (request: Partial<TokenRequest> = {}): Promise<string> => {
    const token = { client: 'test', scopes: ['check'] as const, region: null, ttlSeconds: 600, ...request };
    return `Bearer ${await issueToken(keyring, token, Date.now(), randomUUID())}`;
  };
  const close = () => sql.end({ timeout: 1 });
  return { app, sql, service, bearer, close };
}
