import { LIMITS } from './limits.ts';
import { inTime, monotonicMs, Unavailable } from './unavailable.ts';

type Waiting<Question, Row> = {
  question: Question;
  /** No statement is begun for it from then on. */
  untilMs: number;
  resolve(row: Row): void;
  reject(error: unknown): void;
};
export type GroupLimits = Pick<
  typeof LIMITS,
  'maxGroupSize' | 'maxStatementsInFlight' | 'maxWaiting' | 'maxWaitMs' | 'stallMs' | 'statementTimeoutMs'
>;

/**
 * Group commit: questions that arrive while a statement is in flight wait and share the next one; only a full group
 * goes beside another, since many small statements cost more than they save, unless all others seem to have stalled. A
 * lone question goes at once. `find` answers in order; `lane` is a number from 0 that no other statement has which has
 * not ended, given up or not; `observe` hears how many go together. The returned function rejects with what `find`
 * rejects, and with `Unavailable`: in time, where a statement is late, the wait is too long, or a statement could end
 * after the deadline; at once, where too many wait or every lane is held by a late statement.
 */
export function groupCommit<Question, Row>(
  find: (questions: Question[], lane: number) => Promise<Row[]>,
  limits: { readonly [Name in keyof GroupLimits]: number } = LIMITS,
  observe?: (size: number) => void,
): (question: Question, deadlineMs?: number) => Promise<Row> {
  let waiting: Waiting<Question, Row>[] = [];
  let late = 0;
  const started = new Set<{ at: number }>();
  const free = Array.from({ length: limits.maxStatementsInFlight }, (_, lane) => lane);
  const allLate = (): boolean => late === limits.maxStatementsInFlight;

  const run = async (group: Waiting<Question, Row>[], lane: number): Promise<void> => {
    observe?.(group.length);
    const statement = { at: monotonicMs() };
    started.add(statement);
    const work = find(
      group.map(({ question }) => question),
      lane,
    );
    let isLate = false;
    try {
      const rows = await inTime(work, limits.statementTimeoutMs);
      for (const [i, { resolve }] of group.entries()) resolve(rows[i] as Row);
    } catch (error) {
      for (const { reject } of group) reject(error);
      isLate = error instanceof Unavailable;
    }
    if (isLate) {
      late += 1;
      next();
      await work.catch(() => {});
      late -= 1;
    }
    started.delete(statement);
    free.push(lane);
    next();
  };

  /** Nobody is asked for who waited too long: who is still there has given up by now. */
  const dismiss = (now: number): void => {
    const kept = allLate() ? -1 : waiting.findIndex(({ untilMs }) => now < untilMs);
    const gone = waiting.splice(0, kept < 0 ? waiting.length : kept);
    for (const { reject } of gone) reject(new Unavailable(allLate() ? 'STALLED' : 'WAITED_TOO_LONG'));
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = (): void => {
    const now = monotonicMs();
    dismiss(now);
    const isMoving = (): boolean => [...started].some(({ at }) => now - at < limits.stallMs);
    while (free.length > 0 && waiting.length >= (isMoving() ? limits.maxGroupSize : 1)) {
      const group = waiting.slice(0, limits.maxGroupSize);
      waiting = waiting.slice(limits.maxGroupSize);
      void run(group, free.shift() as number);
    }
    if (waiting.length > 0 && timer === undefined) timer = setTimeout(lookAgain, limits.stallMs);
  };
  const lookAgain = (): void => {
    timer = undefined;
    next();
  };

  let scheduled = false;
  return (question, deadlineMs = Infinity) =>
    new Promise((resolve, reject) => {
      if (allLate()) return reject(new Unavailable('STALLED'));
      if (waiting.length >= limits.maxWaiting) return reject(new Unavailable('TOO_MANY_WAITING'));
      const untilMs = Math.min(monotonicMs() + limits.maxWaitMs, deadlineMs - limits.statementTimeoutMs);
      waiting.push({ question, untilMs, resolve, reject });
      if (scheduled) return;
      scheduled = true;
      // All that arrives in one turn of the event loop goes together.
      setImmediate(() => {
        scheduled = false;
        next();
      });
    });
}

/** Does work when a connection is free, or rejects with `Unavailable`: nothing queues in the driver, without bound. */
export type InTurn = <Value>(work: () => Promise<Value>, deadlineMs?: number) => Promise<Value>;

/** At once, as where a request has connections of its own. */
export const atOnce: InTurn = (work, deadlineMs = Infinity) =>
  inTime(work(), Math.min(LIMITS.statementTimeoutMs, deadlineMs - monotonicMs()));

/** So many at once, each to its end; others wait, not long and not too many. */
export function createTurns(limits: Omit<Parameters<typeof groupCommit>[1] & object, 'maxGroupSize'>): InTurn {
  const ask = groupCommit<() => Promise<unknown>, unknown>(async ([work]) => [await work?.()], {
    ...limits,
    maxGroupSize: 1,
  });
  return (work, deadlineMs) => ask(work, deadlineMs) as Promise<never>;
}
