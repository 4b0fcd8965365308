import { englishResult } from './en-result.ts';
import type { Messages, WrittenDays } from './messages.ts';

const STILL_YOUR_RIGHT =
  'This does not mean that you cannot vote. What counts at the polling station (TPS) is the voter list (DPT) and your document.';
const DISDUKCAPIL_HELPS =
  'Another way: go to the Disdukcapil (civil registry office) of your regency or city with your family card (KK). Staff there can look up your record directly.';

const SCRIPTLESS = 'This page uses no cookies and no scripts, and contacts no other site.';

export const english = ({ day, weekday, bornBy }: WrittenDays): Messages => ({
  language: 'en',
  frame: {
    tagline: `Pilkada, ${day}`,
    skip: 'Skip to content',
    switchLanguage: 'Bahasa Indonesia',
    startAgainInOther: 'Mulai lagi: Indonesia',
    advice:
      'This page advises; it decides nothing. The polling station goes by the voter list (DPT), your document and the decision of its officers (KPPS).',
    requestId: 'Request number',
    sampleLabel: 'Sample data',
    sample: (date) => `Sample data (synthetic) as of ${date}; these are not real residents.`,
  },
  form: {
    title: `Are you ready to vote on ${day}?`,
    lead: 'Check whether your e-KTP (identity card) has been printed, or whether you need a Surat Keterangan (Suket) to vote in the Pilkada, the regional elections. The answer says what to bring, where to go and by when.',
    nik: 'NIK',
    nikHint: '16 digits on your e-KTP or Suket, or next to your name on the family card (KK).',
    second: 'Full name or KK number',
    secondHint:
      'Your name as written on the family card, or its 16-digit number. It keeps others from looking you up by your NIK alone.',
    submit: 'Check',
    errorsTitle: 'Something needs correcting',
    errorsRetype: 'For your safety, both boxes were emptied. Please fill in both again.',
    errorPrefix: 'Please correct',
    aboutLabel: 'Background',
    about: [
      {
        title: 'What is stored and what is not',
        points: [
          'The NIK, name and KK number you type are not stored and never appear in a page address.',
          'What is recorded: the time of the check, its answer, and keyed tags in place of the NIK and of your internet address, to limit the number of tries. Without the key, the tags point to nobody.',
          SCRIPTLESS,
        ],
      },
      {
        title: 'Who may vote',
        points: [
          `Indonesian citizens who on ${day} are 17 or older (born on or before ${bornBy}), or who are or have been married.`,
          'They live in an area that holds a Pilkada, as shown by the e-KTP; those without an e-KTP yet show a Suket from the Disdukcapil (civil registry office).',
          'They are not serving in the armed forces (TNI) or the police (Polri).',
        ],
      },
      {
        title: 'How recent the data is',
        points: [
          'The answer comes from a copy of the population registry and always states the date of that copy. Changes after that date do not show here yet.',
        ],
      },
    ],
    scriptless: SCRIPTLESS,
    scripted:
      'This page uses no cookies and contacts no other site. As there are many wrong checks at the moment, it uses one small script: your phone is given some arithmetic for a few seconds, so that residents’ data cannot be collected in bulk. Without scripts you are asked to wait one minute.',
    working: 'Checking… Please wait a few seconds.',
  },
  faults: {
    NIK_EMPTY: 'Enter your NIK.',
    NIK_NOT_16_DIGITS: 'A NIK has 16 digits. Please compare it with your e-KTP, Suket or family card.',
    SECOND_EMPTY: 'Enter your full name or your KK number.',
    SECOND_UNREADABLE: 'Enter your full name (at least two letters) or your KK number (exactly 16 digits).',
    SECOND_TOO_LONG: 'The name is too long. Enter at most 100 letters.',
  },
  notices: {
    WRONG: {
      title: 'Not found, or the details do not match',
      lead: STILL_YOUR_RIGHT,
      points: [
        'Is the first number perhaps your KK number? Both have 16 digits. The KK number stands at the top of the family card; your NIK stands next to your name.',
        'Type the name again exactly as on your KK or Suket, or use the KK number instead.',
        'After five wrong answers within an hour, that NIK cannot be checked here for a while.',
        DISDUKCAPIL_HELPS,
      ],
    },
    LOCKED: {
      title: 'Checks of this NIK are paused',
      lead: 'Within the last hour, wrong details were entered for this NIK five times, perhaps not by you. To protect its owner, we hold back every answer for now, even to the right details.',
      points: ['Please try again in an hour.', DISDUKCAPIL_HELPS, STILL_YOUR_RIGHT],
    },
    PROOF_NEEDED: {
      title: 'The service is very busy. Please wait one minute',
      lead: 'To protect residents’ data, what you sent has not been checked yet. Please wait one minute on this page, then fill in the form here again. This says nothing about your right to vote.',
      points: [
        'Please do not send it before the minute is over: the wait would start again.',
        'For your safety, both boxes were emptied. The form on this page is good for 20 minutes and for one check.',
        DISDUKCAPIL_HELPS,
      ],
    },
    TOO_MANY: {
      title: 'Too many checks from this network',
      lead: 'Please try again in an hour at most. A shared network, such as public Wi-Fi, counts as one.',
      points: [DISDUKCAPIL_HELPS, STILL_YOUR_RIGHT],
    },
    UNAVAILABLE: {
      title: 'The service is down at the moment',
      lead: 'Nothing can be looked up right now. This says nothing about your right to vote. Please try again in a few minutes.',
      points: [
        `On ${weekday}, bring to the polling station (TPS) all the same: your original e-KTP or Suket, and form C6 if you received one.`,
        'On the voter list (DPT): 07:00–13:00 local time, at your own TPS.',
        'Not on the list: 12:00–13:00 local time with your original e-KTP or Suket, at the TPS of the RT/RW written on that document.',
        'No e-KTP and no Suket yet? Go to the Disdukcapil of your regency or city; the sooner, the better.',
      ],
    },
    BODY_TOO_LARGE: {
      title: 'That was too long',
      lead: 'This form needs only a NIK and a full name or KK number.',
      points: [],
    },
    NOT_A_FORM: {
      title: 'That could not be read',
      lead: 'Please use the form on this page. Computer programs can use the API.',
      points: [],
    },
    UNKNOWN_PROBLEM: { title: 'Page not found', lead: 'There is no explanation at this address.', points: [] },
    BROKEN: {
      title: 'Something went wrong on our side',
      lead: 'The check was not completed. This says nothing about your right to vote. Please try again in a few minutes.',
      points: [DISDUKCAPIL_HELPS],
    },
  },
  again: 'To the form',
  problem: { heading: 'An API error explained', status: 'HTTP status' },
  result: englishResult({ day, weekday, bornBy }),
});
