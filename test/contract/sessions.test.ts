import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sealAudit } from '../../src/checks/audit/seal.ts';
import { verifyAudit } from '../../src/checks/audit/verify.ts';
import { LIMITS } from '../../src/checks/limits.ts';
import { HTTP_LIMITS } from '../../src/http/limits.ts';
import type { Sql, Transaction } from '../../src/registry/sql.ts';
import { writeRows } from '../audit/rows.ts';
import { asker, jsonLines, NDJSON } from '../bulk/service.ts';
import { importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { check, type Runtime, startRuntime } from '../support/runtimes.ts';

const TIMES = 20;
const NAME = 'NENENG NURHASANAH';

describe('a session of the database that is ended in the middle', () => {
  let runtime: Runtime;
  let sql: Sql;
  let registry: TestRegistry;
  let bearer: string;
  const ended: Promise<unknown>[] = [];
  beforeAll(async () => {
    runtime = await startRuntime('Node');
    registry = runtime.registry;
    sql = registry.sql;
    bearer = await runtime.bearer({ scopes: ['check', 'bulk', 'lists'] });
    await importResidents(registry, [resident(nikOf(1))]);
  });
  afterAll(() => runtime?.stop());
  afterEach(async () => void (await Promise.allSettled(ended.splice(0))));

  /** Begins work while a table is locked, ends the session that waits for it, and lets go of the table. */
  const endWhile = async (table: string, work: () => Promise<unknown>): Promise<PromiseSettledResult<unknown>> => {
    let settled: Promise<PromiseSettledResult<unknown>[]> | undefined;
    await sql.begin(async (holder: Transaction) => {
      await holder.unsafe(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      settled = Promise.allSettled([work()]);
      ended.push(settled);
      let isSettled = false;
      void settled.then(() => (isSettled = true));
      const waiting = `FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`;
      const count = async () => (await holder.unsafe(`SELECT 1 ${waiting}`)).length;
      await expect
        // The driver may fail the first work on a new session with the error of the one before.
        .poll(async () => isSettled || (await count()) > 0, { timeout: 30_000, interval: 2 })
        .toBe(true);
      await holder.unsafe(`SELECT pg_terminate_backend(pid, 10000) ${waiting}`);
    });
    return (await (settled as Promise<PromiseSettledResult<unknown>[]>))[0] as PromiseSettledResult<unknown>;
  };
  const statusOf = (one: PromiseSettledResult<unknown>): number =>
    one.status === 'fulfilled' ? (one.value as Response).status : 0;
  const post = (path: string, body: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${runtime.url}${path}`, { method: 'POST', body, headers: { Authorization: bearer, ...headers } });
  const bulk = () => post('/v1/checks/bulk', jsonLines([{ ref: 'a', nik: nikOf(1) }]), { 'Content-Type': NDJSON });
  const form = () =>
    fetch(runtime.url, { method: 'POST', body: new URLSearchParams({ nik: nikOf(1), second: NAME }) });
  const isWell = async (): Promise<void> => {
    await expect
      .poll(async () => (await check(runtime, bearer, { nik: nikOf(1) })).status, { timeout: 30_000 })
      .toBe(200);
    expect(runtime.log()).not.toMatch(/fault of our own|database driver failed/);
  };

  it.each<[string, string, () => Promise<Response>, number?]>([
    ['check', 'residents', () => check(runtime, bearer, { nik: nikOf(1) })],
    ['form', 'residents', form],
    ['readiness', 'registry_key', () => fetch(`${runtime.url}/readyz`), HTTP_LIMITS.readinessTtlMs],
    ['bulk', 'copies', bulk],
    ['bulk, before it is audited', 'audit', bulk],
    [
      'making of a list',
      'lists',
      () =>
        post('/v1/lists', jsonLines([{ ref: 'a', nik: nikOf(1) }]), {
          'Content-Type': NDJSON,
          'Idempotency-Key': crypto.randomUUID(),
        }),
    ],
  ])('costs at most that one answer (%s), twenty times over', async (_, table, work, keptMs = 0) => {
    for (let i = 0; i < TIMES; i += 1) {
      await sleep(keptMs);
      expect([200, 201, 503]).toContain(statusOf(await endWhile(table, work)));
      expect([200, 201]).toContain((await expectOk(work)).status);
    }
    await isWell();
  });
  const expectOk = async (work: () => Promise<Response>): Promise<Response> => {
    let response = await work();
    for (let i = 0; i < 20 && response.status === 503; i += 1) response = await work();
    return response;
  };

  it('costs at most that one answer (list), twenty times over', async () => {
    const made = await post('/v1/lists', jsonLines([{ ref: 'a', nik: nikOf(1) }]), {
      'Content-Type': NDJSON,
      'Idempotency-Key': 'l',
    });
    const { id } = (await made.json()) as { id: string };
    const read = () => fetch(`${runtime.url}/v1/lists/${id}`, { headers: { Authorization: bearer } });
    for (let i = 0; i < TIMES; i += 1) {
      expect([200, 503]).toContain(statusOf(await endWhile('copies', read)));
      expect((await expectOk(read)).status).toBe(200);
    }
    await isWell();
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['seal', 'audit_blocks', () => sealAudit(sql)],
    ['seal, in the middle', 'audit', () => sealAudit(sql)],
    ['verification', 'audit_blocks', () => verifyAudit(sql, null)],
    ['import', 'residents', () => importResidents(registry, [resident(nikOf(2))], { source: '32.71' })],
    [
      'import, before it has read',
      'sources',
      () => importResidents(registry, [resident(nikOf(2))], { source: '32.71' }),
    ],
  ])('fails that work (%s) and nothing else, twenty times over', async (_, table, work) => {
    for (let i = 0; i < TIMES; i += 1) {
      await writeRows(sql, 1);
      expect((await endWhile(table, work)).status).toBe('rejected');
      expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    }
    await work();
  });

  it('or all of them at once, idle ones too, twenty times over: the server answers', async () => {
    for (let i = 0; i < TIMES; i += 1) {
      const asked = [check(runtime, bearer, { nik: nikOf(1) }), form(), fetch(`${runtime.url}/readyz`), bulk()];
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'hakpilih' AND pid <> pg_backend_pid()`;
      for (const response of await Promise.all(asked)) expect([200, 503]).toContain(response.status);
    }
    await isWell();
  });

  it('is ended by the server itself where an answer takes too long, and holds up nobody else meanwhile', async () => {
    const stuck = await runtime.bearer({ client: 'stuck' });
    expect((await check(runtime, stuck, { nik: nikOf(1) })).status).toBe(200);
    await sql.begin(async (holder) => {
      await holder`SELECT 1 FROM client_usage WHERE client = 'stuck' FOR UPDATE`;
      const waiting = check(runtime, stuck, { nik: nikOf(1) });
      const blocked = async () => (await holder`SELECT 1 FROM pg_locks WHERE NOT granted`).length;
      await expect.poll(blocked, { interval: 2 }).toBeGreaterThan(0);
      for (let i = 0; i < 5; i += 1) expect((await check(runtime, bearer, { nik: nikOf(1) })).status).toBe(200);
      expect((await waiting).status).toBe(503);
    });
    expect((await check(runtime, stuck, { nik: nikOf(1) })).status).toBe(200);
  });

  it('of the long work holds no answers up: bulk checks, lists and a seal that all wait leave the checks alone', async () => {
    const made = await post('/v1/lists', jsonLines([{ ref: 'a', nik: nikOf(1) }]), {
      'Content-Type': NDJSON,
      'Idempotency-Key': 'm',
    });
    const { id } = (await made.json()) as { id: string };
    const { ask } = asker(runtime.url, runtime.keys.HAKPILIH_SIGNING_KEYS);
    let long: Promise<Response>[] = [];
    await sql.begin(async (holder) => {
      // Only long work reads the changes and the whole of the ledger; the checks need neither.
      await holder`LOCK TABLE list_refs, lists, audit_blocks IN ACCESS EXCLUSIVE MODE`;
      long = Array.from({ length: 6 }, () =>
        fetch(`${runtime.url}/v1/lists/${id}`, { headers: { Authorization: bearer } }),
      );
      for (let i = 0; i < 3; i += 1) long.push(ask(jsonLines([{ ref: 'a', nik: nikOf(1) }])));
      for (let i = 0; i < 20; i += 1) expect((await check(runtime, bearer, { nik: nikOf(1) })).status).toBe(200);
      expect((await form()).status).toBe(200);
      expect((await fetch(`${runtime.url}/readyz`)).status).toBe(200);
    });
    for (const response of await Promise.all(long)) expect([200, 503]).toContain(response.status);
  });

  it('has the time limits of its pool, one style of dates and one zone', async () => {
    expect(LIMITS.lockTimeoutMs).toBeLessThan(LIMITS.statementTimeoutMs);
    expect(await sql`SELECT current_setting('DateStyle') AS style, current_setting('TimeZone') AS zone`).toEqual([
      { style: 'ISO, YMD', zone: 'UTC' },
    ]);
  });
});
