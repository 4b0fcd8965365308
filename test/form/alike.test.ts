import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/checks/limits.ts';
import type { Nik } from '../../src/core/nik.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { addressTag, tagsOf } from '../../src/registry/tags.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer, type TestKeys } from '../support/server.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { createClient, type Reply } from './post.ts';
import { createResidents } from './residents.ts';

const WRONG = 'Data tidak ditemukan atau tidak cocok';
const LOCKED = 'Pemeriksaan NIK ini dihentikan sementara';
const TOO_MANY = 'Terlalu banyak pemeriksaan dari jaringan ini';
const HEADLINE = 'Anda tercatat sudah melakukan perekaman';
const NEVER = 'SITI AMINAH';

let registry: TestRegistry;
let keys: TestKeys;
let server: RunningServer;
let residents: ReturnType<typeof createResidents>;
let addresses = 0;

beforeAll(async () => {
  registry = await createTestRegistry();
  residents = createResidents(registry);
  await residents.add();
  keys = await createTestKeys(registry.registryKey);
  server = await startServer({
    ...keys,
    HAKPILIH_DATABASE_URL: registry.url,
    HAKPILIH_TRUSTED_PROXIES: '127.0.0.1',
  });
});
afterAll(async () => {
  await server?.stop();
  await registry?.close();
});

const freshAddress = (): string => `198.51.${100 + Math.floor(addresses / 250)}.${addresses++ % 250}`;

/** Asks the Node server in Indonesian, from an address of its own. */
function createAsker(address = freshAddress()) {
  const client = createClient(server.url);
  const ask = (nik: string, second: string): Promise<Reply> =>
    client.post('/?lang=id', { nik, second }, { 'X-Forwarded-For': address });
  return { ask, address, close: client.close };
}

async function askTimes(
  ask: (nik: string, second: string) => Promise<Reply>,
  times: number,
  nik: string,
): Promise<void> {
  for (let i = 0; i < times; i++) expect((await ask(nik, NEVER)).text).toContain(WRONG);
}

const auditTagOf = (nik: string): string => tagsOf(deriveKeys(registry.registryKey), nik as Nik, {}).auditTag;

const header = (reply: Reply, name: string): string | undefined =>
  reply.headers.find(([each]) => each.toLowerCase() === name)?.[1];

/** All of a reply that anybody can see, but for the request's id and the date. */
function faceOf(reply: Reply): string {
  const id = header(reply, 'x-request-id') ?? '';
  expect(reply.text.split(id)).toHaveLength(2);
  const headers = reply.headers.filter(([name]) => !['x-request-id', 'date'].includes(name.toLowerCase()));
  return [reply.status, ...headers.map((pair) => pair.join(': ')), reply.text.replace(id, 'ID')].join('\n');
}

describe.each(['node', 'worker'] as const)('on %s, all that is no answer', (runtime) => {
  let worker: RunningWorker | undefined;
  beforeAll(async () => {
    if (runtime === 'node') return;
    worker = await startWorker(registry.url, keys);
  });
  afterAll(async () => {
    await worker?.stop();
  });

  it.each(['id', 'en'])('is the same byte for byte at each of seven attempts, in %s', async (language) => {
    const client = createClient(worker?.url ?? server.url);
    const attempts = 7;
    const faces = Array.from({ length: attempts }, () => new Map<string, string>());
    for (const { behind, nik, second, right } of await residents.everyMiss()) {
      const address = freshAddress();
      const headers = { 'X-Forwarded-For': address, 'CF-Connecting-IP': address };
      for (const [i, face] of faces.entries()) {
        const fact = i < LIMITS.selfCheckWrongAnswers ? second : right;
        face.set(behind, faceOf(await client.post(`/?lang=${language}`, { nik, second: fact }, headers)));
      }
    }
    client.close();
    const [wrong, locked] = [faces[0], faces[LIMITS.selfCheckWrongAnswers]].map(
      (face) => face?.values().next().value,
    );
    for (const [i, face] of faces.entries()) {
      for (const [behind, text] of face) {
        expect(text, `attempt ${i + 1}, ${behind}`).toBe(i < LIMITS.selfCheckWrongAnswers ? wrong : locked);
      }
    }
    expect(wrong).toMatch(/^200\n/);
    expect(wrong).toContain(language === 'id' ? 'mungkin nomor KK?' : 'perhaps your KK number?');
    expect(locked).toMatch(/^429\n/);
    expect(locked).toMatch(/\nretry-after: 3600\n/i);
    expect(locked).toContain('Disdukcapil');
  });
});

describe('the count of wrong answers', () => {
  it('lets a right one through at any of the first five attempts and does not count it', async () => {
    const [nik = ''] = await residents.add();
    const { ask, close } = createAsker();
    for (let i = 0; i < LIMITS.selfCheckWrongAnswers; i++) {
      for (const right of [residents.name, residents.kk]) expect((await ask(nik, right)).text).toContain(HEADLINE);
      await askTimes(ask, 1, nik);
    }
    const locked = await ask(nik, residents.name);
    close();
    expect(locked.text).toContain(LOCKED);
    expect(locked.text).not.toContain(HEADLINE);
  });

  it('is one for a NIK, whatever the addresses', async () => {
    const [nik = ''] = await residents.add();
    const [one, other] = [createAsker(), createAsker()];
    await askTimes(one.ask, 3, nik);
    await askTimes(other.ask, 2, nik);
    for (const { ask } of [one, other]) expect((await ask(nik, residents.name)).text).toContain(LOCKED);
    expect((await one.ask(residents.freshNik(), NEVER)).text).toContain(WRONG);
    one.close();
    other.close();
  });

  it('holds for twenty at the same moment', async () => {
    const [nik = ''] = await residents.add();
    const askers = Array.from({ length: 20 }, () => createAsker());
    const replies = await Promise.all(askers.map(({ ask }) => ask(nik, NEVER)));
    for (const { close } of askers) close();
    const { ask, close } = createAsker();
    const after = await ask(nik, residents.name);
    close();
    expect(replies.filter(({ text }) => text.includes(WRONG))).toHaveLength(LIMITS.selfCheckWrongAnswers);
    expect(replies.filter(({ text }) => text.includes(LOCKED))).toHaveLength(20 - LIMITS.selfCheckWrongAnswers);
    expect(after.text).toContain(LOCKED);
  });

  it('ends an hour after the wrong answers, and questions in between do not prolong it', async () => {
    const [nik = ''] = await residents.add();
    const { ask, close } = createAsker();
    await askTimes(ask, LIMITS.selfCheckWrongAnswers, nik);
    await agePastAnswers(nik, 59);
    for (let i = 0; i < 5; i++) expect((await ask(nik, NEVER)).text).toContain(LOCKED);
    await agePastAnswers(nik, 1);
    expect((await ask(nik, residents.name)).text).toContain(HEADLINE);
    await askTimes(ask, LIMITS.selfCheckWrongAnswers, nik);
    expect((await ask(nik, residents.name)).text).toContain(LOCKED);
    close();
  });

  const agePastAnswers = (nik: string, minutes: number) => registry.sql`
    UPDATE self_check_tags SET wrong_at = ARRAY(SELECT w - ${`${minutes} minutes`}::interval FROM unnest(wrong_at) w)
    WHERE tag = ${auditTagOf(nik)}`;
});

describe('the limit of an address', () => {
  const askedBefore = async (address: string, asked: number, since = '0 minutes') => registry.sql`
    INSERT INTO self_check_addresses (tag, since, asked)
    VALUES (${addressTag(deriveKeys(registry.registryKey), address)}, now() - ${since}::interval, ${asked})`;

  it('turns away the question after the last with 429, whoever is asked for, and counts no NIK', async () => {
    const [nik = ''] = await residents.add();
    const one = createAsker();
    await askedBefore(one.address, LIMITS.selfCheckPerAddress - 1);
    expect((await one.ask(nik, residents.name)).text).toContain(HEADLINE);
    const turnedAway = [
      await one.ask(nik, residents.name),
      await one.ask(nik, NEVER),
      await one.ask(residents.freshNik(), NEVER),
    ];
    one.close();
    expect(new Set(turnedAway.map(faceOf)).size).toBe(1);
    expect(turnedAway[0]?.status).toBe(429);
    expect(turnedAway[0]?.text).toContain(TOO_MANY);
    expect(Number(header(turnedAway[0] as Reply, 'retry-after'))).toBe(LIMITS.selfCheckWindowSeconds);
    const other = createAsker();
    await askTimes(other.ask, LIMITS.selfCheckWrongAnswers, nik);
    other.close();
  });

  it('begins anew after an hour', async () => {
    const { ask, address, close } = createAsker();
    await askedBefore(address, LIMITS.selfCheckPerAddress, '61 minutes');
    const reply = await ask(residents.freshNik(), NEVER);
    close();
    expect(reply.text).toContain(WRONG);
  });
});

it('writes an audit row for every question, answered or not, and says none of it in the log', async () => {
  const [nik = ''] = await residents.add();
  const unknown = residents.freshNik();
  const { ask, close } = createAsker();
  const replies: Reply[] = [await ask(nik, residents.name), await ask(unknown, NEVER)];
  for (let i = 0; i < 6; i++) replies.push(await ask(nik, NEVER));
  close();
  const rows = await registry.sql`
    SELECT id::text, client, asked, matched, found FROM audit
    WHERE tag IN (${auditTagOf(nik)}, ${auditTagOf(unknown)}) ORDER BY id`;
  expect(rows.map(({ id }) => id)).toEqual(replies.map((reply) => header(reply, 'x-request-id')));
  expect(rows.map(({ client, asked, matched, found }) => [client, asked, matched, found])).toEqual([
    ['self-check', 1, 1, true],
    ['self-check', 1, 0, false],
    ...Array.from({ length: 6 }, () => ['self-check', 1, 0, true]),
  ]);
  for (const secret of [nik, unknown, residents.name, NEVER]) expect(server.log()).not.toContain(secret);
});

it('shows the form, and a page that says so for an answer, while the database is gone', async () => {
  const own = await createTestRegistry();
  const [nik = ''] = await createResidents(own).add();
  const ownKeys = await createTestKeys(own.registryKey);
  const down = await startServer({ ...ownKeys, HAKPILIH_DATABASE_URL: own.url });
  await own.close();
  const client = createClient(down.url);
  const form = await fetch(down.url);
  const page = await client.post('/?lang=id', { nik, second: NEVER });
  const problem = await client.post('/?lang=id', { nik, second: NEVER }, { Accept: '*/*' });
  client.close();
  await down.stop();
  expect([form.status, page.status, problem.status]).toEqual([200, 503, 503]);
  expect(await form.text()).toContain('<form');
  expect(page.text).toContain('Layanan sedang terganggu');
  expect(page.text).toContain('hak pilih Anda');
  expect(Number(header(page, 'retry-after'))).toBeGreaterThan(0);
  expect(JSON.parse(problem.text)).toMatchObject({ type: '/problems/unavailable', status: 503 });
  expect(down.log()).toContain('"event":"unavailable"');
  expect(down.log()).not.toContain(nik);
});
