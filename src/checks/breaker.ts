/** Whether a server is asked: always, not at all, or one question now and then to see whether it is back. */
export type BreakerState = { kind: 'CLOSED' } | { kind: 'OPEN'; sinceMs: number; nextTryMs: number };

export const BREAKER_LIMITS = {
  /** A failure opens it; so long after, one question tries again, and the same for the next. */
  retryMs: 1_000,
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

/** A time in which a server did not answer. `endedMs` is null while it lasts. */
export type Outage = { beganMs: number; endedMs: number | null };

/** A server as seen from here: asked through its breaker, and remembered. No timer, no I/O; the clock is an argument. */
export function createBreaker(now: () => number, ended: (outage: Outage) => void = () => {}) {
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
      state = failed(state, now());
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
