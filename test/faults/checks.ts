import type { Answer } from '../../src/checks/answer.ts';
import { type Ledger, type Reply, send } from './asking.ts';
import type { Findings } from './invariants.ts';
import { type Asked, expectedAnswer, type History, plainDocument, type State } from './oracle.ts';
import type { World } from './world.ts';

/** A snapshot in use is looked at anew every ten seconds. */
const TAKEN_UP_MS = 12_000;
/** The clock of the log has whole seconds. */
const LOG_GRAIN_MS = 1_000;

/** Who asks, with a token of which region; `revoked` where he has been, by both clocks, once that was committed. */
export type Caller = {
  client: string;
  region: string | null;
  authorization: string;
  revoked?: { doneMs: number; doneAt: number };
  isRevoking?: boolean;
};

type Dependencies = { world: World; history: History; findings: Findings; ledger: Ledger };
/** States that an answer may be of, by what it says of its source. */
export const statesOf = (history: History, source: Answer['source'], { sentMs, gotMs }: Reply): State[] =>
  source === 'SNAPSHOT' ? history.snapshots(sentMs, TAKEN_UP_MS) : history.current(sentMs, gotMs);

/** Asks single checks, and judges their answers. */
export function createChecks({ world, history, findings, ledger }: Dependencies) {
  const ask = async (asked: Asked, caller: Caller): Promise<void> => {
    const headers = { 'Content-Type': 'application/json', Authorization: caller.authorization };
    const reply = await send(world, '/v1/checks', { headers, body: JSON.stringify(asked) });
    findings.count('checks');
    // A new client has the quota of nobody in particular until the list is read.
    const mayRefuse = caller.isRevoking ? [401, 429] : [];
    if (!ledger.isAnswer(reply, mayRefuse)) return;
    const answer = JSON.parse(reply.text) as Answer;
    judgeRevoked(answer, caller, reply);
    if (answer.source === 'SNAPSHOT') await lookAtPublished();
    judge(asked, caller, answer, reply);
    const isFound = answer.reasons[0]?.code !== 'NOT_FOUND';
    const { source, statusCode } = answer;
    ledger.give(reply.id, { client: caller.client, source, found: isFound, statusCode });
    findings.count(`answers of ${source}`);
    findings.count(`answers ${answer.document}`);
  };

  /** There may be one that is younger than the last look. */
  let looking: Promise<void> | undefined;
  const lookAtPublished = async (): Promise<void> => {
    looking ??= (async () => {
      for (const copy of await world.publishedCopies()) history.published(copy);
      looking = undefined;
    })();
    await looking;
  };

  const judge = (asked: Asked, { region }: Caller, answer: Answer, reply: Reply): void => {
    const states = statesOf(history, answer.source, reply);
    const told = JSON.stringify({ ...answer, source: 'REGISTRY' });
    const isOf = (state: State): boolean => JSON.stringify(expectedAnswer(state, asked, region)) === told;
    if (!states.some(isOf)) {
      const isOld = history.all().some(isOf);
      const invariant = answer.source === 'SNAPSHOT' ? 'published' : 'current';
      const expected = states.map((state) => expectedAnswer(state, asked, region));
      findings.broken(isOld ? invariant : 'answer', { asked, region, answer, expected });
    }
    const documents = states.map((state) => plainDocument(state, asked.nik));
    const isClaimed = answer.document === 'NEITHER' || answer.voter === 'NOT_ELIGIBLE';
    if (isClaimed && !documents.includes('NEITHER')) findings.broken('neither', { asked, answer });
  };

  const judgeRevoked = ({ source }: Answer, { revoked, client }: Caller, reply: Reply): void => {
    if (revoked === undefined) return;
    const isTooLate = source !== 'SNAPSHOT' && reply.sentMs > revoked.doneMs;
    const wasRead = world.clientsReadMs(reply.sentMs) > revoked.doneAt + LOG_GRAIN_MS;
    if (isTooLate || (source === 'SNAPSHOT' && wasRead)) findings.broken('revoked', { client, source });
    else findings.count('answers to the revoked, of an older list');
  };

  return { ask, lookAtPublished };
}
