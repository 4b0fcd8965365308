import type { CivilDate } from './dates.ts';
import { type Contest, contestsOf, type Election } from './election.ts';
import type { Facts, Found } from './facts.ts';
import type { Action, DocumentStatus, ReasonCode, VoterStatus } from './reasons.ts';
import { type Status, type StatusCode, statusCode, statusRow } from './status.ts';
import { suketValidOn } from './suket.ts';

export type SuketAnswer = { issuedOn: CivilDate | null; validUntil: CivilDate; validOnElectionDay: boolean };
export type Decision = {
  document: DocumentStatus;
  voter: VoterStatus;
  /** All that hold, in the order of `REASON_CODES`. */
  reasons: ReasonCode[];
  actions: Action[];
  contests: Contest[];
  statusCode: StatusCode | null;
  region: string | null;
  suket: SuketAnswer | null;
};

type Judgement = Omit<Decision, 'actions'>;

/**
 * The rules: what a resident's record means for an election, asked on the civil date `today` of his region.
 * Advice, not a verdict: NOT_ELIGIBLE only on what a desk cannot dispute, never for what is missing or unreadable.
 * Law: UU 1/2015 as amended by UU 8/2015 and UU 10/2016; PKPU 2/2017 art. 5; PKPU 8/2018 art. 7 (V). Never throws.
 */
export function decide(found: Found, election: Election, today: CivilDate): Decision {
  const judgement = found.kind === 'RESIDENT' ? judge(found.facts, election, today) : nothingKnown(found.kind);
  return { ...judgement, actions: today > election.date ? [] : actionsOf(judgement) };
}

function judge(facts: Facts, election: Election, today: CivilDate): Judgement {
  const contests = facts.region === null ? [] : contestsOf(election, facts.region);
  const reasons = [...documentReasons(facts, election), ...voterReasons(facts, contests, election, today)];
  return {
    document: documentOf(facts.status),
    voter: voterOf(reasons),
    reasons,
    contests,
    statusCode: statusCode(facts.status),
    region: facts.region,
    suket: facts.suket && { ...facts.suket, validOnElectionDay: suketValidOn(facts.suket, election.date) },
  };
}

/** A miss and conflicting rows say nothing about the person: one reason, nothing else. */
const nothingKnown = (reason: 'NOT_FOUND' | 'CONFLICTING_RECORDS'): Judgement => ({
  document: 'UNDETERMINED',
  voter: 'UNDETERMINED',
  reasons: [reason],
  contests: [],
  statusCode: null,
  region: null,
  suket: null,
});

const DOCUMENTS = { PRINTED: 'EKTP', RECORDED: 'SUKET', NOT_RECORDED: 'NEITHER' } as const;

/** The document that a status stands for; an unknown one for none that we know. */
export function documentOf(status: Status): DocumentStatus {
  const row = statusRow(status);
  return row === null ? 'UNDETERMINED' : DOCUMENTS[row.stage];
}

/** Those that hold, in the order in which they stand. */
const held = <Code>(pairs: [Code, boolean | undefined][]): Code[] =>
  pairs.filter(([, holds]) => holds).map(([code]) => code);

function documentReasons(facts: Facts, election: Election): ReasonCode[] {
  const row = statusRow(facts.status);
  const recorded = row?.stage === 'RECORDED';
  return held<ReasonCode>([
    ['CARD_PRINTED', row?.stage === 'PRINTED'],
    ['CARD_NOT_YET_HANDED_OVER', row?.notYetHandedOver],
    ['RECORDED_NOT_PRINTED', recorded],
    ['RECORDED_LOCALLY_NOT_ARRIVED', row?.local],
    ['RECORD_HAS_PROBLEM', row?.problem],
    ['OLDER_CARD_MAY_EXIST', recorded && (facts.status === 'DUPLICATE_RECORD' || facts.olderCard)],
    ['NOT_RECORDED', row?.stage === 'NOT_RECORDED'],
    ['UNKNOWN_STATUS_CODE', row === null],
    ['SUKET_EXPIRES_BEFORE_ELECTION', facts.suket !== null && !suketValidOn(facts.suket, election.date)],
  ]);
}

function voterReasons(facts: Facts, contests: Contest[], election: Election, today: CivilDate): ReasonCode[] {
  const { ofAgeOn, marital, nationality, region } = facts;
  const married = marital === 'IS_OR_WAS';
  const underAge = ofAgeOn !== null && ofAgeOn > election.date;
  return held<ReasonCode>([
    ['UNDER_17', underAge && marital === 'NEVER'],
    ['NOT_CITIZEN', nationality === 'FOREIGN'],
    ['NO_CONTEST', region !== null && contests.length === 0],
    ['TURNS_17_BY_ELECTION', ofAgeOn !== null && ofAgeOn > today && !underAge && !married],
    ['BIRTH_DATE_UNKNOWN', facts.birthDateUnknown && !married],
    ['NATIONALITY_UNCLEAR', nationality === 'UNCLEAR'],
    ['MARITAL_STATUS_UNKNOWN', underAge && marital === 'UNKNOWN'],
    ['TNI_POLRI_ON_RECORD', facts.tniPolri],
    ['DECEASED_ON_RECORD', facts.deceased],
    ['INACTIVE_ON_RECORD', facts.inactive],
    ['REGION_UNKNOWN', region === null],
  ]);
}

const NOT_ELIGIBLE = new Set<ReasonCode>(['UNDER_17', 'NOT_CITIZEN', 'NO_CONTEST']);
/** What the person standing there may well disprove: a retired soldier, a clerk's slip, a wrong flag. */
const UNDETERMINED = new Set<ReasonCode>([
  'BIRTH_DATE_UNKNOWN',
  'NATIONALITY_UNCLEAR',
  'MARITAL_STATUS_UNKNOWN',
  'TNI_POLRI_ON_RECORD',
  'DECEASED_ON_RECORD',
  'INACTIVE_ON_RECORD',
  'REGION_UNKNOWN',
]);

function voterOf(reasons: ReasonCode[]): VoterStatus {
  if (reasons.some((reason) => NOT_ELIGIBLE.has(reason))) return 'NOT_ELIGIBLE';
  return reasons.some((reason) => UNDETERMINED.has(reason)) ? 'UNDETERMINED' : 'ELIGIBLE';
}

function actionsOf({ document, voter, reasons, suket }: Judgement): Action[] {
  if (voter === 'NOT_ELIGIBLE') return [];
  const isUnclear = voter === 'UNDETERMINED' || document === 'UNDETERMINED';
  const votesWithSuket = document === 'SUKET' || document === 'NEITHER';
  const lacksSuket = votesWithSuket && suket?.validOnElectionDay !== true;
  const mayRenew = document === 'SUKET' && suket !== null;
  return held<Action>([
    ['SEE_DISDUKCAPIL', isUnclear || reasons.includes('RECORD_HAS_PROBLEM')],
    ['RECORD_BIOMETRICS', document === 'NEITHER'],
    ['COLLECT_CARD', reasons.includes('CARD_NOT_YET_HANDED_OVER')],
    // A "Suket khusus" for the unrecorded exists (Kota Bogor, June 2018, V): one on record stays good.
    ['OBTAIN_SUKET', lacksSuket && !mayRenew],
    ['RENEW_SUKET', lacksSuket && mayRenew],
    ['CHECK_DPT', true],
    ['BRING_EKTP', document === 'EKTP'],
    ['BRING_SUKET', votesWithSuket],
  ]);
}
