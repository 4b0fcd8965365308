import { REASON_BASIS } from '../../core/reasons.ts';
import type { ResultMessages, WrittenDays } from './messages.ts';

type ReasonMessages = Pick<ResultMessages, 'reasons' | 'basis'>;

/** Why, in plain words, and on what ground. */
export const englishReasons = ({ day, bornBy }: Pick<WrittenDays, 'day' | 'bornBy'>): ReasonMessages => ({
  reasons: {
    CARD_PRINTED: 'Your e-KTP is on record as printed.',
    CARD_NOT_YET_HANDED_OVER:
      'Nothing on record says that the card was handed over. Printed cards sometimes still lie in the district office (kecamatan).',
    RECORDED_NOT_PRINTED:
      'Your recording is on file, but the card is not printed. Anyone who is recorded but has no card yet may ask for a Suket.',
    RECORDED_LOCALLY_NOT_ARRIVED:
      'Your recording is still with the local office and has not reached the centre. For a Suket, that is enough.',
    RECORD_HAS_PROBLEM: 'The centre could not finish processing your recording. The Disdukcapil needs to look at it.',
    OLDER_CARD_MAY_EXIST: 'There is a trace of an e-KTP printed earlier. If you still have it, bring it too.',
    NOT_RECORDED: 'There is no recording for an e-KTP (photo, fingerprints, signature) on file for you yet.',
    UNKNOWN_STATUS_CODE: 'The record holds a status code that we do not know, so we do not guess.',
    SUKET_EXPIRES_BEFORE_ELECTION: `The Suket on record is no longer valid on ${day}. A Suket is valid for six months and can be renewed.`,
    NOT_FOUND: 'You were not found in the copy of the registry that we hold.',
    CONFLICTING_RECORDS: 'There are several records with your NIK, and they differ.',
    UNDER_17: `By the record, you were born after ${bornBy} and have not married. Voters must be 17 on polling day, or be or have been married.`,
    NOT_CITIZEN: 'The nationality on record is not Indonesian. Voters must be Indonesian citizens.',
    NO_CONTEST: `Neither your province nor your regency or city is among those that vote on ${day}.`,
    TURNS_17_BY_ELECTION: `You turn 17 by ${day}, so you are old enough. If you have no e-KTP yet, ask the Disdukcapil about the letter for first-time voters.`,
    BIRTH_DATE_UNKNOWN: 'Your birth date is missing or unreadable, so we cannot be sure of your age.',
    NATIONALITY_UNCLEAR: 'Your nationality is not clearly recorded.',
    MARITAL_STATUS_UNKNOWN: `You are under 17 on ${day}, and your marital status is unreadable. Anyone who is or has been married may vote.`,
    TNI_POLRI_ON_RECORD:
      'Your occupation on record is TNI or Polri. Serving members do not vote. Those who have retired or left may vote: have your record updated.',
    DECEASED_ON_RECORD:
      'The record of this NIK carries a note of death. If this is your own NIK, we are sorry: the note is wrong and the Disdukcapil must correct it.',
    INACTIVE_ON_RECORD: 'Your record is marked inactive. The Disdukcapil can tell you why and reactivate it.',
    REGION_UNKNOWN:
      'Your province, or your regency or city, is not clearly recorded, so we do not know which elections you vote in.',
  },
  basis: REASON_BASIS,
});
