import { memo } from '../intake/memo.ts';
import { rowReader } from '../registry/find-many.ts';
import type { Sql, Transaction } from '../registry/sql.ts';
import type { Ledger } from '../registry/visibility.ts';
import type { Answer } from './answer.ts';
import { answerOf, type Caller, type Rules, rangeOf } from './check.ts';
import { LIMITS } from './limits.ts';
import { inTime, Unavailable } from './unavailable.ts';

/** A transaction that sees one state of the registry until it is ended; it holds a connection of the pool. */
export type Snapshot = {
  /** For one statement. Throws `Unavailable` once the connection is lost. */
  tx(): Transaction;
  end(): void;
};

/**
 * Rejects with the driver's error, or `Unavailable` where no connection is free in time. Whoever opens one must end
 * it. postgres.js 3.4 ends the process where a transaction is given a statement, its COMMIT included, after its
 * connection was lost: such a one is left alone.
 */
export async function openSnapshot(sql: Sql): Promise<Snapshot> {
  const opened = Promise.withResolvers<Snapshot>();
  const held = Promise.withResolvers<void>();
  let lost = false;
  const begun = sql.begin('isolation level repeatable read read only', async (transaction) => {
    opened.resolve({
      tx() {
        if (lost) throw new Unavailable('CONNECTION_CLOSED');
        return transaction;
      },
      // A turn later: the statements of a lost connection reject a moment before its transaction does.
      end: () => void setTimeout(() => lost || held.resolve()),
    });
    await held.promise;
  });
  begun.catch((error: unknown) => {
    lost = true;
    opened.reject(error);
  });
  try {
    return await inTime(opened.promise);
  } catch (error) {
    // One that comes too late ends at once.
    held.resolve();
    throw error;
  }
}

/** What a snapshot says of its copies, to whom, and by which rules. */
export type View = { ledger: Ledger; caller: Caller; rules: Rules };

/** Makes the function that answers by the short form of a row, all for the moment of its making: few are distinct. */
export function answersByRow<Made>(
  { ledger, caller, rules }: View,
  made: (answer: Answer) => Made,
): (short: string) => Made {
  const nowMs = rules.now();
  const rowOf = rowReader(ledger, rangeOf(caller));
  return memo(LIMITS.maxDistinctAnswers, (short) => made(answerOf(rowOf(short), { ...rules, now: () => nowMs })));
}
