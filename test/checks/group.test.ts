import { describe, expect, it } from 'vitest';
import { groupCommit, inTime, Unavailable } from '../../src/checks/group.ts';

const LIMITS = { maxGroupSize: 4, maxStatementsInFlight: 2, maxWaiting: 10 };

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
    const answers = Promise.all([1, 2, 3].map(ask));
    await turn();
    expect(running.map(({ questions }) => questions)).toEqual([[1, 2, 3]]);
    running[0]?.answer();
    expect(await answers).toEqual([10, 20, 30]);
  });

  it('keeps at most so many statements in flight, and no group larger than agreed', async () => {
    const { running, find } = createStatements();
    const ask = groupCommit(find, LIMITS);
    const answers = Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(ask));
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
    const answers = [1, 2].map(ask);
    await turn();
    answers.push(...[3, 4, 5].map(ask));
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
    const answers = Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(ask));
    await turn();
    running[0]?.fail(new Error('lost'));
    running[1]?.answer();
    expect((await answers).map(({ status }) => status)).toEqual([...Array(4).fill('rejected'), ...Array(4).fill('fulfilled')]);
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
