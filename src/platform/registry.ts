import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { errorCode, isConnectionLost } from '../registry/error-code.ts';
import { claimKey, isMigrated, sourcesOfOtherNames } from '../registry/readiness.ts';
import { deriveKeys } from '../registry/registry-keys.ts';
import { connect, type Sql, type Timeouts } from '../registry/sql.ts';
import { type EmbeddedDatabase, openEmbeddedDatabase } from './database.ts';
import { forgetKeys } from './keys.ts';
import type { Settings } from './settings.ts';
import { watchedSocket } from './socket.ts';
import { type Say, StartupError } from './startup-error.ts';

/** What holds for each connection of a pool. */
type PoolLimits = { timeouts: Timeouts; silenceMs: number };
/** Who a server logs in as, null being the login of its URL, and the role that it works as, where it may. */
type ServerLogin = { login: { user: string; password: string } | null; role: string | undefined };
export type OpenRegistry = {
  /** Works as the owner: for imports and commands. */
  sql: Sql;
  /** A pool for the server, which can add to the audit and change nothing in it: see `serverLogin`. */
  openServerPool(size: number, limits?: PoolLimits): Promise<Sql>;
  /** Resolves where the embedded database has ended for good. */
  lost: Promise<StartupError> | null;
  /** Ends the connections, and the embedded database where nobody else uses it. */
  close(): Promise<void>;
};

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));
const MIGRATION_LOCK = 4_711_2017;
const CLOSE_TIMEOUT_SECONDS = 5;
/** Can add to the audit and change nothing in it: see drizzle/0002_audit_role.sql. */
const APP_ROLE = 'hakpilih_app';
const LOGIN_LOCK = 4_711_2019;
/** The owner may make no roles, or may not let others into the role. */
const NOT_ALLOWED = '42501';

/** Works on the registry, and closes it: what is done is done, whatever happens to the connection then. */
export async function withRegistry(
  settings: Settings,
  say: Say,
  work: (registry: OpenRegistry) => Promise<void>,
  poolSize = 1,
): Promise<void> {
  const registry = await openRegistry(settings, poolSize, say);
  // The checks of a server on this machine go first. Not sooner: a database that is started here would go last with us.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  try {
    await work(registry);
  } finally {
    await registry.close().catch(() => {});
  }
}

/**
 * Opens the registry: the database of the settings or the embedded one, migrated, under its own key. Throws
 * `StartupError`: database unreachable, migration failed, another key.
 */
export async function openRegistry(settings: Settings, poolSize: number, say: Say): Promise<OpenRegistry> {
  const embedded = settings.databaseUrl === null ? await openEmbedded(settings.dataDir, say) : null;
  const url = settings.databaseUrl ?? (embedded?.url as string);
  const sql = connect(url, { max: poolSize, genericPlans: true });
  const pools = [sql];
  let serving: Promise<ServerLogin> | undefined;
  const openServerPool = async (size: number, limits?: PoolLimits): Promise<Sql> => {
    serving ??= serverLogin(sql, settings.registryKey, say);
    const watched = limits && { timeouts: limits.timeouts, socket: watchedSocket(limits.silenceMs) };
    const pool = connect(url, { max: size, genericPlans: true, ...(await serving), ...watched });
    pools.push(pool);
    return pool;
  };
  const close = async (): Promise<void> => {
    await Promise.all(pools.map((pool) => pool.end({ timeout: CLOSE_TIMEOUT_SECONDS })));
    await embedded?.close();
  };
  try {
    await migrateRegistry(url);
    if (!(await claimKey(sql, deriveKeys(settings.registryKey)))) {
      await forgetKeys(settings.madeKeys);
      throw new StartupError(
        'This registry was tagged with another HAKPILIH_REGISTRY_KEY: nobody would be found in it. ' +
          `Its key was expected there or in ${settings.dataDir}/keys/registry.key`,
      );
    }
    for (const source of await sourcesOfOtherNames(sql))
      say(
        `Names of ${source} were made comparable by another version of hakpilih: ` +
          'import its export again, until then no name matches',
      );
    return { sql, openServerPool, lost: embedded?.lost ?? null, close };
  } catch (error) {
    await close();
    if (error instanceof StartupError) throw error;
    const code = errorCode(error);
    const isAway = isConnectionLost(error) || AWAY.includes(code);
    throw new StartupError(`The database cannot be used (${code})${HINTS[code] ?? ''}`, { isOutage: isAway });
  }
}

/** A cluster that is there and does not start is an outage. */
async function openEmbedded(dataDir: string, say: Say): Promise<EmbeddedDatabase> {
  return await openEmbeddedDatabase({ dataDir, say }).catch((error: Error) => {
    throw new StartupError(error.message, { isOutage: true });
  });
}

/** Brings the schema up to date; several processes at once do it one after the other. */
export async function migrateRegistry(url: string): Promise<void> {
  const sql = connect(url, { max: 1 });
  try {
    await sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`;
    // A login that may change nothing may serve all the same.
    if (!(await isMigrated(sql))) await migrate(drizzle(sql), { migrationsFolder: MIGRATIONS });
  } catch (error) {
    // Drizzle wraps the driver's error, which alone has the code.
    throw (error as { cause?: unknown }).cause ?? error;
  } finally {
    await sql.end({ timeout: CLOSE_TIMEOUT_SECONDS });
  }
}

/** Beside a lost connection: nobody there, starting or stopping, too many connections, a full or failing disk. */
const AWAY = ['ECONNREFUSED', 'CONNECT_TIMEOUT', 'EAI_AGAIN', '57P03', '53300', '53100', '58030'];
const NO_SERVER = ': no server answers at HAKPILIH_DATABASE_URL';
const NO_LOGIN = ': user or password in HAKPILIH_DATABASE_URL is wrong';
const HINTS: Record<string, string> = {
  ECONNREFUSED: NO_SERVER,
  CONNECT_TIMEOUT: NO_SERVER,
  ENOTFOUND: NO_SERVER,
  EAI_AGAIN: NO_SERVER,
  '28P01': NO_LOGIN,
  '28000': NO_LOGIN,
  '42501': ': this login may not bring its schema up to date, as the owner does with: hakpilih migrate',
  '3D000': ': there is no such database',
};

/**
 * A login for the server: a role in `hakpilih_app` and nothing else, so that no statement can leave it for a
 * stronger one. An URL whose login is neither superuser nor owner serves as it is. Name and password follow from the
 * registry key, so that all servers of a registry share them.
 */
async function serverLogin(sql: Sql, registryKey: Uint8Array, say: Say): Promise<ServerLogin> {
  const [own] = await sql`
    SELECT rolsuper OR pg_has_role(current_user, relowner, 'USAGE') AS is_owner,
      (SELECT pg_has_role(current_user, app.oid, 'SET') AND has_table_privilege(app.oid, 'audit', 'INSERT')
       FROM pg_roles app WHERE rolname = ${APP_ROLE}) AS may_serve
    FROM pg_roles, pg_class WHERE rolname = current_user AND pg_class.oid = 'audit'::regclass`;
  const role = own?.may_serve ? APP_ROLE : undefined;
  if (!own?.is_owner) return { login: null, role };
  const { login } = deriveKeys(registryKey);
  const hex = (what: string): string => Buffer.from(login(what), 'latin1').toString('hex');
  const user = `hakpilih_server_${hex('name').slice(0, 16)}`;
  try {
    await sql.unsafe(`
      SELECT pg_advisory_xact_lock(${LOGIN_LOCK});
      DO $$ BEGIN CREATE ROLE ${user} LOGIN NOINHERIT;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
      ALTER ROLE ${user} PASSWORD '${verifierOf(hex('password'))}';
      ALTER ROLE ${user} RESET ALL;
      GRANT ${APP_ROLE} TO ${user}`);
    return { login: { user, password: hex('password') }, role: APP_ROLE };
  } catch (error) {
    if (errorCode(error) !== NOT_ALLOWED) throw error;
    say(
      'The server works as the owner of its database, who may make no roles: ' +
        'give HAKPILIH_DATABASE_URL a login that is in hakpilih_app alone',
    );
    return { login: null, role };
  }
}

/** What Postgres keeps of a password (RFC 5803): statements are logged, the password is not. */
function verifierOf(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 4_096, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
}
