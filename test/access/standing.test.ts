import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/access/grant.ts';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { recordClient, revokeClient } from '../../src/registry/clients.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestRegistry, importResidents, nikOf, resident } from '../support/registry.ts';
import { answerIn, check, RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';

const [here, there] = [nikOf(1), nikOf(2)];

describe.each(RUNTIMES)('on %s', (name) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await startRuntime(name);
    await importResidents(runtime.registry, [resident(here), resident(there, { region: '32.04.05.2001' })], {
      source: '32',
    });
  });
  afterAll(() => runtime?.stop());

  const narrowTo = (client: string, scopes: readonly Scope[], region: string | null) =>
    recordClient(runtime.registry.sql, { name: client, scopes, region, perMinute: 1_000, perDay: 10_000 });
  const send = async (
    path: string,
    authorization: string,
    method = 'GET',
    body?: string,
    type = 'application/x-ndjson',
  ) =>
    await fetch(`${runtime.url}${path}`, {
      method,
      headers: { Authorization: authorization, 'Content-Type': type, 'Idempotency-Key': crypto.randomUUID() },
      ...(body === undefined ? {} : { body }),
    });
  const lines = [here, there].map((nik, i) => `${JSON.stringify({ ref: `r${i}`, nik })}\n`).join('');
  /** Statuses at every door where a token is asked for. */
  const doors: [Scope, (authorization: string) => Promise<Response>][] = [
    ['check', (authorization) => check(runtime, authorization, { nik: here })],
    ['bulk', (authorization) => send('/v1/checks/bulk', authorization, 'POST', lines)],
    ['lists', (authorization) => send('/v1/lists', authorization, 'POST', lines)],
    ['lists', (authorization) => send(`/v1/lists/${crypto.randomUUID()}`, authorization)],
    ['lists', (authorization) => send(`/v1/lists/${crypto.randomUUID()}`, authorization, 'DELETE')],
    ['audit', (authorization) => send('/v1/audit/checkpoint', authorization)],
  ];

  it('a scope that a client lost is lost to its tokens at once, at every door', async () => {
    const scopes = ['check', 'bulk', 'lists', 'audit'] as const;
    await narrowTo('narrowed', scopes, null);
    const token = await runtime.bearer({ client: 'narrowed', scopes });
    for (const [scope, ask] of doors) {
      expect([scope, (await ask(token)).status]).not.toEqual([scope, 403]);
      await narrowTo(
        'narrowed',
        scopes.filter((one) => one !== scope),
        null,
      );
      const refused = await ask(token);
      expect([scope, refused.status, ((await refused.json()) as { errors: unknown }).errors]).toEqual([
        scope,
        403,
        [{ pointer: '', code: 'SCOPE_TAKEN_AWAY' }],
      ]);
      await narrowTo('narrowed', scopes, null);
    }
  });

  it('a region that a client lost is lost to its tokens at once', async () => {
    const scopes = ['check', 'bulk', 'lists'] as const;
    await narrowTo('mover', scopes, null);
    const [wide, province, elsewhere] = (await Promise.all(
      [null, '32', '33'].map((region) => runtime.bearer({ client: 'mover', scopes, region })),
    )) as [string, string, string];
    const found = async (token: string, nik: string) =>
      (await answerIn(await check(runtime, token, { nik }))).statusCode !== null;
    expect([await found(wide, here), await found(wide, there), await found(province, there)]).toEqual([
      true,
      true,
      true,
    ]);
    const old = (await (await send('/v1/lists', wide, 'POST', lines)).json()) as { id: string };
    await narrowTo('mover', scopes, '32.01');
    for (const token of [wide, province]) {
      expect([await found(token, here), await found(token, there)]).toEqual([true, false]);
      const answers = (await (await send('/v1/checks/bulk', token, 'POST', lines)).text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(answers.slice(0, 2).map(({ statusCode }) => statusCode !== null)).toEqual([true, false]);
      const list = (await (await send('/v1/lists', token, 'POST', lines)).json()) as { id: string };
      expect(await (await send(`/v1/lists/${list.id}`, token)).json()).toMatchObject({
        documents: { SUKET: 1, UNDETERMINED: 1 },
      });
      expect((await send(`/v1/lists/${old.id}`, token)).status).toBe(404);
    }
    const claims = await runtime.registry
      .sql`SELECT kind, claim FROM audit WHERE client = 'mover' ORDER BY id DESC LIMIT 3`;
    expect(claims.map(({ claim }) => claim)).toEqual(['32.01', '32.01', '32.01']);
    for (const ask of [
      () => check(runtime, elsewhere, { nik: here }),
      () => send('/v1/checks/bulk', elsewhere, 'POST', lines),
      () => send('/v1/lists', elsewhere, 'POST', lines),
    ]) {
      const refused = await ask();
      expect([refused.status, ((await refused.json()) as { errors: unknown }).errors]).toEqual([
        403,
        [{ pointer: '', code: 'REGION_TAKEN_AWAY' }],
      ]);
    }
    // A token that is narrower than its client stays so.
    await narrowTo('mover', scopes, '32');
    const village = await runtime.bearer({ client: 'mover', scopes, region: '32.04' });
    expect([await found(village, here), await found(village, there)]).toEqual([false, true]);
  });

  it('a name that is no client yet can be revoked, and a client of no row of ours is narrowed by nothing', async () => {
    const token = await runtime.bearer({ client: 'kpu.forged', region: '32.01' });
    expect((await check(runtime, token, { nik: here })).status).toBe(200);
    expect(await revokeClient(runtime.registry.sql, 'kpu.forged')).toBe(false);
    expect((await check(runtime, token, { nik: here })).status).toBe(401);
  });

  it('nothing is answered from a registry of another key, at any door, and nothing is counted', async () => {
    const scopes = ['check', 'bulk', 'lists'] as const;
    const token = await runtime.bearer({ client: 'locked-out', scopes });
    const form = () =>
      fetch(`${runtime.url}/`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html' },
        body: new URLSearchParams({ nik: here, second: 'NENENG NURHASANAH' }),
      });
    const list = (await (await send('/v1/lists', token, 'POST', lines)).json()) as { id: string };
    const asks = [
      ...doors.slice(0, 3).map(
        ([, ask]) =>
          () =>
            ask(token),
      ),
      () => send(`/v1/lists/${list.id}`, token),
      () => send(`/v1/lists/${list.id}/changes`, token),
      form,
    ];
    const { sql } = runtime.registry;
    const rows = async () =>
      (
        await sql`SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM lists) AS n,
      (SELECT sum(in_day) FROM client_usage WHERE client = 'locked-out') AS used`
      )[0];
    for (const ask of asks) expect((await ask()).status).toBeLessThan(300);
    await sql`UPDATE registry_key SET key_check = key_check + 1`;
    const before = await rows();
    for (const ask of asks) {
      const refused = await ask();
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect(await rows()).toEqual(before);
    expect(runtime.log()).toContain('WRONG_KEY');
    await sql`UPDATE registry_key SET key_check = key_check - 1`;
    for (const ask of asks) expect((await ask()).status).toBeLessThan(300);
  });
});

it('statements with many clients in any order do not wait for each other in a circle', async () => {
  const registry = await createTestRegistry();
  const pools = [1, 2, 3, 4].map(() => connect(registry.url, { max: 1 }));
  try {
    const clients = Array.from({ length: 64 }, (_, i) => `client-${String(i).padStart(2, '0')}`);
    const keys = deriveKeys(registry.registryKey);
    const asked = (order: string[]) =>
      order.map((client, i) =>
        askedOf(keys, crypto.randomUUID(), { nik: nikOf(i) as Nik }, { client, region: null }),
      );
    const orders = [
      clients,
      clients.toReversed(),
      clients.toSorted((a, b) => a.slice(-1).localeCompare(b.slice(-1))),
      [...clients.slice(32), ...clients.slice(0, 32)],
    ];
    // Whatever plan is made: some gather the clients by sorting, some by hashing.
    for (const [i, sql] of pools.entries())
      await sql.unsafe(`SET ${i % 2 === 0 ? 'enable_sort' : 'enable_hashagg'} = off`);
    const rounds = pools.map(async (sql, i) => {
      for (let round = 0; round < 15; round += 1)
        expect(await findPrepared(sql, asked(orders[i] as string[]))).toHaveLength(64);
    });
    await expect(Promise.all(rounds)).resolves.toBeDefined();
  } finally {
    await Promise.all(pools.map((sql) => sql.end()));
    await registry.close();
  }
});
