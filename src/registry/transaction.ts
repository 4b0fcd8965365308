import { errorCode, isConnectionLost } from './error-code.ts';
import type { Sql, Transaction } from './sql.ts';

/** Nobody knows whether a transaction counts whose COMMIT was under way; all of it does or none. `message` is for the operator. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'CONNECTION_LOST';
  constructor(error: unknown) {
    super(`The connection to the database was lost (${errorCode(error)}): run this again, nothing is done twice or by half`);
  }
}

/**
 * Does work in one transaction; what it throws undoes all of it and is thrown on. Throws `ConnectionLost`, and ends `sql`, where
 * the connection is lost: postgres.js (3.4.9) would send its ROLLBACK, and what else the work still asks, to nobody, which
 * ends the process.
 */
export async function inTransaction(sql: Sql, work: (tx: Transaction) => Promise<void>): Promise<void> {
  let failure: unknown;
  try {
    await sql.begin(async (tx) => {
      try {
        await work(tx);
      } catch (error) {
        failure = error;
        await endIfLost(sql, error);
        throw error;
      }
    });
  } catch (error) {
    await endIfLost(sql, error);
    const lost = [failure, error].find(isConnectionLost);
    throw lost === undefined ? (failure ?? error) : new ConnectionLost(lost);
  }
}

async function endIfLost(sql: Sql, error: unknown): Promise<void> {
  if (isConnectionLost(error)) await sql.end({ timeout: 0 });
}
