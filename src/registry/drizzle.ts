import { drizzle } from 'drizzle-orm/pg-proxy';
import type { Sql, Transaction } from './sql.ts';

export type Drizzle = ReturnType<typeof drizzleOver>;

/**
 * Drizzle over a client or a transaction of postgres.js, for ordinary statements; hot ones are text, which prepares.
 * Drizzle's own driver would change how the client reads and writes dates and JSON, and takes no transaction. What a
 * statement rejects with holds its parameters: `errorCode` says what may be told of it.
 */
export const drizzleOver = (sql: Sql | Transaction) =>
  drizzle(async (statement, parameters) => ({ rows: await sql.unsafe(statement, parameters).values() }));
