import { z } from 'zod';
import { formatInstant } from '../../core/dates.ts';
import { REASON_CODES } from '../../core/reasons.ts';
import { utcOffsetHours } from '../../core/regions.ts';
import { countRows, findVersions, type ListPosition, NO_ROW } from '../../registry/changes.ts';
import type { Transaction } from '../../registry/sql.ts';
import { visibility } from '../../registry/visibility.ts';
import { type Answer, answer, asOf, byDocument, instant } from '../answer.ts';
import { rangeOf } from '../check.ts';
import { answersByRow, type View } from '../snapshot.ts';
import { cursorText } from './cursor.ts';
import { LIST_LIMITS } from './limits.ts';

const cursor = z.string().meta({ description: 'Where the next question for changes goes on' });
export const createdList = z.object({ id: z.uuid(), rows: z.int(), cursor }).meta({ id: 'CreatedList' });
export type CreatedList = z.infer<typeof createdList>;

/** `createdAt` is in UTC, `asOf` the oldest among the copies the caller may see. */
export const listCounts = createdList
  .extend({ createdAt: instant, documents: byDocument, asOf })
  .meta({ id: 'ListCounts' });
export type ListCounts = z.infer<typeof listCounts>;

/** What a check shows of one version of a resident's row, asked today. */
const shown = answer
  .pick({ document: true, voter: true, statusCode: true })
  .extend({ reasons: z.array(z.enum(REASON_CODES)) });
export const listChanges = z
  .object({
    /** `asOf`: of the copy that brought the change; for a miss by a copy the caller may not see, that of a miss. */
    changes: z.array(z.object({ ref: z.string(), from: shown, to: shown, asOf })),
    cursor,
    more: z.boolean().meta({ description: 'There is more now' }),
  })
  .meta({ id: 'ListChanges' });
export type ListChanges = z.infer<typeof listChanges>;
export type Change = ListChanges['changes'][number];

/** What is told of an answer; `miss`: the resident is not found. */
const toldOf = ({ document, voter, reasons, statusCode, asOf }: Answer) => ({
  shown: { document, voter, reasons: reasons.map(({ code }) => code), statusCode } as z.infer<typeof shown>,
  miss: reasons[0]?.code === 'NOT_FOUND',
  asOf,
});

/** One page of what a list's rows became behind a position. Versions that a check shows alike are passed over. */
export async function changesBehind(
  tx: Transaction,
  view: View,
  { list, position, lastCopy, limit }: { list: string; position: ListPosition; lastCopy: number; limit: number },
): Promise<ListChanges> {
  if (position.copy === lastCopy && position.ref === null)
    return { changes: [], cursor: cursorText(position), more: false };
  const told = answersByRow(view, toldOf);
  const dateOf = createDates(view);
  const maxVersions = limit + LIST_LIMITS.maxPassedOver;
  const upTo = Math.min(lastCopy, position.copy + LIST_LIMITS.maxCopies);
  const versions = await findVersions(tx, list, position, { lastCopy: upTo, limit: maxVersions });
  const changes: Change[] = [];
  let read = 0;
  for (const { ref, copy, before, after } of versions) {
    if (changes.length === limit) break;
    read += 1;
    const [from, to] = [told(before ?? NO_ROW), told(after)];
    if (JSON.stringify(from.shown) === JSON.stringify(to.shown)) continue;
    changes.push({ ref, from: from.shown, to: to.shown, asOf: dateOf(copy, to.miss) ?? to.asOf });
  }
  const brokenOff = read < versions.length || versions.length === maxVersions;
  const last = versions[read - 1];
  const end: ListPosition =
    brokenOff && last !== undefined ? { copy: last.copy, ref: last.ref } : { copy: upTo, ref: null };
  return { changes, cursor: cursorText(end), more: brokenOff || upTo < lastCopy };
}

/** The date of a copy; null where it may not be told: who went where the caller does not see is absent. */
function createDates({ ledger, caller }: View): (copy: number, miss: boolean) => string | null {
  const { sources, copyOf } = visibility(ledger, rangeOf(caller));
  return (id, miss) => {
    const copy = copyOf.get(id);
    if (copy === undefined || (miss && !sources.includes(copy.source))) return null;
    return formatInstant(copy.asOfMs, utcOffsetHours(copy.source.region));
  };
}

/** What a check shows of each row of a list now, counted; and how many are not found. */
export async function countList(tx: Transaction, view: View, list: string) {
  const told = answersByRow(view, toldOf);
  const documents: ListCounts['documents'] = { EKTP: 0, SUKET: 0, NEITHER: 0, UNDETERMINED: 0 };
  let misses = 0;
  for (const { short, count } of await countRows(tx, list)) {
    const { shown, miss } = told(short);
    documents[shown.document] += count;
    if (miss) misses += count;
  }
  return { documents, asOf: told(NO_ROW).asOf, misses };
}
