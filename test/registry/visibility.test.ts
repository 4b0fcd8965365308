import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rangeOf } from '../../src/checks/check.ts';
import { regionNumber, regionRange } from '../../src/core/regions.ts';
import type { Asked } from '../../src/registry/asked.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { findMany, rowReader } from '../../src/registry/find-many.ts';
import { readLedger } from '../../src/registry/ledger.ts';
import { FLAG } from '../../src/registry/row.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';

/** Suppliers whose regions hold each other, lie apart, and are of several zones. */
const SOURCES = ['32', '32.01', '32.02', '33', '33.02', '91.71', 'sample'];
const REGIONS = ['32', '32.01', '32.01.01', '32.01.01.2001', '32.02', '33', '33.02', '91', '91.71'];
const tagOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const day = fc.integer({ min: 1, max: 4 }).map((n) => Date.UTC(2018, 0, n));
const source = fc.record({ copies: fc.array(day, { minLength: 1, maxLength: 4 }), full: fc.option(fc.nat(3)) });
const ledger = fc.dictionary(fc.constantFrom(...SOURCES), source, { maxKeys: SOURCES.length, noNullPrototype: true });
const row = fc.record({
  copy: fc.nat(30),
  region: fc.option(fc.constantFrom(...REGIONS)),
  flags: fc
    .subarray([FLAG.ABSENT, FLAG.KEPT, FLAG.CONFLICT, FLAG.CONFIRMED], { maxLength: 2 })
    .map((bits) => bits.reduce((all, bit) => all | bit, 0)),
});
const world = fc.record({ ledger, rows: fc.array(row, { minLength: 8, maxLength: 16 }) });
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

describe('what a caller may see', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.close());

  /** Puts a world in place of the last one. */
  async function settle({ ledger: suppliers, rows }: World): Promise<void> {
    const { sql } = registry;
    await sql`TRUNCATE sources, copies, residents, client_usage, client_misses RESTART IDENTITY`;
    let last = 0;
    for (const [name, { copies, full }] of Object.entries(suppliers)) {
      const region = name === 'sample' ? '32.01' : name;
      const { first, last: end } = regionRange(region);
      const fullPlace = full === null ? null : Math.min(full, copies.length - 1);
      const fullMs = fullPlace === null ? null : (copies[fullPlace] as number);
      for (const [i, ms] of copies.entries())
        await sql`INSERT INTO copies (source, as_of, is_full, digest)
          VALUES (${name}, to_timestamp(${ms}::float8 / 1000), ${i === fullPlace}, '')`;
      await sql`INSERT INTO sources (name, region, first_region, last_region, last_copy, as_of, full_as_of, full_copy)
        VALUES (${name}, ${region}, ${first}, ${end}, ${last + copies.length}, to_timestamp(${copies.at(-1) as number}::float8 / 1000),
          to_timestamp(${fullMs}::float8 / 1000), ${fullPlace === null ? null : last + 1 + fullPlace})`;
      last += copies.length;
    }
    for (const [n, { copy, region, flags }] of rows.entries())
      if (last > 0)
        await sql`INSERT INTO residents (tag, copy, region, status, flags)
          VALUES (${tagOf(n)}, ${1 + (copy % last)}, ${region === null ? null : regionNumber(region)}, 9, ${flags})`;
  }

  it('is the same by the statement of a single check and by the one function over the ledger', async () => {
    const callers = [null, ...REGIONS];
    let answers = 0;
    const agree = fc.asyncProperty(world, async (one) => {
      await settle(one);
      // Nobody in the last place; a client each, so that no misses pause it.
      const tags = Array.from({ length: one.rows.length + 1 }, (_, n) => tagOf(n));
      const asked = callers.flatMap((region, i) =>
        tags.map((tag, n): Asked => {
          const caller = { client: `c${i}-${n}`, region };
          const proofs = { nameProof: null, kkProof: null, suketProof: null, keyCheck: '0' };
          return {
            ...proofs,
            id: crypto.randomUUID(),
            tag,
            auditTag: tag,
            client: caller.client,
            claim: region,
            ...rangeOf(caller),
          };
        }),
      );
      const bySql = (await findPrepared(registry.sql, asked)).map(({ finding }) => finding);
      const byFunction = await registry.sql.begin(async (tx) => {
        const [known, shorts] = [await readLedger(tx), await findMany(tx, { tags, proofs: null })];
        return callers.flatMap((region) => shorts.map(rowReader(known, rangeOf({ client: '', region }))));
      });
      expect(bySql).toEqual(byFunction);
      answers += bySql.filter(({ facts }) => facts !== null).length;
    });
    await fc.assert(agree, { numRuns: 40 });
    expect(answers).toBeGreaterThan(300);
  });
});
