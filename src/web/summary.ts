import type { Answer } from '../checks/answer.ts';
import type { Action } from '../core/reasons.ts';
import type { Messages } from './messages/messages.ts';

/** The one sentence an answer comes down to. */
export type Summary = keyof Messages['result']['summaries'];
/** How it feels: colour, icon and word go by this, never colour alone. */
export type Tone = keyof Messages['result']['words'];

/** By when each action is to be done. */
export const DUE: Record<Action, keyof Messages['result']['due']> = {
  SEE_DISDUKCAPIL: 'SOON',
  RECORD_BIOMETRICS: 'SOON',
  COLLECT_CARD: 'SOON',
  OBTAIN_SUKET: 'SOON',
  RENEW_SUKET: 'SOON',
  CHECK_DPT: 'BEFORE_THE_DAY',
  BRING_EKTP: 'ON_THE_DAY',
  BRING_SUKET: 'ON_THE_DAY',
};

/** The mildest first: where nobody votes, age and nationality are beside the point. */
const WHY_NOT = ['NO_CONTEST', 'NOT_CITIZEN', 'UNDER_17'] as const;

/** Only after polling day has somebody who may vote nothing left to do. */
export const isOver = (answer: Answer): boolean => answer.voter !== 'NOT_ELIGIBLE' && answer.actions.length === 0;

export function summaryOf(answer: Answer): Summary {
  if (answer.voter === 'NOT_ELIGIBLE')
    return WHY_NOT.find((code) => answer.reasons.some((reason) => reason.code === code)) ?? 'UNDER_17';
  if (isOver(answer)) return 'OVER';
  if (answer.voter === 'UNDETERMINED') return 'VOTER_UNCLEAR';
  const suketIsValid = answer.suket?.validOnElectionDay === true;
  switch (answer.document) {
    case 'EKTP':
      return answer.actions.includes('COLLECT_CARD') ? 'EKTP_TO_COLLECT' : 'EKTP';
    case 'SUKET':
      if (suketIsValid) return 'SUKET';
      return answer.suket === null ? 'SUKET_TO_OBTAIN' : 'SUKET_TO_RENEW';
    case 'NEITHER':
      return suketIsValid ? 'TO_RECORD_WITH_SUKET' : 'TO_RECORD';
    case 'UNDETERMINED':
      return 'DOCUMENT_UNCLEAR';
  }
}

export function toneOf(answer: Answer): Tone {
  if (answer.voter === 'NOT_ELIGIBLE') return 'NO';
  if (isOver(answer)) return 'OVER';
  if (answer.voter === 'UNDETERMINED' || answer.document === 'UNDETERMINED') return 'UNCLEAR';
  return answer.actions.some((action) => DUE[action] === 'SOON') ? 'TO_DO' : 'READY';
}
