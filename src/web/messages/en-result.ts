import { englishReasons } from './en-reasons.ts';
import type { ResultMessages, WrittenDays } from './messages.ts';

export const englishResult = ({ day, weekday, bornBy }: WrittenDays): ResultMessages => ({
  title: 'Your answer',
  words: {
    READY: 'Ready',
    TO_DO: 'Something to arrange',
    UNCLEAR: 'To be confirmed',
    NO: 'For your information',
    OVER: 'Over',
  },
  summaries: {
    EKTP: {
      headline: 'By the record, your e-KTP has been printed.',
      lead: `Bring your e-KTP to the polling station (TPS) on ${weekday}.`,
    },
    EKTP_TO_COLLECT: {
      headline: 'By the record, your e-KTP has been printed, but you may not have received it yet.',
      lead: `Collect the card, then bring it to the polling station (TPS) on ${weekday}.`,
    },
    SUKET: {
      headline: 'By the record, you hold a Suket that is valid on polling day.',
      lead: `Your e-KTP is not printed yet, so bring the original Suket to the polling station (TPS) on ${weekday}.`,
    },
    SUKET_TO_OBTAIN: {
      headline: 'By the record, your biometrics are recorded, but your e-KTP is not printed yet.',
      lead: `Ask the Disdukcapil for a Surat Keterangan (Suket), then bring it to the polling station (TPS) on ${weekday}.`,
    },
    SUKET_TO_RENEW: {
      headline: 'Your Suket expires before polling day, and your e-KTP is not printed yet.',
      lead: `Renew the Suket at the Disdukcapil, then bring it to the polling station (TPS) on ${weekday}.`,
    },
    TO_RECORD: {
      headline: 'By the record, you have not been recorded for an e-KTP yet.',
      lead: `There is still time: get recorded, ask the Disdukcapil for a Suket, then bring it to the polling station (TPS) on ${weekday}.`,
    },
    TO_RECORD_WITH_SUKET: {
      headline:
        'By the record, you hold a Suket that is valid on polling day, but have not been recorded for an e-KTP.',
      lead: `Bring the original Suket to the polling station (TPS) on ${weekday}, and get recorded as soon as you can.`,
    },
    DOCUMENT_UNCLEAR: {
      headline: 'We cannot be sure of the status of your e-KTP.',
      lead: 'Ask the Disdukcapil. If you hold an e-KTP or a valid Suket, simply bring it to the polling station (TPS).',
    },
    VOTER_UNCLEAR: {
      headline: 'Something in your record needs to be confirmed.',
      lead: 'The record may be wrong or out of date. See the Disdukcapil before polling day.',
    },
    UNDER_17: {
      headline: `By the record, you are not yet 17 on ${day}, so you cannot vote in this election yet.`,
      lead: 'Anyone who is or has been married may vote at any age. If the record is wrong, see the Disdukcapil.',
    },
    NOT_CITIZEN: {
      headline: 'By the record, you are a citizen of another country; this election is for Indonesian citizens.',
      lead: 'If you are an Indonesian citizen, see the Disdukcapil to have your record corrected.',
    },
    NO_CONTEST: {
      headline: `By the record, the area you live in holds no election on ${day}.`,
      lead: 'There is nothing to arrange for that day. If you have moved, see the Disdukcapil.',
    },
    OVER: { headline: `The vote of ${weekday} is over.`, lead: 'There is nothing left to arrange for that day.' },
  },
  documents: {
    EKTP: 'By the record, your e-KTP has been printed.',
    SUKET: 'By the record, your biometrics are recorded, but your e-KTP is not printed yet.',
    NEITHER: 'By the record, you have not been recorded for an e-KTP yet.',
    UNDETERMINED: 'We cannot be sure of the status of your e-KTP.',
  },
  ...englishReasons({ day, bornBy }),
  basisLabel: 'Basis',
  actions: {
    SEE_DISDUKCAPIL: {
      title: 'See the Disdukcapil',
      text: 'Ask staff to check your record. Bring your KK and papers that show how things really are.',
      by: `By ${day} at the latest; sooner is better`,
    },
    RECORD_BIOMETRICS: {
      title: 'Get recorded for an e-KTP',
      text: 'At the Disdukcapil; ask whether your district office (kecamatan) does it too. Bring your KK.',
      by: `By ${day} at the latest; sooner is better`,
    },
    COLLECT_CARD: {
      title: 'Collect your e-KTP',
      text: 'Ask at the district office (kecamatan) or the Disdukcapil. If you cannot get the card yet, ask for a Suket.',
      by: `By ${day} at the latest; sooner is better`,
    },
    OBTAIN_SUKET: {
      title: 'Ask for a Surat Keterangan (Suket)',
      text: 'At the Disdukcapil, once you are recorded. Do not wait for the last day: an outage of the central server can stop the issue of Suket.',
      by: `By ${day} at the latest; sooner is better`,
    },
    RENEW_SUKET: {
      title: 'Renew your Suket',
      text: 'At the Disdukcapil. Bring the old one. An outage of the central server can stop the issue of Suket.',
      by: `By ${day} at the latest; sooner is better`,
    },
    CHECK_DPT: {
      title: 'Check that you are on the voter list (DPT)',
      text: 'Ask the PPS at the village office (desa/kelurahan) or the KPU of your regency or city. Not listed? With an e-KTP or Suket you can still vote, between 12:00 and 13:00.',
      by: 'Before polling day',
    },
    BRING_EKTP: { title: 'Bring your original e-KTP to the TPS', text: '', by: weekday },
    BRING_SUKET: {
      title: 'Bring your original Suket to the TPS',
      text: 'If your e-KTP is ready before then, bring the e-KTP.',
      by: weekday,
    },
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
    SUKET: [
      `Your original Suket, valid on ${day} and issued by the Disdukcapil (a letter from the village is not a Suket)`,
      'Form C6 (the invitation), if you have it; without it, the Suket is enough',
    ],
    NEITHER: [
      `Your original Suket, valid on ${day} and issued by the Disdukcapil (a letter from the village is not a Suket)`,
      'Form C6 (the invitation), if you have it; without it, the Suket is enough',
    ],
    UNDETERMINED: [
      'Your original e-KTP or a valid Suket from the Disdukcapil, whichever you hold',
      'Form C6 (the invitation), if you have it',
    ],
  },
  c6Alone:
    'On the voter list, but with neither e-KTP nor Suket? Bring your C6: the officers (KPPS) may still let you vote if they are sure that it is yours (KPU letter 574/PL.03.6-SD/06).',
  hours: [
    { who: 'On the voter list (DPT)', when: '07:00–13:00', where: 'at your own TPS, as written on form C6' },
    {
      who: 'Not on the list',
      when: '12:00–13:00',
      where:
        'with your original e-KTP or Suket, at the TPS of the RT/RW written on it. Bring your KK as well, to be safe. If ballots run out: the nearest TPS in the same village',
    },
    { who: 'Voting elsewhere', when: '07:00–13:00', where: 'with form A5, at the TPS named in it' },
  ],
  localTime: 'local time',
  offices: {
    GOVERNOR: (place) => `Governor and Deputy Governor of ${place}`,
    REGENT: (place) => `Regent and Deputy Regent of ${place}`,
    MAYOR: (place) => `Mayor and Deputy Mayor of ${place}`,
  },
  disdukcapil: (regency, code) =>
    regency !== null
      ? `Disdukcapil of ${regency}`
      : code !== null
        ? `Disdukcapil of your regency or city (region code ${code})`
        : 'Disdukcapil of the regency or city you live in',
  district: (code) => `Your district office, kecamatan (region code ${code})`,
  province: (name) => `Province of ${name}`,
  officeText:
    'The Disdukcapil is the civil registry office: for your record, recording, card and Suket. For the voter list and your TPS: the PPS at the village office, or the KPU of your regency or city.',
  ifWrong: 'Records can be wrong. If yours is, see the Disdukcapil with your family card (KK) and other papers.',
  suket: (issuedOn, validUntil, valid) =>
    `${issuedOn === null ? 'Valid' : `Issued ${issuedOn}, valid`} until ${validUntil}: ${valid ? 'still valid' : 'no longer valid'} on ${day}.`,
  sources: {
    REGISTRY: "Source: a copy of the Disdukcapil's population registry",
    SNAPSHOT: "Source: a backup copy of the Disdukcapil's population registry",
    UPSTREAM: 'Source: the data service of the Directorate General of Dukcapil',
    SAMPLE: 'Source: a synthetic sample; nobody in it lives',
  },
  asOf: (instant) => `Data as of ${instant}. Changes after that do not show here yet.`,
  asOfUnknown: 'The date of the data is not known.',
  disclaimers: [
    'This answer decides nothing by itself: the KPPS and the voter list (DPT) do.',
    'This page does not replace an e-KTP, Suket or C6, and deliberately shows neither name nor NIK.',
  ],
  keep: 'To keep this: the page prints on one sheet of A4, or take a picture of the screen.',
  again: 'Check another NIK',
});
