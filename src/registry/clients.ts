import { eq, sql as text } from 'drizzle-orm';
import { drizzleOver } from './drizzle.ts';
import { forgottenLists } from './lists.ts';
import { clients, lists } from './schema.ts';
import type { Sql } from './sql.ts';

/**
 * Who may ask with a token of ours, and how much. `region` null: everywhere. `linesPerDay` is of lists; not given, it
 * stays.
 */
export type Client = Pick<typeof clients.$inferSelect, 'name' | 'scopes' | 'region' | 'perMinute' | 'perDay'> & {
  linesPerDay?: number;
};
/** `revokedAt`: RFC 3339 in UTC, whole seconds; null where the client is not revoked. */
export type ListedClient = Required<Client> & { revokedAt: string | null };

/**
 * Adds a client, or, unless `once`, gives it new scopes, region and quota; a revoked one stays revoked. False: nothing
 * was done.
 */
export async function recordClient(sql: Sql, client: Client, { once = false } = {}): Promise<boolean> {
  const added = drizzleOver(sql).insert(clients).values(client);
  const recorded = once
    ? added.onConflictDoNothing()
    : added.onConflictDoUpdate({ target: clients.name, set: client });
  return (await recorded.returning({ name: clients.name })).length > 0;
}

const LISTED = {
  name: clients.name,
  scopes: clients.scopes,
  region: clients.region,
  perMinute: clients.perMinute,
  perDay: clients.perDay,
  linesPerDay: clients.linesPerDay,
  revokedAt: text<string | null>`to_char(${clients.revokedAtMs} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
};

export async function listClients(sql: Sql): Promise<ListedClient[]> {
  return await drizzleOver(sql).select(LISTED).from(clients).orderBy(clients.name);
}

export async function findClient(sql: Sql, name: string): Promise<ListedClient | null> {
  const [client] = await drizzleOver(sql).select(LISTED).from(clients).where(eq(clients.name, name));
  return client ?? null;
}

/**
 * Revokes a client: from the next statement on it gets no answer, and its lists are gone. A name that is none yet, a
 * provider's subject, say, is revoked in advance. Returns whether it was one.
 */
export async function revokeClient(sql: Sql, name: string): Promise<boolean> {
  const db = drizzleOver(sql);
  const revoked = db.$with('revoked').as(
    db
      .insert(clients)
      .values({ name, scopes: [], perMinute: 0, perDay: 0, revokedAtMs: text`now()` })
      .onConflictDoUpdate({
        target: clients.name,
        set: { revokedAtMs: text`coalesce(${clients.revokedAtMs}, now())` },
      }),
  );
  const { gone, refs } = forgottenLists(db, eq(lists.client, name));
  const [known] = await db
    .with(revoked, gone, refs)
    .select({ name: clients.name })
    .from(clients)
    .where(eq(clients.name, name));
  return known !== undefined;
}
