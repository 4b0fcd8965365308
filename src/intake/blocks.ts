import { afterLineEnd, countLineEnds, endOfLines, isBlank, isLineEnd, LF, QUOTE } from './bytes.ts';
import type { RecordShape } from './layout.ts';
import { IntakeRefusal } from './refusal.ts';
import { RecordScanner, recordCells } from './scanner.ts';

/** Whole records and so many line ends; lines count from 1, the header included. `bytes.buffer` is its own. */
export type Block = { firstLine: number; lines: number; bytes: Uint8Array<ArrayBuffer> };

/** `isCutOff` judges a last record without a line end: its text, its cells, how many cells the one before has. */
type CutOptions = {
  shape: RecordShape;
  limits: { blockBytes: number };
  firstLine: number;
  isCutOff: ((text: string, cells: string[], cellsBefore: number) => boolean) | null;
};

/**
 * Cuts a stream of bytes into blocks of whole records in bounded memory. Throws FILE_TRUNCATED where the last record
 * has no line end and is cut off, or where quotes are open at the end, unless `isCutOff` is null.
 */
export async function* cutBlocks(chunks: AsyncIterable<Uint8Array>, options: CutOptions): AsyncGenerator<Block> {
  const cutter = new Cutter(options);
  for await (const chunk of chunks) {
    for (let rest = cutter.take(chunk); cutter.isFull; rest = cutter.take(rest)) {
      const block = cutter.cut();
      if (block.lines > 0) yield block;
    }
  }
  const last = cutter.cutLast();
  if (last.bytes.length > 0) yield last;
}

class Cutter {
  readonly #options: CutOptions;
  readonly #scanner: RecordScanner;
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;
  #line: number;
  /** What comes before the next line end is the rest of a line too long to be kept. */
  #dropping = false;

  constructor(options: CutOptions) {
    this.#options = options;
    this.#scanner = new RecordScanner(options.shape);
    this.#buffer = new Uint8Array(options.limits.blockBytes);
    this.#line = options.firstLine;
  }

  get isFull(): boolean {
    return this.#length === this.#buffer.length;
  }

  take(chunk: Uint8Array): Uint8Array {
    const lineEnd = this.#dropping ? chunk.findIndex(isLineEnd) : 0;
    if (lineEnd < 0) return chunk.subarray(chunk.length);
    this.#dropping = false;
    const taken = chunk.subarray(lineEnd, lineEnd + this.#buffer.length - this.#length);
    this.#buffer.set(taken, this.#length);
    this.#length += taken.length;
    return chunk.subarray(lineEnd + taken.length);
  }

  /** The whole records at the beginning of a full buffer. */
  cut(): Block {
    const buffer = this.#buffer;
    const { maxLineBytes } = this.#options.shape;
    const end = buffer.includes(QUOTE) ? this.#endOfRecords(buffer) : endOfLines(buffer);
    if (buffer.length - end > maxLineBytes + 2) {
      // More than a record can hold, and no end of it in sight: just so much is kept that it is seen to be too long.
      this.#length = end + maxLineBytes + 1;
      this.#dropping = true;
      this.take(buffer.slice(this.#length));
    }
    return this.#hand(end);
  }

  cutLast(): Block {
    if (this.#dropping) this.take(Uint8Array.of(LF));
    if (this.#isTruncated(this.#buffer.subarray(0, this.#length))) throw new IntakeRefusal('FILE_TRUNCATED');
    return this.#hand(this.#length);
  }

  #hand(end: number): Block {
    const bytes = this.#buffer.subarray(0, end);
    const block = { firstLine: this.#line, lines: countLineEnds(bytes, 0, end), bytes };
    this.#line += block.lines;
    const rest = this.#buffer.subarray(end, this.#length);
    this.#buffer = new Uint8Array(this.#options.limits.blockBytes);
    this.#buffer.set(rest);
    this.#length = rest.length;
    return block;
  }

  /** Walks the records of a buffer with quotes, as far as it surely holds all that decides about one. */
  #endOfRecords(bytes: Uint8Array): number {
    const reach = this.#options.shape.maxLineBytes + 2;
    let start = 0;
    while (start + reach <= bytes.length) {
      const lineEnd = this.#scanner.scan(bytes, start, bytes.length);
      // A line that is not yet over, or a CR whose LF may still come.
      if (lineEnd >= bytes.length - 1) break;
      start = afterLineEnd(bytes, lineEnd);
    }
    return start;
  }

  #isTruncated(bytes: Uint8Array): boolean {
    const { isCutOff, shape } = this.#options;
    let cellsBefore = shape.columnCount;
    for (let start = 0; start < bytes.length && isCutOff !== null; ) {
      const lineEnd = this.#scanner.scan(bytes, start, bytes.length);
      if (this.#scanner.endedInQuotes && this.#scanner.outcome === 'QUOTE_NOT_CLOSED') return true;
      if (lineEnd === bytes.length && !isBlank(bytes, start, lineEnd)) {
        const text = Buffer.from(bytes.subarray(start, lineEnd)).toString('latin1');
        return isCutOff(text, recordCells(bytes, this.#scanner), cellsBefore);
      }
      cellsBefore = this.#scanner.count;
      start = afterLineEnd(bytes, lineEnd);
    }
    return false;
  }
}
