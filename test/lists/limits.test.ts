import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LIST_LIMITS } from '../../src/checks/lists/limits.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { still, stopTimers, turn } from '../support/still-clock.ts';
import { createListsApp, type ListsApp, listOf } from './service.ts';

/** However busy the machine is. */
const IN_THE_END = { timeout: 60_000 };
const around = (limit: number): number[] => [limit - 1, limit, limit + 1];
const NIK = nikOf(1);
const ROW = listOf({ a: NIK });
const CSV = { headers: { 'Content-Type': 'text/csv' } };

let registry: TestRegistry;
let app: ListsApp;
beforeAll(async () => {
  registry = await createTestRegistry();
  app = await createListsApp(registry);
  await importResidents(registry, [resident(NIK)]);
});
afterAll(async () => {
  await app?.close();
  await registry?.close();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the upload of a list', () => {
  /** A list of one row and blank lines behind it, of so many bytes. */
  const filled = (begun: string, bytes: number): string => {
    const blank = `${' '.repeat(999)}\n`;
    const room = bytes - begun.length;
    return begun + blank.repeat(Math.floor(room / blank.length)) + blank.slice(-(room % blank.length));
  };

  it.each(around(LIST_LIMITS.maxBytes))('may be of %i bytes, or not, in either format', async (bytes) => {
    const expected = bytes > LIST_LIMITS.maxBytes ? 413 : 201;
    expect((await app.create(filled(ROW, bytes))).status).toBe(expected);
    expect((await app.create(new Blob([filled(ROW, bytes)]).stream())).status).toBe(expected);
    expect((await app.create(filled(`ref;nik\na;${NIK}\n`, bytes), CSV)).status).toBe(expected);
  });

  it.each(around(LIST_LIMITS.maxLines))(
    'may be of %i lines, or not, the header of a table not counted',
    async (lines) => {
      const expected =
        lines > LIST_LIMITS.maxLines
          ? { status: 413, body: { errors: [{ code: 'TOO_MANY_LINES' }] } }
          : { status: 201 };
      const blank = '\n'.repeat(lines - 1);
      expect(await app.create(ROW + blank)).toMatchObject(expected);
      expect(await app.create(blank + ROW.trimEnd())).toMatchObject(expected);
      expect(await app.create(`ref;nik\na;${NIK}\n${blank}`, CSV)).toMatchObject(expected);
      expect(await app.create(`ref;nik\na;${NIK}${blank}\n`, CSV)).toMatchObject(expected);
    },
  );

  const ofLine = (line: string) => app.create(`${line}\n`);
  const tooLong = { status: 422, body: { errors: [{ pointer: '/1', code: 'LINE_TOO_LONG' }] } };

  it.each(around(LIST_LIMITS.maxLineBytes))('may have a line of %i bytes, or not', async (bytes) => {
    const line = ROW.trim().replace('}', '}'.padStart(bytes - ROW.trim().length + 1));
    expect(Buffer.byteLength(line)).toBe(bytes);
    expect(await ofLine(line)).toMatchObject(bytes > LIST_LIMITS.maxLineBytes ? tooLong : { status: 201 });
  });

  it.each(around(LIST_LIMITS.maxLineBytes))(
    'has lines that are measured in bytes, not in characters, at %i',
    async (bytes) => {
      // References of wide letters, the last of which the parser takes: the others are no part of the list.
      const begun = '{"ref":"';
      const rest = `",${ROW.trim().slice(1)}`;
      const room = bytes - begun.length - rest.length;
      const line = begun + 'é'.repeat(room >> 1) + 'x'.repeat(room & 1) + rest;
      expect(Buffer.byteLength(line)).toBe(bytes);
      expect(await ofLine(line)).toMatchObject(bytes > LIST_LIMITS.maxLineBytes ? tooLong : { status: 201 });
    },
  );

  it.each(around(LIST_LIMITS.maxFaults))('is told of so many faults of %i, in either format', async (faults) => {
    const told = Math.min(faults, LIST_LIMITS.maxFaults);
    expect((await app.create('x\n'.repeat(faults))).body.errors).toHaveLength(told);
    expect((await app.create(`ref;nik\n${'a;1\n'.repeat(faults)}`, CSV)).body.errors).toHaveLength(told);
  });
});

describe('the lists of a client', () => {
  it.each(around(LIST_LIMITS.maxPerClient))('may be %i, or not', async (number) => {
    const client = `collector-${number}`;
    await registry.sql`INSERT INTO lists (id, client, region, idempotency_key, digest, rows, since_copy)
      SELECT gen_random_uuid(), ${client}, NULL, 'k' || n, '', 1, 0 FROM generate_series(1, ${number - 1}) n`;
    const isMore = number > LIST_LIMITS.maxPerClient;
    expect(await app.create(ROW, { client })).toMatchObject(
      isMore ? { status: 409, body: { errors: [{ code: 'TOO_MANY_LISTS' }] } } : { status: 201 },
    );
  });
});

describe('a page of changes', () => {
  it.each<[number, number]>([
    [0, 422],
    [1, 200],
    [2, 200],
    ...around(LIST_LIMITS.maxPage).map((limit): [number, number] => [limit, limit > LIST_LIMITS.maxPage ? 422 : 200]),
  ])('of %i is given, or not: %i', async (limit, status) => {
    const { id } = (await app.create(ROW)).body;
    const told = await app.ask(`/v1/lists/${id}/changes?limit=${limit}`);
    expect(told.status).toBe(status);
    if (status === 422) expect(told.body.errors).toEqual([{ pointer: '/limit', code: 'OUT_OF_RANGE' }]);
  });

  it('passes over so many versions that a check would not show, and no more', async () => {
    // A list of one resident who is not seen from elsewhere, under many references.
    const who = { client: 'elsewhere', region: '33' };
    const rows = around(LIST_LIMITS.maxPassedOver);
    const lists = await Promise.all(
      rows.map((count) =>
        app.create(listOf(Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${10_000 + i}`, NIK]))), who),
      ),
    );
    const asOf = '2018-01-13T17:00:00+07:00';
    const { copy } = await importResidents(registry, [resident(NIK, { status: 'CARD_ISSUED' })], { asOf });
    for (const [i, { body }] of lists.entries()) {
      const page = await app.page(body.id, body.cursor, 1, who);
      const isBrokenOff = (rows[i] as number) > LIST_LIMITS.maxPassedOver;
      expect(page.changes).toEqual([]);
      expect(page.more).toBe(isBrokenOff);
      expect(page.cursor).toBe(isBrokenOff ? `c${copy}.r${10_000 + LIST_LIMITS.maxPassedOver}` : `c${copy}`);
      if (isBrokenOff)
        expect(await app.page(body.id, page.cursor, 1, who)).toMatchObject({ cursor: `c${copy}`, more: false });
    }
  });
});

describe('a reader of lists', () => {
  /** Lists can be found, but not read, until it is told otherwise. */
  async function lock(): Promise<() => Promise<void>> {
    const locked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const holder = registry.sql.begin(async (tx) => {
      await tx`LOCK TABLE list_refs IN ACCESS EXCLUSIVE MODE`;
      locked.resolve();
      await released.promise;
    });
    await locked.promise;
    return async () => {
      released.resolve();
      await holder;
    };
  }
  const waiting = async (): Promise<number> =>
    (await registry.sql`SELECT FROM pg_locks WHERE NOT granted AND relation = 'list_refs'::regclass`).length;

  it('is one of so many at once, and no more', async () => {
    const { id } = (await app.create(ROW)).body;
    const read = () => app.ask(`/v1/lists/${id}`);
    const release = await lock();
    const readers = Array.from({ length: LIST_LIMITS.maxAtOnce }, read);
    await expect.poll(waiting, IN_THE_END).toBe(LIST_LIMITS.maxAtOnce);
    const refused = await read();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await release();
    for (const { status } of await Promise.all(readers)) expect(status).toBe(200);
    expect((await read()).status).toBe(200);
  });

  it('waits for a statement so long, and no longer', async () => {
    const { id } = (await app.create(ROW)).body;
    const release = await lock();
    stopTimers();
    let status: number | null = null;
    const told = app.ask(`/v1/lists/${id}`).then((one) => (status = one.status));
    while ((await still(waiting())) === 0);
    await vi.advanceTimersByTimeAsync(LIST_LIMITS.statementTimeoutMs - 1);
    await still(turn());
    expect(status).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    await still(told);
    expect(status).toBe(503);
    await still(release());
  });
});
