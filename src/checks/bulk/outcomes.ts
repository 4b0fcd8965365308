import { z } from 'zod';
import { formatInstant } from '../../core/dates.ts';
import { utcOffsetHours } from '../../core/regions.ts';
import { isRounded } from '../../intake/profile.ts';
import { LINE_KINDS } from '../../intake/tally.ts';
import type { ManyAsked } from '../../registry/find-many.ts';
import { SAMPLE_SOURCE, visibility } from '../../registry/visibility.ts';
import { byDocument, byVoter, instant, sha256, source } from '../answer.ts';
import { rangeOf } from '../check.ts';
import { answersByRow, type View } from '../snapshot.ts';
import { type Fault, type Format, WARNINGS } from './format.ts';

/** What the last line of an answer says. Lines are those answered, with an answer or an error. */
export const bulkSummary = z.object({
  id: z.uuid(),
  election: z.string(),
  lines: z.int(),
  document: byDocument,
  voter: byVoter,
  /** By code. */
  errors: z.record(z.string(), z.int()),
  passedOver: z
    .partialRecord(z.enum(LINE_KINDS), z.int())
    .meta({ description: 'Lines of a table that are no rows, by kind: they have no line in the answer' }),
  warnings: z.array(z.enum(WARNINGS)).meta({
    description: `NAME_NOT_COMPARED, KK_NOT_COMPARED: a column looks like names or family cards, but its header is not
known. NIKS_ROUNDED: nearly all NIKs end in 0, a spreadsheet has eaten their last digit`,
  }),
  /** `SAMPLE` where an answer may be of the synthetic sample. */
  source,
  /** By source that the caller may see. */
  asOf: z.record(z.string(), instant),
  /** Of the upload as it came. */
  sha256,
});
export type BulkSummary = z.infer<typeof bulkSummary>;

/** A line of the answer: its beginning, and what is wrong with it or the short form of the row that was found. */
export type AnsweredLine = { beginning: string; fault: Fault | null; short: string };
/** A block of lines that was read and tagged; no NIK is left. `inZero`: NIKs whose last digit is 0. */
export type QuestionBlock = {
  lines: AnsweredLine[];
  /** In the order of the tags, which is how the table lies; `askedLines` are theirs. */
  asked: ManyAsked;
  askedLines: AnsweredLine[];
  inZero: number;
};

/** The outcomes of one request, written and counted. Few are distinct, and each is decided and written once. */
export function createOutcomes(view: View, format: Format) {
  const outcomeOf = answersByRow(view, (answer) => ({
    document: answer.document,
    voter: answer.voter,
    tail: format.tail(answer),
  }));
  const document: BulkSummary['document'] = { EKTP: 0, SUKET: 0, NEITHER: 0, UNDETERMINED: 0 };
  const voter: BulkSummary['voter'] = { ELIGIBLE: 0, NOT_ELIGIBLE: 0, UNDETERMINED: 0 };
  const errors: BulkSummary['errors'] = {};
  const counts = { lines: 0, document, voter, errors };
  let [niks, inZero] = [0, 0];
  return {
    counts,
    /** The answered lines of a block, given the rows that were found, in the order asked. */
    answer(block: QuestionBlock, shorts: readonly string[]): Buffer {
      block.askedLines.forEach((line, i) => {
        line.short = shorts[i] as string;
      });
      counts.lines += block.lines.length;
      niks += block.askedLines.length;
      inZero += block.inZero;
      const text = block.lines.map(({ beginning, fault, short }) => {
        if (fault !== null) {
          errors[fault.code] = (errors[fault.code] ?? 0) + 1;
          return beginning + format.faultTail(fault);
        }
        const outcome = outcomeOf(short);
        document[outcome.document] += 1;
        voter[outcome.voter] += 1;
        return beginning + outcome.tail;
      });
      return Buffer.from(text.join(''), 'latin1');
    },
    summary(id: string, digest: string): BulkSummary {
      const { sources } = visibility(view.ledger, rangeOf(view.caller));
      const asOf = sources.map(({ name, region, asOfMs, fullAsOfMs }) => [
        name,
        formatInstant(Math.max(asOfMs, fullAsOfMs ?? asOfMs), utcOffsetHours(region)),
      ]);
      const warnings = [...format.warnings, ...(isRounded(niks, inZero) ? (['NIKS_ROUNDED'] as const) : [])];
      return {
        id,
        election: view.rules.election.id,
        ...counts,
        passedOver: format.passedOver,
        warnings,
        source: sources.some(({ name }) => name === SAMPLE_SOURCE) ? 'SAMPLE' : 'REGISTRY',
        asOf: Object.fromEntries(asOf),
        sha256: digest,
      };
    },
  };
}
