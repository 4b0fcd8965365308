import { type Block, cutBlocks } from './blocks.ts';
import { afterLineEnd, CR, isBlank, LF } from './bytes.ts';
import { decodeBytes } from './decode.ts';
import { type Layout, parseLayout, shapeOf } from './layout.ts';
import { INTAKE_LIMITS, type IntakeLimits } from './limits.ts';
import { IntakeRefusal } from './refusal.ts';

export type ExportOptions = {
  /** Import what is there of a file that breaks off. */
  allowTruncated?: boolean;
  limits?: IntakeLimits;
};

/**
 * Opens an export: finds out compression, encoding, delimiter and columns, and cuts the rest into blocks.
 * Throws `IntakeRefusal`, here or, for what only shows later (FILE_TRUNCATED, FILE_DAMAGED), out of `blocks`.
 */
export async function readExport(
  chunks: AsyncIterable<Uint8Array>,
  { allowTruncated = false, limits = INTAKE_LIMITS }: ExportOptions = {},
): Promise<{ layout: Layout; blocks: AsyncIterable<Block> }> {
  const bytes = decodeBytes(chunks, limits.sniffBytes, allowTruncated);
  try {
    const { header, rest, firstLine } = await readHeader(bytes, limits.maxLineBytes);
    const layout = parseLayout(header, limits.maxColumns);
    const shape = shapeOf(layout, limits);
    return { layout, blocks: cutBlocks(continued(rest, bytes), { shape, limits, allowTruncated, firstLine }) };
  } catch (error) {
    await bytes.return(undefined);
    throw error;
  }
}

type Header = { header: Uint8Array; rest: Uint8Array; firstLine: number };

/** The first line that is neither blank nor Excel's `sep=;`, and all that was read beyond it. */
export async function readHeader(bytes: AsyncGenerator<Uint8Array>, maxLineBytes: number): Promise<Header> {
  let buffer: Uint8Array = new Uint8Array(0);
  let line = 1;
  for (let ended = false; ; ) {
    const lineEnd = buffer.findIndex((byte) => byte === LF || byte === CR);
    // Behind a CR an LF may still come.
    if (ended || (lineEnd >= 0 && lineEnd < buffer.length - 1)) {
      if (ended && buffer.length === 0) throw new IntakeRefusal('EMPTY_FILE');
      const end = lineEnd < 0 ? buffer.length : lineEnd;
      const header = buffer.subarray(0, end);
      if (header.length > maxLineBytes) throw new IntakeRefusal('HEADER_TOO_LONG');
      buffer = buffer.subarray(lineEnd < 0 ? end : afterLineEnd(buffer, end));
      line += 1;
      if (!isPreamble(header)) return { header, rest: buffer, firstLine: line };
      continue;
    }
    if (buffer.length > maxLineBytes + 1) throw new IntakeRefusal('HEADER_TOO_LONG');
    const next = await bytes.next();
    if (next.done) ended = true;
    else buffer = Buffer.concat([buffer, next.value]);
  }
}

const isPreamble = (line: Uint8Array): boolean =>
  isBlank(line, 0, line.length) || /^"?sep=.?"?$/i.test(Buffer.from(line).toString('latin1'));

export async function* continued(first: Uint8Array, others: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* others;
}
