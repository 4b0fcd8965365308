import { SPACE, TAB } from './bytes.ts';

/** What is known of every record of a file. */
export type RecordShape = {
  delimiter: number;
  columnCount: number;
  /** Place of the NIK, by which a line is known for a record of its own. */
  nikPlace: number;
  maxLineBytes: number;
};

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** Nothing but delimiters and blanks. */
export function areEmptyCells(bytes: Uint8Array, from: number, to: number, { delimiter }: RecordShape): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte !== delimiter && byte !== SPACE && byte !== TAB) return false;
  }
  return true;
}

/** Whether a physical line has the header's cells, read plainly, and sixteen digits for a NIK. */
export function isWholeLine(bytes: Uint8Array, from: number, to: number, shape: RecordShape): boolean {
  let cells = 1;
  let nikDigits = 0;
  let surplusFrom = to;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === shape.delimiter) cells += 1;
    if (byte === shape.delimiter && cells === shape.columnCount + 1) surplusFrom = at;
    if (cells === shape.nikPlace + 1 && isDigit(byte)) nikDigits += 1;
  }
  return nikDigits === 16 && cells >= shape.columnCount && areEmptyCells(bytes, surplusFrom, to, shape);
}
