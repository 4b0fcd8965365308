import { errorCode, isConnectionLost, isOutage } from '../registry/error-code.ts';
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

/** An outage as `Unavailable`, without the driver's text, which may hold parameters; a bug of ours as it is. */
export const asUnavailable = (error: unknown): unknown =>
  isOutage(error) ? new Unavailable(errorCode(error)) : error;

/** The same, or `Unavailable` after `timeoutMs`: a database that does not answer must not make callers hang. */
export async function inTime<Value>(
  work: Promise<Value>,
  timeoutMs: number = LIMITS.statementTimeoutMs,
): Promise<Value> {
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

/** The clock of deadlines, which no change of the time of day moves. */
export const monotonicMs = (): number => performance.now();

/** A try that begins within so long of a deadline could end after it. */
const MAX_TRY_MS = LIMITS.maxWaitMs + LIMITS.statementTimeoutMs;

/**
 * Tries again where the connection was lost on the way, as long as the deadline can be kept: the check keeps its id,
 * so what it did before counts once.
 */
export async function onceMore<Row>(
  work: (again: boolean) => Promise<Row>,
  now: () => number = monotonicMs,
  deadlineMs: number = now() + LIMITS.checkDeadlineMs,
): Promise<Row> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work(tries > 1);
    } catch (error) {
      const isLast = tries === LIMITS.maxTries || now() > deadlineMs - MAX_TRY_MS;
      if (!isConnectionLost(error) || isLast) throw asUnavailable(error);
    }
  }
}

/** What comes of work within `timeoutMs`; null where that is too late, or an outage is in the way. */
export const orNull = <Value>(timeoutMs: number, work: Promise<Value>): Promise<Value | null> =>
  Promise.race([
    work.catch((error: unknown) => {
      if (isOutage(error)) return null;
      throw error;
    }),
    new Promise<null>((resolve) => setTimeout(() => resolve(null), timeoutMs)),
  ]);
