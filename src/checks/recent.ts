/**
 * The same answer for all who ask within `ttlMs` of its coming, or while it is asked for; under another `key` it is
 * asked anew. A failure is not kept, nor an answer that `keeps` refuses. Not to be shared between requests on
 * Workers.
 */
export function recent<Value>(
  work: () => Promise<Value>,
  { ttlMs, now, keeps = () => true }: { ttlMs: number; now: () => number; keeps?: (value: Value) => boolean },
): (key?: string) => Promise<Value> {
  let kept: { value: Promise<Value>; key: string; until: number } | undefined;
  return (key = '') => {
    if (kept !== undefined && kept.key === key && now() < kept.until) return kept.value;
    const one = { value: work(), key, until: Number.POSITIVE_INFINITY };
    kept = one;
    one.value.then(
      (value) => (one.until = keeps(value) ? now() + ttlMs : 0),
      () => (one.until = 0),
    );
    return one.value;
  };
}
