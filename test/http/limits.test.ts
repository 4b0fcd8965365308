import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BULK_LIMITS } from '../../src/checks/bulk/limits.ts';
import { groupCommit, type InTurn } from '../../src/checks/group.ts';
import { LIMITS } from '../../src/checks/limits.ts';
import { LIST_LIMITS } from '../../src/checks/lists/limits.ts';
import { HTTP_LIMITS } from '../../src/http/limits.ts';
import { checkRequest } from '../../src/http/schemas.ts';
import { recordClient } from '../../src/registry/clients.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { openApp } from '../support/app.ts';
import {
  createTestRegistry,
  importResidents,
  nikOf,
  resident,
  type TestRegistry,
  UNLIMITED,
} from '../support/registry.ts';
import { still, stopTimers, turn } from '../support/still-clock.ts';

/** However busy the machine is. */
const IN_THE_END = { timeout: 60_000 };
const around = (limit: number): number[] => [limit - 1, limit, limit + 1];
const FORM = 'application/x-www-form-urlencoded';
const NIK = nikOf(1);
const NAME = 'NENENG NURHASANAH';

let registry: TestRegistry;
let opened: Awaited<ReturnType<typeof openApp>>;
/** Holds all that asks the database until it is let go. */
let gate: PromiseWithResolvers<void>;
let inTurn: InTurn;
/** Checks that have come as far as the database. */
let checking = 0;
beforeAll(async () => {
  registry = await createTestRegistry();
  await importResidents(registry, [resident(NIK)]);
});
afterAll(() => registry?.close());
afterEach(async () => {
  vi.useRealTimers();
  gate.resolve();
  await opened?.close();
});

async function open(isHeld: boolean): Promise<void> {
  checking = 0;
  gate = Promise.withResolvers();
  if (!isHeld) gate.resolve();
  inTurn = async (work) => {
    await gate.promise;
    return await work();
  };
  const { sql, ...others } = await openApp(registry, {
    inTurn: (work) => inTurn(work),
    find: (asked) => {
      checking += 1;
      return find(asked);
    },
  });
  opened = { sql, ...others };
  const find = groupCommit<
    Parameters<typeof findPrepared>[1][number],
    Awaited<ReturnType<typeof findPrepared>>[number]
  >(
    async (asked) => {
      await gate.promise;
      return await findPrepared(sql, asked);
    },
    { ...LIMITS, statementTimeoutMs: 3_600_000, maxWaitMs: 3_600_000 },
  );
}

/** The status of each that is answered by now; null of the others. */
async function statusesOf(asked: readonly Promise<Response>[]): Promise<(number | null)[]> {
  const statuses: (number | null)[] = asked.map(() => null);
  for (const [i, one] of asked.entries()) void one.then(({ status }) => (statuses[i] = status));
  for (let i = 0; i < 20; i += 1) await turn();
  return statuses;
}
const request = async (path: string, init: RequestInit, from = '127.0.0.1'): Promise<Response> =>
  await opened.app.request(path, { ...init, headers: { ...(init.headers as object), 'X-From': from } });
const checkBy = (authorization: string, from: string, body = JSON.stringify({ nik: NIK })): Promise<Response> =>
  request(
    '/v1/checks',
    { method: 'POST', headers: { Authorization: authorization, 'Content-Type': 'application/json' }, body },
    from,
  );
const postForm = (
  from: string,
  body = new URLSearchParams({ nik: NIK, second: NAME }).toString(),
): Promise<Response> =>
  request('/', { method: 'POST', headers: { 'Content-Type': FORM, Accept: 'text/html' }, body }, from);

describe('a body', () => {
  const sent = async (path: string, type: string, body: string, isStated: boolean): Promise<number> => {
    const headers = { Authorization: await opened.bearer(), 'Content-Type': type, Accept: 'text/html' };
    const length = isStated ? { 'Content-Length': String(Buffer.byteLength(body)) } : {};
    const stream = new Blob([body]).stream();
    const init = { method: 'POST', headers: { ...headers, ...length }, body: stream, duplex: 'half' } as RequestInit;
    return (await request(path, init)).status;
  };

  it.each(around(LIMITS.maxBodyBytes))(
    'of %i bytes is read, or not, whether or not its length is stated',
    async (bytes) => {
      await open(false);
      const expected = bytes > LIMITS.maxBodyBytes ? 413 : 200;
      const json = JSON.stringify({ nik: NIK }).padEnd(bytes);
      const form = `${new URLSearchParams({ nik: NIK, second: NAME })}&x=`.padEnd(bytes, 'x');
      for (const isStated of [true, false]) {
        expect(await sent('/v1/checks', 'application/json', json, isStated)).toBe(expected);
        expect(await sent('/', FORM, form, isStated)).toBe(expected);
      }
    },
  );

  it.each(around(LIMITS.maxBodyBytes))('is measured in bytes, not in characters, at %i', async (bytes) => {
    await open(false);
    const begun = `{"nik":"${NIK}","name":"A\u00e9B"`;
    const json = `${begun}${' '.repeat(bytes - Buffer.byteLength(begun) - 1)}}`;
    expect(await sent('/v1/checks', 'application/json', json, false)).toBe(bytes > LIMITS.maxBodyBytes ? 413 : 200);
  });
});

describe('a check', () => {
  it.each(around(LIMITS.maxNameChars))('may ask for a name of %i characters, or not', (chars) => {
    for (const name of ['A'.repeat(chars), `  ${'é'.repeat(chars)}\n`])
      expect(checkRequest.safeParse({ nik: NIK, name }).success).toBe(chars <= LIMITS.maxNameChars);
  });

  it.each(around(LIMITS.maxSuketNumberChars))('may ask for a number of a Suket of %i characters, or not', (chars) => {
    const parsed = checkRequest.safeParse({ nik: NIK, suketNumber: ` ${'4'.repeat(chars)} ` });
    expect(parsed.success).toBe(chars <= LIMITS.maxSuketNumberChars);
    if (!parsed.success) expect(parsed.error.issues).toMatchObject([{ path: ['suketNumber'], message: 'TOO_LONG' }]);
  });

  it('is one of so many at once of its client, wherever they come from', async () => {
    await open(true);
    const mine = await opened.bearer({ client: UNLIMITED });
    const other = await opened.bearer({ client: 'another' });
    const { checksPerClient } = HTTP_LIMITS;
    const asked = Array.from({ length: checksPerClient }, (_, i) => checkBy(mine, `10.0.${i >> 8}.${i & 255}`));
    await expect.poll(() => checking, IN_THE_END).toBe(checksPerClient);
    const refused = await checkBy(mine, '10.1.0.1');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([
      503,
      String(HTTP_LIMITS.retryAfterSeconds),
    ]);
    expect(await refused.json()).toMatchObject({ errors: [{ pointer: '', code: 'TOO_MANY_AT_ONCE' }] });
    const others = checkBy(other, '10.1.0.1');
    await expect.poll(() => checking, IN_THE_END).toBe(checksPerClient + 1);
    gate.resolve();
    for (const { status } of await Promise.all([...asked, others])) expect(status).toBe(200);
    expect((await checkBy(mine, '10.1.0.1')).status).toBe(200);
  });
});

describe('the room', () => {
  const tokens: string[] = [];
  const askFor = {
    checks: (i: number, from: string) => checkBy(tokens[i % tokens.length] as string, from),
    forms: (_: number, from: string) => postForm(from),
    pages: (_: number, from: string) => request('/', {}, from),
  } as const;

  it.each(['checks', 'forms', 'pages'] as const)(
    'of %s holds so many of one address, so many of all, and no more',
    async (kind) => {
      await open(true);
      // No client fills its share of the checks.
      for (let i = 0; i < 8; i += 1) {
        const client = {
          name: `crowd-${i}`,
          scopes: ['check'] as const,
          region: null,
          perMinute: 9_000,
          perDay: 90_000,
        };
        await recordClient(registry.sql, client);
        tokens[i] = await opened.bearer({ client: client.name });
      }
      // Pages do not wait long for the database: the clock stands still.
      if (kind === 'pages') stopTimers();
      const { atOnce, waiting, perAddress } = HTTP_LIMITS.rooms[kind];
      const all = atOnce + waiting;
      const asked: Promise<Response>[] = [];
      const refusedFrom = async (from: string): Promise<void> => {
        const refused = await askFor[kind](0, from);
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      };
      for (let i = 0; i < all; i += 1) {
        if (i === perAddress) await refusedFrom('10.0.0.0');
        asked.push(askFor[kind](i, `10.0.0.${Math.floor(i / perAddress)}`));
        if (i % perAddress === perAddress - 1) expect(new Set(await statusesOf(asked))).toEqual(new Set([null]));
      }
      await refusedFrom('10.0.1.0');
      vi.useRealTimers();
      gate.resolve();
      for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
      expect((await askFor[kind](0, '10.0.1.0')).status).toBe(200);
    },
  );
});

describe('lists on their way in', () => {
  it('are so many of one client at once, so many of all, and no more', async () => {
    await open(false);
    const { each, all } = LIST_LIMITS.made;
    const closed = Promise.withResolvers<void>();
    let begun = 0;
    const send = async (client: string, isHeld = true): Promise<Response> => {
      const authorization = await opened.bearer({ client, scopes: ['lists'] });
      const headers = { Authorization: authorization, 'Content-Type': 'application/x-ndjson' };
      const text = new TextEncoder().encode(`{"ref":"a","nik":"${NIK}"}\n`);
      const source = {
        async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
          begun += 1;
          if (isHeld) await closed.promise;
          controller.enqueue(text);
          controller.close();
        },
      };
      // It is asked for no sooner than it is read.
      const body = new ReadableStream(source, { highWaterMark: 0 });
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
      return await request('/v1/lists', { ...init, headers: { ...headers, 'Idempotency-Key': crypto.randomUUID() } });
    };
    const sent: Promise<Response>[] = [];
    for (let i = 0; i < all; i += 1) {
      if (i === each) expect((await send('lister-0', false)).status).toBe(503);
      sent.push(send(`lister-${Math.floor(i / each)}`));
      await expect.poll(() => begun, IN_THE_END).toBe(i + 1);
    }
    const refused = await send('another', false);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    closed.resolve();
    for (const { status } of await Promise.all(sent)) expect(status).toBe(201);
    expect((await send('another', false)).status).toBe(201);
  });
});

describe('what was asked of the database', () => {
  const startMs = Date.now();
  const ageShown = async (path: string): Promise<string | undefined> =>
    /(?:"ageSeconds":|copy_age_seconds\{[^}]*\} )([0-9]+)/.exec(await (await request(path, {})).text())?.[1];

  it.each([
    ['/readyz', HTTP_LIMITS.readinessTtlMs],
    ['/metrics', HTTP_LIMITS.copiesTtlMs],
  ])('is shown at %s for %i ms, and then asked anew', async (path, ttlMs) => {
    vi.useFakeTimers({ toFake: ['Date'], now: startMs });
    await open(false);
    const first = Number(await ageShown(path));
    expect(first).toBeGreaterThan(0);
    const later = async (ms: number): Promise<number> => {
      vi.setSystemTime(startMs + ms);
      return Number(await ageShown(path)) - first;
    };
    expect(await later(ttlMs - 1)).toBe(0);
    expect(await later(ttlMs)).toBe(ttlMs / 1_000);
    expect(await later(2 * ttlMs - 1)).toBe(ttlMs / 1_000);
    expect(await later(2 * ttlMs + 1)).toBe((2 * ttlMs) / 1_000);
  });

  it('is waited for by the form so long, and no longer: a proof of work is no reason to show none', async () => {
    await open(false);
    vi.useFakeTimers({ toFake: ['Date'] });
    // The date of the sample is known from here on, and need not be asked for.
    expect((await request('/', {})).status).toBe(200);
    gate = Promise.withResolvers();
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: Date.now() });
    const page = request('/', {});
    expect(await statusesOf([page])).toEqual([null]);
    await vi.advanceTimersByTimeAsync(LIMITS.proofTimeoutMs - 1);
    expect(await statusesOf([page])).toEqual([null]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await statusesOf([page])).toEqual([200]);
  });
});

describe('the reader of a bulk answer', () => {
  it('may take nothing for so long, and no longer', async () => {
    await open(false);
    const upload = Array.from({ length: 4_000 }, (_, i) => `{"ref":"r${i}","nik":"${NIK}"}\n`).join('');
    const authorization = await opened.bearer({ scopes: ['bulk'] });
    const headers = { Authorization: authorization, 'Content-Type': 'application/x-ndjson' };
    stopTimers();
    const openTransactions = async (): Promise<number> => {
      const rows = await registry.sql`SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'`;
      return rows.length;
    };
    for (const stallMs of around(BULK_LIMITS.maxStallMs)) {
      const { body } = await still(request('/v1/checks/bulk', { method: 'POST', headers, body: upload }));
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      // The stream makes one piece more, and waits from then on; the rest waits in the spool.
      await still(reader.read());
      while ((await still(openTransactions())) > 0);
      await vi.advanceTimersByTimeAsync(stallMs);
      const readOn = async (): Promise<string> => {
        for (;;) if ((await reader.read()).done) return 'read whole';
      };
      const outcome = await still(readOn().catch(({ message }: Error) => message));
      expect(outcome).toBe(stallMs < BULK_LIMITS.maxStallMs ? 'read whole' : 'the reader has stalled');
    }
  });
});
