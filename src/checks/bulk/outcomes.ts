import { formatInstant } from '../../core/dates.ts';
import type { DocumentStatus, Source, VoterStatus } from '../../core/reasons.ts';
import { utcOffsetHours } from '../../core/regions.ts';
import { TextCache } from '../../intake/memo.ts';
import { isRounded } from '../../intake/profile.ts';
import type { LineKind } from '../../intake/tally.ts';
import { rowReader } from '../../registry/find-many.ts';
import { SAMPLE_SOURCE } from '../../registry/sql.ts';
import { type Ledger, visibility } from '../../registry/visibility.ts';
import { answerOf, type Caller, type Rules, rangeOf } from '../check.ts';
import type { Fault, Format, Warning } from './format.ts';
import { BULK_LIMITS } from './limits.ts';

/** What the last line of an answer says. Lines are those answered, with an answer or an error. */
export type BulkSummary = {
  id: string;
  election: string;
  lines: number;
  document: Record<DocumentStatus, number>;
  voter: Record<VoterStatus, number>;
  /** By code. */
  errors: Record<string, number>;
  /** Lines of a table that are no rows, by kind: they have no line in the answer. */
  passedOver: Partial<Record<LineKind, number>>;
  /** What the answer does not say although the upload seems to ask it, and what a spreadsheet has spoilt. */
  warnings: Warning[];
  /** `SAMPLE` where an answer may be of the synthetic sample. */
  source: Source;
  /** RFC 3339, by source that the caller may see. */
  asOf: Record<string, string>;
  /** Of the upload as it came. */
  sha256: string;
};

/**
 * The outcomes of one request: few are distinct, and each is decided and written once. Every line of a request is answered
 * for the same day, whatever the clock does meanwhile.
 */
export function createOutcomes(ledger: Ledger, caller: Caller, rules: Rules, format: Format) {
  const nowMs = rules.now();
  const rulesNow = { ...rules, now: () => nowMs };
  const rowOf = rowReader(ledger, rangeOf(caller));
  const known = new TextCache<{ document: DocumentStatus; voter: VoterStatus; tail: string }>(
    BULK_LIMITS.maxOutcomes,
  );
  const document: BulkSummary['document'] = { EKTP: 0, SUKET: 0, NEITHER: 0, UNDETERMINED: 0 };
  const voter: BulkSummary['voter'] = { ELIGIBLE: 0, NOT_ELIGIBLE: 0, UNDETERMINED: 0 };
  const errors: BulkSummary['errors'] = {};
  let lines = 0;
  let [niks, inZero] = [0, 0];
  return {
    /** Counts a row in its short form; the rest of its line. */
    ofRow(short: string): string {
      let outcome = known.get(short);
      if (outcome === undefined) {
        const answer = answerOf(rowOf(short), rulesNow);
        outcome = { document: answer.document, voter: answer.voter, tail: format.tail(answer) };
        known.put(short, outcome);
      }
      lines += 1;
      document[outcome.document] += 1;
      voter[outcome.voter] += 1;
      return outcome.tail;
    },
    ofFault(fault: Fault): string {
      lines += 1;
      errors[fault.code] = (errors[fault.code] ?? 0) + 1;
      return format.faultTail(fault);
    },
    /** Counts NIKs, and those of them whose last digit is 0. */
    heard(count: number, endInZero: number): void {
      niks += count;
      inZero += endInZero;
    },
    lines: () => lines,
    summary(id: string, sha256: string): BulkSummary {
      const { sources } = visibility(ledger, rangeOf(caller));
      const asOf = sources.map(({ name, region, asOfMs, fullAsOfMs }) => [
        name,
        formatInstant(Math.max(asOfMs, fullAsOfMs ?? asOfMs), utcOffsetHours(region)),
      ]);
      const election = rules.election.id;
      const { passedOver, warnings } = format.found();
      if (isRounded(niks, inZero)) warnings.push('NIKS_ROUNDED');
      const source = sources.some(({ name }) => name === SAMPLE_SOURCE) ? 'SAMPLE' : 'REGISTRY';
      const counts = { lines, document, voter, errors, passedOver };
      return { id, election, ...counts, warnings, source, asOf: Object.fromEntries(asOf), sha256 };
    },
  };
}

export type Outcomes = ReturnType<typeof createOutcomes>;
