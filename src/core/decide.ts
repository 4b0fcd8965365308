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

/**
 * The rules: what a resident's record means for an election, asked on the civil date `today` of his region.
 * Advice, not a verdict: NOT_ELIGIBLE only on what a desk cannot dispute, never for what is missing or unreadable.
 * Law: UU 1/2015 as amended by UU 8/2015 and UU 10/2016; PKPU 2/2017 art. 5; PKPU 8/2018 art. 7 (V). Never throws.
 */
export function decide(found: Found, election: Election, today: CivilDate): Decision {
  if (found.kind !== 'RESIDENT') return undetermined(found.kind, election, today);
  const { facts } = found;
  const reasons = [...documentReasons(facts, election), ...voterReasons(facts, election, today)];
  const document = documentOf(facts.status);
  const voter = voterOf(reasons);
  const suket = facts.suket && { ...facts.suket, validOnElectionDay: suketValidOn(facts.suket, election.date) };
  return {
    document,
    voter,
    reasons,
    actions: actionsOf(document, voter, reasons, suket, today > election.date),
    contests: facts.region === null ? [] : contestsOf(election, facts.region),
    statusCode: statusCode(facts.status),
    region: facts.region,
    suket,
  };
}

/** A miss and conflicting rows say nothing about the person: one reason, nothing else. */
function undetermined(reason: 'NOT_FOUND' | 'CONFLICTING_RECORDS', election: Election, today: CivilDate): Decision {
  return {
    document: 'UNDETERMINED',
    voter: 'UNDETERMINED',
    reasons: [reason],
    actions: actionsOf('UNDETERMINED', 'UNDETERMINED', [reason], null, today > election.date),
    contests: [],
    statusCode: null,
    region: null,
    suket: null,
  };
}

/** The document that a status stands for; an unknown one for none that we know. */
export function documentOf(status: Status): DocumentStatus {
  const row = statusRow(status);
  if (row === null) return 'UNDETERMINED';
  switch (row.stage) {
    case 'PRINTED':
      return 'EKTP';
    case 'RECORDED':
      return 'SUKET';
    case 'NOT_RECORDED':
      return 'NEITHER';
  }
}

const held = (pairs: [ReasonCode, boolean | undefined][]): ReasonCode[] =>
  pairs.filter(([, holds]) => holds).map(([reason]) => reason);

function documentReasons(facts: Facts, election: Election): ReasonCode[] {
  const row = statusRow(facts.status);
  const recorded = row?.stage === 'RECORDED';
  return held([
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

function voterReasons(facts: Facts, election: Election, today: CivilDate): ReasonCode[] {
  const { ofAgeOn, marital, nationality, region } = facts;
  const married = marital === 'IS_OR_WAS';
  const underAge = ofAgeOn !== null && ofAgeOn > election.date;
  return held([
    ['UNDER_17', underAge && marital === 'NEVER'],
    ['NOT_CITIZEN', nationality === 'FOREIGN'],
    ['NO_CONTEST', region !== null && contestsOf(election, region).length === 0],
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

function actionsOf(
  document: DocumentStatus,
  voter: VoterStatus,
  reasons: ReasonCode[],
  suket: SuketAnswer | null,
  over: boolean,
): Action[] {
  if (over || voter === 'NOT_ELIGIBLE') return [];
  const actions = documentActions(document, reasons, suket);
  if (voter !== 'UNDETERMINED') return actions;
  return ['SEE_DISDUKCAPIL', ...actions.filter((action) => action !== 'SEE_DISDUKCAPIL')];
}

function documentActions(document: DocumentStatus, reasons: ReasonCode[], suket: SuketAnswer | null): Action[] {
  switch (document) {
    case 'EKTP':
      return [
        ...(reasons.includes('CARD_NOT_YET_HANDED_OVER') ? (['COLLECT_CARD'] as const) : []),
        'CHECK_DPT',
        'BRING_EKTP',
      ];
    case 'SUKET': {
      const actions: Action[] = reasons.includes('RECORD_HAS_PROBLEM') ? ['SEE_DISDUKCAPIL'] : [];
      if (suket === null) actions.push('OBTAIN_SUKET');
      else if (!suket.validOnElectionDay) actions.push('RENEW_SUKET');
      return [...actions, 'CHECK_DPT', 'BRING_SUKET'];
    }
    case 'NEITHER': {
      // A "Suket khusus" for the unrecorded exists (Kota Bogor, June 2018, V): one on record stays good.
      const obtain: Action[] = suket?.validOnElectionDay ? [] : ['OBTAIN_SUKET'];
      return ['RECORD_BIOMETRICS', ...obtain, 'CHECK_DPT', 'BRING_SUKET'];
    }
    case 'UNDETERMINED':
      return ['SEE_DISDUKCAPIL', 'CHECK_DPT'];
  }
}
