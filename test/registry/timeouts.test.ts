import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS, LONG_LIMITS } from '../../src/checks/limits.ts';
import { connect, type Sql, type Timeouts } from '../../src/registry/sql.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';

/** However busy the machine is. */
const IN_THE_END = { timeout: 60_000 };
const SHORT_MS = 20;
const LONG_MS = 3_600_000;

describe('a connection to the registry', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry?.close());

  async function on<Value>(timeouts: Timeouts, work: (sql: Sql) => Promise<Value>): Promise<Value> {
    const sql = connect(registry.url, { max: 1, timeouts });
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      ({ code }) => code,
    );
  const sleep = (isLong: boolean) => (sql: Sql) => sql`SELECT pg_sleep(${isLong ? LONG_MS : 0.05})`;
  // Not by the driver's own transactions: it asks for their end also where their connection is gone.
  const sleepTwice = (isLong: boolean) => (sql: Sql) =>
    sql.unsafe(`BEGIN; SELECT pg_sleep(0.005); SELECT pg_sleep(${isLong ? LONG_MS : 0.05}); COMMIT`);
  const beIdle = (isLong: boolean) => async (sql: Sql) => {
    const [session] = await sql`SELECT pg_backend_pid() AS pid`;
    await sql.unsafe('BEGIN');
    if (!isLong) return await sql.unsafe('COMMIT');
    const isThere = () => registry.sql`SELECT FROM pg_stat_activity WHERE pid = ${session?.pid}`;
    await expect.poll(isThere, IN_THE_END).toHaveLength(0);
    throw Object.assign(new Error('the session was ended'), { code: 'GONE' });
  };
  /** Waits for a table that another holds: until it is given up, or until it is seen to wait. */
  const waitForTable = (isLong: boolean) => async (sql: Sql) => {
    const locked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const holder = registry.sql.begin(async (tx) => {
      await tx`LOCK TABLE lists IN ACCESS EXCLUSIVE MODE`;
      locked.resolve();
      await released.promise;
    });
    await locked.promise;
    const reading = codeOf(sql`SELECT FROM lists`.execute());
    const waits = () => registry.sql`SELECT FROM pg_locks WHERE NOT granted AND relation = 'lists'::regclass`;
    if (isLong) await reading;
    else await expect.poll(async () => (await waits()).length, IN_THE_END).toBe(1);
    released.resolve();
    await holder;
    const code = await reading;
    if (code !== 'done') throw Object.assign(new Error('the wait was given up'), { code });
  };

  it.each<[string, keyof Timeouts, (isLong: boolean) => (sql: Sql) => Promise<unknown>, string]>([
    ['a statement', 'statementMs', sleep, '57014'],
    ['a wait for a lock', 'lockMs', waitForTable, '55P03'],
    ['a whole transaction', 'transactionMs', sleepTwice, 'CONNECTION_CLOSED'],
    ['a transaction that asks nothing', 'idleInTransactionMs', beIdle, 'GONE'],
  ])('ends %s that takes longer than it may, and no other', async (_, name, work, code) => {
    expect(await codeOf(on({ [name]: SHORT_MS }, work(true)))).toBe(code);
    expect(await codeOf(on({ [name]: LONG_MS }, work(false)))).toBe('done');
  });

  it('is told its time limits to the millisecond', async () => {
    const timeouts: Required<Timeouts> = {
      statementMs: LONG_LIMITS.statementTimeoutMs,
      lockMs: LIMITS.lockTimeoutMs,
      transactionMs: LONG_LIMITS.transactionTimeoutMs,
      idleInTransactionMs: LONG_LIMITS.idleInTransactionMs,
    };
    const settings = await on(
      timeouts,
      (sql) => sql`SELECT name, setting::int AS ms FROM pg_settings WHERE name ~ '_timeout$' AND source = 'client'`,
    );
    expect(Object.fromEntries(settings.map(({ name, ms }) => [name, ms]))).toEqual({
      statement_timeout: timeouts.statementMs,
      lock_timeout: timeouts.lockMs,
      transaction_timeout: timeouts.transactionMs,
      idle_in_transaction_session_timeout: timeouts.idleInTransactionMs,
    });
  });
});
