import { errorCode, isConnectionLost } from '../registry/error-code.ts';
import type { Asked, FoundRow } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/keys.ts';
import type { Answer } from './answer.ts';
import { answerOf, askedOf, type Caller, type Question, type Rules } from './check.ts';
import { Unavailable } from './group.ts';

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
    const row = await onceMore(() => find(asked));
    const { refusal, quota } = row;
    return refusal === null ? { answer: answerOf(row, rules), refusal, quota } : { answer: null, refusal, quota };
  };
}

/** Tries again where the connection was lost on the way: the check keeps its id, so its audit row counts once. */
export async function onceMore<Row>(work: () => Promise<Row>): Promise<Row> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionLost(error)) throw asUnavailable(error);
  }
  try {
    return await work();
  } catch (error) {
    throw asUnavailable(error);
  }
}

const asUnavailable = (error: unknown): Unavailable =>
  error instanceof Unavailable ? error : new Unavailable(errorCode(error));
