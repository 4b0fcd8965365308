import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LogEvent } from '../../src/http/log.ts';
import { recordClient } from '../../src/registry/clients.ts';
import { recentOutages } from '../../src/registry/outages.ts';
import type { Connection } from '../../src/service.ts';
import type { Fallback } from '../../src/snapshot/source.ts';
import { openApp } from '../support/app.ts';
import { type Behaviour, type Dukcapil, REFUSALS, startDukcapil } from '../support/dukcapil.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';

const NAME = 'NENENG NURHASANAH';
const KK = '3201010503119001';
/** Printed, unknown status code, absent from the last copy, outside the region of `bogor`, in no copy. */
const [printed, unclear, absent, hidden, missing] = [1, 2, 3, 4, 5].map(nikOf) as [
  string,
  string,
  string,
  string,
  string,
];
const unrecorded = nikOf(6);

let registry: TestRegistry;
let dukcapil: Dukcapil;
let opened: Awaited<ReturnType<typeof openApp>>;
let logged: LogEvent[];
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  registry = await createTestRegistry();
  const all = [
    resident(printed, { status: 'CARD_ISSUED' }),
    resident(unclear, { status: 'UNKNOWN', marital: 'IS_OR_WAS' }),
    resident(unrecorded, { status: 'UNREGISTERED' }),
    ...Array.from({ length: 20 }, (_, n) => resident(nikOf(100 + n))),
  ];
  await importResidents(registry, [...all, resident(absent)]);
  await importResidents(registry, all, { asOf: '2018-01-13T17:00:00+07:00' });
  await importResidents(registry, [resident(hidden, { region: '32.04.01.2001' })], { source: '32.04' });
  await recordClient(registry.sql, {
    name: 'bogor',
    scopes: ['check'],
    region: '32.01',
    perMinute: 1_000,
    perDay: 10_000,
  });
});
afterAll(() => registry?.close());

/** The app, new for each test: its breaker is closed, and all is well with the service. */
async function open(connection: Partial<Connection> = {}, setting: object = {}) {
  logged = [];
  opened = await openApp(registry, { log: (event) => logged.push(event), ...connection }, dukcapil.setting(setting));
  closing.push(opened.close);
}
beforeEach(async () => {
  dukcapil = await startDukcapil();
  closing.push(dukcapil.stop);
  await registry.sql`DELETE FROM upstream_usage`;
  await registry.sql`DELETE FROM client_misses`;
  await registry.sql`DELETE FROM outages`;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function check(question: object, who: { client?: string; region?: string | null } = {}) {
  const response = await opened.app.request('/v1/checks', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: await opened.bearer(who) },
    body: JSON.stringify(question),
  });
  const text = await response.text();
  const id = response.headers.get('x-request-id') as string;
  return { status: response.status, text, id, body: JSON.parse(text) as Record<string, unknown> };
}
const rowsOf = (
  id: string,
) => registry.sql`SELECT id, kind, source, found, region::text, status, client, claim, asked,
  matched, of_age_on::text, detail FROM audit WHERE id = ${id} OR detail ->> 'check' = ${id} ORDER BY kind`;
const NOT_FOUND = {
  document: 'UNDETERMINED',
  voter: 'UNDETERMINED',
  reasons: [{ code: 'NOT_FOUND' }],
  source: 'REGISTRY',
};

describe('a miss', () => {
  it('that the service knows, with a name that matches, becomes a SUKET with what it tells for the voter', async () => {
    await open();
    dukcapil.knows(missing);
    const { body, id } = await check({ nik: missing, name: 'Neneng Nurhasanah' });
    expect(body).toMatchObject({
      document: 'SUKET',
      voter: 'ELIGIBLE',
      reasons: [{ code: 'RECORDED_NOT_PRINTED' }],
      contests: [
        { office: 'GOVERNOR', region: '32' },
        { office: 'REGENT', region: '32.01' },
      ],
      statusCode: null,
      region: '32.01.01.1001',
      suket: null,
      matches: { name: true, kk: null, suketNumber: null },
      source: 'UPSTREAM',
    });
    expect(Date.now() - Date.parse(body.asOf as string)).toBeLessThan(10_000);
    const rows = await rowsOf(id);
    expect(rows).toMatchObject([
      { id, kind: 'CHECK', source: 'REGISTRY', found: false, region: null },
      {
        kind: 'UPSTREAM',
        source: 'UPSTREAM',
        found: true,
        region: '3201011001',
        asked: 1,
        matched: 1,
        of_age_on: null,
      },
    ]);
    expect(rows[1]).toMatchObject({ client: 'test', claim: null, detail: { check: id } });
    expect(rows).toHaveLength(2);
  });

  it.each([
    [{ TGL_LHR: '15.05.2001', STATUS_KAWIN: 'BELUM KAWIN' }, ['TURNS_17_BY_ELECTION'], 'ELIGIBLE'],
    [{ TGL_LHR: '2001-06-28', STATUS_KAWIN: 'BELUM KAWIN' }, ['UNDER_17'], 'NOT_ELIGIBLE'],
    [{ TGL_LHR: '2001-06-28', STATUS_KAWIN: 'KAWIN' }, [], 'ELIGIBLE'],
    [{ TGL_LHR: '', STATUS_KAWIN: 'BELUM KAWIN' }, ['BIRTH_DATE_UNKNOWN'], 'UNDETERMINED'],
    [{ JENIS_PKRJN: 'TENTARA NASIONAL INDONESIA' }, ['TNI_POLRI_ON_RECORD'], 'UNDETERMINED'],
    [{ NO_PROP: 31, NO_KAB: 71 }, ['NO_CONTEST'], 'NOT_ELIGIBLE'],
    [{ NO_PROP: null }, ['REGION_UNKNOWN'], 'UNDETERMINED'],
    [{ EKTP_STATUS: 'TUNGGAL' }, [], 'ELIGIBLE'],
  ])('with %o is judged by the same rules', async (told, codes, voter) => {
    await open();
    dukcapil.knows(missing, told);
    const { body } = await check({ nik: missing, kk: KK });
    const reasons = ['RECORDED_NOT_PRINTED', ...codes].map((code) => expect.objectContaining({ code }));
    expect(body).toMatchObject({ document: 'SUKET', voter, reasons, source: 'UPSTREAM', matches: { kk: true } });
  });

  it('asked for by the NIK alone is lifted, and nothing else is told of the person', async () => {
    await open();
    dukcapil.knows(missing, { TGL_LHR: '2001-06-28', STATUS_KAWIN: 'BELUM KAWIN' });
    for (const question of [{ nik: missing }, { nik: missing, suketNumber: '471/1' }]) {
      const { body, id } = await check(question);
      expect(body).toMatchObject({
        document: 'SUKET',
        voter: 'UNDETERMINED',
        region: null,
        contests: [],
        source: 'UPSTREAM',
        matches: { name: null, kk: null, suketNumber: null },
      });
      expect((await rowsOf(id))[1]).toMatchObject({ region: null, of_age_on: null });
    }
  });

  it.each([
    ['another name', { name: 'SITI AMINAH' }, {}],
    ['another KK', { kk: '3201010503119002' }, {}],
    ['one of two that is another', { name: NAME, kk: '3201010503119002' }, {}],
    ['a name of which the service has none', { name: NAME }, { NAMA_LGKP: null }],
    ['a name of marks where the service has marks', { name: '---' }, { NAMA_LGKP: '???' }],
    ['somebody who is not recorded', { name: NAME }, { EKTP_STATUS: 'BELUM REKAM' }],
    ['a status that is none', { name: NAME }, { EKTP_STATUS: 'ENTAH' }],
    ['somebody unknown', { name: NAME }, null],
  ])('stays the miss it is: %s', async (_what, facts, told) => {
    await open();
    if (told !== null) dukcapil.knows(missing, told);
    const { body, id } = await check({ nik: missing, ...facts });
    expect(body).toMatchObject(NOT_FOUND);
    expect(dukcapil.asked).toEqual([missing]);
    expect(await rowsOf(id)).toHaveLength(1);
  });

  it('is the same to the byte, and asked for alike, whether absent, hidden, missing or elsewhere', async () => {
    await open();
    dukcapil.knows(hidden, { NO_KAB: 4 });
    dukcapil.knows(nikOf(7), { NO_KAB: 4 });
    dukcapil.knows(nikOf(8), { NO_PROP: null });
    const asked = [absent, hidden, missing, nikOf(7), nikOf(8)];
    const answers = [];
    for (const nik of asked) answers.push(await check({ nik, name: NAME }, { region: '32.01' }));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject(NOT_FOUND);
    expect(dukcapil.asked).toEqual(asked);
    const [misses] = await registry.sql`SELECT sum(run)::int AS run FROM client_misses WHERE client = 'test'`;
    expect(misses?.run).toBe(asked.length);
  });

  it('is lifted for a resident inside the region of the token, and of the row of the client', async () => {
    await open();
    dukcapil.knows(hidden, { NO_KAB: 4 });
    dukcapil.knows(absent);
    expect((await check({ nik: hidden }, { region: '32.04' })).body.source).toBe('REGISTRY');
    expect((await check({ nik: absent, name: NAME }, { region: '32.01' })).body.source).toBe('UPSTREAM');
    expect((await check({ nik: nikOf(9) }, { client: 'bogor', region: null })).body).toMatchObject(NOT_FOUND);
    dukcapil.knows(nikOf(9), { NO_KAB: 4 });
    expect((await check({ nik: nikOf(9) }, { client: 'bogor', region: null })).body).toMatchObject(NOT_FOUND);
    dukcapil.knows(nikOf(9));
    const { body, id } = await check({ nik: nikOf(9) }, { client: 'bogor', region: null });
    expect(body.source).toBe('UPSTREAM');
    expect((await rowsOf(id))[1]).toMatchObject({ client: 'bogor', claim: '32.01' });
  });
});

describe('who is in the registry', () => {
  it('is not asked for, but where the status code is unknown', async () => {
    await open();
    for (const nik of [printed, unrecorded, nikOf(100)]) dukcapil.knows(nik);
    for (const [nik, document] of [
      [printed, 'EKTP'],
      [unrecorded, 'NEITHER'],
      [nikOf(100), 'SUKET'],
    ] as const)
      expect((await check({ nik, name: NAME })).body).toMatchObject({ document, source: 'REGISTRY' });
    expect(dukcapil.asked).toEqual([]);
  });

  it('with an unknown code has a SUKET where the service says recorded; all else stays, its date too', async () => {
    await open();
    const { body: before } = await check({ nik: unclear, name: NAME });
    expect(before).toMatchObject({
      document: 'UNDETERMINED',
      reasons: [{ code: 'UNKNOWN_STATUS_CODE' }],
      source: 'REGISTRY',
    });
    dukcapil.knows(unclear, { NO_KEL: 1002, EKTP_STATUS: 'BELUM REKAM' });
    expect((await check({ nik: unclear, name: NAME })).body).toEqual(before);
    dukcapil.knows(unclear, { NO_KEL: 1002 });
    const { body } = await check({ nik: unclear, name: NAME });
    expect(body).toMatchObject({
      document: 'SUKET',
      reasons: [{ code: 'RECORDED_NOT_PRINTED' }],
      source: 'UPSTREAM',
    });
    for (const key of ['region', 'asOf', 'matches', 'contests', 'voter']) expect(body[key]).toEqual(before[key]);
  });

  it('is never asked for by the form or a bulk check', async () => {
    await open();
    dukcapil.knows(missing);
    const form = await opened.app.request('/', {
      method: 'POST',
      body: new URLSearchParams({ nik: missing, second: NAME }),
    });
    expect(await form.text()).toContain('Data tidak ditemukan');
    const bulk = await opened.app.request('/v1/checks/bulk', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson', Authorization: await opened.bearer({ scopes: ['bulk'] }) },
      body: `{"ref":"1","nik":"${missing}"}\n`,
    });
    expect(await bulk.text()).toContain('NOT_FOUND');
    expect(dukcapil.asked).toEqual([]);
  });
});

const FAILING: [Behaviour, string][] = [
  ...(Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]).map((kind): [Behaviour, string] => [kind, kind]),
  ['HANGS', 'TIMEOUT'],
  ['TRICKLES', 'TIMEOUT'],
  ['RESETS', 'REFUSED'],
  ['CUT', 'REFUSED'],
  ['CUT_CLEANLY', 'MALFORMED'],
  ['ERROR_500', 'REFUSED'],
  ['ERROR_503', 'REFUSED'],
  ['HTML', 'MALFORMED'],
  ['REDIRECTS', 'REFUSED'],
  ['HUGE', 'MALFORMED'],
];

describe('a service that fails', () => {
  it.each(FAILING)(
    '(%s) leaves every answer as it is, within a second and a half, and is known by %s',
    async (behaviour, kind) => {
      await open();
      dukcapil.knows(missing);
      dukcapil.knows(unclear);
      dukcapil.state.behaviour = behaviour;
      for (const [nik, reason] of [
        [missing, 'NOT_FOUND'],
        [unclear, 'UNKNOWN_STATUS_CODE'],
      ] as const) {
        const began = performance.now();
        const { status, body } = await check({ nik, name: NAME });
        expect(performance.now() - began).toBeLessThan(1_600);
        expect([status, body]).toMatchObject([
          200,
          { document: 'UNDETERMINED', reasons: [{ code: reason }], source: 'REGISTRY' },
        ]);
      }
      // The first failure opens the breaker: the second check did not ask.
      expect(dukcapil.asked).toEqual([missing]);
      expect(logged.filter(({ event }) => event !== 'request')).toEqual([
        { event: 'upstream', requestId: expect.any(String), code: `UPSTREAM_${kind}` },
      ]);
      const began = performance.now();
      await check({ nik: missing });
      expect(performance.now() - began).toBeLessThan(300);
      dukcapil.state.behaviour = 'WORKS';
      await sleep(1_050);
      expect((await check({ nik: missing })).body.source).toBe('UPSTREAM');
      expect(await recentOutages(registry.sql)).toMatchObject([{ server: 'upstream' }]);
    },
  );

  it('that nobody listens for, or that calls the caller a stranger, does the same', async () => {
    await open({}, { password: 'falsch' });
    expect((await check({ nik: missing })).body).toMatchObject(NOT_FOUND);
    expect(logged).toContainEqual(expect.objectContaining({ code: 'UPSTREAM_LOGIN' }));
    await open({}, { ip: '10.9.9.9' });
    expect((await check({ nik: missing })).body).toMatchObject(NOT_FOUND);
    expect(logged).toContainEqual(expect.objectContaining({ code: 'UPSTREAM_IP' }));
    await dukcapil.stop();
    await open();
    expect((await check({ nik: missing })).body).toMatchObject(NOT_FOUND);
    expect(logged).toContainEqual(expect.objectContaining({ code: 'UPSTREAM_REFUSED' }));
  });

  it('holds no more than eight checks of a client, and the others answer at once', async () => {
    await open();
    dukcapil.state.behaviour = 'HANGS';
    const began = performance.now();
    const times = await Promise.all(
      Array.from({ length: 16 }, async (_, n) => {
        expect((await check({ nik: nikOf(1_000 + n) }, { client: 'bogor' })).body).toMatchObject(NOT_FOUND);
        return performance.now() - began;
      }),
    );
    expect(dukcapil.asked).toHaveLength(8);
    expect(times.filter((ms) => ms > 1_000)).toHaveLength(8);
  });
});

describe('the daily quota', () => {
  const usedToday = async () => (await registry.sql`SELECT sum(calls)::int AS calls FROM upstream_usage`)[0]?.calls;

  it('is never exceeded by several servers at once', async () => {
    await open({}, { perDay: 25 });
    const apps = [opened];
    for (let n = 0; n < 2; n += 1) {
      await open({}, { perDay: 25 });
      apps.push(opened);
    }
    dukcapil.state.latencyMs = 5;
    for (let round = 0; round < 15; round += 1) {
      // So many misses in a row would pause the client.
      await registry.sql`DELETE FROM client_misses`;
      await Promise.all(
        apps.map(async (app, n) => {
          opened = app;
          await check({ nik: nikOf(2_000 + 3 * round + n), name: NAME });
        }),
      );
    }
    expect(dukcapil.asked).toHaveLength(25);
    expect(await usedToday()).toBe(25);
    expect(logged).toContainEqual(expect.objectContaining({ code: 'UPSTREAM_DAY_QUOTA' }));
    expect((await recentOutages(registry.sql)).length).toBe(0);
  });

  it('begins anew with the day, and of the service itself it is learnt by its word', async () => {
    await open({}, { perDay: 1 });
    await registry.sql`INSERT INTO upstream_usage VALUES ((now() AT TIME ZONE interval '7 hours')::date - 1, 1)`;
    dukcapil.knows(missing);
    expect((await check({ nik: missing })).body.source).toBe('UPSTREAM');
    expect((await check({ nik: missing })).body).toMatchObject(NOT_FOUND);
  });
});

describe('the audit row of a lifted answer', () => {
  it('is journalled where the audit does not take it, and enters it once; without either nothing is lifted', async () => {
    const lines: string[] = [];
    let isWritable = true;
    const journal = {
      append: async (line: string) => {
        if (!isWritable) throw new Error('disk full');
        lines.push(line);
      },
      drain: async () => {},
    };
    const breaker = {
      admits: () => true,
      failed: () => {},
      contacted: () => {},
      answered: () => {},
      seen: () => ({ lastContactMs: 1, outSinceMs: null }),
    };
    const snapshot = {
      manifest: () => null,
      refresh: async () => {},
      state: () => null,
    } as unknown as Fallback['snapshot'];
    await open({ fallback: { journal, breaker, snapshot, clientOf: () => undefined, now: Date.now } });
    dukcapil.knows(missing);
    const { enterRows, parseJournal } = await import('../../src/snapshot/journal.ts');
    // Only rows of this kind are kept out.
    await registry.sql`ALTER TABLE audit ADD CONSTRAINT no_upstream CHECK (kind <> 'UPSTREAM') NOT VALID`;
    try {
      const { body, id } = await check({ nik: missing, name: NAME });
      expect(body.source).toBe('UPSTREAM');
      expect(await rowsOf(id)).toHaveLength(1);
      isWritable = false;
      expect((await check({ nik: missing, name: NAME })).body).toMatchObject(NOT_FOUND);
      expect(lines).toHaveLength(1);
      await registry.sql`ALTER TABLE audit DROP CONSTRAINT no_upstream`;
      const { rows, broken } = parseJournal(lines.join(''));
      expect(broken).toBe(0);
      await enterRows(registry.sql, rows);
      await enterRows(registry.sql, rows);
      expect(await rowsOf(id)).toMatchObject([
        { kind: 'CHECK', source: 'REGISTRY' },
        { kind: 'UPSTREAM', source: 'UPSTREAM', found: true },
      ]);
    } finally {
      await registry.sql`ALTER TABLE audit DROP CONSTRAINT IF EXISTS no_upstream`;
    }
  });
});
