import { LIMITS } from './limits.ts';

/** No answer can be had now; ask again after `retryAfterSeconds`. Never to be read as "not found". */
export class Unavailable extends Error {
  readonly retryAfterSeconds: number = LIMITS.retryAfterSeconds;
  /** SQLSTATE or driver code of the cause, for the operator. */
  readonly code: string;
  constructor(code: string) {
    super('no answer can be had now');
    this.code = code;
  }
}

/** The same, or `Unavailable` once `timeoutMs` have passed: a database that does not answer must not make callers hang. */
export async function inTime<Value>(work: Promise<Value>, timeoutMs: number = LIMITS.statementTimeoutMs): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable('TIMEOUT')), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Waiting<Question, Row> = { question: Question; resolve(row: Row): void; reject(error: unknown): void };
export type GroupLimits = { maxGroupSize: number; maxStatementsInFlight: number; maxWaiting: number };

/**
 * Group commit: questions that arrive while a statement is in flight wait and share the next one; only a full group goes beside
 * another, since many small statements cost more than they save. A lone question goes at once. `find` answers in order; `lane` is
 * a number from 0 that no other statement in flight has; `observe` hears how many go together. The returned function rejects
 * with what `find` rejects, and with `Unavailable` when too many wait.
 */
export function groupCommit<Question, Row>(
  find: (questions: Question[], lane: number) => Promise<Row[]>,
  limits: GroupLimits = LIMITS,
  observe?: (size: number) => void,
): (question: Question) => Promise<Row> {
  let waiting: Waiting<Question, Row>[] = [];
  let inFlight = 0;
  const free = Array.from({ length: limits.maxStatementsInFlight }, (_, lane) => lane);

  const run = async (group: Waiting<Question, Row>[], lane: number): Promise<void> => {
    observe?.(group.length);
    inFlight += group.length;
    try {
      const rows = await find(
        group.map(({ question }) => question),
        lane,
      );
      for (const [i, { resolve }] of group.entries()) resolve(rows[i] as Row);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      inFlight -= group.length;
      free.push(lane);
      next();
    }
  };

  const next = (): void => {
    while (free.length > 0 && waiting.length >= (inFlight === 0 ? 1 : limits.maxGroupSize)) {
      const group = waiting.slice(0, limits.maxGroupSize);
      waiting = waiting.slice(limits.maxGroupSize);
      void run(group, free.shift() as number);
    }
  };

  let scheduled = false;
  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= limits.maxWaiting) return reject(new Unavailable('TOO_MANY_WAITING'));
      waiting.push({ question, resolve, reject });
      if (scheduled) return;
      scheduled = true;
      // All that arrives in one turn of the event loop goes together.
      setImmediate(() => {
        scheduled = false;
        next();
      });
    });
}
