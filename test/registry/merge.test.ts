import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { foundOf } from '../../src/registry/row.ts';
import type { Resident } from '../../src/registry/row-encoder.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';

describe('an import', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.close());

  /** A resident whom no other test knows. */
  let next = 0;
  const person = (...rest: Parameters<typeof resident> extends [string, ...infer Rest] ? Rest : never): Resident => {
    next += 1;
    return resident(nikOf(next), ...rest);
  };
  const ask = async (nik: string, claim: string | null = null) => {
    const asked = askedOf(
      deriveKeys(registry.registryKey),
      crypto.randomUUID(),
      { nik: nik as Nik },
      { client: 'test', region: claim },
    );
    const [row] = await findPrepared(registry.sql, [asked], 0);
    if (row === undefined) throw new Error('no row');
    return { ...row.finding, found: foundOf(row.finding.facts) };
  };
  const statusOf = async (nik: string, claim: string | null = null): Promise<string> => {
    const { found } = await ask(nik, claim);
    return found.kind === 'RESIDENT' ? found.facts.status : found.kind;
  };

  it('gives every resident back as he was written', async () => {
    const one = person({
      status: 'DUPLICATE_RECORD',
      marital: 'UNKNOWN',
      nationality: 'UNCLEAR',
      olderCard: true,
      region: '91.71.03',
    });
    await importResidents(registry, [one], { source: '91.71' });
    expect((await ask(one.nik)).found).toEqual({ kind: 'RESIDENT', facts: one.facts });
  });

  it('counts what it did', async () => {
    const people = Array.from({ length: 20 }, () => person());
    const first = await importResidents(registry, people, { source: '31.71' });
    expect(first).toMatchObject({
      residents: 20,
      inserted: 20,
      changed: 0,
      unchanged: 0,
      absent: 0,
      duplicates: 0,
      conflicts: 0,
    });
    const [gone, changed, ...same] = people as [Resident, Resident, ...Resident[]];
    const printed = { ...changed, facts: { ...changed.facts, status: 'CARD_ISSUED' as const } };
    const second = await importResidents(registry, [printed, ...same, person()], {
      source: '31.71',
      asOf: '2018-02-01T00:00:00+07:00',
    });
    expect(second).toMatchObject({ residents: 20, inserted: 1, changed: 1, unchanged: 18, absent: 1 });
    expect(await statusOf(gone.nik)).toBe('NOT_FOUND');
    expect(await statusOf(changed.nik)).toBe('CARD_ISSUED');
  });

  it('collapses identical rows and makes differing ones a conflict', async () => {
    const [twice, differs] = [person(), person()];
    const other = { ...differs, facts: { ...differs.facts, status: 'CARD_ISSUED' as const } };
    const report = await importResidents(registry, [twice, differs, twice, other, twice], { source: '31.72' });
    expect(report).toMatchObject({ residents: 2, inserted: 2, duplicates: 2, conflicts: 1 });
    expect(await statusOf(twice.nik)).toBe('PRINT_READY_RECORD');
    expect(await statusOf(differs.nik)).toBe('CONFLICTING_RECORDS');
  });

  it('tells rows that differ in name alone from identical ones', async () => {
    const one = person();
    const report = await importResidents(registry, [one, { ...one, name: 'ANOTHER NAME' }], { source: '31.73' });
    expect(report).toMatchObject({ residents: 1, duplicates: 0, conflicts: 1 });
  });

  it('is a no-op for the same bytes and date, and says so', async () => {
    const people = [person(), person()];
    const first = await importResidents(registry, people, { source: '31.74' });
    const again = await importResidents(registry, people, { source: '31.74' });
    expect(again).toMatchObject({ alreadyImported: true, copy: first.copy });
    const later = await importResidents(registry, people, { source: '31.74', asOf: '2018-03-01T00:00:00+07:00' });
    expect(later).toMatchObject({ alreadyImported: false, inserted: 0, changed: 0, unchanged: 2 });
    expect((await ask(people[0]?.nik as string)).asOfMs).toBe(Date.parse('2018-03-01T00:00:00+07:00'));
  });

  it('gives a resident to the newer as-of, whichever source it is of', async () => {
    const one = person();
    const moved = { ...one, facts: { ...one.facts, status: 'CARD_ISSUED' as const } };
    await importResidents(registry, [one], { source: '33.01', asOf: '2018-01-01T00:00:00+07:00' });
    await importResidents(registry, [moved], { source: '33.02', asOf: '2018-01-02T00:00:00+07:00' });
    expect(await statusOf(one.nik)).toBe('CARD_ISSUED');
    // The first office leaves him out: he is the other's now.
    await importResidents(registry, [person()], { source: '33.01', asOf: '2018-01-03T00:00:00+07:00' });
    expect(await statusOf(one.nik)).toBe('CARD_ISSUED');
    // An older copy of a third one changes nothing.
    await importResidents(registry, [one], { source: '33.03', asOf: '2018-01-01T12:00:00+07:00' });
    expect(await statusOf(one.nik)).toBe('CARD_ISSUED');
  });

  it('makes a differing row of another source at the same date a conflict, and an equal one none', async () => {
    const [one, same] = [person(), person()];
    const other = { ...one, facts: { ...one.facts, status: 'CARD_ISSUED' as const } };
    await importResidents(registry, [one, same], { source: '34.01' });
    const report = await importResidents(registry, [other, same], { source: '34.02' });
    expect(report).toMatchObject({ conflicts: 1, inserted: 0, unchanged: 1 });
    expect(await statusOf(one.nik)).toBe('CONFLICTING_RECORDS');
    expect(await statusOf(same.nik)).toBe('PRINT_READY_RECORD');
    await importResidents(registry, [one, same], { source: '34.01', asOf: '2018-02-01T00:00:00+07:00' });
    expect(await statusOf(one.nik)).toBe('PRINT_READY_RECORD');
  });

  it('lets another source take a resident who is absent from his own', async () => {
    const [one, stays] = [person(), person()];
    await importResidents(registry, [one, stays], { source: '35.01', asOf: '2018-01-01T00:00:00+07:00' });
    await importResidents(registry, [stays], { source: '35.01', asOf: '2018-01-09T00:00:00+07:00', maxLost: 1 });
    expect(await statusOf(one.nik)).toBe('NOT_FOUND');
    await importResidents(registry, [one], { source: '35.02', asOf: '2018-01-05T00:00:00+07:00' });
    expect(await statusOf(one.nik)).toBe('PRINT_READY_RECORD');
  });

  it('of an older date is refused, unless a wrong import is to be put right', async () => {
    const one = person();
    const wrong = { ...one, facts: { ...one.facts, status: 'UNREGISTERED' as const } };
    const unchanged = person();
    await importResidents(registry, [wrong, unchanged], { source: '36.01', asOf: '2018-03-01T00:00:00+07:00' });
    const older = { source: '36.01', asOf: '2018-02-01T00:00:00+07:00' };
    await expect(importResidents(registry, [one, unchanged], older)).rejects.toMatchObject({ code: 'OLDER_AS_OF' });
    expect(await statusOf(one.nik)).toBe('UNREGISTERED');
    await importResidents(registry, [one, unchanged], { ...older, allowOlder: true });
    expect(await statusOf(one.nik)).toBe('PRINT_READY_RECORD');
    // No answer keeps the date of the copy that was wrong.
    expect((await ask(unchanged.nik)).asOfMs).toBe(Date.parse(older.asOf));
    expect((await ask(one.nik)).asOfMs).toBe(Date.parse(older.asOf));
  });

  it('that would lose too many residents is refused', async () => {
    const people = Array.from({ length: 10 }, () => person());
    await importResidents(registry, people, { source: '36.02' });
    const next = { source: '36.02', asOf: '2018-02-01T00:00:00+07:00' };
    await expect(importResidents(registry, people.slice(2), next)).rejects.toMatchObject({ code: 'TOO_MANY_LOST' });
    expect(await statusOf(people[0]?.nik as string)).toBe('PRINT_READY_RECORD');
    expect(await importResidents(registry, people.slice(1), next)).toMatchObject({ absent: 1 });
  });

  it('of a part marks nobody absent and dates those it holds', async () => {
    const [one, other] = [person(), person()];
    await importResidents(registry, [one, other], { source: '36.03' });
    const part = await importResidents(registry, [one], {
      source: '36.03',
      asOf: '2018-02-01T00:00:00+07:00',
      full: false,
    });
    expect(part).toMatchObject({ absent: 0, unchanged: 1 });
    expect((await ask(one.nik)).asOfMs).toBe(Date.parse('2018-02-01T00:00:00+07:00'));
    expect((await ask(other.nik)).asOfMs).toBe(Date.parse('2018-01-12T17:00:00+07:00'));
  });

  it('run dry reports and writes nothing', async () => {
    const one = person();
    const dry = await importResidents(registry, [one], { source: '36.04', dryRun: true });
    expect(dry).toMatchObject({ copy: null, inserted: 1 });
    expect(await statusOf(one.nik)).toBe('NOT_FOUND');
    expect(await registry.sql`SELECT 1 FROM copies WHERE source = '36.04'`).toHaveLength(0);
  });

  it('keeps a 17th birthday only while it lies ahead of the copy', async () => {
    const young = person({ ofAgeOn: '2018-02-10' as never });
    await importResidents(registry, [young], { source: '51.01' });
    expect((await ask(young.nik)).facts?.ofAgeOn).toBe('2018-02-10');
    const grown = { ...young, facts: { ...young.facts, ofAgeOn: null } };
    const report = await importResidents(registry, [grown], { source: '51.01', asOf: '2018-03-01T00:00:00+08:00' });
    expect(report).toMatchObject({ changed: 0, unchanged: 1 });
    expect((await ask(young.nik)).facts?.ofAgeOn).toBeNull();
  });

  it('logs the version that a copy replaced', async () => {
    const one = person();
    await importResidents(registry, [one], { source: '51.02' });
    const printed = { ...one, facts: { ...one.facts, status: 'CARD_ISSUED' as const } };
    const { copy } = await importResidents(registry, [printed], {
      source: '51.02',
      asOf: '2018-03-01T00:00:00+08:00',
    });
    const logged =
      await registry.sql`SELECT c.source, h.status FROM changes h JOIN copies c ON c.id = h.copy WHERE h.replaced_by = ${copy}`;
    expect(logged).toEqual([{ source: '51.02', status: 6 }]);
  });

  it('shows a resident only to callers whose region holds him', async () => {
    const [here, nowhere] = [person({ region: '53.01.04.2001' }), person({ region: null })];
    await importResidents(registry, [here, nowhere], { source: '53.01' });
    for (const claim of [null, '53', '53.01', '53.01.04', '53.01.04.2001'])
      expect(await statusOf(here.nik, claim)).toBe('PRINT_READY_RECORD');
    for (const claim of ['52', '53.02', '53.01.05', '53.01.04.2002'])
      expect(await statusOf(here.nik, claim)).toBe('NOT_FOUND');
    // Whose region is unknown counts as of the office that has him.
    expect(await statusOf(nowhere.nik, '53.01')).toBe('PRINT_READY_RECORD');
    expect(await statusOf(nowhere.nik, '53.02')).toBe('NOT_FOUND');
  });

  it('dates a miss by the oldest copy that the caller may see', async () => {
    const stranger = nikOf(90_000);
    await importResidents(registry, [person()], { source: '61.01', asOf: '2018-01-03T00:00:00+07:00' });
    await importResidents(registry, [person()], { source: '61.02', asOf: '2018-01-02T00:00:00+07:00' });
    expect((await ask(stranger, '61.01')).asOfMs).toBe(Date.parse('2018-01-03T00:00:00+07:00'));
    expect((await ask(stranger, '61')).asOfMs).toBe(Date.parse('2018-01-02T00:00:00+07:00'));
    expect((await ask(stranger, '62')).asOfMs).toBeNull();
  });

  it('of the first real source removes the synthetic sample', async () => {
    const fresh = await createTestRegistry();
    try {
      await importResidents(fresh, [person(), person()], { source: 'sample' });
      const report = await importResidents(fresh, [person()], { source: '32.01' });
      expect(report).toMatchObject({ sampleRemoved: 2, inserted: 1 });
      expect(await fresh.sql`SELECT 1 FROM residents`).toHaveLength(1);
    } finally {
      await fresh.close();
    }
  });
});
