import { createHash } from 'node:crypto';
import { LF } from '../../intake/bytes.ts';
import { decodeBytes } from '../../intake/decode.ts';
import { BULK_LIMITS, type UploadLimits } from './limits.ts';

/** Where an upload is kept until it is answered: written once, then read once. */
type Spool = {
  write(chunk: Uint8Array): Promise<void>;
  /** A chunk is good until the next is asked for. */
  read(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
};
export type OpenSpool = () => Promise<Spool>;

/** An upload that exceeds a limit. */
export class TooLarge extends Error {
  readonly code: 'TOO_MANY_BYTES' | 'TOO_MANY_LINES';
  constructor(code: TooLarge['code']) {
    super('the upload exceeds a limit');
    this.code = code;
  }
}

/** `bytes` and `sha256` are those of the upload as it came; `textBytes` and `lines` those of its text, a header included. */
export type Upload = { bytes: number; textBytes: number; lines: number; sha256: string; spool: Spool };

/**
 * Reads an upload to its end, unpacked where it is gzip, so that no client waits for us to read while we wait for it to.
 * Throws `TooLarge`, `IntakeRefusal` (empty, no text, truncated or damaged), or what the spool throws.
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
  const spool = await openSpool();
  try {
    let textBytes = 0;
    let lines = 0;
    let last = LF;
    for await (const chunk of decodeBytes(hashed(), BULK_LIMITS.sniffBytes, false)) {
      if (chunk.length === 0) continue;
      textBytes += chunk.length;
      lines += countLines(chunk);
      last = chunk.at(-1) as number;
      if (textBytes > limits.maxBytes) throw new TooLarge('TOO_MANY_BYTES');
      if (lines > limits.maxLines) throw new TooLarge('TOO_MANY_LINES');
      await spool.write(chunk);
    }
    return { bytes, textBytes, lines: last === LF ? lines : lines + 1, sha256: hash.digest('hex'), spool };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

function countLines(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

/** A spool in memory: for small uploads only. */
export const openMemorySpool: OpenSpool = async () => {
  const chunks: Uint8Array[] = [];
  return {
    async write(chunk) {
      chunks.push(chunk.slice());
    },
    async *read() {
      yield* chunks;
    },
    async close() {
      chunks.length = 0;
    },
  };
};
