import { AsyncLocalStorage } from 'node:async_hooks';
import { SEAL_LIMITS, sealAudit } from './checks/audit/seal.ts';
import { createBreaker } from './checks/breaker.ts';
import { BULK_LIMITS } from './checks/bulk/limits.ts';
import { openMemorySpool } from './checks/bulk/upload.ts';
import { forgetSelfChecks } from './checks/form-source.ts';
import { atOnce } from './checks/group.ts';
import type { App } from './http/app.ts';
import { createLog, logModeOf } from './http/log.ts';
import { findInline, type SourceAnswer } from './registry/find.ts';
import { SLOTS } from './registry/quota.ts';
import { REGISTRY_KEY_BYTES } from './registry/registry-keys.ts';
import { connect, type Sql } from './registry/sql.ts';
import { appOf, listOf, openService, type Service } from './service.ts';
import { type Bucket, createBucketJournal, createBucketStore, type ShardCache } from './snapshot/bucket-store.ts';
import { enterRows, parseJournal } from './snapshot/journal.ts';
import { openSnapshots } from './snapshot/snapshot.ts';

/** The Worker's bindings: Hyperdrive (query cache off), secrets, and variables that may be set; see wrangler.toml. */
type Bindings = {
  DB: { connectionString: string };
  /** Snapshots and the journal; without it there is no answer while the database is away. */
  SNAPSHOTS?: Bucket;
  HAKPILIH_REGISTRY_KEY: string;
  HAKPILIH_SIGNING_KEYS: string;
  HAKPILIH_ELECTION?: string;
  HAKPILIH_TODAY?: string;
  HAKPILIH_TRUSTED_ISSUERS?: string;
  HAKPILIH_UPSTREAM?: string;
  HAKPILIH_LOG?: string;
  HAKPILIH_METRICS_TOKEN?: string;
  HAKPILIH_EMBEDDERS?: string;
};
declare const caches: { default: ShardCache };

/** As in wrangler.toml. */
const HOURLY = '17 * * * *';

/**
 * One is used, the other is for the second try: postgres.js (3.4.9) gives the error of a session that the server
 * ended to the first query after it on the same connection, too.
 */
const CONNECTIONS = 2;

/** The connections of the request that is served. */
const served = new AsyncLocalStorage<Sql>();
const sqlNow = (): Sql => served.getStore() as Sql;

/** Kept between requests: it holds no connection and no promise of another request. */
let app: App | undefined;

async function open(env: Bindings): Promise<App> {
  const registryKey = Buffer.from(env.HAKPILIH_REGISTRY_KEY ?? '', 'base64');
  if (registryKey.byteLength !== REGISTRY_KEY_BYTES)
    throw new Error('HAKPILIH_REGISTRY_KEY must be 32 bytes in base64');
  const service = await openService({
    registryKey,
    signingJwks: env.HAKPILIH_SIGNING_KEYS,
    election: env.HAKPILIH_ELECTION ?? 'pilkada-2018',
    today: env.HAKPILIH_TODAY ?? null,
    trustedIssuers: env.HAKPILIH_TRUSTED_ISSUERS ?? null,
    upstream: env.HAKPILIH_UPSTREAM ?? null,
  });
  const fallback = env.SNAPSHOTS && fallbackIn(env.SNAPSHOTS, service.keys);
  // Whether there is a snapshot decides how long the database is waited for. None that can be read is none.
  await fallback?.snapshot.refresh().catch(() => {});
  return appOf(service, {
    fallback,
    get sql() {
      return sqlNow();
    },
    find: async (asked, deadlineMs) => {
      const [row] = await atOnce(() => findInline(sqlNow(), [asked], Math.random() * SLOTS), deadlineMs);
      return row as SourceAnswer;
    },
    bulk: { openSpool: openMemorySpool, limits: BULK_LIMITS.inMemory, whole: true },
    clientAddress: (c) => c.req.header('cf-connecting-ip') ?? 'unknown',
    metricsToken: env.HAKPILIH_METRICS_TOKEN ?? null,
    embedders: listOf(env.HAKPILIH_EMBEDDERS),
    log: createLog(logModeOf(env.HAKPILIH_LOG), console.error, Date.now),
  });
}

/** What stands in for the database. Breaker and quotas are those of this isolate; clients are as of the last publication. */
function fallbackIn(bucket: Bucket, keys: Service['keys']) {
  const now = Date.now;
  const store = createBucketStore(bucket, caches.default);
  const snapshot = openSnapshots({ store, keys, now, registry: () => null });
  return {
    snapshot,
    journal: createBucketJournal(bucket),
    now,
    breaker: createBreaker(now),
    clientOf: (name: string) => snapshot.manifest()?.clients.find((client) => client.name === name),
  };
}

/** Enters what was answered without the database. */
async function enterJournal(bucket: Bucket, sql: Sql): Promise<void> {
  await createBucketJournal(bucket).drain(async (text) => {
    const { rows, broken } = parseJournal(text);
    await enterRows(sql, rows);
    return { broken };
  });
}

export default {
  /** One client and one statement a request. Its connections end with it: our own end leaves unheard rejections. */
  async fetch(request: Request, env: Bindings): Promise<Response> {
    app ??= await open(env);
    const routes = app;
    const sql = connect(env.DB.connectionString, { max: CONNECTIONS });
    return await served.run(sql, async () => await routes.fetch(request));
  },

  /** Every minute the audit is sealed; hourly, counters of the self-check form go that no longer count. */
  async scheduled({ cron }: { cron: string }, env: Bindings): Promise<void> {
    const sql = connect(env.DB.connectionString, { max: 1 });
    if (cron === HOURLY) return await forgetSelfChecks(sql);
    if (env.SNAPSHOTS) await enterJournal(env.SNAPSHOTS, sql);
    await sealAudit(sql, SEAL_LIMITS.smallStatements);
  },
};
