import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { BULK_LIMITS } from '../../src/checks/bulk/limits.ts';
import { throughSpool } from '../../src/checks/bulk/through-spool.ts';
import { type OpenSpool, openMemorySpool, receiveUpload } from '../../src/checks/bulk/upload.ts';
import { createFileSpool } from '../../src/platform/spool.ts';

const directory = mkdtempSync(join(tmpdir(), 'hakpilih-through-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const openFileSpool = await createFileSpool(directory, 1_000_000_000);

afterEach(() => {
  vi.useRealTimers();
});

const LIMITS = { maxAnswerBytes: 1_000_000, maxReadMs: 3_600_000 };
const line = (i: number): Uint8Array => Buffer.from(`line ${i}\n`);

/** Counts what was made, and whether it was told to stop. */
function createPieces(count: number, failure?: Error) {
  const seen = { made: 0, isOver: false };
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (; seen.made < count; seen.made += 1) yield line(seen.made);
      if (failure !== undefined) throw failure;
    } finally {
      seen.isOver = true;
    }
  }
  return { seen, pieces: pieces() };
}
const textOf = async (pieces: AsyncIterable<Uint8Array>, heard: string[] = []): Promise<string> => {
  for await (const piece of pieces) heard.push(Buffer.from(piece).toString());
  return heard.join('');
};
const full: OpenSpool = async () => ({
  ...(await openMemorySpool()),
  write: async () => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
  },
});

describe.each([
  ['a file', openFileSpool],
  ['memory', openMemorySpool],
])('an answer that is kept in %s for its reader', (_, openSpool) => {
  it('is read whole and in order, in whole lines', async () => {
    const heard: string[] = [];
    const text = await textOf(throughSpool(createPieces(60_000).pieces, openSpool, LIMITS), heard);
    expect(text).toBe(Array.from({ length: 60_000 }, (_, i) => `line ${i}\n`).join(''));
    expect(heard.every((piece) => piece.endsWith('\n'))).toBe(true);
  });

  it('is made whole before its reader has read more than the beginning', async () => {
    const { seen, pieces } = createPieces(2_000);
    const answer = throughSpool(pieces, openSpool, LIMITS);
    await answer.next();
    await expect.poll(() => seen, { timeout: 60_000 }).toEqual({ made: 2_000, isOver: true });
    await answer.return(undefined);
  });

  it('that breaks off is read as far as it came, and then fails as it did', async () => {
    const heard: string[] = [];
    const failing = textOf(throughSpool(createPieces(10, new Error('lost')).pieces, openSpool, LIMITS), heard);
    await expect(failing).rejects.toThrow('lost');
    expect(heard.join('')).toBe(Array.from({ length: 10 }, (_, i) => `line ${i}\n`).join(''));
  });

  it('stops being made when its reader goes away', async () => {
    const { seen, pieces } = createPieces(Number.POSITIVE_INFINITY);
    const answer = throughSpool(pieces, openSpool, { ...LIMITS, maxAnswerBytes: Number.POSITIVE_INFINITY });
    await answer.next();
    await answer.return(undefined);
    expect(seen.isOver).toBe(true);
  });

  it.each([
    [139, 'ANSWER_TOO_LARGE'],
    [140, null],
    [141, null],
  ])('may be of %i bytes, or not (%s)', async (maxAnswerBytes, code) => {
    const reading = textOf(
      throughSpool(createPieces(20, undefined).pieces, openSpool, { ...LIMITS, maxAnswerBytes: maxAnswerBytes + 10 }),
    );
    if (code === null) expect((await reading).length).toBe(150);
    else await expect(reading).rejects.toMatchObject({ code });
  });

  it.each([
    [BULK_LIMITS.maxReadMs - 1, null],
    [BULK_LIMITS.maxReadMs, null],
    [BULK_LIMITS.maxReadMs + 1, 'READER_TOO_SLOW'],
  ])('may be read for %i ms in all, or not (%s)', async (ms, code) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const isLater = Promise.withResolvers<void>();
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield line(0);
      await isLater.promise;
      yield line(1);
    }
    const answer = throughSpool(pieces(), openSpool, { ...LIMITS, maxReadMs: BULK_LIMITS.maxReadMs });
    expect(Buffer.from((await answer.next()).value as Uint8Array).toString()).toBe('line 0\n');
    vi.advanceTimersByTime(ms);
    isLater.resolve();
    if (code === null) expect(await textOf(answer)).toBe('line 1\n');
    else await expect(textOf(answer)).rejects.toMatchObject({ code });
  });

  it('is given up where its reader takes too long in all', async () => {
    const reading = textOf(throughSpool(createPieces(3).pieces, openSpool, { ...LIMITS, maxReadMs: -1 }));
    await expect(reading).rejects.toMatchObject({ code: 'READER_TOO_SLOW' });
  });
});

describe('a disk that is full', () => {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield line(1);
  }

  it('is unavailable, by its own name, for an upload and for an answer', async () => {
    const code = { code: 'ENOSPC', retryAfterSeconds: expect.any(Number) };
    await expect(receiveUpload(body(), full, { maxBytes: 100, maxLines: 100 })).rejects.toMatchObject(code);
    await expect(textOf(throughSpool(createPieces(3).pieces, full, LIMITS))).rejects.toMatchObject(code);
  });

  it('is not what every fault of writing is', async () => {
    const broken: OpenSpool = async () => ({
      ...(await openMemorySpool()),
      write: () => Promise.reject(new TypeError('ours')),
    });
    await expect(receiveUpload(body(), broken, { maxBytes: 100, maxLines: 100 })).rejects.toThrow(TypeError);
  });
});
