import { eq } from 'drizzle-orm';
import { drizzleOver } from './drizzle.ts';
import { copies, sources } from './schema.ts';
import type { Sql, Transaction } from './sql.ts';
import type { Ledger, Source } from './visibility.ts';

/** All suppliers, by name. */
export async function findSources(sql: Sql | Transaction): Promise<Source[]> {
  return await drizzleOver(sql).select().from(sources).orderBy(sources.name);
}

export async function findSource(sql: Sql, name: string): Promise<Source | null> {
  const [source] = await drizzleOver(sql).select().from(sources).where(eq(sources.name, name));
  return source ?? null;
}

/** Reads the ledger of a snapshot. */
export async function readLedger(tx: Transaction): Promise<Ledger> {
  const ofCopy = { id: copies.id, source: copies.source, asOfMs: copies.asOfMs };
  const [allSources, allCopies] = await Promise.all([findSources(tx), drizzleOver(tx).select(ofCopy).from(copies)]);
  return { sources: allSources, copies: allCopies };
}
