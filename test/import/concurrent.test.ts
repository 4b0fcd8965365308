import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/keys.ts';
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
    const done = await Promise.allSettled([3, 1, 4, 2].map((n) => importResidents(registry, copyOf(n), { asOf: dayOf(n) })));
    for (const one of done) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'OLDER_AS_OF' });
    const [source] = await registry.sql`SELECT as_of = ${dayOf(4)}::timestamptz AS newest FROM sources`;
    expect(source?.newest).toBe(true);
    const flags = await registry.sql`SELECT DISTINCT flags FROM residents`;
    expect(flags).toHaveLength(1);
    expect(flags[0]?.flags & 256).toBe(0);
    expect(await registry.sql`SELECT 1 FROM copies`).toHaveLength(done.filter(({ status }) => status === 'fulfilled').length);
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
        const kinds = new Set(rows.map(({ facts, asOfMs }) => `${facts?.flags} ${asOfMs}`));
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
});
