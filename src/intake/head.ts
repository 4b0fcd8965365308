import { cleanCell, decodeText } from './cell.ts';
import { COLUMNS, type Column, columnNamed, isOwnName, STATUS_COLUMNS } from './columns.ts';
import type { IntakeLimits } from './limits.ts';
import { foldedLine, isEmptyLine } from './lines.ts';
import { IntakeRefusal } from './refusal.ts';
import { byteTextOf, isBlank, LINE_ENDS, type Line, linesOf, type TableShape } from './scanner.ts';
import { addCount, type PassedOver } from './tally.ts';

/** How the records of one file are laid out, as its head says. Plain data: a worker thread gets a copy. */
export type Layout = TableShape & {
  names: string[];
  /** Place of each used column from 0; -1 where the file has none. */
  columns: Record<Column, number>;
  headerLine: number;
  /** Lines above the header, digits as `#`: a page head repeats them. */
  titles: string[];
};

/** The last column without which a row says nothing: behind it, missing cells are empty ones. */
export const lastNeeded = ({ columns }: Layout): number =>
  Math.max(columns.NIK, ...STATUS_COLUMNS.map((column) => columns[column]));

/** Tab last: a stray tab may sit in a header of any other delimiter. */
export const DELIMITERS = [';', ',', '|', '\t'];
/** A title of one known word is none; a header names at least so many columns that are known. */
const KNOWN_NAMES = 2;

type HeadLimits = Pick<IntakeLimits, 'maxLineBytes' | 'maxColumns' | 'headLines'>;
/** A line as the header under one delimiter; `known` counts its names of columns. */
type Header = Line & { names: string[]; known: number; delimiter: string };

/**
 * Finds the header among the first lines: of all lines and delimiters the one under which most names are known.
 * `needed` are columns without which the table says nothing; each is one column or several of which one will do.
 * Throws an `IntakeRefusal` that says what the file looks like.
 */
export async function findHead(
  bytes: AsyncGenerator<Uint8Array>,
  needed: readonly (readonly Column[])[],
  limits: HeadLimits,
): Promise<{ layout: Layout; rest: Uint8Array; restLine: number; passedOver: PassedOver }> {
  const text = await readStart(bytes, limits);
  const scanned = DELIMITERS.map((delimiter) => firstLines(text, delimiter, limits));
  const [best] = scanned
    .flat()
    .filter(({ known, names }) => known >= KNOWN_NAMES || names.some((name) => columnNamed(name) === 'NIK'))
    .sort((a, b) => b.known - a.known || a.line - b.line || b.names.length - a.names.length);
  if (best === undefined) throw looksLike(scanned);
  const { line, names, delimiter, next, nextLine } = best;
  refuseQuotes(best);
  if (names.length > limits.maxColumns) throw new IntakeRefusal('TOO_MANY_COLUMNS');
  const columns = placesOf(names);
  const missing = needed.find((oneOf) => oneOf.every((column) => columns[column] < 0));
  if (missing !== undefined) {
    const detail = missing.length === 1 ? missing[0] : `status code (${missing.join(', ')})`;
    throw new IntakeRefusal('MISSING_COLUMN', { detail, line });
  }
  // A name that holds somebody's number is none, and must not be repeated.
  if (names.some((name) => /[0-9]{16}/.test(name))) throw noHeader(best);
  const above = physicalLines(text).slice(0, line - 1);
  const passedOver: PassedOver = {};
  for (const title of above) addCount(passedOver, title === '' ? 'EMPTY' : 'TITLE');
  const titles = above.filter((title) => title !== '');
  const shape = { delimiter, columnCount: names.length, maxLineBytes: limits.maxLineBytes };
  const layout = { ...shape, names, columns, headerLine: line, titles };
  return { layout, rest: Buffer.from(text.slice(next), 'latin1'), restLine: nextLine, passedOver };
}

/** The first lines, and what came with them, one character a byte. Throws EMPTY_FILE, HEADER_TOO_LONG. */
async function readStart(bytes: AsyncGenerator<Uint8Array>, limits: HeadLimits): Promise<string> {
  const { maxLineBytes, headLines } = limits;
  let text = '';
  // Behind a CR an LF may still come, so one line more is waited for.
  while (physicalLines(text).length <= headLines + 1 && text.length <= (headLines + 2) * maxLineBytes) {
    const next = await bytes.next();
    if (next.done) break;
    text += byteTextOf(next.value);
  }
  if (physicalLines(text).every((line) => line === '')) throw new IntakeRefusal('EMPTY_FILE');
  if ((text.split(/[\r\n]/, 1)[0] as string).length > maxLineBytes) throw new IntakeRefusal('HEADER_TOO_LONG');
  return text;
}

/** Lines with digits as `#`, blanks squeezed; '' for one of nothing but blanks and delimiters. */
function physicalLines(text: string): string[] {
  const lines = text.split(LINE_ENDS);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (isEmptyLine(line) ? '' : foldedLine(line)));
}

function firstLines(text: string, delimiter: string, limits: HeadLimits): Header[] {
  const { maxColumns, maxLineBytes, headLines } = limits;
  const shape = { delimiter, columnCount: maxColumns + 1, maxLineBytes, columns: { NIK: 0 } };
  const headers: Header[] = [];
  for (const line of linesOf(text, 1, shape)) {
    if (line.line > headLines) break;
    if (isBlank(line.text)) continue;
    const names = line.cells.map((name) => decodeText(name).trim());
    const known = new Set(names.map(columnNamed).filter((column) => column !== undefined)).size;
    headers.push({ ...line, names, known, delimiter });
  }
  return headers;
}

/** A column's own name outweighs another name of it; two of one kind are a refusal. */
function placesOf(names: string[]): Record<Column, number> {
  const place = (column: Column): number => {
    const places = names.flatMap((name, i) => (columnNamed(cleanCell(name)) === column ? [i] : []));
    const own = places.filter((i) => isOwnName(names[i] as string, column));
    const [found = -1, another] = own.length > 0 ? own : places;
    if (another !== undefined) throw new IntakeRefusal('DUPLICATE_COLUMN', { detail: column });
    return found;
  };
  return Object.fromEntries(COLUMNS.map((column) => [column, place(column)])) as Record<Column, number>;
}

const UNKNOWN_QUOTES = /^['`´“”‘’«~^][\s\S]*['`´“”‘’»~^]$/;

/** Cells in quotes that no reader of delimited text knows hide delimiters inside them. */
function refuseQuotes({ names, line }: Header): void {
  const quoted = names.filter((name) => name.length > 1 && UNKNOWN_QUOTES.test(name));
  if (quoted.length * 2 > names.length) throw new IntakeRefusal('UNKNOWN_QUOTE', { detail: quoted[0]?.[0], line });
}

const noHeader = ({ names, line }: Header): IntakeRefusal =>
  new IntakeRefusal('NO_HEADER', { detail: `${names.length} cells`, line });

function looksLike(scanned: Header[][]): IntakeRefusal {
  const [widest] = scanned.flatMap((lines) => lines.slice(0, 1)).sort((a, b) => b.names.length - a.names.length);
  if (widest === undefined) return new IntakeRefusal('MISSING_COLUMN', { detail: 'NIK' });
  const { names, line, delimiter } = widest;
  const text = names.join(delimiter);
  if (/^[[{]/.test(text)) return new IntakeRefusal('NOT_A_TABLE', { detail: 'JSON' });
  if (/^(--|\/\*|(CREATE|INSERT|DROP|USE|SET|BEGIN|SELECT|COPY)\s)/i.test(text))
    return new IntakeRefusal('NOT_A_TABLE', { detail: 'an SQL script' });
  const [, mark] = /\bNIK["']?\s*([^\w\s"';,|])/i.exec(text) ?? [];
  if (mark !== undefined) return new IntakeRefusal('UNKNOWN_DELIMITER', { detail: markName(mark), line });
  if (/\bNIK\b.*\s{2,}\S|\bNIK \w+_\w+ /i.test(text))
    return new IntakeRefusal('UNKNOWN_DELIMITER', { detail: 'blanks', line });
  if (names.some((name) => /^[^A-Za-z]*[0-9]{15,16}[^A-Za-z]*$/.test(name))) return noHeader(widest);
  return new IntakeRefusal('MISSING_COLUMN', { detail: 'NIK', line });
}

const markName = (mark: string): string =>
  /^[!-~]$/.test(mark) ? `"${mark}"` : `U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
