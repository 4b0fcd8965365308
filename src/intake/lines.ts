import { cellText } from './cell.ts';
import { columnNamed } from './columns.ts';
import { DELIMITERS, type Layout } from './head.ts';
import { sixteenDigitsIn } from './numbers.ts';
import { IntakeRefusal } from './refusal.ts';
import type { Line } from './scanner.ts';
import type { LineKind } from './tally.ts';

const MAX_FOLDED_CHARS = 200;
const RULE = /^[-=_+*~|;,\s"]*$/;
const DASHES = /[-=_]{2}/;
/** What SQL*Plus, psql, SQL Server and people write below a table. */
const FOOTERS = [
  /^\W*([0-9.,]+ +)?(rows?|records?|baris|data) +(selected|affected|returned|terpilih|dipilih)/i,
  /^\(?[0-9.,]+ +(rows?|records?|baris)\)?\.?$/i,
  /^\W*(SQL>|elapsed|spool|no rows|input truncated|(grand |sub ?)?total|jumlah|halaman|page|hal\b)/i,
  /^\W*(dicetak|sumber|keterangan|catatan)/i,
];
const LONG_NUMBER = /[0-9]{6}/;

export const isEmptyLine = (text: string): boolean => text.replace(/[\s;,|"]/g, '').replace('\u001a', '') === '';

/** A line without its numbers, blanks squeezed: by it a page head is known again whatever its page number. */
export const foldedLine = (text: string): string =>
  text
    .replace(/[0-9]+/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_FOLDED_CHARS);

/**
 * What kind of line is no row, of a line that cannot be read as one; null for a row that is at fault. Throws
 * HEADER_CHANGED, DELIMITER_CHANGED where another table begins.
 */
export function lineKind(
  { text, cells, line }: Pick<Line, 'text' | 'cells' | 'line'>,
  layout: Layout,
): LineKind | null {
  const filled = cells.map(cellText).filter((cell) => cell !== '' && cell !== '\x1a');
  if (filled.length === 0) return 'EMPTY';
  if (RULE.test(text) && DASHES.test(text)) return 'RULE';
  if (namesTable(cells)) {
    if (cells.every((cell, i) => columnNamed(cell) === columnNamed(layout.names[i] ?? ''))) return 'HEADER';
    throw new IntakeRefusal('HEADER_CHANGED', { line });
  }
  if (layout.titles.includes(foldedLine(text))) return 'TITLE';
  if (filled.length > 1 && filled.every((cell, i) => cell.replace(/[()]/g, '') === String(i + 1))) return 'NUMBERS';
  const beginning = text.trimStart().slice(0, MAX_FOLDED_CHARS);
  if (sixteenDigitsIn(text).length === 0 && FOOTERS.some((footer) => footer.test(beginning))) return 'FOOTER';
  // Some words in one cell, without a number of any length, are a remark and would name nobody.
  if (filled.length === 1 && /\S\s+\S/.test(filled[0] as string) && !LONG_NUMBER.test(text)) return 'FOOTER';
  if (DELIMITERS.some((delimiter) => isTableUnder(text, delimiter, layout)))
    throw new IntakeRefusal('DELIMITER_CHANGED', { line });
  return null;
}

const namesTable = (cells: readonly string[]): boolean =>
  cells.some((cell) => columnNamed(cell) === 'NIK') &&
  cells.filter((cell) => columnNamed(cell) !== undefined).length > 1;

function isTableUnder(text: string, delimiter: string, { delimiter: own, columns, columnCount }: Layout): boolean {
  if (delimiter === own) return false;
  const cells = text.split(delimiter);
  if (cells.length < 2) return false;
  return namesTable(cells) || (cells.length >= columnCount && sixteenDigitsIn(cells[columns.NIK] ?? '').length > 0);
}
