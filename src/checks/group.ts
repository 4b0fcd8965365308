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
 * Group commit: questions that arrive while statements are in flight wait and share the next one. A lone question goes at once.
 * `find` answers in order. The returned function rejects with what `find` rejects, and with `Unavailable` when too many wait.
 */
export function groupCommit<Question, Row>(
  find: (questions: Question[]) => Promise<Row[]>,
  limits: GroupLimits = LIMITS,
): (question: Question) => Promise<Row> {
  let waiting: Waiting<Question, Row>[] = [];
  let inFlight = 0;

  const run = async (group: Waiting<Question, Row>[]): Promise<void> => {
    inFlight += 1;
    try {
      const rows = await find(group.map(({ question }) => question));
      for (const [i, { resolve }] of group.entries()) resolve(rows[i] as Row);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      inFlight -= 1;
      next();
    }
  };

  const next = (): void => {
    while (waiting.length > 0 && inFlight < limits.maxStatementsInFlight) {
      const group = waiting.slice(0, limits.maxGroupSize);
      waiting = waiting.slice(limits.maxGroupSize);
      void run(group);
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
