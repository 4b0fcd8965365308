import type { Source } from '../core/reasons.ts';
import type { Asked } from '../registry/asked.ts';
import type { Admission, Finding } from '../registry/find.ts';
import { LIMITS } from './limits.ts';
import { monotonicMs, onceMore, Unavailable } from './unavailable.ts';

/**
 * Where residents are found. `find` rejects with `Unavailable` where it cannot say; a miss is a finding. It begins
 * nothing that could end after `deadlineMs` (of `monotonicMs`). Whether the caller may ask is said apart: for the form
 * in words of its own.
 */
export type ResidentSource<Question extends Asked = Asked, Admitted = Admission> = {
  name: Exclude<Source, 'SAMPLE'>;
  find(asked: Question, deadlineMs: number): Promise<{ finding: Finding; admission: Admitted }>;
};

/** What the first source says that can say anything. Rejects with `Unavailable` where none can, or as `find` does. */
export async function findIn<Question extends Asked, Admitted>(
  sources: readonly ResidentSource<Question, Admitted>[],
  asked: Question,
): Promise<{ finding: Finding; admission: Admitted }> {
  const deadlineMs = monotonicMs() + LIMITS.checkDeadlineMs;
  let unavailable: Unavailable | undefined;
  for (const source of sources) {
    const ask = (again: boolean) => source.find(again ? { ...asked, again } : asked, deadlineMs);
    try {
      return await onceMore(ask, monotonicMs, deadlineMs);
    } catch (error) {
      // What is wrong with our key is no outage that another source could stand in for.
      if (!(error instanceof Unavailable) || error.code === 'WRONG_KEY') throw error;
      unavailable = error;
    }
  }
  throw unavailable ?? new Unavailable('NO_SOURCE');
}
