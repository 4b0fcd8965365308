/**
 * The decision once more, straight from the tables of the design and in another style than `src/core/decide.ts`: rows of
 * predicates in the order of the table. Imports types only, so that no mistake of the rules can hide in here.
 */
import type { CivilDate } from '../../src/core/dates.ts';
import type { Election } from '../../src/core/election.ts';
import type { Facts } from '../../src/core/facts.ts';

export type DocumentSide = Pick<Facts, 'status' | 'olderCard' | 'suket'>;
export type VoterSide = Omit<Facts, keyof DocumentSide>;
type Day = { today: CivilDate; pollingDay: CivilDate };

const NOT_RECORDED = ['UNREGISTERED', 'EMPTY'];
const LOCAL = ['BIO_CAPTURED', 'PROCESSING'];
const AT_THE_CENTRE = [
  'SENT_FOR_ENROLLMENT',
  'RECEIVED_AT_CENTRAL',
  'PRINT_READY_RECORD',
  'SENT_FOR_CARD_PRINTING',
  'SENT_FOR_DEDUP',
  'PACKET_RETRY',
];
const WITH_A_PROBLEM = [
  'ENROLL_FAILURE_AT_CENTRAL',
  'ENROLL_FAILURE_AT_REGIONAL',
  'SEARCH_FAILURE_AT_CENTRAL',
  'ADJUDICATE_RECORD',
  'REQUEST_VALIDATION',
  'DUPLICATE_RECORD',
  'ADJUDICATE_IN_PROCESS',
];
const RECORDED = [...LOCAL, ...AT_THE_CENTRE, ...WITH_A_PROBLEM];
const NOT_YET_HANDED_OVER = ['CARD_PRINTED', 'CARD_SHIPPED'];
const PRINTED = [...NOT_YET_HANDED_OVER, 'CARD_ISSUED'];
const ALL = [...NOT_RECORDED, ...RECORDED, ...PRINTED];

export const EVERY_STATUS = [...ALL, 'UNKNOWN'] as Facts['status'][];

type Row<Side> = [reason: string, holds: (side: Side, day: Day) => boolean, sets: string];

const DOCUMENT_ROWS: Row<DocumentSide>[] = [
  ['CARD_PRINTED', (f) => PRINTED.includes(f.status), 'EKTP'],
  ['CARD_NOT_YET_HANDED_OVER', (f) => NOT_YET_HANDED_OVER.includes(f.status), ''],
  ['RECORDED_NOT_PRINTED', (f) => RECORDED.includes(f.status), 'SUKET'],
  ['RECORDED_LOCALLY_NOT_ARRIVED', (f) => LOCAL.includes(f.status), ''],
  ['RECORD_HAS_PROBLEM', (f) => WITH_A_PROBLEM.includes(f.status), ''],
  [
    'OLDER_CARD_MAY_EXIST',
    (f) => RECORDED.includes(f.status) && (f.olderCard || f.status === 'DUPLICATE_RECORD'),
    '',
  ],
  ['NOT_RECORDED', (f) => NOT_RECORDED.includes(f.status), 'NEITHER'],
  ['UNKNOWN_STATUS_CODE', (f) => !ALL.includes(f.status), 'UNDETERMINED'],
  ['SUKET_EXPIRES_BEFORE_ELECTION', (f, { pollingDay }) => f.suket !== null && f.suket.validUntil < pollingDay, ''],
];

const under17At = (f: VoterSide, day: CivilDate): boolean => f.ofAgeOn !== null && day < f.ofAgeOn;

const voterRows = (contestRegions: Set<string>): Row<VoterSide>[] => [
  ['UNDER_17', (f, { pollingDay }) => under17At(f, pollingDay) && f.marital === 'NEVER', 'NOT_ELIGIBLE'],
  ['NOT_CITIZEN', (f) => f.nationality === 'FOREIGN', 'NOT_ELIGIBLE'],
  [
    'NO_CONTEST',
    (f) => f.region !== null && !areasOf(f.region).some((area) => contestRegions.has(area)),
    'NOT_ELIGIBLE',
  ],
  [
    'TURNS_17_BY_ELECTION',
    (f, { today, pollingDay }) => under17At(f, today) && !under17At(f, pollingDay) && f.marital !== 'IS_OR_WAS',
    '',
  ],
  ['BIRTH_DATE_UNKNOWN', (f) => f.birthDateUnknown && f.marital !== 'IS_OR_WAS', 'UNDETERMINED'],
  ['NATIONALITY_UNCLEAR', (f) => f.nationality === 'UNCLEAR', 'UNDETERMINED'],
  [
    'MARITAL_STATUS_UNKNOWN',
    (f, { pollingDay }) => under17At(f, pollingDay) && f.marital === 'UNKNOWN',
    'UNDETERMINED',
  ],
  ['TNI_POLRI_ON_RECORD', (f) => f.tniPolri, 'UNDETERMINED'],
  ['DECEASED_ON_RECORD', (f) => f.deceased, 'UNDETERMINED'],
  ['INACTIVE_ON_RECORD', (f) => f.inactive, 'UNDETERMINED'],
  ['REGION_UNKNOWN', (f) => f.region === null, 'UNDETERMINED'],
];

/** Province and regency of a dotted code, in this order. */
const areasOf = (region: string): string[] => [region.split('.')[0] ?? '', region.split('.').slice(0, 2).join('.')];

export type ExpectedDocument = { document: string; reasons: string[]; actions: string[]; answer: string };
export type ExpectedVoter = { voter: string; reasons: string[]; over: boolean; answer: string };

/** The document, its reasons, what to do about it, and `statusCode suket` of the answer. */
export function expectedDocument(f: DocumentSide, day: Day): ExpectedDocument {
  const rows = DOCUMENT_ROWS.filter(([, holds]) => holds(f, day));
  const document = rows.map(([, , sets]) => sets).join('');
  const reasons = rows.map(([reason]) => reason);
  const valid = f.suket !== null && f.suket.validUntil >= day.pollingDay;
  const code = ['EMPTY', 'UNKNOWN'].includes(f.status) ? 'null' : f.status;
  const suket = f.suket ? `${f.suket.issuedOn},${f.suket.validUntil},${valid}` : 'null';
  return { document, reasons, actions: actionsOf(document, reasons, f.suket, valid), answer: `${code} ${suket}` };
}

const actionsOf = (document: string, reasons: string[], suket: unknown, valid: boolean): string[] => {
  const when = (holds: boolean, action: string): string[] => (holds ? [action] : []);
  switch (document) {
    case 'EKTP':
      return [...when(reasons.includes('CARD_NOT_YET_HANDED_OVER'), 'COLLECT_CARD'), 'CHECK_DPT', 'BRING_EKTP'];
    case 'SUKET':
      return [
        ...when(reasons.includes('RECORD_HAS_PROBLEM'), 'SEE_DISDUKCAPIL'),
        ...when(suket === null, 'OBTAIN_SUKET'),
        ...when(suket !== null && !valid, 'RENEW_SUKET'),
        'CHECK_DPT',
        'BRING_SUKET',
      ];
    case 'NEITHER':
      return ['RECORD_BIOMETRICS', ...when(!valid, 'OBTAIN_SUKET'), 'CHECK_DPT', 'BRING_SUKET'];
    default:
      return ['SEE_DISDUKCAPIL', 'CHECK_DPT'];
  }
};

/** What the record says of the voter on a day, and `contests region` of the answer. */
export function expectedVoter(f: VoterSide, today: CivilDate, election: Election): ExpectedVoter {
  const rows = voterRows(new Set(election.contests.map((contest) => contest.region)));
  const holding = rows.filter(([, holds]) => holds(f, { today, pollingDay: election.date }));
  const sets = holding.map(([, , set]) => set);
  const voter = ['NOT_ELIGIBLE', 'UNDETERMINED'].find((value) => sets.includes(value)) ?? 'ELIGIBLE';
  const areas = f.region === null ? [] : areasOf(f.region);
  const contests = areas.flatMap((area) => election.contests.filter((contest) => contest.region === area));
  return {
    voter,
    reasons: holding.map(([reason]) => reason),
    over: today > election.date,
    answer: `${contests.map(({ office, region }) => `${office} ${region}`)} ${f.region}`,
  };
}

/** The whole answer on one line. */
export function expectedLine(d: ExpectedDocument, v: ExpectedVoter): string {
  let actions = d.actions;
  if (v.voter === 'UNDETERMINED')
    actions = ['SEE_DISDUKCAPIL', ...actions.filter((action) => action !== 'SEE_DISDUKCAPIL')];
  if (v.over || v.voter === 'NOT_ELIGIBLE') actions = [];
  return `${d.document} ${v.voter} [${d.reasons.concat(v.reasons)}] [${actions}] ${d.answer} ${v.answer}`;
}
