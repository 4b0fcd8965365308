import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTurns, groupCommit } from '../../src/checks/group.ts';
import { LIMITS as ANSWERS, BESIDE_LIMITS, LONG_LIMITS } from '../../src/checks/limits.ts';
import { inTime, Unavailable } from '../../src/checks/unavailable.ts';

const LONG_MS = 3_600_000;
const LIMITS = {
  maxGroupSize: 4,
  maxStatementsInFlight: 2,
  maxWaiting: 10,
  maxWaitMs: LONG_MS,
  stallMs: LONG_MS,
  statementTimeoutMs: LONG_MS,
};

/** A statement that ends when told to. */
function createStatements() {
  const running: { questions: number[]; answer(): void; fail(error: Error): void }[] = [];
  const find = (questions: number[]): Promise<number[]> =>
    new Promise((resolve, reject) => {
      running.push({ questions, answer: () => resolve(questions.map((n) => n * 10)), fail: reject });
    });
  return { running, find };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('group commit', () => {
  it('sends all that arrives in one turn together, and gives each its own answer', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, LIMITS);
    const answers = Promise.all([1, 2, 3].map((one) => ask(one)));
    await turn();
    expect(running.map(({ questions }) => questions)).toEqual([[1, 2, 3]]);
    running[0]?.answer();
    expect(await answers).toEqual([10, 20, 30]);
  });

  it('asks nothing that could end after its deadline', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, LIMITS);
    const soon = ask(1, performance.now() + LONG_MS);
    const later = ask(2, performance.now() + LONG_MS + 60_000);
    await expect(soon).rejects.toMatchObject({ code: 'WAITED_TOO_LONG' });
    expect(running.map(({ questions }) => questions)).toEqual([[2]]);
    running[0]?.answer();
    expect(await later).toBe(20);
  });

  it('keeps at most so many statements in flight, and no group larger than agreed', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, LIMITS);
    const answers = Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((one) => ask(one)));
    await turn();
    expect(running.map(({ questions }) => questions)).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    running[1]?.answer();
    running[0]?.answer();
    await turn();
    expect(running[2]?.questions).toEqual([9, 10]);
    running[2]?.answer();
    expect(await answers).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  });

  it('keeps less than a full group back while another is in flight', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, LIMITS);
    const answers = [1, 2].map((one) => ask(one));
    await turn();
    answers.push(...[3, 4, 5].map((one) => ask(one)));
    await turn();
    expect(running.map(({ questions }) => questions)).toEqual([[1, 2]]);
    answers.push(ask(6));
    await turn();
    expect(running[1]?.questions).toEqual([3, 4, 5, 6]);
    answers.push(ask(7));
    running[1]?.answer();
    await turn();
    expect(running).toHaveLength(2);
    running[0]?.answer();
    await turn();
    expect(running[2]?.questions).toEqual([7]);
    running[2]?.answer();
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50, 60, 70]);
  });

  it('that fails fails those of its group alone', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, LIMITS);
    const answers = Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map((one) => ask(one)));
    await turn();
    running[0]?.fail(new Error('lost'));
    running[1]?.answer();
    expect((await answers).map(({ status }) => status)).toEqual([
      ...Array(4).fill('rejected'),
      ...Array(4).fill('fulfilled'),
    ]);
  });

  it('refuses more than may wait, and answers again afterwards', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, LIMITS);
    const answers = Promise.allSettled(Array.from({ length: 12 }, (_, i) => ask(i)));
    await turn();
    for (let i = 0; i < 3; i += 1) {
      running[i]?.answer();
      await turn();
    }
    const refused = (await answers).filter((one) => one.status === 'rejected');
    expect(refused.map(({ reason }) => [reason instanceof Unavailable, reason.code])).toEqual(
      Array(2).fill([true, 'TOO_MANY_WAITING']),
    );
  });
});

describe('a statement that has stalled', () => {
  const code = (one: PromiseSettledResult<unknown> | undefined) =>
    one?.status === 'rejected' ? one.reason.code : one?.value;

  it('holds up nobody while another lane is free, full group or not', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, { ...LIMITS, stallMs: 5 });
    const first = ask(1);
    await turn();
    const second = ask(2);
    await expect.poll(() => running.map(({ questions }) => questions)).toEqual([[1], [2]]);
    running[1]?.answer();
    expect(await second).toBe(20);
    running[0]?.answer();
    expect(await first).toBe(10);
  });

  it('is given up in time, but keeps its lane until it has ended', async () => {
    const lanes: number[] = [];
    const { running, find } = createStatements();
    const ask = groupCommit(
      (questions: number[], lane) => {
        lanes.push(lane);
        return find(questions);
      },
      { ...LIMITS, stallMs: 10, statementTimeoutMs: 1_000 },
    );
    expect(code((await Promise.allSettled([ask(1)]))[0])).toBe('TIMEOUT');
    const second = ask(2);
    await turn();
    running[1]?.answer();
    expect(await second).toBe(20);
    running[0]?.answer();
    await turn();
    const others = [3, 4, 5, 6, 7, 8, 9, 10].map((one) => ask(one));
    await turn();
    expect(lanes.slice(0, 2)).toEqual([0, 1]);
    expect(lanes.slice(2).toSorted()).toEqual([0, 1]);
    running[2]?.answer();
    running[3]?.answer();
    expect(await Promise.all(others)).toEqual([30, 40, 50, 60, 70, 80, 90, 100]);
  });

  it('on every lane refuses all who wait and all who come, at once, until one has ended', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, { ...LIMITS, stallMs: 10, statementTimeoutMs: 1_000 });
    const asked = Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((one) => ask(one)));
    await turn();
    expect(running).toHaveLength(2);
    expect((await asked).map(code)).toEqual([...Array(8).fill('TIMEOUT'), 'STALLED', 'STALLED']);
    expect(code((await Promise.allSettled([ask(11)]))[0])).toBe('STALLED');
    running[0]?.fail(new Error('ended at last'));
    await turn();
    const answered = ask(12);
    await turn();
    running[2]?.answer();
    expect(await answered).toBe(120);
  });

  it('lets nobody wait longer than agreed, however many wait, and asks nothing for those who are refused', async () => {
    const { running, find } = createStatements();
    const limits = { ...LIMITS, maxStatementsInFlight: 1, maxWaiting: 20_000, maxWaitMs: 50, stallMs: 10 };
    const ask = groupCommit(find, limits);
    const first = ask(0);
    await turn();
    const crowd = Promise.allSettled(Array.from({ length: 20_000 }, (_, i) => ask(i)));
    expect(new Set((await crowd).map(code))).toEqual(new Set(['WAITED_TOO_LONG']));
    expect(running).toHaveLength(1);
    running[0]?.answer();
    expect(await first).toBe(0);
    await turn();
    expect(running).toHaveLength(1);
  });
});

describe('work in its turn', () => {
  it('is done so many at once and no more, each for itself; too many are refused', async () => {
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
    let begun = 0;
    const inTurn = createTurns({ ...LIMITS, maxWaiting: 2 });
    const done = gates.map(({ promise }) =>
      inTurn(() => {
        begun += 1;
        return promise;
      }),
    );
    const settling = Promise.allSettled(done);
    const refused = inTurn(async () => 1).catch((error) => error.code);
    await turn();
    expect(begun).toBe(2);
    for (const [i, { resolve }] of gates.entries()) resolve(i);
    const settled = await settling;
    expect(settled.slice(0, 2).map(code)).toEqual([0, 1]);
    expect(settled.slice(2).map(code)).toEqual(['TOO_MANY_WAITING', 'TOO_MANY_WAITING']);
    expect(await refused).toBe('TOO_MANY_WAITING');
  });

  const code = (one: PromiseSettledResult<unknown>) => (one.status === 'rejected' ? one.reason.code : one.value);
});

describe('a statement in time', () => {
  it('is its value or its error, and unavailable once it is late', async () => {
    expect(await inTime(Promise.resolve(7), 1_000)).toBe(7);
    await expect(inTime(Promise.reject(new Error('lost')), 1_000)).rejects.toThrow('lost');
    await expect(inTime(new Promise(() => {}), 1)).rejects.toMatchObject({
      code: 'TIMEOUT',
      retryAfterSeconds: expect.any(Number),
    });
  });
});

describe('the limits of', () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const around = (limit: number): number[] => [limit - 1, limit, limit + 1];
  const standStill = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  /** What each has come to by now: its value, its code, or null. */
  async function outcomesOf(asked: readonly Promise<unknown>[]): Promise<unknown[]> {
    const outcomes: unknown[] = asked.map(() => null);
    for (const [i, one] of asked.entries())
      void one.then(
        (value) => (outcomes[i] = value),
        ({ code }) => (outcomes[i] = code),
      );
    await turn();
    return outcomes;
  }

  it.each(around(ANSWERS.maxGroupSize))(
    'a group: of %i checks so many go together, and the others beside',
    async (checks) => {
      const { running, find } = createStatements();
      const ask = groupCommit(find, ANSWERS);
      const asked = Array.from({ length: checks }, (_, i) => ask(i));
      await turn();
      expect(running[0]?.questions).toHaveLength(Math.min(checks, ANSWERS.maxGroupSize));
      running[0]?.answer();
      await turn();
      expect(running.map(({ questions }) => questions.length).slice(1)).toEqual(
        checks > ANSWERS.maxGroupSize ? [1] : [],
      );
      running[1]?.answer();
      expect(await Promise.all(asked)).toHaveLength(checks);
    },
  );

  it.each(around(ANSWERS.maxStatementsInFlight))(
    'statements: of %i full groups so many go at once',
    async (groups) => {
      const { running, find } = createStatements();
      const ask = groupCommit(find, ANSWERS);
      const asked = Array.from({ length: groups * ANSWERS.maxGroupSize }, (_, i) => ask(i));
      await turn();
      expect(running).toHaveLength(Math.min(groups, ANSWERS.maxStatementsInFlight));
      for (let i = 0; i < groups; i += 1) {
        running[i]?.answer();
        await turn();
      }
      expect(await Promise.all(asked)).toHaveLength(groups * ANSWERS.maxGroupSize);
    },
  );

  it.each(around(ANSWERS.maxWaiting))('checks that wait: of %i the last is refused, or not', async (waiting) => {
    const { find } = createStatements();
    const ask = groupCommit(find, ANSWERS);
    const asked = Array.from({ length: waiting }, (_, i) => ask(i));
    const refused = (await outcomesOf(asked)).filter((outcome) => outcome !== null);
    expect(refused).toEqual(waiting > ANSWERS.maxWaiting ? ['TOO_MANY_WAITING'] : []);
  });

  it.each([
    ['beside checks', BESIDE_LIMITS],
    ['that is long', LONG_LIMITS],
  ])('work %s: so much at once, so much that waits, and no more', async (_, limits) => {
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    const inTurn = createTurns(limits);
    const add = (count: number) =>
      Array.from({ length: count }, () =>
        inTurn(async () => {
          begun += 1;
          await gate.promise;
        }),
      );
    const atOnce = add(limits.maxStatementsInFlight);
    await turn();
    expect(begun).toBe(limits.maxStatementsInFlight);
    const waiting = add(limits.maxWaiting);
    await turn();
    expect(begun).toBe(limits.maxStatementsInFlight);
    const refused = await outcomesOf(add(1));
    expect(refused).toEqual(['TOO_MANY_WAITING']);
    gate.resolve();
    await Promise.all([...atOnce, ...waiting]);
    expect(begun).toBe(limits.maxStatementsInFlight + limits.maxWaiting);
  });

  it.each([
    ['checks', ANSWERS],
    ['what is beside them', BESIDE_LIMITS],
    ['long work', LONG_LIMITS],
  ])('%s: a wait below the longest is one for an answer, and another is in vain', async (_, limits) => {
    for (const waitedMs of around(limits.maxWaitMs)) {
      standStill();
      const { running, find } = createStatements();
      const patient = {
        ...limits,
        stallMs: LONG_MS,
        statementTimeoutMs: LONG_MS,
        maxGroupSize: 1,
        maxStatementsInFlight: 1,
      };
      const ask = groupCommit(find, patient);
      const first = ask(1);
      await turn();
      const second = ask(2);
      await turn();
      vi.advanceTimersByTime(waitedMs);
      running[0]?.answer();
      expect(await first).toBe(10);
      const isKept = waitedMs < limits.maxWaitMs;
      expect(await outcomesOf([second])).toEqual([isKept ? null : 'WAITED_TOO_LONG']);
      expect(running).toHaveLength(isKept ? 2 : 1);
    }
  });

  it.each([
    ['checks', ANSWERS],
    ['what is beside them', BESIDE_LIMITS],
    ['long work', LONG_LIMITS],
  ])('%s: a statement is waited for so long, and no longer', async (_, limits) => {
    for (const tookMs of around(limits.statementTimeoutMs)) {
      standStill();
      const { running, find } = createStatements();
      const asked = groupCommit(find, limits)(1);
      await turn();
      vi.advanceTimersByTime(tookMs);
      running[0]?.answer();
      expect(await outcomesOf([asked])).toEqual([tookMs < limits.statementTimeoutMs ? 10 : 'TIMEOUT']);
    }
  });

  it('a statement: it is waited for so long where nothing else is said', async () => {
    standStill();
    const late = inTime(new Promise(() => {}));
    vi.advanceTimersByTime(ANSWERS.statementTimeoutMs - 1);
    expect(await outcomesOf([late])).toEqual([null]);
    vi.advanceTimersByTime(1);
    expect(await outcomesOf([late])).toEqual(['TIMEOUT']);
  });

  it('a stall: a statement holds up others so long, and no longer', async () => {
    standStill();
    const { running, find } = createStatements();
    const ask = groupCommit(find, ANSWERS);
    void ask(1);
    await turn();
    void ask(2);
    await turn();
    vi.advanceTimersByTime(ANSWERS.stallMs - 1);
    await turn();
    expect(running).toHaveLength(1);
    vi.advanceTimersByTime(1);
    await turn();
    expect(running.map(({ questions }) => questions)).toEqual([[1], [2]]);
  });

  it('all: who gets no answer is told when to ask again', () => {
    expect(new Unavailable('ANY').retryAfterSeconds).toBe(ANSWERS.retryAfterSeconds);
  });
});
