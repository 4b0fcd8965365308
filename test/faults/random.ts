/** Numbers that follow from a seed alone (mulberry32): the same seed plays the same run. */
export type Random = ReturnType<typeof createRandom>;

export function createRandom(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** Whether something happens that happens in so large a part of all cases. */
    chance: (share: number): boolean => next() < share,
    /** A whole number from `from` to `to`, both included. */
    between: (from: number, to: number): number => from + Math.floor(next() * (to - from + 1)),
    pick: <Value>(of: readonly Value[]): Value => of[Math.floor(next() * of.length)] as Value,
    shuffled<Value>(of: readonly Value[]): Value[] {
      const keyed = of.map((value): [number, Value] => [next(), value]);
      return keyed.sort(([a], [b]) => a - b).map(([, value]) => value);
    },
  };
}
