import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IMPORT_LIMITS, importExport, inDueTime } from '../../src/platform/import-file.ts';
import { DEFAULTS, exportOf, people } from '../support/exports.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';

const QUIET = { progress: () => {}, reject: () => {} };

describe('an import whose file comes slowly', () => {
  let registry: TestRegistry;
  let gate: PromiseWithResolvers<void>;
  let reached: PromiseWithResolvers<void>;
  beforeEach(async () => {
    registry = await createTestRegistry();
    gate = Promise.withResolvers();
    reached = Promise.withResolvers();
  });
  afterEach(() => registry.close());

  /** More than one piece of the stage, then nothing until told. */
  const bytes = exportOf(people(60_000));
  async function* slowly(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, bytes.length - 1_000);
    reached.resolve();
    await gate.promise;
    yield bytes.subarray(bytes.length - 1_000);
  }
  const importSlowly = () => importExport(registry, slowly(), DEFAULTS, QUIET);
  const transactions = async (): Promise<number> =>
    (
      await registry.sql`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL OR xact_start IS NOT NULL)`
    ).length;

  it('holds no transaction and no snapshot while it waits, and is one copy in the end', async () => {
    const importing = importSlowly();
    await reached.promise;
    await expect.poll(transactions, { timeout: 60_000 }).toBe(0);
    expect(await registry.sql`SELECT 1 FROM residents LIMIT 1`).toEqual([]);
    gate.resolve();
    expect(await importing).toMatchObject({ inserted: 60_000, residents: 60_000 });
  });

  it('whose session is ended while it waits is lost, in one clear line; run again it is done', async () => {
    const importing = importSlowly();
    const failed = expect(importing).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await reached.promise;
    await expect.poll(transactions, { timeout: 60_000 }).toBe(0);
    await registry.sql`SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    gate.resolve();
    await failed;
    expect(await importSlowly()).toMatchObject({ inserted: 60_000, alreadyImported: false });
  });
});

describe('a file that is read', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function* chunks(count: number, then: Promise<void> = Promise.resolve()): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i += 1) yield Uint8Array.of(i);
    await then;
  }
  const read = async (of: AsyncIterable<Uint8Array>): Promise<number[]> => {
    const all: number[] = [];
    for await (const [one] of of) all.push(one as number);
    return all;
  };

  it('in time is read whole', async () => {
    expect(await read(inDueTime(chunks(3), { maxSilenceMs: 60_000, maxReadMs: 60_000 }))).toEqual([0, 1, 2]);
    expect(IMPORT_LIMITS.maxSilenceMs).toBeLessThan(IMPORT_LIMITS.maxReadMs);
  });

  it('and sends nothing more is given up, and says so', async () => {
    const limits = { maxSilenceMs: 20, maxReadMs: 60_000 };
    await expect(read(inDueTime(chunks(2, new Promise(() => {})), limits))).rejects.toThrow('sends nothing any more');
  });

  it('and takes too long in all is given up, however often it sends something', async () => {
    async function* dripping(): AsyncGenerator<Uint8Array> {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield Uint8Array.of(1);
      }
    }
    await expect(read(inDueTime(dripping(), { maxSilenceMs: 60_000, maxReadMs: 50 }))).rejects.toThrow(
      'takes too long',
    );
  });

  const { maxSilenceMs, maxReadMs } = IMPORT_LIMITS;
  /** What becomes of a file whose chunks come after so many milliseconds each. */
  async function outcomeOf(waits: readonly number[]): Promise<string> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    async function* late(): AsyncGenerator<Uint8Array> {
      for (const ms of waits) {
        await new Promise((resolve) => setTimeout(resolve, ms));
        yield Uint8Array.of(1);
      }
    }
    const reading = read(inDueTime(late())).then(
      () => 'read whole',
      ({ message }: Error) => message,
    );
    for (const ms of waits) await vi.advanceTimersByTimeAsync(ms);
    return await reading;
  }

  it.each([
    [maxSilenceMs - 1, 'read whole'],
    [maxSilenceMs, 'read whole'],
    [maxSilenceMs + 1, 'FILE sends nothing any more: nothing was imported'],
  ])('and is silent for %i ms is waited for, or not', async (ms, outcome) => {
    expect(await outcomeOf([1, ms])).toBe(outcome);
  });

  it.each([
    [maxReadMs - 1, 'read whole'],
    [maxReadMs, 'read whole'],
    [maxReadMs + 1, 'FILE takes too long to read: nothing was imported'],
  ])('and takes %i ms in all is waited for, or not', async (ms, outcome) => {
    const each = maxSilenceMs / 2;
    const waits = Array<number>(Math.floor(ms / each)).fill(each);
    expect(await outcomeOf([ms - waits.length * each, ...waits])).toBe(outcome);
  });
});
