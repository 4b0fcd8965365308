import { LIMITS } from '../../checks/limits.ts';
import type { Language } from '../language.ts';
import { englishResult } from './en-result.ts';
import type { WrittenDays } from './messages.ts';
import { passage, text } from './passage.ts';

const STILL_YOUR_RIGHT = text`This does not mean that you cannot vote. What counts at the polling station (TPS) is
  the voter list (DPT) and your document.`;
const DISDUKCAPIL_HELPS = text`Another way: go to the Disdukcapil (civil registry office) of your regency or city
  with your family card (KK). Staff there can look up your record directly.`;
const SCRIPTLESS = 'This page uses no cookies and no scripts, and contacts no other site.';

/** Every text in English; its shape is that of every language. */
export const english = ({ day, weekday, bornBy }: WrittenDays) => ({
  language: 'en' as Language,
  frame: {
    tagline: `Pilkada, ${day}`,
    skip: 'Skip to content',
    switchLanguage: 'Bahasa Indonesia',
    startAgainInOther: 'Mulai lagi: Indonesia',
    advice: text`This page advises; it decides nothing. The polling station goes by the voter list (DPT), your
      document and the decision of its officers (KPPS).`,
    requestId: 'Request number',
    sampleLabel: 'Sample data',
    sample: (date: string) => `Sample data (synthetic) as of ${date}; these are not real residents.`,
  },
  form: {
    title: `Are you ready to vote on ${day}?`,
    lead: text`Check whether your e-KTP (identity card) has been printed, or whether you need a Surat Keterangan
      (Suket) to vote in the Pilkada, the regional elections. The answer says what to bring, where to go and by
      when.`,
    nik: 'NIK',
    nikHint: '16 digits on your e-KTP or Suket, or next to your name on the family card (KK).',
    second: 'Full name or KK number',
    secondHint: text`Your name as written on the family card, or its 16-digit number. It keeps others from looking
      you up by your NIK alone.`,
    submit: 'Check',
    errorsTitle: 'Something needs correcting',
    errorsRetype: 'For your safety, both boxes were emptied. Please fill in both again.',
    errorPrefix: 'Please correct',
    aboutLabel: 'Background',
    about: [
      passage`What is stored and what is not
        - The NIK, name and KK number you type are not stored and never appear in a page address.
        - What is recorded: the time of the check, its answer, and keyed tags in place of the NIK and of your
          internet address, to limit the number of tries. Without the key, the tags point to nobody.
        - ${SCRIPTLESS}`,
      passage`Who may vote
        - Indonesian citizens who on ${day} are 17 or older (born on or before ${bornBy}), or who are or have been
          married.
        - They live in an area that holds a Pilkada, as shown by the e-KTP; those without an e-KTP yet show a Suket
          from the Disdukcapil (civil registry office).
        - They are not serving in the armed forces (TNI) or the police (Polri).`,
      passage`How recent the data is
        - The answer comes from a copy of the population registry and always states the date of that copy. Changes
          after that date do not show here yet.`,
    ],
    scriptless: SCRIPTLESS,
    scripted: text`This page uses no cookies and contacts no other site. As there are many wrong checks at the
      moment, it uses one small script: your phone is given some arithmetic for a few seconds, so that residents’
      data cannot be collected in bulk. Without scripts you are asked to wait one minute.`,
    working: 'Checking… Please wait a few seconds.',
  },
  faults: {
    NIK_EMPTY: 'Enter your NIK.',
    NIK_NOT_16_DIGITS: 'A NIK has 16 digits. Please compare it with your e-KTP, Suket or family card.',
    SECOND_EMPTY: 'Enter your full name or your KK number.',
    SECOND_UNREADABLE: 'Enter your full name (at least two letters) or your KK number (exactly 16 digits).',
    SECOND_TOO_LONG: `The name is too long. Enter at most ${LIMITS.maxNameChars} letters.`,
  },
  notices: {
    WRONG: passage`Not found, or the details do not match
      ${STILL_YOUR_RIGHT}
      - Is the first number perhaps your KK number? Both have 16 digits. The KK number stands at the top of the
        family card; your NIK stands next to your name.
      - Type the name again exactly as on your KK or Suket, or use the KK number instead.
      - After five wrong answers within an hour, that NIK cannot be checked here for a while.
      - ${DISDUKCAPIL_HELPS}`,
    LOCKED: passage`Checks of this NIK are paused
      Within the last hour, wrong details were entered for this NIK five times, perhaps not by you. To protect its
      owner, we hold back every answer for now, even to the right details.
      - Please try again in an hour.
      - ${DISDUKCAPIL_HELPS}
      - ${STILL_YOUR_RIGHT}`,
    PROOF_NEEDED: passage`The service is very busy. Please wait one minute
      To protect residents’ data, what you sent has not been checked yet. Please wait one minute on this page, then
      fill in the form here again. This says nothing about your right to vote.
      - Please do not send it before the minute is over: the wait would start again.
      - For your safety, both boxes were emptied. The form on this page is good for 20 minutes and for one check.
      - ${DISDUKCAPIL_HELPS}`,
    TOO_MANY: passage`Too many checks from this network
      Please try again in an hour at most. A shared network, such as public Wi-Fi, counts as one.
      - ${DISDUKCAPIL_HELPS}
      - ${STILL_YOUR_RIGHT}`,
    UNAVAILABLE: passage`The service is down at the moment
      Nothing can be looked up right now. This says nothing about your right to vote. Please try again in a few
      minutes.
      - On ${weekday}, bring to the polling station (TPS) all the same: your original e-KTP or Suket, and form C6 if
        you received one.
      - On the voter list (DPT): 07:00–13:00 local time, at your own TPS.
      - Not on the list: 12:00–13:00 local time with your original e-KTP or Suket, at the TPS of the RT/RW written
        on that document.
      - No e-KTP and no Suket yet? Go to the Disdukcapil of your regency or city; the sooner, the better.`,
    BODY_TOO_LARGE: passage`That was too long
      This form needs only a NIK and a full name or KK number.`,
    NOT_A_FORM: passage`That could not be read
      Please use the form on this page. Computer programs can use the API.`,
    UNKNOWN_PROBLEM: passage`Page not found
      There is no explanation at this address.`,
    BROKEN: passage`Something went wrong on our side
      The check was not completed. This says nothing about your right to vote. Please try again in a few minutes.
      - ${DISDUKCAPIL_HELPS}`,
  },
  again: 'To the form',
  status: {
    title: 'Service status',
    answers: {
      DATABASE: 'The service is running',
      SNAPSHOT: 'The service is answering from its backup copy',
      DOWN: 'The service cannot answer at the moment',
    },
    lead: text`Whatever stands here says nothing about your right to vote. The date of the data also stands on every
      answer.`,
    copies: 'Age of the data',
    copy: (source: string, date: string, days: number) =>
      `${source === 'sample' ? 'Sample (synthetic)' : `Region ${source}`}: data as of ${date}, ${days} days old`,
    database: 'Database',
    lastContact: (instant: string) => `Last answered: ${instant}`,
    outSince: (instant: string) => `Has not answered since ${instant}`,
    noContact: 'Has not answered since this server was started',
    upstream: 'Dukcapil web service',
    snapshot: 'Backup copy',
    snapshotOf: (instant: string) => `Made on ${instant}; it answers while the database is away`,
    noSnapshot: 'There is none yet',
    refused: (number: number, code: string) =>
      `Copy number ${number} is not used, as it cannot be relied on (${code})`,
    outages: 'Outages of the last seven days',
    outage: (server: string, instant: string, minutes: number) =>
      `${server === 'upstream' ? 'Dukcapil web service' : 'Database'}: from ${instant}, about ${minutes} min`,
    none: 'None',
  },
  problem: { heading: 'An API error explained', status: 'HTTP status' },
  result: englishResult({ day, weekday, bornBy }),
});
