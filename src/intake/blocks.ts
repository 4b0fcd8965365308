import { afterLineEnd, CR, countLineEnds, endOfLines, isBlank, isLineEnd, LF, QUOTE } from './bytes.ts';
import type { IntakeLimits } from './limits.ts';
import { IntakeRefusal } from './refusal.ts';
import { RecordScanner, recordCells } from './scanner.ts';
import type { RecordShape } from './shape.ts';

/**
 * A piece of the file that holds whole records, and so many line ends. `firstLine` counts from 1, the header included.
 * `bytes.buffer` is its own and may be transferred to a worker thread.
 */
export type Block = { firstLine: number; lines: number; bytes: Uint8Array<ArrayBuffer> };

/** `isCutOff` judges a last record without a line end: its text, its cells, and how many cells the record before it has. */
type CutOptions = {
  shape: RecordShape;
  limits: Pick<IntakeLimits, 'blockBytes'>;
  firstLine: number;
  isCutOff: ((text: string, cells: string[], cellsBefore: number) => boolean) | null;
};

/**
 * Cuts a stream of bytes into blocks of whole records in bounded memory. Throws FILE_TRUNCATED where the last record has
 * no line end and is cut off, or where quotes are open at the end, unless `isCutOff` is null.
 */
export async function* cutBlocks(chunks: AsyncIterable<Uint8Array>, options: CutOptions): AsyncGenerator<Block> {
  const cutter = new Cutter(options);
  for await (const chunk of chunks) {
    let rest = chunk;
    while (rest.length > 0) {
      rest = cutter.take(rest);
      if (cutter.isFull) yield cutter.cut();
    }
  }
  const last = cutter.cutLast();
  if (last.bytes.length > 0) yield last;
}

class Cutter {
  private readonly options: CutOptions;
  private readonly scanner: RecordScanner;
  private buffer: Uint8Array<ArrayBuffer>;
  private length = 0;
  private line: number;
  /** The rest of a line too long to be kept is dropped, with the LF behind its CR; what was kept of it will be rejected. */
  private dropping: 'LINE' | 'LF' | null = null;

  constructor(options: CutOptions) {
    this.options = options;
    this.scanner = new RecordScanner(options.shape);
    this.buffer = new Uint8Array(options.limits.blockBytes);
    this.line = options.firstLine;
  }

  get isFull(): boolean {
    return this.length === this.buffer.length;
  }

  /** Takes in what there is room for; returns what is left. */
  take(chunk: Uint8Array): Uint8Array {
    const from = this.afterDropped(chunk);
    const to = Math.min(chunk.length, from + this.buffer.length - this.length);
    this.buffer.set(chunk.subarray(from, to), this.length);
    this.length += to - from;
    return chunk.subarray(to);
  }

  private afterDropped(bytes: Uint8Array): number {
    let at = 0;
    if (this.dropping === 'LINE') {
      at = bytes.findIndex(isLineEnd);
      if (at < 0) return bytes.length;
      this.dropping = bytes[at] === CR ? 'LF' : null;
      at += 1;
    }
    if (this.dropping === null || at === bytes.length) return at;
    this.dropping = null;
    return bytes[at] === LF ? at + 1 : at;
  }

  /** The whole records at the beginning of a full buffer. */
  cut(): Block {
    const { buffer } = this;
    const { maxLineBytes } = this.options.shape;
    const end = buffer.includes(QUOTE) ? this.endOfRecords(buffer) : endOfLines(buffer);
    if (buffer.length - end <= maxLineBytes + 2) return this.hand(end, buffer.subarray(end));
    // More than a record can hold, and no end of it in sight: just so much is kept that it is seen to be too long.
    const keptEnd = end + maxLineBytes + 1;
    const rest = buffer.slice(keptEnd);
    buffer[keptEnd] = LF;
    this.dropping = 'LINE';
    return this.hand(keptEnd + 1, rest.subarray(this.afterDropped(rest)));
  }

  /** What is left at the end of the file, the end of which is then judged. */
  cutLast(): Block {
    const bytes = this.buffer.subarray(0, this.length);
    if (this.isTruncated(bytes)) throw new IntakeRefusal('FILE_TRUNCATED');
    return this.hand(this.length, bytes.subarray(this.length));
  }

  private hand(end: number, rest: Uint8Array): Block {
    const bytes = this.buffer.subarray(0, end);
    const block = { firstLine: this.line, lines: countLineEnds(bytes, 0, end), bytes };
    this.line += block.lines;
    this.buffer = new Uint8Array(this.options.limits.blockBytes);
    this.buffer.set(rest);
    this.length = rest.length;
    return block;
  }

  /** Walks the records of a buffer with quotes, as far as it surely holds all that decides about one. */
  private endOfRecords(bytes: Uint8Array): number {
    const reach = this.options.shape.maxLineBytes + 2;
    let start = 0;
    while (start + reach <= bytes.length) {
      const lineEnd = this.scanner.scan(bytes, start, bytes.length);
      // A line that is not yet over, or a CR whose LF may still come.
      if (lineEnd >= bytes.length - 1) break;
      start = afterLineEnd(bytes, lineEnd);
    }
    return start;
  }

  private isTruncated(bytes: Uint8Array): boolean {
    const { isCutOff, shape } = this.options;
    let cellsBefore = shape.columnCount;
    for (let start = 0; start < bytes.length && isCutOff !== null; ) {
      const lineEnd = this.scanner.scan(bytes, start, bytes.length);
      if (this.scanner.endedInQuotes && this.scanner.outcome === 'QUOTE_NOT_CLOSED') return true;
      if (lineEnd === bytes.length && !isBlank(bytes, start, lineEnd)) {
        const text = Buffer.from(bytes.subarray(start, lineEnd)).toString('latin1');
        return isCutOff(text, recordCells(bytes, this.scanner), cellsBefore);
      }
      cellsBefore = this.scanner.count;
      start = afterLineEnd(bytes, lineEnd);
    }
    return false;
  }
}
