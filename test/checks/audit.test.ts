import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedOf, type Caller, type Question } from '../../src/checks/check.ts';
import type { CivilDate } from '../../src/core/dates.ts';
import type { Nik } from '../../src/core/nik.ts';
import type { Asked } from '../../src/registry/asked.ts';
import { findInline, findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { FLAG } from '../../src/registry/row.ts';
import {
  createTestRegistry,
  importResidents,
  nikOf,
  resident,
  type TestRegistry,
  UNLIMITED,
} from '../support/registry.ts';

const [known, conflicting, absent, stranger] = [1, 2, 3, 4].map((n) => nikOf(n) as Nik) as [Nik, Nik, Nik, Nik];
const KK = '3201010503119001';
const EVERYWHERE: Caller = { client: UNLIMITED, region: null };

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
  const suket = { issuedOn: '2018-01-02' as CivilDate, validUntil: '2018-07-02' as CivilDate };
  const child = resident(
    known,
    { suket, ofAgeOn: '2018-03-15' as CivilDate, tniPolri: true },
    { suketNumber: '471.13/9/2018' },
  );
  await importResidents(registry, [child, resident(conflicting), resident(absent)]);
  const asOf = '2018-01-13T17:00:00+07:00';
  await importResidents(registry, [child, resident(conflicting)], { asOf, maxLost: 1 });
  await importResidents(registry, [resident(conflicting, { status: 'CARD_ISSUED' })], { source: '33.01', asOf });
});
afterAll(() => registry.close());

const ask = (nik: Nik, facts: Omit<Question, 'nik'> = {}, caller = EVERYWHERE): Asked =>
  askedOf(deriveKeys(registry.registryKey), randomUUID(), { nik, ...facts }, caller);
const idsOf = (asked: Asked[]): string => `{${asked.map(({ id }) => id)}}`;
const rowsOf = (...asked: Asked[]) => registry.sql`
  SELECT *, at > now() - interval '1 hour' AS now FROM audit WHERE id = ANY (${idsOf(asked)}::uuid[])`;

describe.each([
  ['prepared', findPrepared],
  ['inline', findInline],
])('the audit of the %s statement', (_, find) => {
  it('has what the answer was decided from', async () => {
    const asked = ask(known, { name: 'ANOTHER', kk: KK, suketNumber: '471.13/9/2018' });
    await find(registry.sql, [asked]);
    const [first] = await registry.sql`SELECT min(id) AS id FROM copies`;
    expect(await rowsOf(asked)).toMatchObject([
      {
        id: asked.id,
        now: true,
        tag: asked.auditTag,
        region: '3201011001',
        copy: first?.id,
        suket_ends: '2018-07-02',
        of_age_on: '2018-03-15',
        status: 6,
        flags: FLAG.TNI_POLRI,
        asked: 1 + 2 + 4,
        matched: 2 + 4,
        found: true,
        source: 'REGISTRY',
        client: UNLIMITED,
        claim: null,
      },
    ]);
  });

  it('says nothing of a resident where the answer is a miss', async () => {
    const unseen = { client: 'tps-02', region: '32.02' };
    const misses = [ask(stranger), ask(absent, { kk: KK }), ask(known, { kk: KK }, unseen)];
    await find(registry.sql, misses);
    const nothing = { region: null, copy: null, suket_ends: null, of_age_on: null, status: null, flags: null };
    for (const [i, asked] of [0, 2, 2].entries()) {
      const { client, claim } = i === 2 ? { client: 'tps-02', claim: '32.02' } : { client: UNLIMITED, claim: null };
      const row = { ...nothing, found: false, matched: 0, asked, client, claim };
      expect(await rowsOf(misses[i] as Asked)).toMatchObject([row]);
    }
  });

  it('tells conflicting records from a miss', async () => {
    const asked = ask(conflicting);
    await find(registry.sql, [asked]);
    const [row] = await rowsOf(asked);
    expect([row?.found, row?.flags & FLAG.CONFLICT]).toEqual([true, FLAG.CONFLICT]);
  });

  it('tags a NIK otherwise than the registry does, and always alike', async () => {
    const [first, second] = [ask(known), ask(known)];
    await find(registry.sql, [first, second]);
    const tags = (await rowsOf(first, second)).map((row) => row.tag);
    expect(tags).toEqual([first.auditTag, first.auditTag]);
    expect(await registry.sql`SELECT FROM residents r JOIN audit a USING (tag)`).toHaveLength(0);
  });

  it('counts a check that is asked again under its id once, and answers it alike', async () => {
    const asked = ask(known, { kk: KK });
    const [first] = await find(registry.sql, [asked]);
    const [again, twin] = await find(registry.sql, [asked, asked]);
    // It costs quota each time.
    const answer = { ...first, admission: { refusal: null, quota: expect.anything() } };
    expect([again, twin]).toEqual([answer, answer]);
    expect(await rowsOf(asked)).toHaveLength(1);
  });

  it('has a row for each of many, in one statement', async () => {
    const many = Array.from({ length: 300 }, (_, i) => ask(i % 3 ? known : stranger));
    const found = await find(registry.sql, many);
    expect(found.map(({ finding }) => finding.facts !== null)).toEqual(many.map((_, i) => i % 3 !== 0));
    const [counted] = await registry.sql`
      SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS statements FROM audit WHERE id = ANY (${idsOf(many)}::uuid[])`;
    expect(counted).toEqual({ rows: 300, statements: 1 });
  });
});

describe('a statement without parameters', () => {
  it('refuses what could end a literal', async () => {
    for (const client of [`a'`, 'a}', 'a\\', 'a b', 'å']) {
      await expect(findInline(registry.sql, [ask(known, {}, { client, region: null })])).rejects.toThrow(TypeError);
    }
  });
});
