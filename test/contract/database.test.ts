import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTime } from '../../src/checks/unavailable.ts';
import { watchedSocket } from '../../src/platform/socket.ts';
import type { RegistryState } from '../../src/registry/readiness.ts';
import { connect } from '../../src/registry/sql.ts';
import { type Fault, type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import { createTestRegistry, importResidents, nikOf, resident } from '../support/registry.ts';
import { answerIn, check, RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';
import { createTcpSwitch, type TcpSwitch } from '../support/tcp-switch.ts';
import { bundleWorker } from '../support/worker.ts';

const known = nikOf(1);
const NAME = 'NENENG NURHASANAH';
const AS_OF = '2018-01-12T17:00:00+07:00';
/** How the statement of a check begins. */
const STATEMENT = '\nWITH asked';

describe.each(RUNTIMES)('the database behind %s', (name) => {
  let way: TcpSwitch;
  let proxy: PostgresProxy;
  let runtime: Runtime;
  let authorization: string;
  beforeAll(async () => {
    runtime = await startRuntime(name, async (url) => {
      proxy = await startPostgresProxy(url);
      way = await createTcpSwitch(proxy.url);
      return way.url;
    });
    authorization = await runtime.bearer();
    await importResidents(runtime.registry, [resident(known)]);
  });
  afterAll(async () => {
    await runtime?.stop();
    await way?.close();
    await proxy?.close();
  });

  const readiness = async () => {
    const response = await fetch(`${runtime.url}/readyz`);
    return { status: response.status, state: (await response.json()) as RegistryState & { status: string } };
  };
  const postForm = (accept: string): Promise<Response> =>
    fetch(runtime.url, {
      method: 'POST',
      headers: { Accept: accept },
      body: new URLSearchParams({ nik: known, second: NAME }),
    });
  const auditOf = async (client: string): Promise<string[]> =>
    (await runtime.registry.sql`SELECT id FROM audit WHERE client = ${client}`).map((row) => row.id as string);

  it('is asked once for a check, in one round trip', async () => {
    // Node has prepared the statement on its connection, and a lone check goes to the same one; a Worker connects anew.
    for (let i = 0; i < 5; i += 1) await check(runtime, authorization, { nik: known });
    const before = way.connections();
    proxy.begin();
    expect(await answerIn(await check(runtime, authorization, { nik: known }))).toMatchObject({ document: 'SUKET' });
    expect(proxy.steps).toEqual([{ kind: 'STATEMENT', sql: expect.stringContaining('INSERT INTO audit') }]);
    expect(proxy.roundTrips()).toBe(1);
    expect(way.connections() - before).toBe(name === 'Workers' ? 1 : 0);
  });

  it('is ready, with the age of its copies', async () => {
    const ageNow = (): number => Math.floor((Date.now() - Date.parse(AS_OF)) / 1000);
    const least = ageNow();
    const { status, state } = await readiness();
    const copy = { source: '32.01', asOf: AS_OF, fullAsOf: AS_OF, ageSeconds: expect.any(Number) };
    expect([status, state]).toEqual([
      200,
      { status: 'ready', database: 'ok', migrations: 'ok', key: 'ok', copies: [copy] },
    ]);
    const age = state.copies[0]?.ageSeconds;
    expect(age).toBeGreaterThanOrEqual(least);
    expect(age).toBeLessThanOrEqual(ageNow());
  });

  it.each<[Fault, number]>([
    ['CUT_BEFORE', 200],
    ['CUT_AFTER', 200],
    ['BACKEND_ENDED', 200],
    ['RAISED', 503],
  ])(
    'that fails in the middle of a check (%s) is asked again only where it was lost, and counts once',
    async (fault, status) => {
      const client = `fault-${fault}`;
      const bearer = await runtime.bearer({ client });
      await check(runtime, bearer, { nik: known });
      proxy.begin({ step: STATEMENT, fault });
      const response = await check(runtime, bearer, { nik: known });
      expect(response.status).toBe(status);
      const asked = proxy.steps.filter(({ sql }) => sql.startsWith(STATEMENT)).length;
      expect(asked).toBe(status === 200 ? 2 : 1);
      const audit = await auditOf(client);
      expect(audit).toHaveLength(status === 200 ? 2 : 1);
      expect(audit.includes(response.headers.get('x-request-id') ?? '')).toBe(status === 200);
      proxy.begin();
      expect((await check(runtime, bearer, { nik: known })).status).toBe(200);
    },
  );

  it('away makes no answer a miss: 503, and when to ask again; and back, it answers', async () => {
    const bearer = await runtime.bearer({ client: 'away' });
    way.off();
    const [checked, page, told, ...others] = await Promise.all([
      check(runtime, bearer, { nik: known }),
      postForm('text/html'),
      postForm('application/json'),
      ...['/', '/healthz', '/.well-known/jwks.json', '/problems/unavailable'].map((path) =>
        fetch(`${runtime.url}${path}`),
      ),
    ]);
    for (const response of [checked, told]) {
      expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
      expect(await response.json()).toEqual({
        type: '/problems/unavailable',
        title: 'No answer can be had now',
        status: 503,
        instance: response.headers.get('x-request-id'),
      });
    }
    expect([page.status, page.headers.get('content-type')]).toEqual([503, expect.stringContaining('text/html')]);
    expect(await page.text()).toContain('Layanan sedang terganggu');
    for (const response of [checked, page, told]) expect(response.headers.get('retry-after')).toBe('5');
    // What it says holds for a second.
    await expect.poll(readiness, { timeout: 10_000 }).toMatchObject({
      status: 503,
      state: { status: 'not ready', database: 'unreachable', copies: [] },
    });
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    way.on();
    await expect
      .poll(async () => (await check(runtime, authorization, { nik: known })).status, { timeout: 60_000 })
      .toBe(200);
    // A question that was given up may still reach the database when it is back: audited once, if at all.
    expect((await auditOf('away')).length).toBeLessThanOrEqual(1);
    for (const response of [checked, page]) {
      const id = response.headers.get('x-request-id');
      expect(runtime.log()).toMatch(new RegExp(`"event":"unavailable","requestId":"${id}","code":"[A-Z0-9_]+"`));
    }
    expect(runtime.log()).not.toContain(known);
    expect(runtime.log()).not.toContain('NENENG');
  });

  it('reset on the way, or in pieces, gives the same answers', async () => {
    const bearer = await runtime.bearer({ client: 'slow-way' });
    const ask = async () => answerIn(await check(runtime, bearer, { nik: known, name: NAME }));
    const before = await ask();
    way.reset();
    expect(await ask()).toEqual(before);
    way.trickle();
    expect(await ask()).toEqual(before);
    way.on();
    expect(await auditOf('slow-way')).toHaveLength(3);
  });

  it('that stands still lets nobody wait for ever, gives no late answer, and answers when it moves again', async () => {
    const bearer = await runtime.bearer({ client: 'frozen' });
    await check(runtime, bearer, { nik: known });
    way.freeze();
    const asked = [
      ...Array.from({ length: 40 }, () => check(runtime, bearer, { nik: known })),
      postForm('application/json'),
    ];
    expect((await fetch(`${runtime.url}/healthz`)).status).toBe(200);
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 503));
    way.on();
    await expect
      .poll(async () => (await check(runtime, bearer, { nik: known })).status, { timeout: 30_000 })
      .toBe(200);
    // What was on its way may have reached it after all: each question once, and nothing that nobody had asked.
    expect(new Set(await auditOf('frozen')).size).toBe((await auditOf('frozen')).length);
    expect((await auditOf('frozen')).length).toBeLessThanOrEqual(40 + 40);
  });

  it('whose connections are lost without a word is asked over new ones', async () => {
    const bearer = await runtime.bearer({ client: 'lost' });
    await check(runtime, bearer, { nik: known });
    way.lose();
    await expect
      .poll(async () => (await check(runtime, bearer, { nik: known })).status, { timeout: 30_000 })
      .toBe(200);
  });

  // A Worker shares no connection between requests, so no answer either.
  if (name === 'Node')
    it('is asked once a second for readiness, however many ask', async () => {
      await expect.poll(readiness).toMatchObject({ status: 200 });
      proxy.begin();
      for (let i = 0; i < 5; i += 1) await Promise.all(Array.from({ length: 50 }, readiness));
      // At most one look at each turn of the second, of some statements each.
      expect(proxy.steps.length).toBeLessThan(50);
    });

  it('with another key, or without its migrations, is not ready', async () => {
    const { sql } = runtime.registry;
    const expectState = (state: object) => expect.poll(readiness, { timeout: 10_000 }).toMatchObject(state);
    await sql`UPDATE registry_key SET key_check = key_check + 1`;
    await expectState({ status: 503, state: { status: 'not ready', key: 'wrong' } });
    await sql`UPDATE registry_key SET key_check = key_check - 1`;
    await sql`UPDATE drizzle.__drizzle_migrations SET created_at = created_at - 1`;
    await expectState({ status: 503, state: { status: 'not ready', migrations: 'pending' } });
    await sql`UPDATE drizzle.__drizzle_migrations SET created_at = created_at + 1`;
    await expectState({ status: 200, state: { status: 'ready' } });
  });
});

describe('a pool whose connections are all reset at once', () => {
  it('has all of them again at once', async () => {
    const registry = await createTestRegistry();
    const way = await createTcpSwitch(registry.url);
    const sql = connect(way.url, { max: 12, socket: watchedSocket(10_000) });
    const askOnAll = () => inTime(Promise.all(Array.from({ length: 12 }, () => sql`SELECT pg_sleep(0.1)`)), 5_000);
    try {
      await askOnAll();
      way.reset();
      // By itself the driver waits longer for each of them, up to 20 s, and we would give up first.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await askOnAll();
      expect(way.connections()).toBe(24);
    } finally {
      await sql.end({ timeout: 0 });
      await way.close();
      await registry.close();
    }
  });
});

describe('a connection that is reset', () => {
  it.each<[string, 'error' | 'close', (ask: () => void) => void]>([
    ['at its error', 'error', (ask) => ask()],
    ['between its error and its end', 'error', setImmediate],
    ['at its end', 'close', (ask) => ask()],
    ['after its end', 'close', setImmediate],
  ])('loses no question that comes %s, and is open again at once', async (_, event, soon) => {
    const registry = await createTestRegistry();
    const way = await createTcpSwitch(registry.url);
    let atReset = () => {};
    const open = watchedSocket(10_000);
    const sql = connect(way.url, {
      max: 1,
      socket: (options) => (open(options) as Socket).on(event, () => atReset()),
    });
    // By itself the driver forgets such a question, or never writes to its next connection and waits 5 s for an answer.
    const ask = () =>
      inTime(
        sql`SELECT 7 AS seven`.then(([row]) => row?.seven as unknown),
        2_000,
      );
    try {
      for (let round = 0; round < 5; round += 1) {
        expect(await ask()).toBe(7);
        const asked = new Promise((resolve) => {
          atReset = () => soon(() => resolve(ask().catch(({ code }: { code: string }) => code)));
        });
        way.reset();
        expect([7, 'CONNECTION_CLOSED', 'ECONNRESET']).toContain(await asked);
        atReset = () => {};
        expect(await ask()).toBe(7);
      }
    } finally {
      await sql.end({ timeout: 0 });
      await way.close();
      await registry.close();
    }
  });
});

describe('the bundle of the Worker', () => {
  it('is at most 400 KiB, compressed', async () => {
    const bytes = gzipSync(await readFile(await bundleWorker())).length;
    expect(bytes).toBeLessThanOrEqual(400 * 1024);
  });
});
