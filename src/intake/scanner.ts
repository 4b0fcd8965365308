/** What the scanner must know of a table. By the place of the NIK a line is known for a whole record. */
export type TableShape = {
  delimiter: string;
  /** Cells of the header, unnamed ones at its end included. */
  columnCount: number;
  maxLineBytes: number;
  columns: { NIK: number };
};

/** A record of a file, row or not: one line, or more where quotes hold line ends. Texts are one character a byte. */
export type Line = {
  /** Number of the line of the file in which it begins, from 1, and of the one behind it. */
  line: number;
  nextLine: number;
  /** Places of its line end and of the next record in the scanned text. */
  end: number;
  next: number;
  /** As it stands there, but no more of it than a line may hold. */
  text: string;
  cells: string[];
  /** Its cells count only where this is null. */
  fault: 'LINE_TOO_LONG' | 'QUOTE_NOT_CLOSED' | null;
  /** The text ends before an open quote closes. */
  endsInQuotes: boolean;
};

/** The bytes as text of one character a byte. */
export const byteTextOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** Nothing but blanks, or the end-of-file mark of DOS. */
export const isBlank = (byteText: string): boolean => /^[ \t]*$/.test(byteText.replaceAll('\x1a', ''));

/** A cell beyond the header's that is not empty. */
export const hasSurplus = (cells: readonly string[], { columnCount }: TableShape): boolean =>
  cells.length > columnCount && cells.slice(columnCount).some((cell) => !/^[ \t]*$/.test(cell));

/** The records of a text, one after the other; its first line is of this number. */
export function* linesOf(text: string, firstLine: number, shape: TableShape): Generator<Line> {
  let line = firstLine;
  for (let start = 0; start < text.length; ) {
    const scanned = scanLine(text, start, line, shape);
    yield scanned;
    start = scanned.next;
    line = scanned.nextLine;
  }
}

/**
 * The record that begins at `start`. Cutter and readers share it, so that they agree where records end; its verdict
 * depends on the record and at most `maxLineBytes` behind it, not on the text's size.
 *
 * RFC 4180 with the damage of real exports in mind: a quote opens a cell only at its very start. Where the quoted
 * reading fails (text behind the closing quote, no closing quote within `maxLineBytes`, or quotes around lines that
 * are whole records by themselves, NIK and all), the quote is taken for a stray one and the record ends with its line:
 * it is read plainly if it then has the header's number of cells. So one bad quote never takes its neighbours along.
 */
export function scanLine(text: string, start: number, line: number, shape: TableShape): Line {
  const plain = scanPlainly(text, start, line, shape);
  if (!plain.text.includes('"') || !plain.cells.some((cell) => cell.startsWith('"'))) return plain;
  const quoted = readQuoted(text, start, shape);
  if (
    typeof quoted === 'object' &&
    !(quoted.end > plain.end && swallowsOthers(text.slice(start, quoted.end), shape))
  ) {
    const { cells, end } = quoted;
    const inside = text.slice(start, end);
    const nextLine = line + inside.split(LINE_ENDS).length;
    return { ...plain, nextLine, end, next: afterLineEnd(text, end), text: inside, cells, fault: null };
  }
  // Without a line end the file itself stops here: that quote is not stray but cut off.
  const isCutOff = quoted === 'OPEN' && plain.end === text.length;
  if (plain.fault === null && (isCutOff || !fits(plain.cells, shape))) plain.fault = 'QUOTE_NOT_CLOSED';
  plain.endsInQuotes = quoted === 'OPEN' && plain.fault === 'QUOTE_NOT_CLOSED';
  return plain;
}

export const LINE_ENDS = /\r\n|\r|\n/;

function lineEndFrom(text: string, start: number): number {
  const lineFeed = text.indexOf('\n', start);
  const end = lineFeed < 0 ? text.length : lineFeed;
  const carriageReturn = text.slice(start, end).indexOf('\r');
  return carriageReturn < 0 ? end : start + carriageReturn;
}

/** Where the next line begins behind the line end at `at`: LF, CR and CRLF are one each. */
const afterLineEnd = (text: string, at: number): number =>
  text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : Math.min(at + 1, text.length);

/** Line ends of a text; CRLF counts once, and its LF counts if the text begins with it. */
export function countLineEnds(text: string): number {
  let count = 0;
  for (let at = lineEndFrom(text, 0); at < text.length; at = lineEndFrom(text, afterLineEnd(text, at))) count += 1;
  return count;
}

/** Splits the line at `start` without regard to quotes. */
function scanPlainly(text: string, start: number, line: number, { delimiter, maxLineBytes }: TableShape): Line {
  const end = lineEndFrom(text, start);
  const isTooLong = end - start > maxLineBytes;
  const kept = text.slice(start, isTooLong ? start + maxLineBytes : end);
  return {
    line,
    nextLine: line + 1,
    end,
    next: afterLineEnd(text, end),
    text: kept,
    cells: kept.split(delimiter),
    fault: isTooLong ? 'LINE_TOO_LONG' : null,
    endsInQuotes: false,
  };
}

/** The record with its quotes; `STRAY` where they do not hold, `OPEN` where they do not close before the text ends. */
function readQuoted(
  text: string,
  start: number,
  { delimiter, maxLineBytes }: TableShape,
): { cells: string[]; end: number } | 'STRAY' | 'OPEN' {
  const limit = Math.min(text.length, start + maxLineBytes);
  const cells: string[] = [];
  const endsCell = (char: string | undefined): boolean => char === delimiter || char === '\n' || char === '\r';
  for (let at = start; ; at += 1) {
    const from = at;
    if (text[at] === '"' && at < limit) {
      const closing = closingQuote(text, at + 1, limit);
      if (closing < 0) return text.length - start <= maxLineBytes ? 'OPEN' : 'STRAY';
      cells.push(text.slice(from + 1, closing).replaceAll('""', '"'));
      at = closing + 1;
      while (at < limit && (text[at] === ' ' || text[at] === '\t') && text[at] !== delimiter) at += 1;
    } else {
      while (at < limit && !endsCell(text[at])) at += 1;
      cells.push(text.slice(from, at));
    }
    if (at === text.length || text[at] === '\n' || text[at] === '\r') return { cells, end: at };
    if (text[at] !== delimiter || at >= limit) return 'STRAY';
  }
}

function closingQuote(text: string, from: number, limit: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && at + 1 < limit && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < limit ? at : -1;
}

/**
 * Whether quotes swallow other records: a whole line lies inside them, or they stand between two whole lines. The
 * last line alone proves nothing: behind the end of a text over two lines it may hold all the other cells.
 */
function swallowsOthers(quoted: string, shape: TableShape): boolean {
  const whole = quoted.split(LINE_ENDS).map((line) => isWhole(line.split(shape.delimiter), shape));
  return whole.slice(1, -1).includes(true) || (whole[0] === true && whole.at(-1) === true);
}

/** Whether a line has the header's cells and sixteen digits for a NIK. */
const isWhole = (cells: string[], shape: TableShape): boolean =>
  fits(cells, shape) && cells[shape.columns.NIK]?.replace(/[^0-9]/g, '').length === 16;

/** As many cells as the header has, or more of which all those behind are empty. */
export const fits = (cells: readonly string[], shape: TableShape): boolean =>
  cells.length >= shape.columnCount && !hasSurplus(cells, shape);
