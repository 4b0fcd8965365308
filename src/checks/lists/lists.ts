import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../core/result.ts';
import type { ListPosition } from '../../registry/changes.ts';
import { readLedger } from '../../registry/ledger.ts';
import {
  findList,
  findListByKey,
  type List,
  recordList,
  recordListMisses,
  removeList,
} from '../../registry/lists.ts';
import type { RegistryKeys } from '../../registry/registry-keys.ts';
import { type ManyRequest, recordRequest } from '../../registry/requests.ts';
import type { Sql, Transaction } from '../../registry/sql.ts';
import { admitted } from '../../registry/standing.ts';
import { keyCheck } from '../../registry/tags.ts';
import type { Fault } from '../bulk/format.ts';
import type { Upload } from '../bulk/upload.ts';
import type { Caller, Rules } from '../check.ts';
import type { InTurn } from '../group.ts';
import { openSnapshot, type View } from '../snapshot.ts';
import { inTime, onceMore, Unavailable } from '../unavailable.ts';
import { cursorText } from './cursor.ts';
import { type CreatedList, changesBehind, countList, type ListChanges, type ListCounts } from './follow.ts';
import { LIST_LIMITS } from './limits.ts';
import { readLines, readTable } from './read-list.ts';

/**
 * Why there is no answer: `KEY_USED` the idempotency key came with another body, `CURSOR_AHEAD` a copy that never was,
 * `CURSOR_BEHIND` one from before the list was made.
 */
export type ListRefusal = 'NO_LIST' | 'KEY_USED' | 'TOO_MANY_LISTS' | 'CURSOR_AHEAD' | 'CURSOR_BEHIND';
type Created = { created: boolean; list: CreatedList } | { faults: Fault[] };
/** Of which list; `requestId` is the request's own, a UUID: that of its audit row. */
type ListRequest = { requestId: string; id: string };

type Dependencies = { keys: RegistryKeys; rules: Rules; sql: Sql; inTurn: InTurn };

const slow = <Value>(work: Promise<Value>): Promise<Value> => inTime(work, LIST_LIMITS.statementTimeoutMs);

export type Lists = ReturnType<typeof createLists>;

/** Lists that a client follows. All rejects with `Refused`, and `Unavailable` where the registry cannot be asked. */
export function createLists({ keys, rules, sql, inTurn }: Dependencies) {
  const asking = ({ client, region: claim }: Caller) => ({ client, claim, keyCheck: keyCheck(keys) });
  const read = createReader(sql, rules);
  return {
    /**
     * Keeps a list, whole or not at all; the same key with the same body gives the same list again. The body is the
     * text of JSON lines, or the upload of a table, of which it may throw `IntakeRefusal`.
     */
    async create(
      { id, key, body }: { id: string; key: string; body: string | Upload },
      caller: Caller,
    ): Promise<Result<Created, ListRefusal>> {
      const isLines = typeof body === 'string';
      const { refs, tags, faults } = await (isLines ? readLines(body, keys) : readTable(body.spool.read(), keys));
      if (faults.length > 0) return ok({ faults });
      const digest = isLines ? createHash('sha256').update(body).digest('hex') : body.sha256;
      const list = { ...asking(caller), id, key, digest, refs, tags };
      const made = await onceMore(() => slow(inTurn(() => recordList(sql, list, LIST_LIMITS.maxPerClient))));
      const { sinceCopy } = admitted(made);
      if (sinceCopy !== null) return ok({ created: true, list: createdList(id, refs.length, sinceCopy) });
      const kept = await onceMore(() => inTime(inTurn(() => findListByKey(sql, caller.client, key))));
      if (kept !== null && kept.digest !== digest) return fail('KEY_USED');
      if (kept !== null) return ok({ created: false, list: createdList(kept.id, kept.rows, kept.sinceCopy) });
      if (made.tooMany) return fail('TOO_MANY_LISTS');
      throw new Unavailable('LIST_GONE');
    },
    /** What a check would show otherwise than before, in the order of commits. `after` null: since the list came. */
    changes(
      { requestId, id, after, limit }: ListRequest & { after: ListPosition | null; limit: number },
      caller: Caller,
    ): Promise<Result<ListChanges, ListRefusal>> {
      const detail = { list: id, ...(after && { after: cursorText(after) }) };
      const fromCopy = after && (after.ref === null ? after.copy : -1);
      const request = { ...asking(caller), kind: 'LIST', id: requestId, detail, fromCopy } as const;
      return read(request, async (tx, view, { sinceCopy }) => {
        const lastCopy = lastCopyOf(view);
        const position = after ?? { copy: sinceCopy, ref: null };
        if (position.copy > lastCopy) return fail('CURSOR_AHEAD');
        // What is older than the list is nobody's to ask: or a list of anybody's NIKs would tell all of their past.
        if (position.copy < sinceCopy || (position.copy === sinceCopy && position.ref !== null))
          return fail('CURSOR_BEHIND');
        return ok(await slow(changesBehind(tx, view, { list: id, position, lastCopy, limit })));
      });
    },
    counts({ requestId, id }: ListRequest, caller: Caller): Promise<Result<ListCounts, ListRefusal>> {
      const detail = { list: id };
      const request = { ...asking(caller), kind: 'LIST', id: requestId, detail, fromCopy: -1 } as const;
      return read(request, async (tx, view, { rows, createdAtMs }) => {
        const { misses, ...counted } = await slow(countList(tx, view, id));
        await slow(recordListMisses(sql, caller.client, misses, rows - misses));
        const createdAt = new Date(createdAtMs).toISOString();
        return ok({ id, rows, createdAt, cursor: cursorText({ copy: lastCopyOf(view), ref: null }), ...counted });
      });
    },
    async remove(id: string, caller: Caller): Promise<Result<null, ListRefusal>> {
      const removed = await onceMore(() => slow(inTurn(() => removeList(sql, asking(caller), id))));
      return admitted(removed).known ? ok(null) : fail('NO_LIST');
    },
  };
}

const createdList = (id: string, rows: number, sinceCopy: number): CreatedList => {
  return { id, rows, cursor: cursorText({ copy: sinceCopy, ref: null }) };
};

/** The last copy of a snapshot; 0 where it has none. */
const lastCopyOf = ({ ledger }: View): number => Math.max(0, ...ledger.copies.map(({ id }) => id));

type Work<Value> = (tx: Transaction, view: View, list: List) => Promise<Result<Value, ListRefusal>>;

/** Audits, then reads from one snapshot: ledger, list and rows are of the same moment. */
function createReader(sql: Sql, rules: Rules) {
  let readers = 0;
  return async <Value>(
    request: ManyRequest & { kind: 'LIST' },
    work: Work<Value>,
  ): Promise<Result<Value, ListRefusal>> => {
    if (readers >= LIST_LIMITS.maxAtOnce) throw new Unavailable('TOO_MANY_LISTS');
    readers += 1;
    try {
      const { known, claim } = admitted(await onceMore(() => inTime(recordRequest(sql, request))));
      if (!known) return fail('NO_LIST');
      const caller = { client: request.client, region: claim };
      return await onceMore(async () => {
        const snapshot = await openSnapshot(sql);
        try {
          const ledger = await inTime(readLedger(snapshot.tx()));
          const list = await inTime(findList(snapshot.tx(), request.detail.list));
          return list === null ? fail('NO_LIST') : await work(snapshot.tx(), { ledger, caller, rules }, list);
        } finally {
          snapshot.end();
        }
      });
    } finally {
      readers -= 1;
    }
  };
}
