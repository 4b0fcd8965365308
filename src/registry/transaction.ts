import postgres from 'postgres';
import { driverError, errorCode, isConnectionLost } from './error-code.ts';
import type { Sql, Transaction } from './sql.ts';

/** Whether a transaction counts whose COMMIT was under way is not known; all of it does or none. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'CONNECTION_LOST';
  constructor(error: unknown) {
    super(
      `The connection to the database was lost (${errorCode(error)}): ` +
        'run this again, nothing is done twice or by half',
    );
  }
}

/**
 * Does work in one transaction; what it throws undoes all of it and is thrown on. Survives its session: postgres.js
 * (3.4.9) would send COMMIT or ROLLBACK to a socket that is gone, and throw out of a timer. So where the session has
 * ended it gets nothing more to send: `begin` itself then rejects. Work must not pause between its statements for
 * anything else.
 */
export async function inTransaction<Value>(
  sql: Sql,
  kind: '' | 'isolation level repeatable read read only',
  work: (tx: Transaction) => Promise<Value>,
): Promise<Value> {
  let isOver = false;
  const nothingMore = new Promise<never>(() => {});
  try {
    const value = await sql.begin(kind, async (tx) => {
      try {
        const done = await work(tx);
        return isOver ? nothingMore : done;
      } catch (error) {
        // A turn later: the statements of a session reject a moment before its transaction does.
        await new Promise((resolve) => setImmediate(resolve));
        if (isOver || isConnectionLost(error)) return nothingMore;
        throw error;
      }
    });
    return value as Value;
  } catch (error) {
    isOver = true;
    throw error;
  }
}

/**
 * Does work over one session of its own, which ends with it. Throws what the work does, a driver's error as it is, or
 * `ConnectionLost`: a session is not opened anew, for what it held, temporary tables and locks, is gone.
 */
export async function inOwnSession<Value>(sql: Sql, work: (own: Sql) => Promise<Value>): Promise<Value> {
  const options = { ...sql.options, max: 1, onclose: () => void own.end({ timeout: 0 }) };
  const own: Sql = postgres(options as object) as Sql;
  try {
    return await work(own);
  } catch (error) {
    throw isConnectionLost(error) ? new ConnectionLost(error) : driverError(error);
  } finally {
    await own.end({ timeout: 0 });
  }
}
