import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { keyCheck } from '../../src/registry/tags.ts';
import { type Behaviour, type Dukcapil, startDukcapil } from '../support/dukcapil.ts';
import {
  createTestRegistry,
  importResidents,
  nikOf,
  resident,
  type TestRegistry,
  UNLIMITED,
} from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer } from '../support/server.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';

/** Three days in seconds: mornings work, then the server fails in one way after another, and works again. */
const DAYS: [Behaviour, seconds: number][] = [
  ['WORKS', 1],
  ['HANGS', 2],
  ['ERROR_500', 1],
  ['WORKS', 1],
  ['RESETS', 1.5],
  ['LOGIN', 1.2],
  ['CUT', 1.2],
  ['WORKS', 1],
  ['IP', 1.2],
  ['INACTIVE_USER', 1.2],
  ['HTML', 1.2],
  ['QUOTA', 1.5],
  ['WORKS', 2],
];
const NAME = 'NENENG NURHASANAH';
const [printed, unclear, unrecorded] = [nikOf(1), nikOf(2), nikOf(3)];
const known = Array.from({ length: 20 }, (_, n) => nikOf(100 + n));
const strangers = Array.from({ length: 20 }, (_, n) => nikOf(200 + n));
/** As a number it would be another one. */
const papuan = '9201014508809007';

let registry: TestRegistry;
let dukcapil: Dukcapil;
let keys: Awaited<ReturnType<typeof createTestKeys>>;
let authorization: string;
beforeAll(async () => {
  registry = await createTestRegistry();
  keys = await createTestKeys(registry.registryKey);
  await registry.sql`INSERT INTO registry_key (key_check)
    VALUES (${keyCheck(deriveKeys(registry.registryKey))}::bigint)`;
  await importResidents(registry, [
    resident(printed, { status: 'CARD_ISSUED' }),
    resident(unclear, { status: 'UNKNOWN' }),
    resident(unrecorded, { status: 'UNREGISTERED' }),
  ]);
  dukcapil = await startDukcapil({ keys: { nik: 'NIK', user: 'userId', ip: 'ip_address' } });
  for (const nik of [...known, unclear]) dukcapil.knows(nik, { TGL_LHR: '13.03.1980' });
  dukcapil.knows(papuan, { NO_PROP: 92, NO_KAB: 1, NO_KK: '9201010503119007' });
  const request = { client: UNLIMITED, scopes: ['check'] as const, region: null, ttlSeconds: 3_600 };
  const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
  authorization = `Bearer ${await issueToken(keyring, request, Date.now(), crypto.randomUUID())}`;
});
afterAll(async () => {
  await dukcapil?.stop();
  await registry?.close();
});

async function checkAt(url: string, question: object) {
  const began = performance.now();
  const response = await fetch(`${url}/v1/checks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: authorization },
    body: JSON.stringify(question),
  });
  const body = (await response.json()) as { document: string; source: string; reasons: { code: string }[] };
  const id = response.headers.get('x-request-id') as string;
  return { status: response.status, body, id, ms: performance.now() - began };
}
const summary = ({ status, body }: Awaited<ReturnType<typeof checkAt>>): string =>
  `${status} ${body.document} ${body.source} ${body.reasons?.[0]?.code}`;

describe('the Node server in January 2018', () => {
  let server: RunningServer;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hakpilih-january-'));
    server = await startServer({
      ...keys,
      HAKPILIH_DATABASE_URL: registry.url,
      HAKPILIH_DATA_DIR: dataDir,
      HAKPILIH_UPSTREAM: dukcapil.setting(),
      HAKPILIH_LOG: 'requests',
    });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('answers each question as its own copy does, or better, whatever the central server does', async () => {
    const EXPECTED: [niks: readonly string[], answers: RegExp][] = [
      [known, /^200 (SUKET UPSTREAM RECORDED_NOT_PRINTED|UNDETERMINED REGISTRY NOT_FOUND)$/],
      [strangers, /^200 UNDETERMINED REGISTRY NOT_FOUND$/],
      [[unclear], /^200 (SUKET UPSTREAM RECORDED_NOT_PRINTED|UNDETERMINED REGISTRY UNKNOWN_STATUS_CODE)$/],
      [[printed], /^200 EKTP REGISTRY CARD_PRINTED$/],
      [[unrecorded], /^200 NEITHER REGISTRY NOT_RECORDED$/],
    ];
    const lifted: string[] = [];
    const plain: string[] = [];
    let count = 0;
    for (const [behaviour, seconds] of DAYS) {
      dukcapil.state.behaviour = behaviour;
      const until = performance.now() + seconds * 1_000;
      while (performance.now() < until) {
        const round = EXPECTED.map(async ([niks, answers]) => {
          const answer = await checkAt(server.url, { nik: niks[count % niks.length], name: NAME });
          expect(summary(answer)).toMatch(answers);
          expect(answer.ms).toBeLessThan(2_000);
          (answer.body.source === 'UPSTREAM' ? lifted : plain).push(answer.id);
          if (behaviour !== 'WORKS') expect(answer.body.source).toBe('REGISTRY');
        });
        await Promise.all(round);
        count += 1;
        await registry.sql`DELETE FROM client_misses`;
      }
    }
    expect(lifted.length).toBeGreaterThan(20);

    // Each answer has its row; a lifted one has a second, which says so, and no other has one.
    const ids = `{${[...lifted, ...plain]}}`;
    const [rows] = await registry.sql`SELECT count(*)::int AS checks FROM audit WHERE id = ANY (${ids}::uuid[])`;
    expect(rows?.checks).toBe(lifted.length + plain.length);
    const upstream =
      await registry.sql`SELECT detail ->> 'check' AS check, source FROM audit WHERE kind = 'UPSTREAM'`;
    expect(upstream.map(({ check }) => check).sort()).toEqual(lifted.toSorted());
    expect(new Set(upstream.map(({ source }) => source))).toEqual(new Set(['UPSTREAM']));

    // What failed stands on the page of the service, and no number of anybody stands in any line.
    const page = await (await fetch(`${server.url}/status?lang=en`)).text();
    expect(page).toMatch(/Dukcapil web service<\/h2><ul><li>Last answered: /);
    const outages = page.match(/Dukcapil web service: from /g);
    expect(outages?.length).toBe(3);
    for (const code of ['TIMEOUT', 'LOGIN', 'IP', 'INACTIVE_USER', 'QUOTA'])
      expect(server.log()).toContain(`"code":"UPSTREAM_${code}"`);
    expect(server.log()).not.toMatch(/[0-9]{16}|NENENG|rahasia|CALL_NIK/);
  });
});

describe('the Worker', () => {
  let worker: RunningWorker;
  const logged: string[] = [];
  beforeAll(async () => {
    const bindings = { ...keys, HAKPILIH_TODAY: '2018-01-12', HAKPILIH_UPSTREAM: dukcapil.setting() };
    worker = await startWorker(registry.url, bindings, (line) => logged.push(line));
  });
  afterAll(() => worker?.stop());

  it('asks the same service, and reads numbers above 2^53 to their digit', async () => {
    dukcapil.state.behaviour = 'WORKS';
    const { body, id } = await checkAt(worker.url, { nik: papuan, name: NAME, kk: '9201010503119007' });
    expect(body).toMatchObject({ document: 'SUKET', source: 'UPSTREAM', region: '92.01.01.1001' });
    expect(dukcapil.asked.at(-1)).toBe(papuan);
    const rows = await registry.sql`SELECT source FROM audit WHERE detail ->> 'check' = ${id}`;
    expect([...rows]).toEqual([{ source: 'UPSTREAM' }]);
  });

  it.each(['HANGS', 'TRICKLES', 'RESETS', 'CUT', 'ERROR_503', 'REDIRECTS', 'HUGE', 'LOGIN'] as const)(
    'answers from the registry while it fails (%s), and asks again',
    async (behaviour) => {
      dukcapil.state.behaviour = behaviour;
      const answer = await checkAt(worker.url, { nik: papuan, name: NAME });
      expect(summary(answer)).toBe('200 UNDETERMINED REGISTRY NOT_FOUND');
      expect(answer.ms).toBeLessThan(2_000);
      dukcapil.state.behaviour = 'WORKS';
      const again = async () => (await checkAt(worker.url, { nik: papuan, name: NAME })).body.source;
      await expect.poll(again, { timeout: 5_000, interval: 300 }).toBe('UPSTREAM');
      await registry.sql`DELETE FROM client_misses`;
    },
  );

  it('writes no line that holds a number of anybody', () => {
    expect(logged.join('\n')).toContain('UPSTREAM_LOGIN');
    expect(logged.join('\n')).not.toMatch(/[0-9]{16}|NENENG|rahasia/);
  });
});
