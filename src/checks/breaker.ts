import type { Asked } from '../registry/asked.ts';
import { errorCode, isOutage } from '../registry/error-code.ts';
import type { ResidentSource } from './sources.ts';
import { inTime, Unavailable } from './unavailable.ts';

/** Whether a server is asked: always, not at all, or one question now and then to see whether it is back. */
export type BreakerState = { kind: 'CLOSED' } | { kind: 'OPEN'; sinceMs: number; nextTryMs: number };

export const BREAKER_LIMITS = {
  /** A failure opens it; so long after, one question tries again, and the same for the next. */
  retryMs: 1_000,
  /** How long a source is waited for that another one can stand in for. */
  slowMs: 500,
} as const;

export const CLOSED: BreakerState = { kind: 'CLOSED' };

/** Whether a question may be asked now, and the state after it was: while it is open one of them tries, the others pass on. */
export function admit(state: BreakerState, nowMs: number): { isAsked: boolean; state: BreakerState } {
  if (state.kind === 'CLOSED') return { isAsked: true, state };
  if (nowMs < state.nextTryMs) return { isAsked: false, state };
  return { isAsked: true, state: { ...state, nextTryMs: nowMs + BREAKER_LIMITS.retryMs } };
}

/** The state after a question got no answer. */
export function failed(state: BreakerState, nowMs: number): BreakerState {
  const nextTryMs = nowMs + BREAKER_LIMITS.retryMs;
  return state.kind === 'OPEN' ? { ...state, nextTryMs } : { kind: 'OPEN', sinceMs: nowMs, nextTryMs };
}

/** A time in which a server did not answer. */
export type Outage = { beganMs: number; endedMs: number };

/** A server as seen from here: asked through its breaker, and remembered. No timer, no I/O; the clock is an argument. */
export function createBreaker(
  now: () => number,
  ended: (outage: Outage) => void = () => {},
  /** Hears of the first failure of an outage. */
  began: () => void = () => {},
) {
  let state = CLOSED;
  let lastContactMs: number | null = null;
  return {
    /** Whether to ask now. */
    admits(): boolean {
      const admitted = admit(state, now());
      state = admitted.state;
      return admitted.isAsked;
    },
    failed(): void {
      if (state.kind === 'CLOSED') began();
      state = failed(state, now());
    },
    /** It answered something else than a question: that it is there does not say that it is quick. */
    contacted(): void {
      lastContactMs = now();
    },
    answered(): void {
      lastContactMs = now();
      const was = state;
      state = CLOSED;
      if (was.kind === 'OPEN') ended({ beganMs: was.sinceMs, endedMs: lastContactMs });
    },
    /** When it last answered, null where never; and since when it does not. */
    seen: () => ({ lastContactMs, outSinceMs: state.kind === 'OPEN' ? state.sinceMs : null }),
  };
}
export type Breaker = ReturnType<typeof createBreaker>;

/** Too many at once is no sign that the server is away. */
const OVERLOADED = ['TOO_MANY_WAITING', 'WAITED_TOO_LONG'];

/**
 * The same source, asked through its breaker while `hasSubstitute`: it is waited for no longer than `slowMs`, and not asked
 * where it did not answer just now. A second try of a question whose connection was lost is let through.
 */
export function guarded<Question extends Asked, Admitted>(
  source: ResidentSource<Question, Admitted>,
  breaker: Breaker,
  hasSubstitute: () => boolean,
): ResidentSource<Question, Admitted> {
  return {
    name: source.name,
    async find(asked, deadlineMs) {
      const isShort = hasSubstitute();
      if (isShort && !asked.again && !breaker.admits()) throw new Unavailable('BREAKER_OPEN');
      const { lastContactMs } = breaker.seen();
      try {
        const work = source.find(asked, deadlineMs);
        const found = isShort ? await inTime(work, BREAKER_LIMITS.slowMs) : await work;
        breaker.answered();
        return found;
      } catch (error) {
        const isAway = error instanceof Unavailable ? !OVERLOADED.includes(error.code) : isOutage(error);
        // Who was late while others were answered waited for us, not for the server.
        const isOurs = errorCode(error) === 'TIMEOUT' && breaker.seen().lastContactMs !== lastContactMs;
        if (isAway && !isOurs) breaker.failed();
        throw error;
      }
    },
  };
}
