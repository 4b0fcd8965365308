import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bulk, createBulk } from '../../src/checks/bulk/bulk.ts';
import { BULK_LIMITS } from '../../src/checks/bulk/limits.ts';
import { openMemorySpool } from '../../src/checks/bulk/upload.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { connect, type Sql } from '../../src/registry/sql.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { still, stopTimers, turn } from '../support/still-clock.ts';

const { maxUploadsPerClient, maxUploads, maxPerClient, maxAtOnce, maxPlaceWaitMs, placeLookMs, maxStatementMs } =
  BULK_LIMITS;
const LINE = Buffer.from(`{"ref":"a","nik":"${nikOf(1)}"}\n`);
const TOO_MANY = { code: 'TOO_MANY_BULK', retryAfterSeconds: 5 };
type Answer = Awaited<ReturnType<Bulk>>;

describe('a place for a bulk check', () => {
  let registry: TestRegistry;
  let sql: Sql;
  let bulk: Bulk;
  const answers: Answer[] = [];
  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, [resident(nikOf(1))]);
    sql = connect(registry.url, { max: 8 });
  });
  afterAll(async () => {
    await sql?.end({ timeout: 1 });
    await registry?.close();
  });
  beforeEach(() => {
    bulk = createBulk({
      keys: deriveKeys(registry.registryKey),
      rules: { election: PILKADA_2018, todayOverride: null, now: Date.now },
      sql,
      openSpool: openMemorySpool,
      limits: BULK_LIMITS.spooled,
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    for (const answer of answers.splice(0)) await drain(answer);
  });

  /** One that is not whole before `end`; `begun` says that it was let in. */
  function upload(client: string, end: Promise<void> = Promise.resolve()) {
    const begun = Promise.withResolvers<void>();
    async function* body(): AsyncGenerator<Uint8Array> {
      begun.resolve();
      await end;
      yield LINE;
    }
    const answer = bulk({ id: randomUUID(), format: 'ndjson', body: body() }, { client, region: null });
    answer.catch(() => {});
    return { begun: begun.promise, answer };
  }
  /** One whose answer is begun and not read. */
  const hold = async (client: string): Promise<Answer> => {
    const answer = await upload(client).answer;
    await answer.next();
    answers.push(answer);
    return answer;
  };
  const drain = async (answer: Answer): Promise<void> => {
    for await (const _ of answer);
  };

  it('on the way in is one of so many of a client, of so many of all, and no more', async () => {
    const cutOff = Promise.withResolvers<void>();
    const held: ReturnType<typeof upload>[] = [];
    for (let i = 0; i < maxUploads; i += 1) {
      if (i === maxUploadsPerClient) await expect(upload('client-0').answer).rejects.toMatchObject(TOO_MANY);
      const one = upload(`client-${Math.floor(i / maxUploadsPerClient)}`, cutOff.promise);
      held.push(one);
      await one.begun;
    }
    await expect(upload('another').answer).rejects.toMatchObject(TOO_MANY);
    cutOff.reject(new Error('cut off'));
    for (const { answer } of held) await expect(answer).rejects.toThrow('cut off');
    await hold('client-0');
  });

  it('at the database is one of so many of a client, of so many of all, and no more', async () => {
    for (let i = 0; i < maxAtOnce; i += 1) {
      if (i === maxPerClient) await expect(upload('client-0').answer).rejects.toMatchObject(TOO_MANY);
      await hold(`client-${Math.floor(i / maxPerClient)}`);
    }
    await expect(upload('another').answer).rejects.toMatchObject(TOO_MANY);
    await drain(answers.shift() as Answer);
    await hold('another');
  });

  it.each([
    [maxPlaceWaitMs - placeLookMs, 'answered'],
    [maxPlaceWaitMs, 'answered'],
    [maxPlaceWaitMs + placeLookMs, TOO_MANY.code],
  ])('that is free after %i ms is given to a whole upload, or not: %s', async (freeMs, expected) => {
    const whole = Promise.withResolvers<void>();
    const waiting = upload('slow', whole.promise);
    await waiting.begun;
    for (let i = 0; i < maxPerClient; i += 1) await hold('slow');
    const outcome = waiting.answer.then(
      (answer) => {
        answers.push(answer);
        return 'answered';
      },
      ({ code }) => code,
    );
    stopTimers();
    whole.resolve();
    await still(turn());
    await vi.advanceTimersByTimeAsync(freeMs - 1);
    await still(drain(answers.shift() as Answer));
    await vi.advanceTimersByTimeAsync(1);
    expect(await still(outcome)).toBe(expected);
  });

  it('is given up where the database takes too long for a block of lines, and not before', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holder = registry.sql.begin(async (tx) => {
      await tx`LOCK TABLE residents IN ACCESS EXCLUSIVE MODE`;
      locked.resolve();
      await released;
    });
    await locked.promise;
    stopTimers();
    let seen: unknown = null;
    const { answer } = upload('patient');
    const outcome = answer.catch(({ code }) => (seen = code));
    const isAsking = async (): Promise<boolean> => {
      const waiting = await registry.sql`SELECT FROM pg_locks WHERE NOT granted AND relation = 'residents'::regclass`;
      return waiting.length > 0;
    };
    while (!(await still(isAsking())));
    await vi.advanceTimersByTimeAsync(maxStatementMs - 1);
    await still(turn());
    expect(seen).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    release();
    expect(await still(outcome)).toBe('TIMEOUT');
    await still(holder);
  });
});
