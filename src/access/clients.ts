import type { Sql } from 'postgres';
import { fail, ok, type Result } from '../core/result.ts';
import { isWithin, type Scope, scopesOf } from './grant.ts';

/**
 * Who may ask with a token of ours, and how much. `region` null: everywhere. `linesPerDay` is of lists; not given, it
 * stays.
 */
export type Client = {
  name: string;
  scopes: readonly Scope[];
  region: string | null;
  perMinute: number;
  perDay: number;
  linesPerDay?: number;
};

/**
 * Adds a client, or, unless `once`, gives it new scopes, region and quota; a revoked one stays revoked. False: nothing
 * was done.
 */
export async function recordClient(sql: Sql, client: Client, { once = false } = {}): Promise<boolean> {
  const { name, scopes, region, perMinute, perDay, linesPerDay } = client;
  const done = await sql`
    INSERT INTO clients AS k (name, scopes, region, per_minute, per_day, lines_per_day)
    VALUES (${name}, ${`{${scopes.join(',')}}`}::text[], ${region}, ${perMinute}, ${perDay},
      ${linesPerDay ?? sql`DEFAULT`})
    ON CONFLICT (name) DO UPDATE SET scopes = excluded.scopes, region = excluded.region,
      per_minute = excluded.per_minute, per_day = excluded.per_day,
      lines_per_day = coalesce(${linesPerDay ?? null}, k.lines_per_day) WHERE NOT ${once}`;
  return done.count > 0;
}

type ListedClient = Required<Client> & { revokedAt: string | null };

export async function listClients(sql: Sql): Promise<ListedClient[]> {
  const rows = await sql`
    SELECT name, array_to_string(scopes, ' ') AS scopes, region, per_minute AS "perMinute", per_day AS "perDay",
      lines_per_day AS "linesPerDay",
      to_char(revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "revokedAt"
    FROM clients ORDER BY name`;
  return rows.map((row) => ({ ...(row as ListedClient), scopes: scopesOf(row.scopes) }));
}

/**
 * Revokes a client: from the next statement on it gets no answer, and its lists are gone. A name that is none yet, a
 * provider's subject, say, is revoked in advance. Returns whether it was one.
 */
export async function revokeClient(sql: Sql, name: string): Promise<boolean> {
  const [known] = await sql`
    WITH revoked AS (
      INSERT INTO clients AS k (name, scopes, per_minute, per_day, revoked_at) VALUES (${name}, '{}', 0, 0, now())
      ON CONFLICT (name) DO UPDATE SET revoked_at = coalesce(k.revoked_at, now())
    ), gone AS (DELETE FROM lists WHERE client = ${name} RETURNING id), refs AS (
      DELETE FROM list_refs WHERE list IN (SELECT id FROM gone)
    )
    SELECT FROM clients WHERE name = ${name}`;
  return known !== undefined;
}

/** Whether a token with these scopes and region lies within what its client may do. */
export async function permits(
  sql: Sql,
  name: string,
  scopes: readonly Scope[],
  region: string | null,
): Promise<Result<null, 'NO_CLIENT' | 'REVOKED' | 'SCOPE' | 'REGION'>> {
  const client = (await listClients(sql)).find((one) => one.name === name);
  if (client === undefined) return fail('NO_CLIENT');
  if (client.revokedAt !== null) return fail('REVOKED');
  if (!scopes.every((scope) => client.scopes.includes(scope))) return fail('SCOPE');
  if (client.region !== null && (region === null || !isWithin(region, client.region))) return fail('REGION');
  return ok(null);
}
