export const TAB = 9;
export const LF = 10;
export const CR = 13;
const DOS_END_OF_FILE = 26;
export const SPACE = 32;
export const QUOTE = 34;

export const isLineEnd = (byte: number): boolean => byte === LF || byte === CR;

/** Where the next line begins behind the line end at `at`: LF, CR and CRLF are one each. */
export const afterLineEnd = (bytes: Uint8Array, at: number): number =>
  bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at + 1;

/** Line ends between two places, CRLF counting once; `to` must not fall inside one. */
export function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) count += 1;
  }
  return count;
}

/** Behind the last line end that is surely whole: an LF may still come behind a CR at the very end. */
export const endOfLines = (bytes: Uint8Array): number =>
  1 + Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR, bytes.length - 2));

/** Nothing but blanks, or the end-of-file mark of DOS. */
export const isBlank = (bytes: Uint8Array, from: number, to: number): boolean =>
  bytes.subarray(from, to).every((byte) => byte === SPACE || byte === TAB || byte === DOS_END_OF_FILE);
