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
 * Adds a client, or, unless `once`, gives it new scopes, region and quota; a revoked one stays revoked. False:
 * nothing was done.
 */
export async function recordClient(sql: Sql, client: Client, { once = false } = {}): Promise<boolean> {
  const added = drizzleOver(sql).insert(clients).values(client);
  const recorded = once
    ? added.onConflictDoNothing()
    : added.onConflictDoUpdate({ target: clients.name, set: client });
  return (await recorded.returning({ name: clients.name })).length > 0;
}

const listed = ({ createdAtMs, revokedAtMs, ...client }: typeof clients.$inferSelect): ListedClient => ({
  ...client,
  revokedAt: revokedAtMs === null ? null : `${new Date(revokedAtMs).toISOString().slice(0, 19)}Z`,
});

export async function listClients(sql: Sql): Promise<ListedClient[]> {
  return (await drizzleOver(sql).select().from(clients).orderBy(clients.name)).map(listed);
}

export async function findClient(sql: Sql, name: string): Promise<ListedClient | null> {
  const [client] = await drizzleOver(sql).select().from(clients).where(eq(clients.name, name));
  return client === undefined ? null : listed(client);
}

/**
 * Revokes a client: from the next statement on it gets no answer, and its lists are gone. A name that is none yet, a
 * provider's subject, say, is revoked in advance. Returns whether it was one.
 */
export async function revokeClient(sql: Sql, name: string): Promise<boolean> {
  const db = drizzleOver(sql);
  const added = db.insert(clients).values({ name, scopes: [], perMinute: 0, perDay: 0, revokedAtMs: text`now()` });
  const set = { revokedAtMs: text`coalesce(${clients.revokedAtMs}, now())` };
  const revoked = db.$with('revoked').as(added.onConflictDoUpdate({ target: clients.name, set }));
  const { gone, refs } = forgottenLists(db, eq(lists.client, name));
  const known = await db.with(revoked, gone, refs).select().from(clients).where(eq(clients.name, name));
  return known.length > 0;
}
