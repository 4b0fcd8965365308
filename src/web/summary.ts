import type { Answer } from '../checks/answer.ts';
import type { Action, ReasonCode } from '../core/reasons.ts';

/** The one sentence an answer comes down to. */
export type Summary =
  | 'EKTP'
  | 'EKTP_TO_COLLECT'
  | 'SUKET'
  | 'SUKET_TO_OBTAIN'
  | 'SUKET_TO_RENEW'
  | 'TO_RECORD'
  | 'TO_RECORD_WITH_SUKET'
  | 'DOCUMENT_UNCLEAR'
  | 'VOTER_UNCLEAR'
  | 'UNDER_17'
  | 'NOT_CITIZEN'
  | 'NO_CONTEST'
  | 'OVER';

/** How it feels: colour, icon and word go by this, never colour alone. */
export type Tone = 'READY' | 'TO_DO' | 'UNCLEAR' | 'NO' | 'OVER';

const AT_HAND = new Set<Action>(['CHECK_DPT', 'BRING_EKTP', 'BRING_SUKET']);

/** Only after polling day has somebody who may vote nothing left to do. */
export const isOver = (answer: Answer): boolean => answer.voter !== 'NOT_ELIGIBLE' && answer.actions.length === 0;

export function summaryOf(answer: Answer): Summary {
  if (answer.voter === 'NOT_ELIGIBLE') return whyNot(answer.reasons.map((reason) => reason.code));
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

/** The mildest first: where nobody votes, age and nationality are beside the point. */
function whyNot(reasons: ReasonCode[]): Summary {
  if (reasons.includes('NO_CONTEST')) return 'NO_CONTEST';
  return reasons.includes('NOT_CITIZEN') ? 'NOT_CITIZEN' : 'UNDER_17';
}

export function toneOf(answer: Answer): Tone {
  if (answer.voter === 'NOT_ELIGIBLE') return 'NO';
  if (isOver(answer)) return 'OVER';
  if (answer.voter === 'UNDETERMINED' || answer.document === 'UNDETERMINED') return 'UNCLEAR';
  return answer.actions.every((action) => AT_HAND.has(action)) ? 'READY' : 'TO_DO';
}
