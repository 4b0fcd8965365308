import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX } from '../../src/intake/sample.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { answerIn, check } from '../support/runtimes.ts';
import {
  createTestKeys,
  type RunningServer,
  runCli,
  startDoor,
  startServer,
  type TestKeys,
} from '../support/server.ts';

let directory: string;
let database: TestDatabase;
let keys: TestKeys;
let env: Record<string, string>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hakpilih-doors-'));
  database = await createTestDatabase();
  keys = await createTestKeys();
  env = { ...keys, HAKPILIH_DATABASE_URL: database.url, HAKPILIH_DATA_DIR: directory };
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

describe('the Node server on an empty registry of its own', () => {
  let server: RunningServer;
  let authorization: string;
  beforeAll(async () => {
    const { HAKPILIH_DATABASE_URL: _, ...own } = env;
    server = await startServer(own);
    const token = await runCli(['token', '--client', 'tps-01', '--scope', 'check'], own);
    expect(token.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    authorization = `Bearer ${token.out.trim()}`;
  });
  afterAll(() => server.stop());

  it('loads the sample, says so, and prints a resident for every outcome', () => {
    expect(server.log()).toContain('loaded a synthetic sample of Kabupaten Bogor');
    for (const { nik, outcome } of SANDBOX) expect(server.log()).toMatch(new RegExp(`${nik}.*${outcome}`));
  });

  it.each(SANDBOX)('keeps its promise for $outcome', async ({ nik, name, kk, document, voter, reasons }) => {
    const answer = await answerIn(await check(server, authorization, { nik, name }));
    expect(answer).toMatchObject({ document, voter, source: 'SAMPLE' });
    expect(answer.reasons.map(({ code }) => code)).toEqual(reasons);
    for (const second of [name, kk]) {
      const page = await fetch(server.url, { method: 'POST', body: new URLSearchParams({ nik, second }) });
      expect(page.status).toBe(200);
      const hidden = reasons.includes('NOT_FOUND') || reasons.includes('CONFLICTING_RECORDS');
      expect((await page.text()).includes('Apakah nomor pertama')).toBe(hidden);
    }
  });

  it('says on every page that this is a sample', async () => {
    expect(await (await fetch(server.url)).text()).toContain('12 Januari 2018');
    expect(await (await fetch(`${server.url}/?lang=en`)).text()).toContain('12 January 2018');
  });
});

describe('the Node server', () => {
  it("puts no sample into an empty database of somebody's own", async () => {
    const own = await createTestDatabase();
    const server = await startServer({ ...env, HAKPILIH_DATABASE_URL: own.url });
    expect(server.log()).not.toMatch(/sample/i);
    expect(await (await fetch(server.url)).text()).not.toContain('12 Januari 2018');
    expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ status: 'ready', copies: [] });
    expect(await server.stop()).toBe(0);
    await own.drop();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops cleanly at %s, and first answers what was asked', async (signal) => {
    const server = await startServer(env);
    const token = await runCli(['token', '--client', `tps-${signal.toLowerCase()}`, '--scope', 'check'], env);
    const asked = Array.from({ length: 20 }, () =>
      check(server, `Bearer ${token.out.trim()}`, { nik: SANDBOX[0]?.nik }),
    );
    await asked[0];
    server.child.kill(signal);
    expect(await server.ended).toBe(0);
    expect(server.log()).toContain('hakpilih has stopped');
    const statuses = (await Promise.allSettled(asked)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value.status] : [],
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  const faults: Record<string, [Record<string, string>, RegExp]> = {
    'an unreachable database': [
      { HAKPILIH_DATABASE_URL: 'postgres://u:geheim@127.0.0.1:9/x' },
      /^The database cannot be used \(ECONNREFUSED\)/,
    ],
    'a database URL that is none': [{ HAKPILIH_DATABASE_URL: 'mysql://geheim' }, /^HAKPILIH_DATABASE_URL must begin/],
    'a registry key that is none': [{ HAKPILIH_REGISTRY_KEY: 'geheim' }, /HAKPILIH_REGISTRY_KEY/],
    'signing keys that are none': [{ HAKPILIH_SIGNING_KEYS: '{"keys":["geheim"]}' }, /HAKPILIH_SIGNING_KEYS/],
    'an unknown election': [{ HAKPILIH_ELECTION: 'geheim' }, /^HAKPILIH_ELECTION must be one of: pilkada-2018/],
    'a today that is no day': [{ HAKPILIH_TODAY: '2018-02-30' }, /^HAKPILIH_TODAY/],
    'a port that is none': [{ PORT: 'geheim' }, /^PORT/],
    'a proxy that is no address': [{ HAKPILIH_TRUSTED_PROXIES: '10.0.0.0/8, geheim' }, /^HAKPILIH_TRUSTED_PROXIES/],
  };
  it.each(Object.entries(faults))('refuses %s in one clear line', async (_, [wrong, line]) => {
    const started = startDoor('node', [], { PORT: '0', ...env, ...wrong });
    expect(await started.ended).toBe(1);
    expect(started.log().trim().split('\n')).toHaveLength(1);
    expect(started.log()).toMatch(line);
    expect(started.log()).not.toMatch(/geheim|\n\s+at /);
  });

  it('refuses a registry that was tagged with another key', async () => {
    const other = await createTestKeys();
    const started = startDoor('node', [], { PORT: '0', ...env, ...other });
    expect(await started.ended).toBe(1);
    expect(started.log()).toMatch(/^This registry was tagged with another HAKPILIH_REGISTRY_KEY/);
    expect(started.log()).not.toContain(other.HAKPILIH_REGISTRY_KEY);
  });

  it('refuses a port that is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    const started = startDoor('node', [], { ...env, PORT: String(port) });
    expect(await started.ended).toBe(1);
    expect(started.log()).toContain(`Port ${port} of 127.0.0.1 is in use: choose another with PORT`);
    holder.close();
  });
});
