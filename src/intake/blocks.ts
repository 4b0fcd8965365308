import { byteTextOf, countLineEnds, scanLine, type TableShape } from './scanner.ts';

/** Whole records and so many line ends; lines count from 1, the header included. `bytes.buffer` is its own. */
export type Block = { firstLine: number; lines: number; bytes: Uint8Array<ArrayBuffer> };

const LF = 10;
const CR = 13;
const QUOTE = 34;

type CutOptions = {
  blockBytes: number;
  firstLine: number;
  /** Judges the text of the last block, and its first line, before it is handed out. */
  checkLast?: ((byteText: string, firstLine: number) => void) | undefined;
};

/** Cuts a stream of bytes into blocks of whole records in bounded memory. Throws what `checkLast` throws. */
export async function* cutBlocks(
  chunks: AsyncIterable<Uint8Array>,
  shape: TableShape,
  { blockBytes, firstLine, checkLast }: CutOptions,
): AsyncGenerator<Block> {
  let line = firstLine;
  let buffer = new Uint8Array(blockBytes);
  let length = 0;
  /** What comes before the next line end is the rest of a line too long to be kept. */
  let dropping = false;

  function cut(end: number): Block {
    const bytes = buffer.subarray(0, end);
    const block = { firstLine: line, lines: countLineEnds(byteTextOf(bytes)), bytes };
    const rest = buffer.subarray(end, length);
    line += block.lines;
    buffer = new Uint8Array(blockBytes);
    buffer.set(rest);
    length = rest.length;
    return block;
  }

  for await (const chunk of chunks) {
    let rest = chunk;
    while (rest.length > 0) {
      const lineEnd = dropping ? rest.findIndex((byte) => byte === LF || byte === CR) : 0;
      if (lineEnd < 0) break;
      dropping = false;
      const taken = rest.subarray(lineEnd, lineEnd + blockBytes - length);
      rest = rest.subarray(lineEnd + taken.length);
      buffer.set(taken, length);
      length += taken.length;
      if (length < blockBytes) continue;
      const end = endOfRecords(buffer, shape);
      const kept = end + shape.maxLineBytes + 1;
      if (kept + 1 < length) {
        // More than a record can hold, and no end of it in sight: just so much is kept that it is seen to be too long.
        rest = Buffer.concat([buffer.subarray(kept), rest]);
        length = kept;
        dropping = true;
      }
      const block = cut(end);
      if (block.lines > 0) yield block;
    }
  }
  if (dropping) {
    buffer[length] = LF;
    length += 1;
  }
  checkLast?.(byteTextOf(buffer.subarray(0, length)), line);
  const last = cut(length);
  if (last.bytes.length > 0) yield last;
}

/** Where the last record ends that surely does: with quotes, all that decides about it must be there. */
function endOfRecords(bytes: Uint8Array, shape: TableShape): number {
  // Behind a CR at the very end an LF may still come.
  if (!bytes.includes(QUOTE)) return 1 + Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR, bytes.length - 2));
  const text = byteTextOf(bytes);
  let start = 0;
  while (start + shape.maxLineBytes + 2 <= text.length) {
    const { end, next } = scanLine(text, start, 0, shape);
    if (end >= text.length - 1) break;
    start = next;
  }
  return start;
}
