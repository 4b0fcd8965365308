import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheck } from '../../src/checks/check.ts';
import { Unavailable } from '../../src/checks/unavailable.ts';
import type { Nik } from '../../src/core/nik.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { faultEvent, lineOf } from '../../src/http/log.ts';
import { drizzleOver } from '../../src/registry/drizzle.ts';
import { errorCode, isConnectionLost, isOutage } from '../../src/registry/error-code.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import type { Sql } from '../../src/registry/sql.ts';
import { importResidents, nikOf, resident } from '../support/registry.ts';
import { check, RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';

const known = nikOf(1);
const ID = '0160e9b4-8d00-7000-8000-000000000000';

describe.each(RUNTIMES)('a bug of ours on %s', (name) => {
  let runtime: Runtime;
  let list: string;
  let authorization: string;
  beforeAll(async () => {
    runtime = await startRuntime(name);
    authorization = await runtime.bearer({ scopes: ['check', 'bulk', 'lists'] });
    await importResidents(runtime.registry, [resident(known)]);
    const body = `${JSON.stringify({ ref: 'a', nik: known })}\n`;
    const headers = {
      Authorization: authorization,
      'Content-Type': 'application/x-ndjson',
      'Idempotency-Key': 'one',
    };
    list = (
      (await (await fetch(`${runtime.url}/v1/lists`, { method: 'POST', headers, body })).json()) as { id: string }
    ).id;
    // A date that no import can write: to read it is a RangeError in our code, not a fault of the database.
    await runtime.registry.sql`UPDATE copies SET as_of = 'infinity'`;
    await runtime.registry.sql`UPDATE sources SET as_of = 'infinity', full_as_of = 'infinity'`;
  });
  afterAll(() => runtime?.stop());

  const bulk = () =>
    fetch(`${runtime.url}/v1/checks/bulk`, {
      method: 'POST',
      headers: { Authorization: authorization, 'Content-Type': 'application/x-ndjson' },
      body: `${JSON.stringify({ ref: 'a', nik: known })}\n`,
    });
  const form = () =>
    fetch(runtime.url, {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams({ nik: known, second: 'NENENG NURHASANAH' }),
    });
  const counts = () => fetch(`${runtime.url}/v1/lists/${list}`, { headers: { Authorization: authorization } });

  it.each([
    ['check', () => check(runtime, authorization, { nik: known })],
    ['bulk', bulk],
    ['form', form],
    ['list', counts],
    ['readiness', () => fetch(`${runtime.url}/readyz`)],
  ])('is 500 and not "no answer now", and in the log once, by its frames: %s', async (_what, ask) => {
    const response = await ask();
    expect(response.status).toBe(500);
    const id = response.headers.get('x-request-id') as string;
    await expect.poll(() => runtime.log()).toContain(id);
    const lines = runtime
      .log()
      .split('\n')
      .filter((line) => line.includes(id) && !line.includes('"event":"request"'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      event: 'internal',
      code: 'RangeError',
      stack: expect.stringMatching(/^formatInstant \((src\/core\/dates\.ts|worker\.js):\d+:\d+\) \| .+:\d+:\d+/),
    });
    expect(runtime.log()).not.toMatch(/[0-9]{16}|Invalid time value/);
  });
});

describe('a source that fails', () => {
  const rules = { election: PILKADA_2018, todayOverride: null, now: () => 0 };
  const asking = (...finds: (() => Promise<never>)[]) => {
    const sources = finds.map((find) => ({ name: 'REGISTRY', find }) as const);
    const caller = { client: 'test', region: null };
    return createCheck({ keys: deriveKeys(new Uint8Array(32)), rules, sources })(ID, { nik: known as Nik }, caller);
  };
  const failing = (error: Error) => () => Promise.reject(error);

  it('by an outage is unavailable, once no other can be asked', async () => {
    const lost = failing(Object.assign(new Error(known), { code: 'ECONNREFUSED' }));
    await expect(asking(lost)).rejects.toMatchObject({ code: 'ECONNREFUSED', retryAfterSeconds: 5 });
    const asked: number[] = [];
    const second = () => {
      asked.push(2);
      return Promise.reject(new Unavailable('TIMEOUT'));
    };
    await expect(asking(lost, second)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(asked).toEqual([2]);
  });

  it('by a bug is that bug, and the next is not asked', async () => {
    const bug = new TypeError('x is not a function');
    await expect(asking(failing(bug), () => Promise.reject(new Error('asked')))).rejects.toBe(bug);
  });
});

it.each([
  ['57P01', true],
  ['XX000', true],
  ['CONNECT_TIMEOUT', true],
  ['CONNECTION_CLOSED', true],
  ['ECONNREFUSED', true],
  ['EAI_AGAIN', true],
  ['ENOSPC', true],
  ['EIO', true],
  ['ERR_TLS_CERT_ALTNAME_INVALID', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
  ['ERR_INVALID_ARG_TYPE', false],
  ['UNDEFINED_VALUE', false],
  ['EMPTY', false],
  ['TRUNCATED', false],
])('an error of the code %s is an outage: %s', (code, outage) => {
  expect(isOutage(Object.assign(new Error('failed'), { code }))).toBe(outage);
});

it('an error without a code is an outage only where the runtime says so of a socket', () => {
  expect(isOutage(new Error('Network connection lost.'))).toBe(true);
  expect(isOutage(new TypeError('x is not a function'))).toBe(false);
  expect(isOutage(undefined)).toBe(false);
});

it('a fault is told by class and frames, whatever its message holds', () => {
  const message = `${known} SITI\n    at SITI (src/AMINAH.ts:1:1)\n    at ${known}:1:1`;
  const line = JSON.stringify(lineOf(faultEvent(ID, new TypeError(message)), 'errors'));
  expect(line).toMatch(/"code":"TypeError","stack":"[^"]*faults\.test\.ts:\d+:\d+/);
  expect(line).not.toMatch(/SITI|AMINAH|3201/);
  const changed = Object.assign(new TypeError('SITI\n    at SITI (src/AMINAH.ts:1:1)'), { message: 'another' });
  expect(JSON.stringify(lineOf(faultEvent(ID, changed), 'errors'))).not.toMatch(/SITI|AMINAH/);
  expect(lineOf(faultEvent(ID, 'SITI'), 'errors')).toMatchObject({ event: 'internal', code: 'UNKNOWN' });
});

it('an error that drizzle wraps is judged by what the driver said', async () => {
  const failsWith = async (cause: Error): Promise<unknown> => {
    const sql = { unsafe: () => ({ values: () => Promise.reject(cause) }) } as unknown as Sql;
    return await drizzleOver(sql)
      .execute('SELECT 1')
      .catch((error: unknown) => error);
  };
  const lost = await failsWith(Object.assign(new Error('gone'), { code: '57P01' }));
  expect([errorCode(lost), isConnectionLost(lost), isOutage(lost)]).toEqual(['57P01', true, true]);
  expect(isOutage(await failsWith(new Error('Network connection lost.')))).toBe(true);
  expect(isOutage(await failsWith(new TypeError('x is not a function')))).toBe(false);
});
