import { describe, expect, it } from 'vitest';
import { askedOf } from '../../src/checks/check.ts';
import type { CivilDate } from '../../src/core/dates.ts';
import { decide } from '../../src/core/decide.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { Nik } from '../../src/core/nik.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { REASON_CODES } from '../../src/core/reasons.ts';
import { STATUS_CODES } from '../../src/core/status.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { foundOf, storedFacts } from '../../src/registry/row.ts';
import { createTestRegistry, importResidents, nikOf, resident } from '../support/registry.ts';

const day = (text: string): CivilDate => text as CivilDate;
const STATUSES = [...STATUS_CODES, 'EMPTY', 'UNKNOWN'] as const;
const SUKETS = [
  null,
  { issuedOn: day('2018-01-02'), validUntil: day('2018-07-02') },
  { issuedOn: null, validUntil: day('2018-06-26') },
];
const AGES = [null, day('2018-02-10'), day('2018-06-27'), day('2018-06-28')];
const REGIONS = [null, '32.01.01.2001', '32.04', '31.71.02', '91.03.01.1001', '11.01.01'];
const TODAYS = ['2018-01-12', '2018-02-10', '2018-06-27', '2018-06-28'].map(day);
const BITS = ['birthDateUnknown', 'tniPolri', 'deceased', 'inactive', 'olderCard'] as const;

function* everyFact(): Generator<Facts> {
  for (const status of STATUSES)
    for (const suket of SUKETS)
      for (const ofAgeOn of AGES)
        for (const region of REGIONS)
          for (const marital of ['NEVER', 'IS_OR_WAS', 'UNKNOWN'] as const)
            for (const nationality of ['CITIZEN', 'FOREIGN', 'UNCLEAR'] as const)
              for (let bits = 0; bits < 2 ** BITS.length; bits += 1) {
                const flags = Object.fromEntries(BITS.map((bit, i) => [bit, (bits & (1 << i)) !== 0])) as Record<
                  (typeof BITS)[number],
                  boolean
                >;
                yield { status, suket, ofAgeOn, region, marital, nationality, ...flags };
              }
}

const said = (facts: Facts | null, found: Parameters<typeof decide>[0]): string[] =>
  TODAYS.map((today) =>
    JSON.stringify(decide(facts === null ? found : { kind: 'RESIDENT', facts }, PILKADA_2018, today)),
  );

describe('the decision on a stored row', () => {
  it('equals that on the export row, over the whole product of facts', () => {
    const differing: Facts[] = [];
    const reasons = new Set<string>();
    let count = 0;
    for (const facts of everyFact()) {
      count += 1;
      const found = foundOf(storedFacts(facts));
      const [exported, stored] = [said(facts, found), said(null, found)];
      if (exported.join() !== stored.join() && differing.length < 3) differing.push(facts);
      if (count % 97 === 0)
        for (const text of stored) for (const reason of JSON.parse(text).reasons) reasons.add(reason);
    }
    console.log(`${count} rows, ${TODAYS.length} days each`);
    expect(differing).toEqual([]);
    expect([...reasons].sort()).toEqual(
      REASON_CODES.filter((code) => !['NOT_FOUND', 'CONFLICTING_RECORDS'].includes(code)).sort(),
    );
  }, 120_000);

  it('equals that on the export row after the way through Postgres', async () => {
    const registry = await createTestRegistry();
    const keys = deriveKeys(registry.registryKey);
    const sampled = [...everyFact()].filter((_, i) => i % 23 === 0);
    const people = sampled.map((facts, i) => resident(nikOf(i), facts));
    await importResidents(registry, people);
    const differing: Facts[] = [];
    for (let at = 0; at < people.length; at += 200) {
      const group = people.slice(at, at + 200);
      const asked = group.map(({ nik }) =>
        askedOf(keys, crypto.randomUUID(), { nik: nik as Nik }, { client: 'test', region: null }),
      );
      const rows = await findPrepared(registry.sql, asked);
      for (const [i, row] of rows.entries()) {
        const facts = group[i]?.facts as Facts;
        const found = foundOf(row.finding.facts);
        if (found.kind !== 'RESIDENT' || said(facts, found).join() !== said(null, found).join())
          differing.push(facts);
      }
    }
    await registry.close();
    console.log(`${people.length} rows through Postgres`);
    expect(differing.slice(0, 3)).toEqual([]);
  }, 120_000);
});
