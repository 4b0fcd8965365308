/** Gives back what was taken; only the first call counts. */
type GiveBack = () => void;

/** Takes one for a holder; null where the holder has its share, or none is left. */
export type Take = (holder: string) => GiveBack | null;

/** Something of which there are `all`, and of which no holder has more than `each`. */
export function createShares({ each, all }: { each: number; all: number }): Take {
  const held = new Map<string, number>();
  let taken = 0;
  return (holder) => {
    const own = held.get(holder) ?? 0;
    if (own >= each || taken >= all) return null;
    held.set(holder, own + 1);
    taken += 1;
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      taken -= 1;
      const left = (held.get(holder) as number) - 1;
      if (left === 0) held.delete(holder);
      else held.set(holder, left);
    };
  };
}

/** Where nothing is counted. */
export const UNCOUNTED: Take = () => () => {};
