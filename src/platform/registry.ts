import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { errorCode } from '../registry/error-code.ts';
import { deriveKeys } from '../registry/keys.ts';
import { claimKey, sourcesOfOtherNames } from '../registry/readiness.ts';
import { connect, type Sql } from '../registry/sql.ts';
import { openEmbeddedDatabase } from './database.ts';
import type { Settings } from './settings.ts';
import { StartupError } from './startup-error.ts';

export type OpenRegistry = {
  /** Works as the owner: for imports and commands. */
  sql: Sql;
  url: string;
  /** A pool for the server, which can add to the audit and change nothing in it, where its database has the role for that. */
  openServerPool(size: number): Promise<Sql>;
  /** Resolves where the embedded database has ended for good. */
  lost: Promise<StartupError> | null;
  /** Ends the connections, and the embedded database where nobody else uses it. */
  close(): Promise<void>;
};

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));
const MIGRATION_LOCK = 4_711_2017;
const CLOSE_TIMEOUT_SECONDS = 5;
/** See drizzle/0002_audit_role.sql. */
const SERVER_ROLE = 'hakpilih_app';

/**
 * Opens the registry: the database of the settings or the embedded one, migrated, under its own key. Throws `StartupError`:
 * database unreachable, migration failed, another key.
 */
export async function openRegistry(settings: Settings, poolSize: number, say: (line: string) => void): Promise<OpenRegistry> {
  const embedded = settings.databaseUrl === null ? await openEmbeddedDatabase({ dataDir: settings.dataDir, say }) : null;
  const url = settings.databaseUrl ?? (embedded?.url as string);
  const sql = connect(url, { max: poolSize, genericPlans: true });
  const pools = [sql];
  const openServerPool = async (size: number): Promise<Sql> => {
    const role = (await canServe(sql)) ? SERVER_ROLE : undefined;
    const pool = connect(url, { max: size, genericPlans: true, role });
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
      throw new StartupError('This registry was tagged with another HAKPILIH_REGISTRY_KEY: nobody would be found in it');
    }
    for (const source of await sourcesOfOtherNames(sql))
      say(
        `Names of ${source} were made comparable by another version of hakpilih: import its export again, until then no name matches`,
      );
    return { sql, url, openServerPool, lost: embedded?.lost ?? null, close };
  } catch (error) {
    await close();
    if (error instanceof StartupError) throw error;
    throw new StartupError(`The database cannot be used (${errorCode(error)})${hint(errorCode(error))}`);
  }
}

/** Whether the role is there, was granted what it needs, and may be taken on. */
async function canServe(sql: Sql): Promise<boolean> {
  const [role] = await sql`
    SELECT pg_has_role(current_user, oid, 'SET') AND has_table_privilege(oid, 'audit', 'INSERT') AS usable
    FROM pg_roles WHERE rolname = ${SERVER_ROLE}`;
  return role?.usable === true;
}

/** Brings the schema up to date; several processes at once do it one after the other. */
export async function migrateRegistry(url: string): Promise<void> {
  const sql = connect(url, { max: 1 });
  try {
    await sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(sql), { migrationsFolder: MIGRATIONS });
  } catch (error) {
    // Drizzle wraps the driver's error, which alone has the code.
    throw (error as { cause?: unknown }).cause ?? error;
  } finally {
    await sql.end({ timeout: CLOSE_TIMEOUT_SECONDS });
  }
}

function hint(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
    case 'CONNECT_TIMEOUT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ': no server answers at HAKPILIH_DATABASE_URL';
    case '28P01':
    case '28000':
      return ': user or password in HAKPILIH_DATABASE_URL is wrong';
    case '3D000':
      return ': there is no such database';
    default:
      return '';
  }
}
