import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { messagesFor } from '../../src/web/messages/messages.ts';
import { noticePage } from '../../src/web/notice-page.ts';
import { resultPage } from '../../src/web/result-page.ts';
import { type Ledger, type Reply, send } from './asking.ts';
import { statesOf } from './checks.ts';
import type { Findings } from './invariants.ts';
import { expectedAnswer, type History, type State } from './oracle.ts';
import type { World } from './world.ts';

type Dependencies = { world: World; history: History; findings: Findings; ledger: Ledger };

const LOCKING = 5;
const MESSAGES = messagesFor('en', PILKADA_2018.date);
const titleOf = (kind: 'WRONG' | 'LOCKED'): string => noticePage(MESSAGES, kind).title;
const SOURCES = ['REGISTRY', 'SNAPSHOT'] as const;

/** Asks the form, as a browser does, and judges its pages. */
export function createForm({ world, history, findings, ledger }: Dependencies, lookAtPublished: () => Promise<void>) {
  const wrongAsked = new Map<string, number>();

  /** Whether a page shows what the oracle knows, in a state that it may be of. */
  const isOfState = async (nik: string, reply: Reply): Promise<boolean> => {
    await lookAtPublished();
    for (const source of SOURCES)
      for (const state of statesOf(history, source, reply)) {
        const answer = { ...expectedAnswer(state, { nik }, null), source };
        const { main } = resultPage(MESSAGES, answer, PILKADA_2018);
        if (reply.text.includes(String(await main))) return true;
      }
    return false;
  };

  return async ({ nik, second, isRight, from }: { nik: string; second: string; isRight: boolean; from: string }) => {
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'text/html',
      'X-Forwarded-For': from,
    };
    if (!isRight) wrongAsked.set(nik, (wrongAsked.get(nik) ?? 0) + 1);
    const reply = await send(world, '/?lang=en', { headers, body: new URLSearchParams({ nik, second }).toString() });
    findings.count('forms');
    const isLocked = reply?.status === 429 && reply.text.includes(titleOf('LOCKED'));
    if (isLocked) ledger.give(reply.id, { client: 'self-check' });
    if (isLocked && (wrongAsked.get(nik) ?? 0) < LOCKING) findings.broken('form', { nik, lockedEarly: true });
    if (isLocked) return findings.count('forms locked');
    if (!ledger.isAnswer(reply)) return;
    ledger.give(reply.id, { client: 'self-check' });
    const isMissIn = (state: State): boolean => {
      const [reason] = expectedAnswer(state, { nik }, null).reasons;
      return reason?.code === 'NOT_FOUND' || reason?.code === 'CONFLICTING_RECORDS';
    };
    if (reply.text.includes(`<title>${titleOf('WRONG')}`)) {
      const states = SOURCES.flatMap((source) => statesOf(history, source, reply));
      const mayMiss = !isRight || states.some(isMissIn);
      if (!mayMiss) findings.broken('form', { nik, isRight, told: 'WRONG' });
      if (isRight) wrongAsked.set(nik, (wrongAsked.get(nik) ?? 0) + 1);
      return findings.count('forms wrong');
    }
    if (!isRight || !(await isOfState(nik, reply))) findings.broken('form', { nik, isRight, told: 'ANSWER' });
    findings.count('forms answered');
  };
}
