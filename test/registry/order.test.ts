import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Nik } from '../../src/core/nik.ts';
import { sampleBytes } from '../../src/platform/sample.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { tagsOf } from '../../src/registry/tags.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { importText } from '../support/runtimes.ts';

const ROWS = 20_000;

/** Spearman's correlation of two rankings of the same things, without ties. */
function rankCorrelation(a: readonly string[], b: readonly string[]): number {
  const rank = new Map(b.map((one, i) => [one, i]));
  const squares = a.reduce((sum, one, i) => sum + (i - (rank.get(one) as number)) ** 2, 0);
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1));
}

describe('the physical order of the registry', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    // One key for all runs: chance decides no test.
    registry = { ...(await createTestRegistry()), registryKey: Buffer.alloc(32, 7) };
  });
  afterAll(() => registry.close());

  /** Tags as they lie in the table, those of a copy or all. */
  const lying = async (copy: number): Promise<string[]> =>
    (await registry.sql`SELECT tag FROM residents WHERE copy = ${copy} ORDER BY ctid`).map(
      (row) => row.tag as string,
    );
  const tagOf = (nik: string): string => tagsOf(deriveKeys(registry.registryKey), nik as Nik, {}).tag;

  it('tells nothing about the order of the export, after a first import and among the rows of a second', async () => {
    const niks = Array.from({ length: ROWS }, (_, i) => nikOf(i)).sort();
    const { copy: first } = await importResidents(
      registry,
      niks.map((nik) => resident(nik)),
    );
    const afterFirst = rankCorrelation(niks.map(tagOf), await lying(first as number));
    const changed = niks.slice(0, ROWS / 2);
    const added = Array.from({ length: ROWS / 2 }, (_, i) => nikOf(ROWS + i)).sort();
    const file = [
      ...changed.map((nik) => resident(nik, { status: 'CARD_ISSUED' })),
      ...niks.slice(ROWS / 2).map((nik) => resident(nik)),
      ...added.map((nik) => resident(nik)),
    ];
    const { copy: second } = await importResidents(registry, file, { asOf: '2018-02-01T00:00:00+07:00' });
    const afterSecond = rankCorrelation([...changed, ...added].map(tagOf), await lying(second as number));
    console.log(
      `rank correlation with the file: first import ${afterFirst.toFixed(4)}, rows of the second ${afterSecond.toFixed(4)}`,
    );
    expect(Math.abs(afterFirst)).toBeLessThan(0.02);
    expect(Math.abs(afterSecond)).toBeLessThan(0.02);
  });

  it('is that of the tags', async () => {
    const [row] = await registry.sql`
      SELECT bool_and(in_order) AS sorted FROM (SELECT tag > lag(tag) OVER (ORDER BY ctid) IS NOT FALSE AS in_order FROM residents WHERE copy = 1) rows`;
    expect(row?.sorted).toBe(true);
  });
});

describe('a rank correlation', () => {
  it('is 1 for the same order, -1 for its reverse', () => {
    const order = ['a', 'b', 'c', 'd'];
    expect(rankCorrelation(order, order)).toBe(1);
    expect(rankCorrelation(order, order.toReversed())).toBe(-1);
  });
});

describe('a row of the registry', () => {
  it('takes at most 120 bytes, index included, after a fresh import', async () => {
    const registry = await createTestRegistry();
    const { residents } = await importText(registry, sampleBytes(50_000));
    const [size] =
      await registry.sql`SELECT pg_table_size('residents')::int + pg_indexes_size('residents')::int AS bytes`;
    await registry.close();
    console.log(`bytes a resident: ${(size?.bytes / residents).toFixed(1)}`);
    expect(size?.bytes / residents).toBeLessThanOrEqual(120);
  });
});
