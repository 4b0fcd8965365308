import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIST_LIMITS } from '../../src/checks/lists/limits.ts';
import type { StatusCode } from '../../src/core/status.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createListsApp, type ListsApp, listOf, type Page } from './service.ts';

const REFS = ['a', 'b', 'c', 'd', 'e', 'f'];
const NIKS = Object.fromEntries(REFS.map((ref, i) => [ref, nikOf(i + 1)]));
const day = (n: number): string => `2018-02-${String(n).padStart(2, '0')}T08:00:00+07:00`;
type Step = { day: number; full?: boolean; source?: string; people: Record<string, StatusCode> };

describe('the change log', () => {
  let registry: TestRegistry;
  let app: ListsApp;
  let id: string;
  beforeEach(async () => {
    registry = await createTestRegistry();
    app = await createListsApp(registry);
    id = (await app.create(listOf(NIKS))).body.id;
  });
  afterEach(async () => {
    await app?.close();
    await registry?.close();
  });
  const copy = ({ day: n, full = false, source = '32.01', people }: Step) => {
    // Of no known region, so that a resident is where his source is.
    const residents = Object.entries(people).map(([ref, status]) =>
      resident(NIKS[ref] as string, { status, region: ref < 'c' ? null : '32.01.01' }),
    );
    return importResidents(registry, residents, { source, asOf: day(n), full, allowOlder: true, maxLost: 1 });
  };
  const logged = async (): Promise<number> => {
    const [row] = await registry.sql`SELECT count(*)::int AS rows FROM changes`;
    return row?.rows;
  };

  it('keeps an equal row of a partial copy once, however often it comes', async () => {
    const people: Record<string, StatusCode> = { a: 'CARD_ISSUED', d: 'CARD_ISSUED' };
    await copy({ day: 1, full: true, people });
    for (let n = 2; n <= 6; n += 1) await copy({ day: n, people });
    expect(await logged()).toBe(2);
    const { body } = await app.ask(`/v1/lists/${id}`);
    expect(body.documents).toMatchObject({ EKTP: 2 });
    expect((await app.page(id, 'c0')).changes).toHaveLength(2);
    for (let n = 1; n <= 6; n += 1) expect((await app.page(id, `c${n}`)).changes).toEqual([]);
    await copy({ day: 7, people: { a: 'PRINT_READY_RECORD' } });
    for (let n = 1; n <= 6; n += 1)
      expect(
        (await app.page(id, `c${n}`)).changes.map(({ ref, from, to }) => [ref, from.document, to.document]),
      ).toEqual([['a', 'EKTP', 'SUKET']]);
  });

  /** Full, partial, older, equal and other copies, of two sources. */
  const HISTORY: Step[] = [
    {
      day: 5,
      full: true,
      people: { a: 'CARD_ISSUED', b: 'UNREGISTERED', c: 'CARD_ISSUED', d: 'PRINT_READY_RECORD' },
    },
    { day: 6, people: { a: 'CARD_ISSUED', c: 'CARD_ISSUED', e: 'CARD_ISSUED' } },
    { day: 7, people: { a: 'CARD_ISSUED', c: 'CARD_ISSUED', e: 'CARD_ISSUED', b: 'CARD_ISSUED' } },
    { day: 8, source: '33.01', people: { a: 'CARD_ISSUED', b: 'CARD_ISSUED', f: 'UNREGISTERED' } },
    { day: 9, source: '33.01', people: { a: 'CARD_ISSUED', b: 'CARD_ISSUED', f: 'UNREGISTERED' } },
    { day: 10, source: '33.01', people: { a: 'CARD_ISSUED', b: 'CARD_ISSUED', f: 'UNREGISTERED' } },
    { day: 4, people: { c: 'PRINT_READY_RECORD', d: 'PRINT_READY_RECORD', e: 'CARD_ISSUED' } },
    { day: 11, people: { a: 'CARD_ISSUED', c: 'PRINT_READY_RECORD', d: 'CARD_ISSUED' } },
    { day: 12, full: true, people: { a: 'CARD_ISSUED', c: 'PRINT_READY_RECORD' } },
    { day: 13, people: { c: 'PRINT_READY_RECORD', d: 'CARD_ISSUED', e: 'CARD_ISSUED' } },
    { day: 14, people: { c: 'CARD_ISSUED', d: 'CARD_ISSUED', e: 'CARD_ISSUED' } },
  ];
  it.each([null, '32.01', '33'])(
    'leads from every cursor to what a check shows now, in pages of any size (%s)',
    async (region) => {
      const cursors: { cursor: string; shown: Record<string, string> }[] = [];
      const who = { region };
      // A list is nothing to a narrower token than it was made with.
      const list = (await app.create(listOf(NIKS), who)).body.id;
      const everything = async (after: string, limit: number): Promise<Page['changes']> => {
        // Most of them are misses in the region 33, which would pause the client: not the matter here.
        await registry.sql`DELETE FROM client_misses`;
        const { changes, cursor, more } = await app.page(list, after, limit, who);
        return more ? [...changes, ...(await everything(cursor, limit))] : changes;
      };
      for (const [i, step] of HISTORY.entries()) {
        await copy(step);
        // What a check shows is what the list tells from before its first copy on, which the other tests hold to the registry.
        const shown = Object.fromEntries(REFS.map((ref) => [ref, 'UNDETERMINED']));
        for (const { ref, to } of await everything('c0', 1_000)) shown[ref] = to.document;
        await registry.sql`DELETE FROM client_misses`;
        const { body } = await app.ask(`/v1/lists/${list}`, {}, who);
        for (const [document, count] of Object.entries(body.documents))
          expect(
            Object.values(shown).filter((one) => one === document),
            `${document} after ${i + 1}`,
          ).toHaveLength(count as number);
        cursors.push({ cursor: body.cursor, shown });
      }
      const last = cursors.at(-1)?.shown as Record<string, string>;
      for (const { cursor, shown } of cursors) {
        const all = await everything(cursor, 1_000);
        for (const limit of [1, 2, 3]) expect(await everything(cursor, limit)).toEqual(all);
        const told: Record<string, string> = { ...shown };
        for (const { ref, from, to } of all) {
          expect(from.document, `${cursor} ${ref}`).toBe(told[ref]);
          told[ref] = to.document;
        }
        expect(told, cursor).toEqual(last);
      }
    },
  );

  it('is looked through for so many copies a page, and no further', async () => {
    const copies = async (count: number) =>
      void (await registry.sql`INSERT INTO copies (source, as_of, is_full, digest) SELECT '31.71', now(), true, '' FROM generate_series(1, ${count})`);
    const { maxCopies } = LIST_LIMITS;
    await copies(maxCopies - 1);
    expect(await app.page(id, 'c0')).toEqual({ changes: [], cursor: `c${maxCopies - 1}`, more: false });
    await copies(1);
    expect(await app.page(id, 'c0')).toEqual({ changes: [], cursor: `c${maxCopies}`, more: false });
    await copies(1);
    expect(await app.page(id, 'c0')).toEqual({ changes: [], cursor: `c${maxCopies}`, more: true });
    expect(await app.page(id, `c${maxCopies}`)).toEqual({ changes: [], cursor: `c${maxCopies + 1}`, more: false });
  });
});
