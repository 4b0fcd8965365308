import { errorCode, isConnectionLost } from '../registry/error-code.ts';
import type { Asked, FoundRow } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/keys.ts';
import type { Answer } from './answer.ts';
import { answerOf, askedOf, type Caller, type Question, type Rules } from './check.ts';
import { Unavailable } from './group.ts';
import { LIMITS } from './limits.ts';

export type ChecksDependencies = {
  keys: RegistryKeys;
  rules: Rules;
  /** Finds and records in one statement. */
  find(asked: Asked): Promise<FoundRow>;
};

/** What a check comes to: an answer, or why the caller gets none; and what is left of his quota. */
export type Checked = { quota: FoundRow['quota'] } & (
  | { answer: Answer; refusal: null }
  | { answer: null; refusal: NonNullable<FoundRow['refusal']> }
);

/** Answers one question. `id` is the check's own. Rejects with `Unavailable` where the registry cannot be asked. */
export type Check = (id: string, question: Question, caller: Caller) => Promise<Checked>;

export function createCheck({ keys, rules, find }: ChecksDependencies): Check {
  return async (id, question, caller) => {
    const asked = askedOf(keys, id, question, caller);
    const row = await onceMore((again) => find(again ? { ...asked, again } : asked));
    const { refusal, quota } = row;
    return refusal === null ? { answer: answerOf(row, rules), refusal, quota } : { answer: null, refusal, quota };
  };
}

/** Tries again where the connection was lost on the way: the check keeps its id, so what it did before counts once. */
export async function onceMore<Row>(work: (again: boolean) => Promise<Row>): Promise<Row> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work(tries > 1);
    } catch (error) {
      if (!isConnectionLost(error) || tries === LIMITS.maxTries) throw asUnavailable(error);
    }
  }
}

const asUnavailable = (error: unknown): Unavailable =>
  error instanceof Unavailable ? error : new Unavailable(errorCode(error));
