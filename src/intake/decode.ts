import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { IntakeRefusal } from './refusal.ts';
import { type Encoding, isGzip, sniffEncoding } from './sniff.ts';

type Bytes = AsyncIterable<Uint8Array>;

/**
 * The bytes of a delimited text: unpacked where it is gzip, UTF-16 turned into UTF-8, the byte-order mark dropped.
 * Throws `IntakeRefusal` for what is no text, for a damaged file, and for a truncated one unless `allowTruncated`.
 */
export async function* decodeBytes(
  chunks: Bytes,
  sniffBytes: number,
  allowTruncated: boolean,
): AsyncGenerator<Uint8Array> {
  const file = await peek(chunks, sniffBytes);
  let text = file;
  try {
    if (isGzip(file.head)) text = await peek(gunzip(file.all(), allowTruncated), sniffBytes);
    if (text.head.length === 0) throw new IntakeRefusal('EMPTY_FILE');
    const { encoding, skip } = sniffEncoding(text.head);
    yield* encoding === 'BYTES' ? text.all(skip) : transcode(text.all(skip), encoding, allowTruncated);
  } finally {
    await text.close();
    await file.close();
  }
}

/** Reads up to `size` bytes ahead, however small the chunks; `all()` begins with them, less what it is to skip. */
async function peek(chunks: Bytes, size: number) {
  const iterator = chunks[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const next = await iterator.next();
    if (next.done) break;
    read.push(next.value);
    length += next.value.length;
  }
  const start = Buffer.concat(read);
  async function* all(skip = 0): AsyncGenerator<Uint8Array> {
    yield start.subarray(skip);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { head: start.subarray(0, size), all, close: async () => iterator.return?.() };
}

async function* gunzip(chunks: Bytes, allowTruncated: boolean): AsyncGenerator<Uint8Array> {
  const finishFlush = allowTruncated ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  const unpacked = createGunzip({ finishFlush, chunkSize: 64 * 1024 });
  // Errors of the source reach the loop below through `unpacked`, which the pipeline destroys.
  pipeline(Readable.from(chunks), unpacked, () => {});
  try {
    yield* unpacked as Bytes;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'Z_BUF_ERROR') throw new IntakeRefusal('FILE_TRUNCATED');
    if (code?.startsWith('Z_')) throw new IntakeRefusal('FILE_DAMAGED');
    throw error;
  }
}

async function* transcode(chunks: Bytes, encoding: Encoding, allowTruncated: boolean): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding.toLowerCase());
  const encoder = new TextEncoder();
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    yield encoder.encode(decoder.decode(chunk, { stream: true }));
  }
  // Half a character at the end; the decoder still holds it and is not asked for it.
  if (length % 2 === 1 && !allowTruncated) throw new IntakeRefusal('FILE_TRUNCATED');
}
