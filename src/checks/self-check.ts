import type { Nik } from '../core/nik.ts';
import type { Answer } from './answer.ts';

/** What a resident asks with the form: a NIK and one second fact that a stranger would not know. */
export type SelfCheckQuestion = {
  nik: Nik;
  second: { kind: 'name' | 'kk'; value: string };
  clientAddress: string;
};

/**
 * `WRONG` covers an unknown NIK, an absent or conflicting record, no proof on record and a wrong second fact: nobody can
 * tell them apart. `LOCKED`: five wrong answers for this NIK within an hour. `TOO_MANY`: too many questions from one address.
 */
export type SelfCheckOutcome =
  | { kind: 'ANSWER'; answer: Answer; sampleDate: string | null }
  | { kind: 'WRONG' }
  | { kind: 'LOCKED' }
  | { kind: 'TOO_MANY'; retryAfterSeconds: number }
  | { kind: 'UNAVAILABLE'; retryAfterSeconds: number };
