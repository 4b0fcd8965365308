import type { Office } from '../../core/election.ts';
import type { Action, DocumentStatus, ReasonCode, Source } from '../../core/reasons.ts';
import type { FieldFault } from '../form-fields.ts';
import type { Language } from '../language.ts';
import type { Summary, Tone } from '../summary.ts';

/** The days that texts speak of, written out in the language of the texts. */
export type WrittenDays = {
  /** `27 Juni 2018`, polling day. */
  day: string;
  /** `Rabu, 27 Juni 2018`. */
  weekday: string;
  /** Who is born on this day turns 17 on polling day. */
  bornBy: string;
};

/** A page that says one thing: what happened, and what to do about it. */
type Notice = { title: string; lead: string; points: string[] };
export type NoticeKind =
  | 'WRONG'
  | 'LOCKED'
  | 'PROOF_NEEDED'
  | 'TOO_MANY'
  | 'UNAVAILABLE'
  | 'BODY_TOO_LARGE'
  | 'NOT_A_FORM'
  | 'UNKNOWN_PROBLEM'
  | 'BROKEN';

/** Every text of the pages in one language. Records are exhaustive: a new code does not compile without its texts. */
export type Messages = {
  language: Language;
  frame: {
    tagline: string;
    skip: string;
    switchLanguage: string;
    /** On a page that cannot be asked for again in the other language, in the other language. */
    startAgainInOther: string;
    advice: string;
    requestId: string;
    sampleLabel: string;
    sample(day: string): string;
  };
  form: FormMessages;
  faults: Record<FieldFault, string>;
  notices: Record<NoticeKind, Notice>;
  again: string;
  problem: { heading: string; status: string };
  result: ResultMessages;
};

type FormMessages = {
  title: string;
  lead: string;
  nik: string;
  nikHint: string;
  second: string;
  secondHint: string;
  submit: string;
  errorsTitle: string;
  /** What was typed is not filled in again. */
  errorsRetype: string;
  errorPrefix: string;
  aboutLabel: string;
  about: { title: string; points: string[] }[];
  /** A point of `about`, and what stands in its place on a page that asks a proof of work. */
  scriptless: string;
  scripted: string;
  /** While the proof is still being worked out. */
  working: string;
};

export type ResultMessages = {
  title: string;
  words: Record<Tone, string>;
  summaries: Record<Summary, { headline: string; lead: string }>;
  /** Added where the summary leaves the document unsaid. */
  documents: Record<DocumentStatus, string>;
  reasons: Record<ReasonCode, string>;
  basis: Record<ReasonCode, string>;
  basisLabel: string;
  actions: Record<Action, { title: string; text: string; by: string }>;
  headings: Record<'steps' | 'bring' | 'hours' | 'office' | 'contests' | 'why' | 'suket' | 'data', string>;
  bring: Record<DocumentStatus, string[]>;
  /** What holds for those who may come with neither card nor Suket. */
  c6Alone: string;
  hours: { who: string; when: string; where: string }[];
  localTime: string;
  offices: Record<Office, (place: string) => string>;
  disdukcapil(regency: string | null, code: string | null): string;
  district(code: string): string;
  province(name: string): string;
  officeText: string;
  ifWrong: string;
  suket(issuedOn: string | null, validUntil: string, valid: boolean): string;
  sources: Record<Source, string>;
  asOf(instant: string): string;
  asOfUnknown: string;
  disclaimers: string[];
  keep: string;
  again: string;
};
