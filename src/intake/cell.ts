import { WINDOWS_1252 } from '../core/names.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NON_ASCII = /[\u0080-\u00ff]/;

/** The text of a cell of one character a byte: UTF-8 or, where it is not valid, windows-1252; cell by cell. */
export function decodeText(byteText: string): string {
  if (!NON_ASCII.test(byteText)) return byteText;
  try {
    return strictUtf8.decode(Buffer.from(byteText, 'latin1'));
  } catch {
    return byteText.replace(/[\u0080-\u009f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] as string);
  }
}

/** A cell without what spreadsheets and exporters put around it: blanks, quotes, `="…"`, apostrophes in front. */
export function cleanCell(text: string): string {
  let clean = withoutFormula(trim(text));
  if (/^".*"$/s.test(clean)) clean = withoutFormula(trim(clean.slice(1, -1).replaceAll('""', '"')));
  return /^['’‘`´]/.test(clean) ? trim(clean.replace(/^['’‘`´]+/, '')) : clean;
}

const withoutFormula = (text: string): string => (/^=".*"$/s.test(text) ? trim(text.slice(2, -1)) : text);

/** What databases, spreadsheets and people write for "nothing", in upper case: one list for every column. */
const BLANKS = new Set(
  `. - -- --- NULL (NULL) [NULL] <NULL> {NULL} \\N NAN NA N/A <NA> NAT NONE NIL (NONE) #N/A #NA
   0000-00-00 00-00-0000 0000/00/00 00/00/0000 0/0/0000 00.00.0000 00000000 (KOSONG) KOSONG`.split(/\s+/),
);
const ZERO_TIME = / 0{1,2}[:.]0{2}([:.]0{2}([:.]0+)?)?$/;
const LONGEST = 24;

export const isBlankText = (text: string): boolean =>
  text === '' ||
  (text.length <= LONGEST && BLANKS.has(text.toUpperCase().replace(ZERO_TIME, '').replace(/^–|—$/, '-')));

/** What a cell says, '' where it says nothing. Takes one character a byte. */
export function cellText(byteText: string): string {
  if (byteText === '') return '';
  const text = cleanCell(decodeText(byteText));
  return isBlankText(text) ? '' : text;
}

// NUL and zero-width blanks are no white space to `trim`, but come out of databases and spreadsheets.
const BLANK = /[\s\0\u200b\ufeff]/;

/** By hand: a pattern for the end would try at each blank of a long run. */
function trim(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && BLANK.test(text[from] as string)) from += 1;
  while (to > from && BLANK.test(text[to - 1] as string)) to -= 1;
  return text.slice(from, to);
}
