import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Resident } from '../../src/registry/row-encoder.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createListsApp, inShort, type ListsApp, listOf } from './service.ts';

const NIKS = { a: nikOf(1), b: nikOf(2), c: nikOf(3), d: nikOf(4) };
const day = (n: number): string => `2018-01-${String(n).padStart(2, '0')}T08:00:00+07:00`;
type Facts = Parameters<typeof resident>[1];

describe('the changes of a list', () => {
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
  /** A copy with these residents, and others who are on no list. */
  const copyOf = async (people: Partial<Record<keyof typeof NIKS, Facts>>, asOf: string, options: object = {}) => {
    const residents: Resident[] = Object.entries(people).map(([ref, facts]) =>
      resident(NIKS[ref as keyof typeof NIKS], facts),
    );
    const others = [100, 101, 102].map((n) => resident(nikOf(n), { region: '31.71' }));
    return await importResidents(registry, [...residents, ...others], { asOf, maxLost: 1, ...options });
  };

  it('are none where nothing came', async () => {
    expect(await app.page(id, 'c0')).toEqual({ changes: [], cursor: 'c0', more: false });
    const { body } = await app.ask(`/v1/lists/${id}/changes`);
    expect(body).toEqual({ changes: [], cursor: 'c0', more: false });
  });

  it('tell who was inserted, changed, absent and back again, copy by copy', async () => {
    await copyOf({ a: {}, b: { status: 'UNREGISTERED' } }, day(1));
    await copyOf({ a: {}, b: {} }, day(2));
    await copyOf({ a: { status: 'CARD_ISSUED' } }, day(3));
    await copyOf({ a: { status: 'CARD_ISSUED' }, b: {} }, day(4));
    const all = await app.page(id, 'c0');
    expect(all).toMatchObject({ cursor: 'c4', more: false });
    expect(inShort(all.changes)).toEqual([
      'a NOT_FOUND → SUKET/PRINT_READY_RECORD',
      'b NOT_FOUND → NEITHER/UNREGISTERED',
      'b NEITHER/UNREGISTERED → SUKET/PRINT_READY_RECORD',
      'a SUKET/PRINT_READY_RECORD → EKTP/CARD_ISSUED',
      'b SUKET/PRINT_READY_RECORD → NOT_FOUND',
      'b NOT_FOUND → SUKET/PRINT_READY_RECORD',
    ]);
    expect(all.changes.map(({ asOf }) => asOf)).toEqual([day(1), day(1), day(2), day(3), day(3), day(4)]);
    expect(all.changes[3]).toEqual({
      ref: 'a',
      from: {
        document: 'SUKET',
        voter: 'ELIGIBLE',
        reasons: ['RECORDED_NOT_PRINTED'],
        statusCode: 'PRINT_READY_RECORD',
      },
      to: { document: 'EKTP', voter: 'ELIGIBLE', reasons: ['CARD_PRINTED'], statusCode: 'CARD_ISSUED' },
      asOf: day(3),
    });
    for (const after of [1, 2, 3, 4]) {
      const { changes } = await app.page(id, `c${after}`);
      expect(changes).toEqual(all.changes.slice([0, 2, 3, 5, 6][after]));
    }
  });

  it('tell what conflicts, and what no longer does', async () => {
    await copyOf({ a: {} }, day(1));
    await copyOf({ a: { status: 'CARD_ISSUED' } }, day(1), { source: '32.71' });
    await copyOf({ a: {} }, day(2));
    expect(inShort((await app.page(id, 'c1')).changes)).toEqual([
      'a SUKET/PRINT_READY_RECORD → CONFLICTING_RECORDS',
      'a CONFLICTING_RECORDS → SUKET/PRINT_READY_RECORD',
    ]);
  });

  it('leave out what a check shows alike: confirmed, moved to another source, of another name or village', async () => {
    await copyOf({ a: {}, b: {}, c: {} }, day(1));
    // By the same office, whole and in part; then by another, and back.
    await copyOf({ a: {}, b: {}, c: {} }, day(2));
    await copyOf({ a: {}, b: {}, c: {} }, day(3), { full: false });
    await copyOf({ a: {}, b: {} }, day(4), { source: '32.71', full: false });
    await copyOf({ a: {}, b: {}, c: {} }, day(5));
    await copyOf({ a: { region: '32.01.02.2001' }, b: {}, c: {} }, day(6));
    await importResidents(registry, [resident(NIKS.b, {}, { name: 'ANOTHER NAME' })], { asOf: day(7), full: false });
    expect(inShort((await app.page(id, 'c0')).changes)).toEqual(
      ['a', 'b', 'c'].map((ref) => `${ref} NOT_FOUND → SUKET/PRINT_READY_RECORD`),
    );
    for (const after of [1, 2, 3, 4, 5, 6, 7])
      expect(await app.page(id, `c${after}`)).toEqual({ changes: [], cursor: 'c7', more: false });
    // What another office changes is told, once.
    await copyOf({ a: { status: 'CARD_ISSUED' } }, day(8), { source: '32.71', full: false });
    const { changes } = await app.page(id, 'c3');
    expect(inShort(changes)).toEqual(['a SUKET/PRINT_READY_RECORD → EKTP/CARD_ISSUED']);
  });

  it('tell of reasons and voters, not of status alone', async () => {
    await copyOf({ a: {}, b: {} }, day(1));
    const suket = { issuedOn: '2017-12-01' as never, validUntil: '2018-06-01' as never };
    await copyOf({ a: { deceased: true }, b: { suket } }, day(2));
    const { changes } = await app.page(id, 'c1');
    expect(changes.map(({ ref, from, to }) => [ref, from.voter, to.voter, to.reasons])).toEqual([
      ['a', 'ELIGIBLE', 'UNDETERMINED', ['RECORDED_NOT_PRINTED', 'DECEASED_ON_RECORD']],
      ['b', 'ELIGIBLE', 'ELIGIBLE', ['RECORDED_NOT_PRINTED', 'SUKET_EXPIRES_BEFORE_ELECTION']],
    ]);
  });

  it('come in pages of any size, which together are the whole', async () => {
    await copyOf({ a: {}, b: {}, c: {}, d: {} }, day(1));
    await copyOf({ a: {}, b: {}, c: { status: 'CARD_ISSUED' }, d: {} }, day(2));
    await copyOf({ b: { status: 'UNREGISTERED' }, d: {} }, day(3));
    const whole = await app.page(id, 'c0');
    expect(whole.changes).toHaveLength(8);
    for (const limit of [1, 2, 3, 5, 8]) {
      const got: unknown[] = [];
      let page = await app.page(id, 'c0', limit);
      for (got.push(...page.changes); page.more; got.push(...page.changes)) {
        expect(page.changes.length).toBeLessThanOrEqual(limit);
        page = await app.page(id, page.cursor, limit);
      }
      expect([got, page.cursor]).toEqual([whole.changes, 'c3']);
    }
    // A page that ended within a copy goes on there, whatever came since.
    const first = await app.page(id, 'c0', 2);
    expect(first).toMatchObject({ cursor: 'c1.b', more: true });
    await copyOf({ c: { status: 'UNREGISTERED' } }, day(4));
    const rest = await app.page(id, first.cursor);
    expect(rest.changes.slice(0, 6)).toEqual(whole.changes.slice(2));
    expect(inShort(rest.changes.slice(6))).toEqual([
      'b NEITHER/UNREGISTERED → NOT_FOUND',
      'c NOT_FOUND → NEITHER/UNREGISTERED',
      'd SUKET/PRINT_READY_RECORD → NOT_FOUND',
    ]);
  });

  it('go on past dry runs and refused copies, and behind the cursor that a list came with', async () => {
    await copyOf({ a: {}, b: {} }, day(1));
    await copyOf({ a: { status: 'CARD_ISSUED' } }, day(2), { dryRun: true });
    await expect(copyOf({}, day(2), { maxLost: 0 })).rejects.toMatchObject({ code: 'TOO_MANY_LOST' });
    const { body } = await app.create(listOf({ x: NIKS.a }));
    expect(body.cursor).toBe('c1');
    const { copy } = await copyOf({ a: { status: 'CARD_ISSUED' }, b: {} }, day(2));
    expect(copy).toBeGreaterThan(2);
    const { body: told } = await app.ask(`/v1/lists/${body.id}/changes`);
    expect(inShort(told.changes)).toEqual(['x SUKET/PRINT_READY_RECORD → EKTP/CARD_ISSUED']);
    expect(told.cursor).toBe(`c${copy}`);
  });

  it('show a resident outside the region of who asks as not found on both sides', async () => {
    const [here, there] = [{ region: '32.01.01.1001' }, { region: '32.04.05.2001' }];
    const idOf = async (region: string | null): Promise<string> =>
      (await app.create(listOf(NIKS), { region })).body.id;
    const ids = new Map(
      await Promise.all(['32.01', '33', '32', null].map(async (one) => [one, await idOf(one)] as const)),
    );
    await copyOf({ a: here, b: there, c: there }, day(1), { source: '32' });
    await copyOf({ a: there, b: here, c: { ...there, status: 'CARD_ISSUED' } }, day(2), { source: '32' });
    await copyOf({ b: { ...there, status: 'CARD_ISSUED' } }, day(3), { source: '32.04', full: false });
    const told = async (region: string | null) => {
      const { changes } = await app.page(ids.get(region) as string, 'c0', 1_000, { region });
      return [...inShort(changes), ...new Set(changes.map(({ asOf }) => asOf))];
    };
    expect(await told('32.01')).toEqual([
      'a NOT_FOUND → SUKET/PRINT_READY_RECORD',
      'a SUKET/PRINT_READY_RECORD → NOT_FOUND',
      'b NOT_FOUND → SUKET/PRINT_READY_RECORD',
      'b SUKET/PRINT_READY_RECORD → NOT_FOUND',
      // He went where another office's copies are not seen: dated as a miss is.
      ...[day(1), day(2)],
    ]);
    expect(await told('33')).toEqual([]);
    expect((await told('32')).filter((line) => line?.startsWith('a '))).toHaveLength(1);
    expect((await told(null)).filter((line) => line?.startsWith('c '))).toHaveLength(2);
  });

  it('begin with the first real copy, which removes the synthetic sample', async () => {
    await copyOf({ a: {}, b: {} }, day(1), { source: 'sample' });
    expect(inShort((await app.page(id, 'c0')).changes)).toHaveLength(2);
    await copyOf({ a: { status: 'CARD_ISSUED' } }, day(2));
    expect(inShort((await app.page(id, 'c1')).changes)).toEqual(['a NOT_FOUND → EKTP/CARD_ISSUED']);
    expect((await app.ask(`/v1/lists/${id}`)).body.documents).toMatchObject({ EKTP: 1, UNDETERMINED: 3 });
  });

  it('tell nothing older than the list, whatever cursor is sent', async () => {
    await copyOf({ a: { status: 'UNREGISTERED' }, b: {}, c: {} }, day(1));
    await copyOf({ a: {}, b: {}, c: { status: 'CARD_ISSUED' } }, day(2));
    const { body } = await app.create(listOf(NIKS));
    expect(body.cursor).toBe('c2');
    for (const after of ['c0', 'c1', 'c1.b', 'c2.a', 'c2.-']) {
      const refused = await app.ask(`/v1/lists/${body.id}/changes?after=${after}`);
      expect([after, refused.status, refused.body.errors]).toEqual([
        after,
        409,
        [{ pointer: '/after', code: 'CURSOR_BEHIND' }],
      ]);
    }
    expect((await app.page(body.id, 'c2')).changes).toEqual([]);
    await copyOf({ a: { status: 'CARD_ISSUED' }, b: {}, c: { status: 'CARD_ISSUED' } }, day(3));
    expect(inShort((await app.page(body.id, 'c2')).changes)).toEqual([
      'a SUKET/PRINT_READY_RECORD → EKTP/CARD_ISSUED',
    ]);
    expect((await app.page(body.id, 'c2', 1)).changes).toHaveLength(1);
  });

  it.each([
    ['after=12', 422, '/after', 'NOT_A_CURSOR'],
    ['after=c1.a%20b', 422, '/after', 'NOT_A_CURSOR'],
    ['after=', 422, '/after', 'NOT_A_CURSOR'],
    ['after=c999999999', 409, '/after', 'CURSOR_AHEAD'],
    ['limit=0', 422, '/limit', 'OUT_OF_RANGE'],
    ['limit=10001', 422, '/limit', 'OUT_OF_RANGE'],
    ['limit=RAHASIA', 422, '/limit', 'OUT_OF_RANGE'],
  ])('are refused for %s', async (query, status, pointer, code) => {
    const refused = await app.ask(`/v1/lists/${id}/changes?${query}`);
    expect([refused.status, refused.body.errors]).toEqual([status, [{ pointer, code }]]);
    expect(refused.text).not.toContain('RAHASIA');
  });
});
