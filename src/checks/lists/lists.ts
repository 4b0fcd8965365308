import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../core/result.ts';
import { findList, type Place } from '../../registry/changes.ts';
import { readLedger } from '../../registry/find-many.ts';
import type { RegistryKeys } from '../../registry/keys.ts';
import {
  findListByKey,
  type ListReading,
  recordList,
  recordListMisses,
  recordListReading,
  removeList,
} from '../../registry/lists.ts';
import type { Sql, Transaction } from '../../registry/sql.ts';
import { admitted } from '../../registry/standing.ts';
import { keyCheck } from '../../registry/tags.ts';
import type { Fault } from '../bulk/format.ts';
import type { Upload } from '../bulk/upload.ts';
import type { Caller, Rules } from '../check.ts';
import type { InTurn } from '../group.ts';
import { openSnapshot, type View } from '../snapshot.ts';
import { inTime, onceMore, Unavailable } from '../unavailable.ts';
import { cursorOf } from './cursor.ts';
import { type CreatedList, changesBehind, countList, type ListChanges, type ListCounts } from './follow.ts';
import { LIST_LIMITS } from './limits.ts';
import { readLines, readTable } from './read-list.ts';

/**
 * Why there is no answer: `KEY_USED` the idempotency key came with another body, `CURSOR_AHEAD` a copy that never was,
 * `CURSOR_BEHIND` one from before the list was made.
 */
export type ListRefusal = 'NO_LIST' | 'KEY_USED' | 'TOO_MANY_LISTS' | 'CURSOR_AHEAD' | 'CURSOR_BEHIND';
type Created = { created: boolean; list: CreatedList } | { faults: Fault[] };
/** `requestId` is the request's own, a UUID: that of its audit row. */
type Reading = { requestId: string; id: string };

type Dependencies = { keys: RegistryKeys; rules: Rules; sql: Sql; inTurn: InTurn };

const slow = <Value>(work: Promise<Value>): Promise<Value> => inTime(work, LIST_LIMITS.statementTimeoutMs);

export type Lists = ReturnType<typeof createLists>;

/** Lists that a client follows. All rejects with `Refused`, and `Unavailable` where the registry cannot be asked. */
export function createLists(dependencies: Dependencies) {
  const { keys, sql, inTurn } = dependencies;
  const read = createReading(dependencies);
  return {
    /**
     * Keeps a list, whole or not at all; the same key with the same body gives the same list again. The body is the
     * text of JSON lines, or the upload of a table, of which it may throw `IntakeRefusal`.
     */
    async create(
      { id, key, body }: { id: string; key: string; body: string | Upload },
      { client, region: claim }: Caller,
    ): Promise<Result<Created, ListRefusal>> {
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
    /** What a check would show otherwise than before, in the order of commits. `after` null: since the list came. */
    changes({ requestId, id, after, limit }: Reading & { after: Place | null; limit: number }, caller: Caller) {
      const asked = { id: requestId, fromCopy: after && (after.ref === null ? after.copy : -1) };
      const detail = { list: id, ...(after && { after: cursorOf(after) }) };
      return read<ListChanges>({ ...asked, detail }, caller, async (tx, view, { sinceCopy, lastCopy }) => {
        const place = after ?? { copy: sinceCopy, ref: null };
        if (place.copy > lastCopy) return fail('CURSOR_AHEAD');
        // What is older than the list is nobody's to ask: or a list of anybody's NIKs would tell all of their past.
        if (place.copy < sinceCopy || (place.copy === sinceCopy && place.ref !== null)) return fail('CURSOR_BEHIND');
        const page = { list: id, place, lastCopy, limit };
        return ok(await slow(changesBehind(tx, view, page)));
      });
    },
    counts({ requestId, id }: Reading, caller: Caller) {
      const asked = { id: requestId, fromCopy: -1, detail: { list: id } };
      return read<ListCounts>(asked, caller, async (tx, view, { rows, createdAt, lastCopy }) => {
        const { misses, ...counted } = await slow(countList(tx, view, id));
        await slow(recordListMisses(sql, caller.client, misses, rows - misses));
        return ok({ id, rows, createdAt, cursor: cursorOf({ copy: lastCopy, ref: null }), ...counted });
      });
    },
    async remove(id: string, { client, region: claim }: Caller): Promise<Result<null, ListRefusal>> {
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
type Work<Value> = (tx: Transaction, view: View, found: Found) => Promise<Result<Value, ListRefusal>>;

/** Audits, then reads from one snapshot: ledger, list and rows are of the same moment. */
function createReading({ keys, rules, sql }: Dependencies) {
  let atOnce = 0;
  return async <Value>(
    asked: Pick<ListReading, 'id' | 'fromCopy' | 'detail'>,
    { client, region: claim }: Caller,
    work: Work<Value>,
  ): Promise<Result<Value, ListRefusal>> => {
    if (atOnce >= LIST_LIMITS.maxAtOnce) throw new Unavailable('TOO_MANY_LISTS');
    atOnce += 1;
    try {
      const record = { ...asked, client, claim, keyCheck: keyCheck(keys) };
      const { known, claim: region } = admitted(await onceMore(() => inTime(recordListReading(sql, record))));
      if (!known) return fail('NO_LIST');
      return await onceMore(async () => {
        const snapshot = await openSnapshot(sql);
        try {
          const view = { ledger: await inTime(readLedger(snapshot.tx())), caller: { client, region }, rules };
          const found = await inTime(findList(snapshot.tx(), asked.detail.list));
          return found === null ? fail('NO_LIST') : await work(snapshot.tx(), view, found);
        } finally {
          snapshot.end();
        }
      });
    } finally {
      atOnce -= 1;
    }
  };
}
