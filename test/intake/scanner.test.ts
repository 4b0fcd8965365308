import { describe, expect, it } from 'vitest';
import { cutBlocks } from '../../src/intake/blocks.ts';
import { byteTextOf, fits as fitsHeader, linesOf } from '../../src/intake/scanner.ts';

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const MAX_LINE_BYTES = 100;
type Scanned = { line: number; cells: string[] | string };

/** The records of a file, cut into blocks of a size and scanned. */
async function scanned(
  text: string,
  columnCount: number,
  blockBytes: number,
  maxLineBytes = MAX_LINE_BYTES,
): Promise<Scanned[]> {
  const shape = { delimiter: ';', columnCount, maxLineBytes, columns: { NIK: 1 } };
  async function* bytes() {
    yield Buffer.from(text);
  }
  const found: Scanned[] = [];
  for await (const block of cutBlocks(bytes(), shape, { blockBytes, firstLine: 1 })) {
    for (const { line, cells, fault } of linesOf(byteTextOf(block.bytes), block.firstLine, shape)) {
      const misfit = fault ?? (fitsHeader(cells, shape) ? null : `${cells.length} CELLS`);
      const texts = cells.map((cell) => Buffer.from(cell, 'latin1').toString());
      found.push({ line, cells: misfit ?? texts.slice(0, columnCount) });
    }
  }
  return found;
}

const CELL = String.raw`(?:"(?:[^"]|"")*"[ \t]*|(?!")[^;\r\n]*)`;
const QUOTED_RECORD = new RegExp(String.raw`${CELL}(?:;${CELL})*(?=[\r\n]|$(?![^]))`, 'y');
const OPEN_AT_END = new RegExp(`(?:${CELL};)*"(?:[^"]|"")*$(?![^])`, 'y');
const matchAt = (pattern: RegExp, text: string, at: number): string | null => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
};
const lineAt = (text: string, at: number): string => /^[^\r\n]*/.exec(text.slice(at))?.[0] ?? '';
const isWhole = (line: string, columnCount: number): boolean => {
  const cells = line.split(';');
  const digits = cells[1]?.replace(/[^0-9]/g, '').length;
  return digits === 16 && fits(cells, columnCount);
};
const fits = (cells: string[], columnCount: number): boolean =>
  cells.length >= columnCount && cells.slice(columnCount).every((cell) => /^[ \t]*$/.test(cell));
const unquoted = (cell: string): string =>
  cell.startsWith('"') ? cell.trimEnd().slice(1, -1).replaceAll('""', '"') : cell;

/** The same rules once more, slow and by patterns. */
function scannedSlowly(text: string, columnCount: number, maxLineBytes = MAX_LINE_BYTES): Scanned[] {
  const found: Scanned[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const plain = lineAt(text, at);
    let record = plain;
    let cells = plain.split(';');
    let fault = plain.length > maxLineBytes ? 'LINE_TOO_LONG' : null;
    if (cells.some((cell) => cell.startsWith('"'))) {
      const quoted = matchAt(QUOTED_RECORD, text.slice(0, at + maxLineBytes + 1), at);
      const inside = (quoted ?? '').split(/\r\n|\r|\n/).slice(1);
      const whole = inside.map((line) => isWhole(line, columnCount));
      const parts = whole.slice(0, -1).includes(true) || (whole.at(-1) === true && isWhole(plain, columnCount));
      if (quoted !== null && quoted.length <= maxLineBytes && !parts) {
        record = quoted;
        cells = quoted.match(new RegExp(`(?<=^|;)${CELL}(?=;|$(?![^]))`, 'g'))?.map(unquoted) ?? [];
        fault = null;
      } else {
        const openAtEnd = text.length - at <= maxLineBytes && matchAt(OPEN_AT_END, text, at) !== null;
        const cutOff = openAtEnd && at + plain.length === text.length;
        if (fault === null && (cutOff || !fits(plain.split(';'), columnCount))) fault = 'QUOTE_NOT_CLOSED';
      }
    }
    if (fault === null && !fits(cells, columnCount)) fault = `${cells.length} CELLS`;
    found.push({ line, cells: fault ?? cells.slice(0, columnCount) });
    line += record.split(/\r\n|\r|\n/).length;
    at += record.length + (/^(?:\r\n|\r|\n)/.exec(text.slice(at + record.length))?.[0].length ?? 0);
  }
  return found;
}

describe('the scanner', () => {
  it('reads back what was written, whether cells are quoted only where they must be or everywhere', async () => {
    const roll = dice(20180627);
    const pieces = ['A', 'BU', 'É', ' ', ';', '"', '\n', '\r\n', '\r', '12', "'"];
    for (let round = 0; round < 150; round += 1) {
      const columnCount = 3 + roll(6);
      const text = (): string => Array.from({ length: roll(5) }, () => pieces[roll(pieces.length)]).join('');
      const rows = Array.from({ length: 1 + roll(12) }, () => Array.from({ length: columnCount }, text));
      const lineEnd = ['\n', '\r\n', '\r'][roll(3)] as string;
      const everywhere = roll(2) === 0;
      const write = (cell: string): string =>
        everywhere || /[";\r\n]/.test(cell) || roll(4) === 0 ? `"${cell.replaceAll('"', '""')}"` : cell;
      const file = rows.map((cells) => cells.map(write).join(';') + lineEnd).join('');
      const found = await scanned(file, columnCount, 1200, 500);
      expect(found.map(({ cells }) => cells)).toEqual(rows);
    }
  });

  it('agrees with a slow reading of the same rules on any damage, wherever blocks end', async () => {
    const roll = dice(471_13);
    for (let round = 0; round < 1500; round += 1) {
      const alphabet = [...(['a;"\n', 'a;;""\n\n\n', 'ab;" \r\n', 'aaaaaaa;;;\n"'][roll(4)] as string), 'NIK'];
      const piece = (): string =>
        (alphabet[roll(alphabet.length)] as string).replace('NIK', roll(2) ? ';3201010101909001;' : '\n');
      const text = Array.from({ length: roll(300) }, piece).join('');
      const columnCount = 2 + roll(3);
      const expected = scannedSlowly(text, columnCount);
      for (const blockBytes of [210, 251, 10_000])
        expect([text, await scanned(text, columnCount, blockBytes)]).toEqual([text, expected]);
    }
  });
});
