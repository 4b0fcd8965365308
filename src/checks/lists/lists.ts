import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../core/result.ts';
import { findList, type Place } from '../../registry/changes.ts';
import { readLedger } from '../../registry/find-many.ts';
import type { RegistryKeys } from '../../registry/keys.ts';
import { findListByKey, recordList, recordListMisses, recordListReading, removeList } from '../../registry/lists.ts';
import type { Sql } from '../../registry/sql.ts';
import { admitted } from '../../registry/standing.ts';
import { keyCheck, type Proof } from '../../registry/tags.ts';
import type { Ledger } from '../../registry/visibility.ts';
import type { Fault } from '../bulk/format.ts';
import type { Upload } from '../bulk/upload.ts';
import type { Caller, Rules } from '../check.ts';
import type { InTurn } from '../group.ts';
import { openSnapshot, type Snapshot } from '../snapshot.ts';
import { inTime, onceMore, Unavailable } from '../unavailable.ts';
import { cursorOf } from './cursor.ts';
import { type Changes, type Counts, changesBehind, countList } from './follow.ts';
import { LIST_LIMITS } from './limits.ts';
import { readLines, readTable } from './read-list.ts';

/**
 * Why there is no answer: `KEY_USED` the idempotency key came with another body, `CURSOR_AHEAD` a copy that never was,
 * `CURSOR_BEHIND` one from before the list was made.
 */
export type ListRefusal = 'NO_LIST' | 'KEY_USED' | 'TOO_MANY_LISTS' | 'CURSOR_AHEAD' | 'CURSOR_BEHIND';
export type CreatedList = { id: string; rows: number; cursor: string };
type Created = { created: boolean; list: CreatedList } | { faults: Fault[] };
/** `requestId` is the request's own, a UUID: that of its audit row. */
type Reading = { requestId: string; id: string };

/** Lists that a client follows. Everything rejects with `Refused`, and with `Unavailable` where the registry cannot be asked. */
export type Lists = {
  /**
   * Keeps a list, whole or not at all; the same key with the same body gives the same list again. The body is the text of
   * JSON lines, or the upload of a table, of which it may throw `IntakeRefusal`.
   */
  create(
    upload: { id: string; key: string; body: string | Upload },
    caller: Caller,
  ): Promise<Result<Created, ListRefusal>>;
  /** What a check would show otherwise than before, in the order of commits. `after` null: since the list came. */
  changes(
    asked: Reading & { after: Place | null; limit: number },
    caller: Caller,
  ): Promise<Result<Changes, ListRefusal>>;
  counts(asked: Reading, caller: Caller): Promise<Result<Counts, ListRefusal>>;
  remove(id: string, caller: Caller): Promise<Result<null, ListRefusal>>;
};

type Dependencies = { keys: RegistryKeys; rules: Rules; sql: Sql; inTurn: InTurn };

export function createLists({ keys, rules, sql, inTurn }: Dependencies): Lists {
  const slow = <Value>(work: Promise<Value>): Promise<Value> => inTime(work, LIST_LIMITS.statementTimeoutMs);
  const reading = createReading(sql, keyCheck(keys));
  return {
    async create({ id, key, body }, { client, region: claim }) {
      const isLines = typeof body === 'string';
      const { refs, tags, faults } = await (isLines ? readLines(body, keys) : readTable(body.spool.read(), keys));
      if (faults.length > 0) return ok({ faults });
      const digest = isLines ? createHash('sha256').update(body).digest('hex') : body.sha256;
      const list = { id, client, claim, keyCheck: keyCheck(keys), key, digest, refs, tags };
      const made = await onceMore(() => slow(inTurn(() => recordList(sql, list, LIST_LIMITS.maxPerClient))));
      const { sinceCopy } = admitted(made);
      if (sinceCopy !== null) return ok({ created: true, list: createdList({ id, rows: refs.length, sinceCopy }) });
      const kept = await onceMore(() => inTime(inTurn(() => findListByKey(sql, client, key))));
      if (kept !== null)
        return kept.digest === digest ? ok({ created: false, list: createdList(kept) }) : fail('KEY_USED');
      if (made.tooMany) return fail('TOO_MANY_LISTS');
      throw new Unavailable('LIST_GONE');
    },
    changes: ({ requestId, id, after, limit }, caller) =>
      reading(
        { id: requestId, list: id, after },
        caller,
        async (snapshot, ledger, { sinceCopy, lastCopy }, seeing) => {
          const place = after ?? { copy: sinceCopy, ref: null };
          if (place.copy > lastCopy) return fail('CURSOR_AHEAD');
          // What is older than the list is nobody's to ask: or a list of anybody's NIKs would tell all of their past.
          if (place.copy < sinceCopy || (place.copy === sinceCopy && place.ref !== null))
            return fail('CURSOR_BEHIND');
          const asked = { list: id, place, lastCopy, limit };
          return ok(await slow(changesBehind(snapshot.tx(), ledger, asked, seeing, rules)));
        },
      ),
    counts: ({ requestId, id }, caller) =>
      reading({ id: requestId, list: id, after: 'ALL' }, caller, async (snapshot, ledger, found, seeing) => {
        const { rows, createdAt, lastCopy } = found;
        const cursor = cursorOf({ copy: lastCopy, ref: null });
        const { misses, ...counted } = await slow(countList(snapshot.tx(), ledger, id, seeing, rules));
        await slow(recordListMisses(sql, seeing.client, misses, rows - misses));
        return ok({ id, rows, createdAt, cursor, ...counted });
      }),
    async remove(id, { client, region: claim }) {
      const asking = { client, claim, keyCheck: keyCheck(keys) };
      const { known } = admitted(await onceMore(() => slow(inTurn(() => removeList(sql, asking, id)))));
      return known ? ok(null) : fail('NO_LIST');
    },
  };
}

const createdList = ({ id, rows, sinceCopy }: { id: string; rows: number; sinceCopy: number }): CreatedList => ({
  id,
  rows,
  cursor: cursorOf({ copy: sinceCopy, ref: null }),
});

type Found = NonNullable<Awaited<ReturnType<typeof findList>>>;
/** `seeing` is the caller with the region that it may see now. */
type Work<Value> = (
  snapshot: Snapshot,
  ledger: Ledger,
  found: Found,
  seeing: Caller,
) => Promise<Result<Value, ListRefusal>>;

/** Audits, then reads from one snapshot: ledger, list and rows are of the same moment. */
function createReading(sql: Sql, keyCheck: Proof) {
  let atOnce = 0;
  return async <Value>(
    asked: { id: string; list: string; after: Place | 'ALL' | null },
    { client, region: claim }: Caller,
    work: Work<Value>,
  ): Promise<Result<Value, ListRefusal>> => {
    const { id, list, after } = asked;
    const [place, whole] = after === 'ALL' ? [null, true] : [after, after !== null && after.ref !== null];
    const detail = { list, ...(place === null ? {} : { after: cursorOf(place) }) };
    const record = { id, client, claim, keyCheck, fromCopy: whole ? -1 : (place?.copy ?? null), detail };
    if (atOnce >= LIST_LIMITS.maxAtOnce) throw new Unavailable('TOO_MANY_LISTS');
    atOnce += 1;
    try {
      const { known, claim: region } = admitted(await onceMore(() => inTime(recordListReading(sql, record))));
      if (!known) return fail('NO_LIST');
      return await onceMore(async () => {
        const snapshot = await openSnapshot(sql);
        try {
          const ledger = await inTime(readLedger(snapshot.tx()));
          const found = await inTime(findList(snapshot.tx(), list));
          return found === null ? fail('NO_LIST') : await work(snapshot, ledger, found, { client, region });
        } finally {
          snapshot.end();
        }
      });
    } finally {
      atOnce -= 1;
    }
  };
}
