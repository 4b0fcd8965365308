import type { Source } from '../core/reasons.ts';
import type { Asked } from '../registry/asked.ts';
import type { Admission, SourceAnswer } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Answer } from './answer.ts';
import { answerOf, askedOf, type Caller, type Question, type Rules } from './check.ts';
import { LIMITS } from './limits.ts';
import { onceMore, Unavailable } from './unavailable.ts';

/** Where residents are found. `find` rejects with `Unavailable` where it cannot say; a miss is a finding. */
export type ResidentSource = {
  name: Exclude<Source, 'SAMPLE'>;
  find(asked: Asked, deadlineMs: number): Promise<SourceAnswer>;
};

export type ChecksDependencies = {
  keys: RegistryKeys;
  rules: Rules;
  /** In the order in which they are asked. */
  sources: readonly ResidentSource[];
};

/** What a check comes to: an answer, or why the caller gets none; and what is left of the caller's quota. */
export type Checked = { quota: Admission['quota'] } & (
  | { answer: Answer; refusal: null }
  | { answer: null; refusal: NonNullable<Admission['refusal']> }
);

/** Answers one question. `id` is the check's own. Rejects with `Unavailable` where no source can be asked. */
export type Check = (id: string, question: Question, caller: Caller) => Promise<Checked>;

export function createCheck({ keys, rules, sources }: ChecksDependencies): Check {
  return async (id, question, caller) => {
    const { finding, admission } = await findIn(sources, askedOf(keys, id, question, caller), rules.now());
    const { refusal, quota } = admission;
    return refusal === null ? { answer: answerOf(finding, rules), refusal, quota } : { answer: null, refusal, quota };
  };
}

/** What the first source says that can say anything. */
async function findIn(sources: readonly ResidentSource[], asked: Asked, nowMs: number): Promise<SourceAnswer> {
  let unavailable: Unavailable | undefined;
  for (const source of sources) {
    try {
      return await onceMore((again) =>
        source.find(again ? { ...asked, again } : asked, nowMs + LIMITS.checkDeadlineMs),
      );
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      unavailable = error;
    }
  }
  throw unavailable ?? new Unavailable('NO_SOURCE');
}
