import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { findInline, findPrepared } from '../../src/registry/find.ts';
import { QUOTA } from '../../src/registry/quota.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import {
  createTestRegistry,
  earlyInMinute,
  importResidents,
  nikOf,
  resident,
  type TestRegistry,
} from '../support/registry.ts';

describe('a client', () => {
  let registry: TestRegistry;
  const known = nikOf(1);
  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, [resident(known)]);
  });
  afterAll(() => registry.close());
  const ask = async (client: string, niks: string[], slot = 0) => {
    const keys = deriveKeys(registry.registryKey);
    const asked = niks.map((nik) =>
      askedOf(keys, crypto.randomUUID(), { nik: nik as Nik }, { client, region: null }),
    );
    return (await findPrepared(registry.sql, asked, slot)).map(({ admission }) => admission);
  };
  it('is admitted up to its quota a minute, to the one, and told what is left', async () => {
    await earlyInMinute();
    const rows = await ask('small', Array(58).fill(known));
    expect(rows.every((r) => r.refusal === null)).toBe(true);
    expect(rows[0]?.quota).toMatchObject({ limit: 60, remaining: 2 });
    const more = await ask('small', Array(5).fill(known));
    expect(more.map((r) => r.refusal?.code ?? null)).toEqual([
      null,
      null,
      'MINUTE_QUOTA',
      'MINUTE_QUOTA',
      'MINUTE_QUOTA',
    ]);
    expect(await registry.sql`SELECT 1 FROM audit WHERE client = 'small'`).toHaveLength(60);
  });
  it('is counted to the one over statements at once', async () => {
    await earlyInMinute();
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => ask('at-once', Array(4).fill(known), i % 16)));
    expect(all.flat().filter((r) => r.refusal === null)).toHaveLength(60);
  });
  it('is admitted up to its quota a day, to the one, and anew the next day', async () => {
    const ofToday = (used: number) => registry.sql`
      UPDATE client_usage SET in_day = ${used}, in_minute = 0 WHERE client = 'daily'`;
    await ask('daily', [known]);
    await ofToday(QUOTA.perDay - 2);
    const rows = await ask('daily', Array(3).fill(known));
    expect(rows.map((r) => r.refusal?.code ?? null)).toEqual([null, null, 'DAY_QUOTA']);
    await registry.sql`UPDATE client_usage SET day = current_date - 1, in_minute = 0 WHERE client = 'daily'`;
    expect((await ask('daily', [known]))[0]?.refusal).toBeNull();
  });
  it('pauses after twenty misses in a row', async () => {
    for (let i = 0; i < 19; i += 1) expect((await ask('misser', [nikOf(5000)]))[0]?.refusal).toBeNull();
    await ask('misser', [known]);
    for (let i = 0; i < 20; i += 1) expect((await ask('misser', [nikOf(5000)]))[0]?.refusal).toBeNull();
    const [row] = await ask('misser', [known]);
    expect(row?.refusal?.code).toBe('PAUSED');
    expect(row?.refusal?.retryAfterSeconds).toBeGreaterThan(500);
  });
  it('once revoked gets no answer at all, on either runtime', async () => {
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day, revoked_at) VALUES ('gone', '{check}', 60, 3000, now())`;
    expect((await ask('gone', [known]))[0]?.refusal?.code).toBe('REVOKED');
    const asked = askedOf(
      deriveKeys(registry.registryKey),
      crypto.randomUUID(),
      { nik: known as Nik },
      { client: 'gone', region: null },
    );
    expect((await findInline(registry.sql, [asked], 3.7))[0]?.admission.refusal?.code).toBe('REVOKED');
  });
  it('of a large quota uses several slots', async () => {
    await earlyInMinute();
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES ('large', '{check}', 100000, 1000000)`;
    await Promise.all([ask('large', Array(100).fill(known), 3), ask('large', Array(100).fill(known), 4)]);
    const [row] = await ask('large', [known], 5);
    expect(row?.quota).toMatchObject({ limit: 100000, remaining: 99799 });
  });
});
