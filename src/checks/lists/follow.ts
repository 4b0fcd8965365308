import { formatInstant } from '../../core/dates.ts';
import type { DocumentStatus, ReasonCode, VoterStatus } from '../../core/reasons.ts';
import { utcOffsetHours } from '../../core/regions.ts';
import type { StatusCode } from '../../core/status.ts';
import { countRows, findVersions, type ListPosition, NO_ROW } from '../../registry/changes.ts';
import type { Transaction } from '../../registry/sql.ts';
import { visibility } from '../../registry/visibility.ts';
import type { Answer } from '../answer.ts';
import { rangeOf } from '../check.ts';
import { answersByRow, type View } from '../snapshot.ts';
import { cursorOf } from './cursor.ts';
import { LIST_LIMITS } from './limits.ts';

/** What a check shows of one version of a resident's row, asked today. */
type Shown = { document: DocumentStatus; voter: VoterStatus; reasons: ReasonCode[]; statusCode: StatusCode | null };
/** `asOf`: of the copy that brought the change; for a miss by a copy the caller may not see, that of a miss. */
export type Change = { ref: string; from: Shown; to: Shown; asOf: string | null };
/** `cursor` goes on where this page ends; `more`: there is more now. */
export type Changes = { changes: Change[]; cursor: string; more: boolean };
export type Counts = {
  id: string;
  rows: number;
  /** RFC 3339, UTC. */
  createdAt: string;
  cursor: string;
  documents: Record<DocumentStatus, number>;
  /** The oldest among the copies the caller may see. */
  asOf: string | null;
};

/** What is told of an answer; `miss`: the resident is not found. */
const toldOf = ({ document, voter, reasons, statusCode, asOf }: Answer) => ({
  shown: { document, voter, reasons: reasons.map(({ code }) => code), statusCode } as Shown,
  miss: reasons[0]?.code === 'NOT_FOUND',
  asOf,
});

/** One page of what a list's rows became behind a place. Versions that a check shows alike are passed over. */
export async function changesBehind(
  tx: Transaction,
  view: View,
  { list, place, lastCopy, limit }: { list: string; place: ListPosition; lastCopy: number; limit: number },
): Promise<Changes> {
  if (place.copy === lastCopy && place.ref === null) return { changes: [], cursor: cursorOf(place), more: false };
  const told = answersByRow(view, toldOf);
  const dateOf = createDates(view);
  const maxVersions = limit + LIST_LIMITS.maxPassedOver;
  const upTo = Math.min(lastCopy, place.copy + LIST_LIMITS.maxCopies);
  const versions = await findVersions(tx, list, place, { lastCopy: upTo, limit: maxVersions });
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
  return { changes, cursor: cursorOf(end), more: brokenOff || upTo < lastCopy };
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
  const documents: Counts['documents'] = { EKTP: 0, SUKET: 0, NEITHER: 0, UNDETERMINED: 0 };
  let misses = 0;
  for (const { short, count } of await countRows(tx, list)) {
    const { shown, miss } = told(short);
    documents[shown.document] += count;
    if (miss) misses += count;
  }
  return { documents, asOf: told(NO_ROW).asOf, misses };
}
