import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sql } from '../../src/registry/sql.ts';
import { appOf, openService } from '../../src/service.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createTestKeys } from '../support/server.ts';

describe('an app that is made once', () => {
  const registries: TestRegistry[] = [];
  beforeAll(async () => {
    for (const _ of [0, 1]) registries.push(await createTestRegistry());
    for (const one of registries) one.registryKey = (registries[0] as TestRegistry).registryKey;
    await importResidents(registries[0] as TestRegistry, [resident(nikOf(1))]);
  });
  afterAll(() => Promise.all(registries.map((one) => one.close())));

  it('asks by the connection of each request', async () => {
    const [known, empty] = registries as [TestRegistry, TestRegistry];
    const keys = await createTestKeys(known.registryKey);
    const service = await openService({
      registryKey: known.registryKey,
      signingJwks: keys.HAKPILIH_SIGNING_KEYS,
      election: 'pilkada-2018',
      today: '2018-02-01',
      trustedIssuers: null,
    });
    let now = known.sql;
    const app = appOf(service, {
      get sql() {
        return now;
      },
      bulk: {},
      clientAddress: () => '192.0.2.1',
      log: () => {},
    } as never);
    const isFound = async (sql: Sql): Promise<boolean> => {
      now = sql;
      const body = new URLSearchParams({ nik: nikOf(1), second: 'NENENG NURHASANAH' });
      const page = await app.request('/', { method: 'POST', body });
      expect(page.status).toBe(200);
      const [row] = await sql`SELECT found FROM audit WHERE client = 'self-check' ORDER BY id DESC LIMIT 1`;
      return row?.found;
    };
    for (let i = 0; i < 2; i += 1)
      expect([await isFound(known.sql), await isFound(empty.sql)]).toEqual([true, false]);
    const counts = await Promise.all(registries.map(({ sql }) => sql`SELECT count(*)::int AS rows FROM audit`));
    expect(counts.map(([row]) => row?.rows)).toEqual([2, 2]);
  });
});
