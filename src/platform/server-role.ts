import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { errorCode } from '../registry/error-code.ts';
import { deriveKeys } from '../registry/keys.ts';
import type { Sql } from '../registry/sql.ts';

/** Who a server logs in as, null being the login of its URL, and the role that it works as, where it may. */
export type ServerLogin = { login: { user: string; password: string } | null; role: string | undefined };

/** Can add to the audit and change nothing in it: see drizzle/0002_audit_role.sql. */
const APP_ROLE = 'hakpilih_app';
const LOGIN_LOCK = 4_711_2019;
/** The owner may make no roles, or may not let others into the role. */
const NOT_ALLOWED = '42501';

/**
 * A login for the server: a role in `hakpilih_app` and nothing else, so that no statement can leave it for a
 * stronger one. An URL whose login is neither superuser nor owner serves as it is. Name and password follow from the
 * registry key, so that all servers of a registry share them.
 */
export async function serverLogin(
  sql: Sql,
  registryKey: Uint8Array,
  say: (line: string) => void,
): Promise<ServerLogin> {
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
