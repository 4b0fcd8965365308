import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../src/checks/lists/follow.ts';
import type { StatusCode } from '../../src/core/status.ts';
import { MergeRefusal } from '../../src/registry/merge.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createListsApp, inShort, type ListsApp, listOf } from './service.ts';

const STATUSES: StatusCode[] = ['PRINT_READY_RECORD', 'CARD_ISSUED', 'UNREGISTERED', 'DUPLICATE_RECORD'];
const VOTERS = 24;
const COPIES = 25;
const niks = Object.fromEntries(
  Array.from({ length: 2 * VOTERS }, (_, i) => [`r${String(i).padStart(2, '0')}`, nikOf(i)]),
);
const refs = Object.keys(niks);
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};

describe('readers of changes and imports at the same time', () => {
  let registry: TestRegistry;
  let app: ListsApp;
  let id: string;
  beforeEach(async () => {
    registry = await createTestRegistry();
    app = await createListsApp(registry);
    id = (await app.create(listOf(niks))).body.id;
  });
  afterEach(async () => {
    await app?.close();
    await registry?.close();
  });

  /** Status by reference; null is a resident who is not there. */
  type State = Map<string, StatusCode | null>;
  type Truth = { copy: number; ref: string; from: StatusCode | null; to: StatusCode | null };

  /** Copies of one office with residents of its own, some whole, some in part, some dry or refused; and what each changed. */
  async function importMany(source: string, own: string[], random: () => number): Promise<Truth[]> {
    const truth: Truth[] = [];
    let state: State = new Map(own.map((ref) => [ref, null]));
    for (let n = 1; n <= COPIES; n += 1) {
      const next: State = new Map();
      for (const [ref, status] of state) {
        const dice = random();
        next.set(ref, dice < 0.2 ? null : dice < 0.5 ? (STATUSES[Math.floor(random() * 4)] as StatusCode) : status);
      }
      const full = random() < 0.7;
      const residents = [...next].flatMap(([ref, status]) =>
        status === null ? [] : [resident(niks[ref] as string, { status, region: `${source}.01` })],
      );
      const asOf = new Date(Date.UTC(2018, 0, 1, n)).toISOString();
      const fate = random();
      const options = { source, asOf, full, dryRun: fate < 0.15, maxLost: fate > 0.85 ? 0 : 1 };
      const report = await importResidents(registry, residents, options).catch((error: unknown) => {
        if (error instanceof MergeRefusal) return null;
        throw error;
      });
      if (report === null || report.copy === null) continue;
      // In part: who is missing stays as he was.
      if (!full) for (const [ref, status] of next) if (status === null) next.set(ref, state.get(ref) ?? null);
      for (const ref of own) {
        const [from, to] = [state.get(ref) ?? null, next.get(ref) ?? null];
        if (from !== to) truth.push({ copy: report.copy, ref, from, to });
      }
      state = next;
    }
    return truth;
  }

  /** Follows by cursor until all is done and nothing more comes. */
  async function follow(limit: number, isDone: () => boolean): Promise<Change[]> {
    const got: Change[] = [];
    let cursor = 'c0';
    for (;;) {
      const last = isDone();
      const page = await app.page(id, cursor, limit);
      got.push(...page.changes);
      cursor = page.cursor;
      if (last && !page.more) return got;
      if (!page.more) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it('lose no change and repeat none, in the order of commits', async () => {
    let done = false;
    const seen: number[][] = [];
    const watch = async (): Promise<void> => {
      while (!done) seen.push((await app.sql`SELECT id FROM copies ORDER BY id`).map((row) => row.id));
    };
    const readers = [1, 7, 1_000].map((limit) => follow(limit, () => done));
    const watching = watch();
    const truths = await Promise.all([
      importMany('32.01', refs.slice(0, VOTERS), seeded(1)),
      importMany('32.71', refs.slice(VOTERS), seeded(2)),
    ]).finally(() => {
      done = true;
    });
    const truth = truths.flat().sort((a, b) => a.copy - b.copy || (a.ref < b.ref ? -1 : 1));
    expect(truth.length).toBeGreaterThan(200);
    const expected = truth.map(({ ref, from, to }) => [ref, from, to]);
    for (const got of await Promise.all(readers))
      expect(got.map(({ ref, from, to }) => [ref, from.statusCode, to.statusCode])).toEqual(expected);
    await watching;
    // Whoever saw a copy saw all before it that were ever to be seen.
    const final = (await app.sql`SELECT id FROM copies ORDER BY id`).map((row) => row.id as number);
    expect(final.at(-1)).toBeGreaterThan(final.length);
    for (const ids of seen) expect(ids).toEqual(final.slice(0, ids.length));
  }, 120_000);

  it('see nothing of a copy that commits late, and miss nothing of it after', async () => {
    const people = refs.map((ref) => resident(niks[ref] as string));
    await importResidents(registry, people, { asOf: '2018-01-01T00:00:00+07:00' });
    const printed = (from: number) =>
      people.slice(from).map((one) => ({ ...one, facts: { ...one.facts, status: 'CARD_ISSUED' as const } }));
    const blocked = Promise.withResolvers<void>();
    const blocker = registry.sql.begin(async (tx) => {
      await tx`LOCK TABLE residents IN SHARE ROW EXCLUSIVE MODE`;
      await blocked.promise;
    });
    const waitFor = async (locktype: string): Promise<void> => {
      const waiting = () => app.sql`SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = ${locktype}
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      while ((await waiting()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    // The first has its number and cannot write yet; the second gets no number before the first has committed.
    const options = { full: false };
    const first = importResidents(registry, printed(47), { ...options, asOf: '2018-01-02T00:00:00+07:00' });
    await waitFor('relation');
    const second = importResidents(registry, printed(46), { ...options, asOf: '2018-01-03T00:00:00+07:00' });
    await waitFor('advisory');
    expect(await app.page(id, 'c1')).toEqual({ changes: [], cursor: 'c1', more: false });
    blocked.resolve();
    await blocker;
    expect([(await first).copy, (await second).copy]).toEqual([2, 3]);
    const { changes, cursor } = await app.page(id, 'c1');
    expect([inShort(changes), cursor]).toEqual([
      ['r47 SUKET/PRINT_READY_RECORD → EKTP/CARD_ISSUED', 'r46 SUKET/PRINT_READY_RECORD → EKTP/CARD_ISSUED'],
      'c3',
    ]);
  });
});
