import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, rangeOf } from '../../src/checks/check.ts';
import type { CivilDate } from '../../src/core/dates.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { regionNumber, regionRange } from '../../src/core/regions.ts';
import type { Asked } from '../../src/registry/asked.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { FLAG } from '../../src/registry/row.ts';
import { keyCheck } from '../../src/registry/tags.ts';
import { publishSnapshot } from '../../src/snapshot/publish.ts';
import { openSnapshots } from '../../src/snapshot/snapshot.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';
import { createMemoryStore } from './memory-store.ts';

/** Suppliers whose regions hold each other, lie apart, and are of several zones. */
const SOURCES = ['32', '32.01', '32.02', '91.71', 'sample'];
const REGIONS = ['32', '32.01', '32.01.01', '32.01.01.2001', '32.02', '33.02', '91.71'];
/** Spread over all shards, the first and the last among them. */
const tagOf = (n: number): string =>
  `${((n * 0x1fff) & 0xffff).toString(16).padStart(4, '0')}0000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const day = fc.integer({ min: 1, max: 4 }).map((n) => Date.UTC(2018, 0, n));
const source = fc.record({
  copies: fc.array(day, { minLength: 1, maxLength: 3 }),
  full: fc.option(fc.nat(2)),
  nameVersion: fc.constantFrom(1, 2),
});
const ledger = fc.dictionary(fc.constantFrom(...SOURCES), source, { maxKeys: SOURCES.length, noNullPrototype: true });
const civil = (min: string, max: string) =>
  fc.option(
    fc
      .date({ min: new Date(min), max: new Date(max), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10) as CivilDate),
  );
const proof = fc.option(fc.constantFrom('1', '-1', '9223372036854775807', '-9223372036854775808'));
const flagBits = fc.subarray(
  Object.values(FLAG).map((bit) => bit as number),
  { maxLength: 4 },
);
const row = fc.record({
  copy: fc.nat(30),
  region: fc.option(fc.constantFrom(...REGIONS)),
  status: fc.integer({ min: -1, max: 20 }),
  flags: flagBits.map((bits) => bits.reduce((all, bit) => all | bit, 0)),
  suketIssued: civil('2016-01-01', '2018-06-27'),
  suketEnds: civil('2016-01-01', '9999-12-31'),
  ofAgeOn: civil('2018-01-13', '2035-12-31'),
  name: proof,
  kk: proof,
  suket: proof,
});
const world = fc.record({ ledger, rows: fc.array(row, { minLength: 8, maxLength: 16 }) });
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

describe('a snapshot', () => {
  let registry: TestRegistry;
  const keys = deriveKeys(randomBytes(32));
  beforeAll(async () => {
    registry = await createTestRegistry();
    await registry.sql`INSERT INTO registry_key (key_check) VALUES (${keyCheck(keys)}::bigint)`;
  });
  afterAll(() => registry.close());

  /** Puts a world in place of the last one. */
  async function settle({ ledger: suppliers, rows }: World): Promise<void> {
    const { sql } = registry;
    await sql`TRUNCATE sources, copies, residents, client_usage, client_misses RESTART IDENTITY`;
    let last = 0;
    for (const [name, { copies, full, nameVersion }] of Object.entries(suppliers)) {
      const region = name === 'sample' ? '32.01' : name;
      const { first, last: end } = regionRange(region);
      const fullPlace = full === null ? null : Math.min(full, copies.length - 1);
      const fullMs = fullPlace === null ? null : (copies[fullPlace] as number);
      for (const [i, ms] of copies.entries())
        await sql`INSERT INTO copies (source, as_of, is_full, digest)
          VALUES (${name}, to_timestamp(${ms}::float8 / 1000), ${i === fullPlace}, '')`;
      await sql`INSERT INTO sources (name, region, first_region, last_region, last_copy, name_version, as_of, full_as_of,
          full_copy)
        VALUES (${name}, ${region}, ${first}, ${end}, ${last + copies.length}, ${nameVersion},
          to_timestamp(${copies.at(-1) as number}::float8 / 1000), to_timestamp(${fullMs}::float8 / 1000),
          ${fullPlace === null ? null : last + 1 + fullPlace})`;
      last += copies.length;
    }
    if (last === 0) return;
    for (const [n, one] of rows.entries())
      await sql`INSERT INTO residents (tag, copy, region, status, flags, suket_issued, suket_ends, of_age_on, name_proof,
          kk_proof, suket_proof)
        VALUES (${tagOf(n)}, ${1 + (one.copy % last)}, ${one.region === null ? null : regionNumber(one.region)},
          ${one.status}, ${one.flags}, ${one.suketIssued}::text::date, ${one.suketEnds}::text::date,
          ${one.ofAgeOn}::text::date, ${one.name}::bigint, ${one.kk}::bigint, ${one.suket}::bigint)`;
  }

  it('answers every caller as the database does, but for the source, whatever stands in the registry', async () => {
    const rules = { election: PILKADA_2018, todayOverride: null, now: () => Date.parse('2018-03-01T12:00:00+07:00') };
    let answers = 0;
    const agree = fc.asyncProperty(world, proof, async (one, proved) => {
      await settle(one);
      const store = createMemoryStore();
      await publishSnapshot(registry.sql, keys, store, Date.now);
      const snapshot = openSnapshots({ store, keys, now: Date.now, registry: () => null });
      const tags = Array.from({ length: one.rows.length + 1 }, (_, n) => tagOf(n));
      const asked = [null, ...REGIONS].flatMap((region, i) =>
        tags.map((tag, n): Asked => {
          const caller = { client: `c${i}-${n}`, region };
          const proofs = { nameProof: proved, kkProof: proved, suketProof: proved, keyCheck: keyCheck(keys) };
          const id = crypto.randomUUID();
          return { ...proofs, id, tag, auditTag: tag, client: caller.client, claim: region, ...rangeOf(caller) };
        }),
      );
      const database = await findPrepared(registry.sql, asked);
      for (const [i, question] of asked.entries()) {
        const published = await snapshot.find(question);
        const { finding } = database[i] as (typeof database)[number];
        expect(answerOf(published, rules)).toEqual({ ...answerOf(finding, rules), source: 'SNAPSHOT' });
        answers += 1;
      }
    });
    await fc.assert(agree, { numRuns: 60, seed: 20180627 });
    expect(answers).toBeGreaterThan(3_000);
  });
});
