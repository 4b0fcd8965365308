import { SEAL_LIMITS, sealAudit } from './checks/audit/seal.ts';
import { BULK_LIMITS } from './checks/bulk/limits.ts';
import { openMemorySpool } from './checks/bulk/upload.ts';
import { inTime } from './checks/group.ts';
import { LIMITS } from './checks/limits.ts';
import { forgetSelfChecks } from './checks/self-check.ts';
import { createLog, logModeOf } from './http/log.ts';
import { SLOTS } from './registry/admit.ts';
import { findInline } from './registry/find.ts';
import { REGISTRY_KEY_BYTES } from './registry/keys.ts';
import { connect } from './registry/sql.ts';
import { appOf, openService, type Service } from './service.ts';

/** The Worker's bindings: Hyperdrive (query cache off), secrets, and variables that may be set; see wrangler.toml. */
type Bindings = {
  DB: { connectionString: string };
  HAKPILIH_REGISTRY_KEY: string;
  HAKPILIH_SIGNING_KEYS: string;
  HAKPILIH_ELECTION?: string;
  HAKPILIH_TODAY?: string;
  HAKPILIH_TRUSTED_ISSUERS?: string;
  HAKPILIH_LOG?: string;
};
/** As in wrangler.toml. */
const HOURLY = '17 * * * *';

/**
 * One is used, the other is for the second try: postgres.js (3.4.9) gives the error of a session that the server ended to the
 * first query after it on the same connection, too.
 */
const CONNECTIONS = 2;

/** Kept between requests: it holds no connection and no promise of another request. */
let service: Service | undefined;

async function open(env: Bindings): Promise<Service> {
  const registryKey = Buffer.from(env.HAKPILIH_REGISTRY_KEY ?? '', 'base64');
  if (registryKey.byteLength !== REGISTRY_KEY_BYTES) throw new Error('HAKPILIH_REGISTRY_KEY must be 32 bytes in base64');
  return await openService({
    registryKey,
    signingJwks: env.HAKPILIH_SIGNING_KEYS,
    election: env.HAKPILIH_ELECTION ?? 'pilkada-2018',
    today: env.HAKPILIH_TODAY ?? null,
    trustedIssuers: env.HAKPILIH_TRUSTED_ISSUERS ?? null,
  });
}

export default {
  /** One client and one statement a request. */
  async fetch(request: Request, env: Bindings): Promise<Response> {
    service ??= await open(env);
    const sql = connect(env.DB.connectionString, { max: CONNECTIONS });
    const app = appOf(service, {
      sql,
      find: async (asked) => {
        const [row] = await inTime(findInline(sql, [asked], Math.random() * SLOTS));
        if (row === undefined) throw new Error('the statement gave no row');
        return row;
      },
      bulk: { openSpool: openMemorySpool, limits: BULK_LIMITS.inMemory, whole: true },
      maxStatementBytes: LIMITS.maxStatementBytes,
      clientAddress: (c) => c.req.header('cf-connecting-ip') ?? 'unknown',
      log: createLog(logModeOf(env.HAKPILIH_LOG), console.error, Date.now),
    });
    // Connections end with the request; to end them ourselves leaves rejections that nobody hears.
    return await app.fetch(request);
  },

  /** Every minute the audit is sealed; hourly, counters of the self-check form go that no longer count. */
  async scheduled({ cron }: { cron: string }, env: Bindings): Promise<void> {
    const sql = connect(env.DB.connectionString, { max: 1 });
    await (cron === HOURLY ? forgetSelfChecks(sql) : sealAudit(sql, SEAL_LIMITS.smallStatements));
  },
};
