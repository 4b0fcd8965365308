/** Takes one for a holder, and gives what gives it back; null where the holder has its share, or none is left. */
export type Take = (holder: string) => (() => void) | null;

/** Something of which there are `all`, and of which no holder has more than `each`. */
export function createShares({ each, all }: { each: number; all: number }): Take {
  const held = new Map<string, number>();
  let taken = 0;
  const count = (holder: string, change: 1 | -1): void => {
    taken += change;
    const own = (held.get(holder) ?? 0) + change;
    if (own === 0) held.delete(holder);
    else held.set(holder, own);
  };
  return (holder) => {
    if ((held.get(holder) ?? 0) >= each || taken >= all) return null;
    count(holder, 1);
    let isGivenBack = false;
    return () => {
      if (!isGivenBack) count(holder, -1);
      isGivenBack = true;
    };
  };
}

/** Where nothing is counted. */
export const UNCOUNTED: Take = () => () => {};
