import { REASON_BASIS, type ReasonCode } from '../../core/reasons.ts';
import type { WrittenDays } from './messages.ts';
import { passage, text } from './passage.ts';

const withSuket = (day: string): string[] => [
  `Your original Suket, valid on ${day} and issued by the Disdukcapil (a letter from the village is not a Suket)`,
  'Form C6 (the invitation), if you have it; without it, the Suket is enough',
];

export const englishResult = ({ day, weekday, bornBy }: WrittenDays) => ({
  title: 'Your answer',
  words: {
    READY: 'Ready',
    TO_DO: 'Something to arrange',
    UNCLEAR: 'To be confirmed',
    NO: 'For your information',
    OVER: 'Over',
  },
  summaries: {
    EKTP: passage`By the record, your e-KTP has been printed.
      Bring your e-KTP to the polling station (TPS) on ${weekday}.`,
    EKTP_TO_COLLECT: passage`By the record, your e-KTP has been printed, but you may not have received it yet.
      Collect the card, then bring it to the polling station (TPS) on ${weekday}.`,
    SUKET: passage`By the record, you hold a Suket that is valid on polling day.
      Your e-KTP is not printed yet, so bring the original Suket to the polling station (TPS) on ${weekday}.`,
    SUKET_TO_OBTAIN: passage`By the record, your biometrics are recorded, but your e-KTP is not printed yet.
      Ask the Disdukcapil for a Surat Keterangan (Suket), then bring it to the polling station (TPS) on ${weekday}.`,
    SUKET_TO_RENEW: passage`Your Suket expires before polling day, and your e-KTP is not printed yet.
      Renew the Suket at the Disdukcapil, then bring it to the polling station (TPS) on ${weekday}.`,
    TO_RECORD: passage`By the record, you have not been recorded for an e-KTP yet.
      There is still time: get recorded, ask the Disdukcapil for a Suket, then bring it to the polling station (TPS)
      on ${weekday}.`,
    TO_RECORD_WITH_SUKET: passage`
      By the record, you hold a Suket that is valid on polling day, but have not been recorded for an e-KTP.
      Bring the original Suket to the polling station (TPS) on ${weekday}, and get recorded as soon as you can.`,
    DOCUMENT_UNCLEAR: passage`We cannot be sure of the status of your e-KTP.
      Ask the Disdukcapil. If you hold an e-KTP or a valid Suket, simply bring it to the polling station (TPS).`,
    VOTER_UNCLEAR: passage`Something in your record needs to be confirmed.
      The record may be wrong or out of date. See the Disdukcapil before polling day.`,
    UNDER_17: passage`By the record, you are not yet 17 on ${day}, so you cannot vote in this election yet.
      Anyone who is or has been married may vote at any age. If the record is wrong, see the Disdukcapil.`,
    NOT_CITIZEN: passage`
      By the record, you are a citizen of another country; this election is for Indonesian citizens.
      If you are an Indonesian citizen, see the Disdukcapil to have your record corrected.`,
    NO_CONTEST: passage`By the record, the area you live in holds no election on ${day}.
      There is nothing to arrange for that day. If you have moved, see the Disdukcapil.`,
    OVER: passage`The vote of ${weekday} is over.
      There is nothing left to arrange for that day.`,
  },
  documents: {
    EKTP: 'By the record, your e-KTP has been printed.',
    SUKET: 'By the record, your biometrics are recorded, but your e-KTP is not printed yet.',
    NEITHER: 'By the record, you have not been recorded for an e-KTP yet.',
    UNDETERMINED: 'We cannot be sure of the status of your e-KTP.',
  },
  reasons: {
    CARD_PRINTED: 'Your e-KTP is on record as printed.',
    CARD_NOT_YET_HANDED_OVER: text`Nothing on record says that the card was handed over. Printed cards sometimes
      still lie in the district office (kecamatan).`,
    RECORDED_NOT_PRINTED: text`Your recording is on file, but the card is not printed. Anyone who is recorded but
      has no card yet may ask for a Suket.`,
    RECORDED_LOCALLY_NOT_ARRIVED: text`Your recording is still with the local office and has not reached the centre.
      For a Suket, that is enough.`,
    RECORD_HAS_PROBLEM: 'The centre could not finish processing your recording. The Disdukcapil needs to look at it.',
    OLDER_CARD_MAY_EXIST: 'There is a trace of an e-KTP printed earlier. If you still have it, bring it too.',
    NOT_RECORDED: 'There is no recording for an e-KTP (photo, fingerprints, signature) on file for you yet.',
    UNKNOWN_STATUS_CODE: 'The record holds a status code that we do not know, so we do not guess.',
    SUKET_EXPIRES_BEFORE_ELECTION: text`The Suket on record is no longer valid on ${day}. A Suket is valid for six
      months and can be renewed.`,
    NOT_FOUND: 'You were not found in the copy of the registry that we hold.',
    CONFLICTING_RECORDS: 'There are several records with your NIK, and they differ.',
    UNDER_17: text`By the record, you were born after ${bornBy} and have not married. Voters must be 17 on polling
      day, or be or have been married.`,
    NOT_CITIZEN: 'The nationality on record is not Indonesian. Voters must be Indonesian citizens.',
    NO_CONTEST: `Neither your province nor your regency or city is among those that vote on ${day}.`,
    TURNS_17_BY_ELECTION: text`You turn 17 by ${day}, so you are old enough. If you have no e-KTP yet, ask the
      Disdukcapil about the letter for first-time voters.`,
    BIRTH_DATE_UNKNOWN: 'Your birth date is missing or unreadable, so we cannot be sure of your age.',
    NATIONALITY_UNCLEAR: 'Your nationality is not clearly recorded.',
    MARITAL_STATUS_UNKNOWN: text`You are under 17 on ${day}, and your marital status is unreadable. Anyone who is or
      has been married may vote.`,
    TNI_POLRI_ON_RECORD: text`Your occupation on record is TNI or Polri. Serving members do not vote. Those who have
      retired or left may vote: have your record updated.`,
    DECEASED_ON_RECORD: text`The record of this NIK carries a note of death. If this is your own NIK, we are sorry:
      the note is wrong and the Disdukcapil must correct it.`,
    INACTIVE_ON_RECORD: 'Your record is marked inactive. The Disdukcapil can tell you why and reactivate it.',
    REGION_UNKNOWN: text`Your province, or your regency or city, is not clearly recorded, so we do not know which
      elections you vote in.`,
  },
  basis: REASON_BASIS as Record<ReasonCode, string>,
  basisLabel: 'Basis',
  actions: {
    SEE_DISDUKCAPIL: passage`See the Disdukcapil
      Ask staff to check your record. Bring your KK and papers that show how things really are.`,
    RECORD_BIOMETRICS: passage`Get recorded for an e-KTP
      At the Disdukcapil; ask whether your district office (kecamatan) does it too. Bring your KK.`,
    COLLECT_CARD: passage`Collect your e-KTP
      Ask at the district office (kecamatan) or the Disdukcapil. If you cannot get the card yet, ask for a Suket.`,
    OBTAIN_SUKET: passage`Ask for a Surat Keterangan (Suket)
      At the Disdukcapil, once you are recorded. Do not wait for the last day: an outage of the central server can
      stop the issue of Suket.`,
    RENEW_SUKET: passage`Renew your Suket
      At the Disdukcapil. Bring the old one. An outage of the central server can stop the issue of Suket.`,
    CHECK_DPT: passage`Check that you are on the voter list (DPT)
      Ask the PPS at the village office (desa/kelurahan) or the KPU of your regency or city. Not listed? With an
      e-KTP or Suket you can still vote, between 12:00 and 13:00.`,
    BRING_EKTP: passage`Bring your original e-KTP to the TPS`,
    BRING_SUKET: passage`Bring your original Suket to the TPS
      If your e-KTP is ready before then, bring the e-KTP.`,
  },
  due: {
    SOON: `By ${day} at the latest; sooner is better`,
    BEFORE_THE_DAY: 'Before polling day',
    ON_THE_DAY: weekday,
  },
  headings: {
    steps: 'Your next steps',
    bring: 'What to bring to the TPS',
    hours: 'When and where to vote',
    office: 'The offices that serve you',
    contests: 'What you vote for',
    why: 'Why this answer',
    suket: 'Your Suket',
    data: 'About this answer',
  },
  bring: {
    EKTP: ['Your original e-KTP', 'Form C6 (the invitation), if you have it; without it, the e-KTP is enough'],
    SUKET: withSuket(day),
    NEITHER: withSuket(day),
    UNDETERMINED: [
      'Your original e-KTP or a valid Suket from the Disdukcapil, whichever you hold',
      'Form C6 (the invitation), if you have it',
    ],
  },
  c6Alone: text`On the voter list, but with neither e-KTP nor Suket? Bring your C6: the officers (KPPS) may still
    let you vote if they are sure that it is yours (KPU letter 574/PL.03.6-SD/06).`,
  hours: [
    { who: 'On the voter list (DPT)', when: '07:00–13:00', where: 'at your own TPS, as written on form C6' },
    {
      who: 'Not on the list',
      when: '12:00–13:00',
      where: text`with your original e-KTP or Suket, at the TPS of the RT/RW written on it. Bring your KK as well,
        to be safe. If ballots run out: the nearest TPS in the same village`,
    },
    { who: 'Voting elsewhere', when: '07:00–13:00', where: 'with form A5, at the TPS named in it' },
  ],
  localTime: 'local time',
  offices: {
    GOVERNOR: (place: string) => `Governor and Deputy Governor of ${place}`,
    REGENT: (place: string) => `Regent and Deputy Regent of ${place}`,
    MAYOR: (place: string) => `Mayor and Deputy Mayor of ${place}`,
  },
  disdukcapil: (regency: string | null, code: string | null) => {
    if (regency !== null) return `Disdukcapil of ${regency}`;
    if (code !== null) return `Disdukcapil of your regency or city (region code ${code})`;
    return 'Disdukcapil of the regency or city you live in';
  },
  district: (code: string) => `Your district office, kecamatan (region code ${code})`,
  province: (name: string) => `Province of ${name}`,
  officeText: text`The Disdukcapil is the civil registry office: for your record, recording, card and Suket. For the
    voter list and your TPS: the PPS at the village office, or the KPU of your regency or city.`,
  ifWrong: 'Records can be wrong. If yours is, see the Disdukcapil with your family card (KK) and other papers.',
  suket: (issuedOn: string | null, validUntil: string, valid: boolean) => {
    const from = issuedOn === null ? 'Valid' : `Issued ${issuedOn}, valid`;
    return `${from} until ${validUntil}: ${valid ? 'still valid' : 'no longer valid'} on ${day}.`;
  },
  sources: {
    REGISTRY: "Source: a copy of the Disdukcapil's population registry",
    SNAPSHOT: "Source: a backup copy of the Disdukcapil's population registry",
    UPSTREAM: 'Source: the data service of the Directorate General of Dukcapil',
    SAMPLE: 'Source: a synthetic sample; nobody in it lives',
  },
  asOf: (instant: string) => `Data as of ${instant}. Changes after that do not show here yet.`,
  asOfUnknown: 'The date of the data is not known.',
  disclaimers: [
    'This answer decides nothing by itself: the KPPS and the voter list (DPT) do.',
    'This page does not replace an e-KTP, Suket or C6, and deliberately shows neither name nor NIK.',
  ],
  keep: 'To keep this: the page prints on one sheet of A4, or take a picture of the screen.',
  again: 'Check another NIK',
});
