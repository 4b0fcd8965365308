import { createHash } from 'node:crypto';
import { decodeBytes } from '../../intake/decode.ts';
import { byteTextOf, countLineEnds } from '../../intake/scanner.ts';
import { errorCode } from '../../registry/error-code.ts';
import { Unavailable } from '../unavailable.ts';
import { BULK_LIMITS, type UploadLimits } from './limits.ts';

/** Where an upload is kept until it is answered, or an answer until it is read: written once and read once. */
type Spool = {
  write(chunk: Uint8Array): Promise<void>;
  /** A chunk is good until the next is asked for. At the end `more`, if there is one, says whether to look again. */
  read(more?: () => Promise<boolean>): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
};
export type OpenSpool = () => Promise<Spool>;

/** Throws `Unavailable` with its code where a disk is full or takes no more files; else the error. */
export function unkept(error: unknown): never {
  throw typeof (error as { syscall?: unknown } | null)?.syscall === 'string'
    ? new Unavailable(errorCode(error))
    : error;
}

export class TooLarge extends Error {
  readonly code: 'TOO_MANY_BYTES' | 'TOO_MANY_LINES';
  constructor(code: TooLarge['code']) {
    super('the upload exceeds a limit');
    this.code = code;
  }
}

/** `bytes` and `sha256` are of the upload as it came; `textBytes` and `lines` of its text, a header included. */
export type Upload = { bytes: number; textBytes: number; lines: number; sha256: string; spool: Spool };

/**
 * Reads an upload to its end, unpacked where it is gzip, so that no client waits for us to read while we wait for it
 * to. Throws `TooLarge`, `IntakeRefusal` (empty, no text, truncated or damaged), or `Unavailable` where there is no
 * room for it.
 */
export async function receiveUpload(
  body: AsyncIterable<Uint8Array>,
  openSpool: OpenSpool,
  limits: UploadLimits,
): Promise<Upload> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  const spool = await openSpool().catch(unkept);
  try {
    let textBytes = 0;
    let lines = 0;
    let last: string | undefined = '\n';
    for await (const chunk of decodeBytes(hashed(), BULK_LIMITS.sniffBytes, false)) {
      if (chunk.length === 0) continue;
      textBytes += chunk.length;
      const text = byteTextOf(chunk);
      lines += countLineEnds(text);
      // A CRLF that two chunks share is one.
      if (last === '\r' && text[0] === '\n') lines -= 1;
      last = text.at(-1);
      const maxBytes = Math.min(limits.maxBytes, BULK_LIMITS.freeTextBytes + bytes * BULK_LIMITS.maxTextBytesPerByte);
      if (textBytes > maxBytes) throw new TooLarge('TOO_MANY_BYTES');
      if (lines > limits.maxLines) throw new TooLarge('TOO_MANY_LINES');
      await spool.write(chunk).catch(unkept);
    }
    if (last !== '\n' && last !== '\r') lines += 1;
    return { bytes, textBytes, lines, sha256: hash.digest('hex'), spool };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

/** A spool in memory: for small uploads only. */
export const openMemorySpool: OpenSpool = async () => {
  const chunks: Uint8Array[] = [];
  return {
    async write(chunk) {
      chunks.push(chunk.slice());
    },
    async *read(more) {
      for (let at = 0; at < chunks.length || (await more?.()); )
        if (at < chunks.length) yield chunks[at++] as Uint8Array;
    },
    async close() {
      chunks.length = 0;
    },
  };
};
