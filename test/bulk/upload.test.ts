import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BULK_LIMITS } from '../../src/checks/bulk/limits.ts';
import { openMemorySpool, receiveUpload } from '../../src/checks/bulk/upload.ts';
import { createFileSpool } from '../../src/platform/spool.ts';
import { createDisk } from '../support/disk.ts';

async function* inChunks(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
const LARGE = { maxBytes: 4 * 1024 ** 3, maxLines: 50_000_000 };

describe('an upload', () => {
  it.each<[string, string[], number]>([
    ['LF', ['a\nb\n'], 2],
    ['CRLF', ['a\r\nb\r\n'], 2],
    ['CRLF that two chunks share', ['a\r', '\nb\r', '\n'], 2],
    ['CR', ['a\rb\r'], 2],
    ['blank lines', ['a\n\n\n\nb\n'], 5],
    ['blank lines of CR', ['\r\r\r\r'], 4],
    ['a last line without an end', ['a\nb'], 2],
  ])('counts its lines whatever ends them: %s', async (_, chunks, lines) => {
    const { spool, ...upload } = await receiveUpload(inChunks(...chunks), openMemorySpool, LARGE);
    expect(upload.lines).toBe(lines);
    await spool.close();
  });

  it.each(['x\n', '\n', '\r', '\r\n'])('may have as many lines as its limit, and not one more: %j', async (line) => {
    const receive = (count: number) =>
      receiveUpload(inChunks(line.repeat(count)), openMemorySpool, { maxBytes: 1_000, maxLines: 50 });
    expect((await receive(49)).lines).toBe(49);
    expect((await receive(50)).lines).toBe(50);
    await expect(receive(51)).rejects.toMatchObject({ code: 'TOO_MANY_LINES' });
  });

  it('may have as many bytes as its limit, and not one more, packed or not', async () => {
    const receive = (bytes: number, pack: (text: Buffer) => Uint8Array) =>
      receiveUpload(inChunks(pack(Buffer.alloc(bytes, 'x'))), openMemorySpool, { maxBytes: 5_000, maxLines: 10 });
    for (const pack of [(text: Buffer) => text, gzipSync]) {
      expect((await receive(4_999, pack)).textBytes).toBe(4_999);
      expect((await receive(5_000, pack)).textBytes).toBe(5_000);
      await expect(receive(5_001, pack)).rejects.toMatchObject({ code: 'TOO_MANY_BYTES' });
    }
  });

  it('that is nothing but packed blanks comes to no more than its bytes give it a right to', async () => {
    const packed = gzipSync(Buffer.alloc(BULK_LIMITS.freeTextBytes + 200 * 1024 ** 2, ' '));
    let kept = 0;
    const counting = async () => ({
      async write(chunk: Uint8Array) {
        kept += chunk.length;
      },
      async *read() {},
      async close() {},
    });
    await expect(receiveUpload(inChunks(packed), counting, LARGE)).rejects.toMatchObject({ code: 'TOO_MANY_BYTES' });
    expect(kept).toBeLessThanOrEqual(BULK_LIMITS.freeTextBytes + packed.length * BULK_LIMITS.maxTextBytesPerByte);
  });

  it('that packs as well as residents do is taken whole, however large', async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `{"ref":"${i}","nik":"320101010190${9000 + (i % 1000)}"}\n`,
    );
    const text = Buffer.from(lines.join(''));
    const packed = gzipSync(text);
    expect(text.length / packed.length).toBeLessThan(BULK_LIMITS.maxTextBytesPerByte);
    const { textBytes, bytes, spool } = await receiveUpload(inChunks(packed), openMemorySpool, LARGE);
    expect([textBytes, bytes]).toEqual([text.length, packed.length]);
    await spool.close();
  });

  it('for which the disk has no room is unavailable by its cause, and the disk is free again at once', async ({
    skip,
  }) => {
    const disk = createDisk(2);
    if (disk === null) return skip('this system lets nobody mount a disk');
    try {
      const openSpool = await createFileSpool(disk.path, 1024 ** 3);
      const receive = (bytes: number) => receiveUpload(inChunks(randomLines(bytes)), openSpool, LARGE);
      for (let i = 0; i < 3; i += 1) {
        await expect(receive(3 * 1024 ** 2)).rejects.toMatchObject({
          name: 'Error',
          code: 'ENOSPC',
          retryAfterSeconds: 5,
        });
        await (await receive(1024 ** 2)).spool.close();
      }
    } finally {
      disk.remove();
    }
  });
});

/** Text that fills a disk. */
const randomLines = (bytes: number): Buffer => Buffer.from(`${randomBytes(bytes >> 1).toString('hex')}\n`);
