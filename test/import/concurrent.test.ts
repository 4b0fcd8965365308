import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { type ImportReport, importExport } from '../../src/platform/import-file.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { connect } from '../../src/registry/sql.ts';
import { DEFAULTS, exportOf, importBytes, people } from '../support/exports.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';

describe('imports of one source at once', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await createTestRegistry();
  });
  afterEach(() => registry.close());

  const niks = Array.from({ length: 60 }, (_, i) => nikOf(i));
  const dayOf = (n: number): string => `2018-01-${String(n).padStart(2, '0')}T12:00:00+07:00`;
  const copyOf = (n: number) => niks.map((nik) => resident(nik, { olderCard: n % 2 === 1, deceased: n > 2 }));

  it('of different dates come one after the other: the newest stands, an older one after it is refused', async () => {
    const done = await Promise.allSettled(
      [3, 1, 4, 2].map((n) => importResidents(registry, copyOf(n), { asOf: dayOf(n) })),
    );
    for (const one of done) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'OLDER_AS_OF' });
    const [source] = await registry.sql`SELECT as_of = ${dayOf(4)}::timestamptz AS newest FROM sources`;
    expect(source?.newest).toBe(true);
    const flags = await registry.sql`SELECT DISTINCT flags FROM residents`;
    expect(flags).toHaveLength(1);
    expect(flags[0]?.flags & 256).toBe(0);
    expect(await registry.sql`SELECT 1 FROM copies`).toHaveLength(
      done.filter(({ status }) => status === 'fulfilled').length,
    );
  });

  it('of the same file are one copy, and no-ops that say so', async () => {
    const reports = await Promise.all(
      Array.from({ length: 3 }, () => importResidents(registry, copyOf(1), { asOf: dayOf(1) })),
    );
    expect(reports.map(({ alreadyImported }) => alreadyImported).sort()).toEqual([false, true, true]);
    expect(await registry.sql`SELECT 1 FROM copies`).toHaveLength(1);
    expect(await registry.sql`SELECT 1 FROM residents`).toHaveLength(60);
  });

  it('are seen by readers whole or not at all', async () => {
    await importResidents(registry, copyOf(1), { asOf: dayOf(1) });
    const keys = deriveKeys(registry.registryKey);
    let importing = true;
    const seen = new Set<string>();
    const reader = async (): Promise<void> => {
      while (importing) {
        const asked = niks.map((nik) =>
          askedOf(keys, crypto.randomUUID(), { nik: nik as Nik }, { client: 'test', region: null }),
        );
        const rows = await findPrepared(registry.sql, asked);
        const kinds = new Set(rows.map(({ finding: { facts, asOfMs } }) => `${facts?.flags} ${asOfMs}`));
        seen.add([...kinds].join(' and '));
      }
    };
    const readers = [reader(), reader()];
    for (let n = 2; n <= 9; n += 1) await importResidents(registry, copyOf(n), { asOf: dayOf(n) });
    importing = false;
    await Promise.all(readers);
    expect(seen.size).toBeGreaterThan(1);
    expect([...seen].filter((kinds) => kinds.includes('and'))).toEqual([]);
  });

  it('wait in line: the older one behind a newer is refused, the same file once more is a no-op', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      const bytes = exportOf(people(30));
      yield bytes.subarray(0, 500);
      await gate.promise;
      yield bytes.subarray(500);
    };
    const newest = exportOf(people(30).map((one) => ({ ...one, status: 'CARD_ISSUED' })));
    const line: Promise<ImportReport>[] = [];
    const join = async (work: () => Promise<ImportReport>): Promise<void> => {
      line.push(work());
      await expect.poll(() => inLine(registry), { timeout: 10_000, interval: 10 }).toBe(line.length);
    };
    const fresh = { ...registry, sql: connect(registry.url, { max: 4 }) };
    await join(() => importExport(fresh, slow(), { ...DEFAULTS, asOf: dayOf(10) }, QUIET));
    await join(() => importBytes(fresh, newest, { asOf: dayOf(12) }));
    await join(() => importBytes(fresh, exportOf(people(29)), { asOf: dayOf(11) }));
    await join(() => importBytes(fresh, newest, { asOf: dayOf(12) }));
    gate.resolve();
    const [first, second, third, fourth] = await Promise.allSettled(line);
    await fresh.sql.end();
    expect(first).toMatchObject({ value: { inserted: 30, alreadyImported: false } });
    expect(second).toMatchObject({ value: { changed: 30, alreadyImported: false } });
    expect(third).toMatchObject({ reason: { code: 'OLDER_AS_OF' } });
    expect(fourth).toMatchObject({ value: { unchanged: 30, alreadyImported: true } });
    expect(await registry.sql`SELECT DISTINCT status, copy FROM residents`).toEqual([{ status: 16, copy: 2 }]);
  });

  it('show readers the old copy until COMMIT, even when all is written', async () => {
    const crowd = people(400);
    await importBytes(registry, exportOf(crowd), { asOf: dayOf(1) });
    const keys = deriveKeys(registry.registryKey);
    const read = async (): Promise<string[]> => {
      const asked = crowd.map(({ nik }) =>
        askedOf(keys, crypto.randomUUID(), { nik: nik as Nik }, { client: 'test', region: null }),
      );
      const rows = await findPrepared(registry.sql, asked);
      return [
        ...new Set(
          rows.map(({ finding: { facts, asOfMs } }) => `${facts?.status} ${new Date(asOfMs ?? 0).toISOString()}`),
        ),
      ];
    };
    const other = { ...registry, sql: connect(registry.url, { max: 1 }) };
    let importing: Promise<ImportReport> | undefined;
    await registry.sql.begin(async (holder) => {
      // What the import does last in its transaction is to analyse the table, for which it has to wait here.
      await holder`LOCK TABLE residents IN SHARE UPDATE EXCLUSIVE MODE`;
      importing = importBytes(other, exportOf(crowd.map((one) => ({ ...one, status: 'CARD_ISSUED' }))), {
        asOf: dayOf(2),
      });
      const waits = () => holder`SELECT 1 FROM pg_locks WHERE relation = 'residents'::regclass AND NOT granted`;
      await expect.poll(waits, { timeout: 10_000, interval: 10 }).toHaveLength(1);
      expect(await read()).toEqual(['6 2018-01-01T05:00:00.000Z']);
    });
    expect(await importing).toMatchObject({ changed: 400 });
    await other.sql.end();
    expect(await read()).toEqual(['16 2018-01-02T05:00:00.000Z']);
  });
});

const QUIET = { progress: () => {}, reject: () => {} };

/** Imports that hold the lock or wait for it. */
const inLine = async ({ sql }: TestRegistry): Promise<number> =>
  (
    await sql`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
  ).length;
