import { afterLineEnd, CR, countLineEnds, isBlank, LF, QUOTE, SPACE, TAB } from './bytes.ts';
import type { RecordShape } from './layout.ts';

const ORDINARY = 0;
const DELIMITER = 1;
const LINE_END = 2;
const QUOTE_MARK = 3;

/**
 * Finds the cells of one record at a time. Cutter and reader share it, so that they agree where records end; its
 * verdict depends on the record and at most `maxLineBytes` behind it, not on the block's size.
 *
 * RFC 4180 with the damage of real exports in mind: a quote opens a cell only at its very start. Where the quoted
 * reading fails (text behind the closing quote, no closing quote within `maxLineBytes`, or quotes around lines that
 * are whole records by themselves, NIK and all), the quote is taken for a stray one and the record ends with its line:
 * it is read plainly if it then has the header's number of cells. So one bad quote never takes its neighbours along.
 */
export class RecordScanner {
  /** Begin and end of each cell, quotes excluded. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 where doubled quotes inside the cell stand for single ones. */
  readonly doubled: Uint8Array;
  count = 0;
  /** A cell beyond the header's that is not empty. */
  surplus = false;
  /** Its cells count only where it is `READ`. */
  outcome: 'READ' | 'TOO_LONG' | 'QUOTE_NOT_CLOSED' = 'READ';
  lineEndsInside = 0;
  /** The bytes end before an open quote closes. */
  endedInQuotes = false;

  private readonly kinds = new Uint8Array(256);
  private readonly shape: RecordShape;
  private opens = false;
  private anyDoubled = false;

  constructor(shape: RecordShape) {
    this.shape = shape;
    this.starts = new Int32Array(shape.columnCount + 1);
    this.ends = new Int32Array(shape.columnCount + 1);
    this.doubled = new Uint8Array(shape.columnCount + 1);
    this.kinds[CR] = LINE_END;
    this.kinds[LF] = LINE_END;
    this.kinds[QUOTE] = QUOTE_MARK;
    this.kinds[shape.delimiter] = DELIMITER;
  }

  /** As many cells as the header has, or more of which all those behind are empty. */
  get fits(): boolean {
    return this.count >= this.shape.columnCount && !this.surplus;
  }

  /** Reads the record at `start`; returns the index of its line end, or `end` where there is none. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    const lineEnd = this.readPlainly(bytes, start, end);
    this.outcome = lineEnd - start > this.shape.maxLineBytes ? 'TOO_LONG' : 'READ';
    this.endedInQuotes = false;
    this.lineEndsInside = 0;
    return this.opens ? this.scanQuoted(bytes, start, lineEnd, end) : lineEnd;
  }

  private scanQuoted(bytes: Uint8Array, start: number, lineEnd: number, end: number): number {
    let recordEnd = this.readQuoted(bytes, start, end);
    if (recordEnd > lineEnd)
      recordEnd = this.swallows(bytes, start, recordEnd) ? -1 : this.readQuoted(bytes, start, end);
    if (recordEnd >= 0) {
      this.outcome = 'READ';
      if (recordEnd > lineEnd) this.lineEndsInside = countLineEnds(bytes, start, recordEnd);
      return recordEnd;
    }
    this.readPlainly(bytes, start, end);
    // Without a line end the file itself stops here: that quote is not stray but cut off.
    const cutOff = this.endedInQuotes && lineEnd === end;
    if (this.outcome === 'READ' && (cutOff || !this.fits)) this.outcome = 'QUOTE_NOT_CLOSED';
    return lineEnd;
  }

  /** Splits the line at `start` without regard to quotes, but notes whether one opens a cell. */
  private readPlainly(bytes: Uint8Array, start: number, end: number): number {
    const { kinds, starts, ends } = this;
    const last = this.shape.columnCount;
    let cell = 0;
    let count = 0;
    let opens = false;
    let from = start;
    let at = start;
    starts[0] = start;
    for (; at < end; at += 1) {
      const kind = kinds[bytes[at] as number];
      if (kind === ORDINARY) continue;
      if (kind === LINE_END) break;
      if (kind === DELIMITER) {
        ends[cell] = at;
        count += 1;
        from = at + 1;
        if (cell < last) cell += 1;
        // Beyond the header's cells only the first start is kept: that of all that is too much.
        if (count <= last) starts[cell] = from;
      } else if (at === from) opens = true;
    }
    ends[cell] = at;
    this.count = count + 1;
    this.opens = opens;
    this.surplus = count >= last && !this.areEmpty(bytes, starts[last] as number, at);
    if (this.anyDoubled) this.doubled.fill(0);
    this.anyDoubled = false;
    return at;
  }

  /** The record with its quotes; -1 where they do not hold. */
  private readQuoted(bytes: Uint8Array, start: number, end: number): number {
    const { starts, ends, shape } = this;
    const limit = Math.min(end, start + shape.maxLineBytes);
    let at = start;
    this.count = 0;
    this.surplus = false;
    for (;;) {
      const cell = Math.min(this.count, shape.columnCount);
      this.count += 1;
      const quoted = bytes[at] === QUOTE && at < limit;
      starts[cell] = quoted ? at + 1 : at;
      if (quoted) {
        const closing = this.closingQuote(bytes, at + 1, limit, cell);
        this.endedInQuotes = closing < 0 && end - start <= shape.maxLineBytes;
        if (closing < 0) return -1;
        ends[cell] = closing;
        at = this.afterBlanks(bytes, closing + 1, limit);
      } else {
        while (at < limit && !this.endsCell(bytes[at] as number)) at += 1;
        ends[cell] = at;
      }
      if (cell === shape.columnCount && !isBlank(bytes, starts[cell], ends[cell] as number)) this.surplus = true;
      const kind = at < end ? this.kinds[bytes[at] as number] : LINE_END;
      if (kind === LINE_END) return at;
      if (kind !== DELIMITER || at >= limit) return -1;
      at += 1;
    }
  }

  private closingQuote(bytes: Uint8Array, from: number, limit: number, cell: number): number {
    let at = bytes.indexOf(QUOTE, from);
    while (at >= 0 && at < limit && bytes[at + 1] === QUOTE && at + 1 < limit) {
      this.doubled[cell] = 1;
      this.anyDoubled = true;
      at = bytes.indexOf(QUOTE, at + 2);
    }
    return at < limit ? at : -1;
  }

  private afterBlanks(bytes: Uint8Array, from: number, limit: number): number {
    let at = from;
    while (at < limit && (bytes[at] === SPACE || bytes[at] === TAB) && bytes[at] !== this.shape.delimiter) at += 1;
    return at;
  }

  private endsCell(byte: number): boolean {
    const kind = this.kinds[byte];
    return kind === DELIMITER || kind === LINE_END;
  }

  /**
   * Whether the quotes swallow other records: a whole line lies inside them, or they stand between two whole lines.
   * The last line alone proves nothing: behind the end of a text over two lines it may hold all the other cells.
   */
  private swallows(bytes: Uint8Array, start: number, recordEnd: number): boolean {
    let lineEnd = this.readPlainly(bytes, start, recordEnd);
    const firstIsWhole = this.isWhole(bytes);
    while (lineEnd < recordEnd) {
      lineEnd = this.readPlainly(bytes, afterLineEnd(bytes, lineEnd), recordEnd);
      if (this.isWhole(bytes)) return firstIsWhole || lineEnd < recordEnd;
    }
    return false;
  }

  /** Whether the line just read plainly has the header's cells and sixteen digits for a NIK. */
  private isWhole(bytes: Uint8Array): boolean {
    const nik = bytes.subarray(this.starts[this.shape.nikPlace], this.ends[this.shape.nikPlace]);
    return this.fits && nik.filter((byte) => byte >= 48 && byte <= 57).length === 16;
  }

  private areEmpty(bytes: Uint8Array, from: number, to: number): boolean {
    const { delimiter } = this.shape;
    return bytes.subarray(from, to).every((byte) => byte === delimiter || byte === SPACE || byte === TAB);
  }
}

/** The cells of the record scanned last, one character a byte; of those beyond the header's only the first. */
export function recordCells(bytes: Uint8Array, { starts, ends, doubled, count }: RecordScanner): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.min(count, starts.length) }, (_, i) => {
    const cell = buffer.toString('latin1', starts[i], ends[i]);
    return doubled[i] === 0 ? cell : cell.replaceAll('""', '"');
  });
}
