import { afterLineEnd, isBlank, isLineEnd } from './bytes.ts';
import { cleanCell, decodeText } from './cell.ts';
import { COLUMNS, type Column, columnNamed, isOwnName } from './columns.ts';
import type { Layout } from './layout.ts';
import type { IntakeLimits } from './limits.ts';
import { foldedLine, isEmptyLine } from './lines.ts';
import { IntakeRefusal } from './refusal.ts';
import { RecordScanner, recordCells } from './scanner.ts';
import { type PassedOver, passOver } from './tally.ts';

/** Tab last: a stray tab may sit in a header of any other delimiter. */
export const DELIMITERS = [';', ',', '|', '\t'];
/** A title of one known word is none; a header names at least so many columns that are known. */
const KNOWN_NAMES = 2;

type Head = { layout: Layout; rest: Uint8Array; restLine: number; passedOver: PassedOver };
type HeadLimits = Pick<IntakeLimits, 'maxLineBytes' | 'maxColumns' | 'headLines'>;
/** A line as a record under one delimiter; `known` counts its names of columns, `next` is where the next begins. */
type Line = { line: number; names: string[]; known: number; cells: number; delimiter: string; next: number };

/**
 * Finds the header among the first lines: of all lines and delimiters the one under which most names are known.
 * `needed` are columns without which the table says nothing; each is one column or several of which one will do.
 * Throws an `IntakeRefusal` that says what the file looks like.
 */
export async function findHead(
  bytes: AsyncGenerator<Uint8Array>,
  needed: readonly (readonly Column[])[],
  limits: HeadLimits,
): Promise<Head> {
  const buffer = await readStart(bytes, limits);
  const scanned = DELIMITERS.map((delimiter) => firstLines(buffer, delimiter, limits));
  const [best] = scanned
    .flat()
    .filter(({ known, names }) => known >= KNOWN_NAMES || names.some((name) => columnNamed(name) === 'NIK'))
    .sort((a, b) => b.known - a.known || a.line - b.line || b.cells - a.cells);
  if (best === undefined) throw looksLike(scanned);
  const { line, names, cells, delimiter, next } = best;
  refuseQuotes(best);
  if (cells > limits.maxColumns) throw new IntakeRefusal('TOO_MANY_COLUMNS');
  const columns = placesOf(names);
  const missing = needed.find((oneOf) => oneOf.every((column) => columns[column] < 0));
  if (missing !== undefined) {
    const detail = missing.length === 1 ? missing[0] : `status code (${missing.join(', ')})`;
    throw new IntakeRefusal('MISSING_COLUMN', { detail, line });
  }
  // A name that holds somebody's number is none, and must not be repeated.
  if (names.some((name) => /[0-9]{16}/.test(name)))
    throw new IntakeRefusal('NO_HEADER', { detail: `${cells} cells`, line });
  const lines = physicalLines(buffer.subarray(0, next));
  const passedOver: PassedOver = {};
  for (const text of lines.slice(0, line - 1)) passOver(passedOver, text === '' ? 'EMPTY' : 'TITLE');
  const titles = lines.slice(0, line - 1).filter((text) => text !== '');
  const shape = { delimiter: delimiter.charCodeAt(0), columnCount: cells };
  const layout = { ...shape, names, columns, headerLine: line, titles };
  return { layout, rest: buffer.subarray(next), restLine: lines.length + 1, passedOver };
}

/** The first lines, and what came with them. Throws EMPTY_FILE, HEADER_TOO_LONG. */
async function readStart(bytes: AsyncGenerator<Uint8Array>, limits: HeadLimits): Promise<Uint8Array> {
  const { maxLineBytes, headLines } = limits;
  let buffer: Uint8Array = new Uint8Array(0);
  // Behind a CR an LF may still come, so one line more is waited for.
  while (physicalLines(buffer).length <= headLines + 1 && buffer.length <= (headLines + 2) * maxLineBytes) {
    const next = await bytes.next();
    if (next.done) break;
    buffer = Buffer.concat([buffer, next.value]);
  }
  if (physicalLines(buffer).every((line) => line === '')) throw new IntakeRefusal('EMPTY_FILE');
  const first = buffer.findIndex(isLineEnd);
  if ((first < 0 ? buffer.length : first) > maxLineBytes) throw new IntakeRefusal('HEADER_TOO_LONG');
  return buffer;
}

/** Lines with digits as `#`, blanks squeezed; '' for one of nothing but blanks and delimiters. */
function physicalLines(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (isEmptyLine(line) ? '' : foldedLine(line)));
}

function firstLines(buffer: Uint8Array, delimiter: string, limits: HeadLimits): Line[] {
  const { maxColumns, maxLineBytes, headLines } = limits;
  const columnCount = maxColumns + 1;
  const scanner = new RecordScanner({ delimiter: delimiter.charCodeAt(0), columnCount, nikPlace: 0, maxLineBytes });
  const lines: Line[] = [];
  let line = 1;
  for (let start = 0; start < buffer.length && line <= headLines; ) {
    const end = scanner.scan(buffer, start, buffer.length);
    const next = end < buffer.length ? afterLineEnd(buffer, end) : end;
    const names = recordCells(buffer, scanner).map((name) => decodeText(name).trim());
    const known = new Set(names.map(columnNamed).filter((column) => column !== undefined)).size;
    if (!isBlank(buffer, start, end)) lines.push({ line, names, known, cells: scanner.count, delimiter, next });
    line += scanner.lineEndsInside + 1;
    start = next;
  }
  return lines;
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
function refuseQuotes({ names, line }: Line): void {
  const quoted = names.filter((name) => name.length > 1 && UNKNOWN_QUOTES.test(name));
  if (quoted.length * 2 > names.length) throw new IntakeRefusal('UNKNOWN_QUOTE', { detail: quoted[0]?.[0], line });
}

function looksLike(scanned: Line[][]): IntakeRefusal {
  const [widest] = scanned.map(([first]) => first as Line).sort((a, b) => b.cells - a.cells);
  const { names, cells, line, delimiter } = widest as Line;
  const text = names.join(delimiter);
  if (/^[[{]/.test(text)) return new IntakeRefusal('NOT_A_TABLE', { detail: 'JSON' });
  if (/^(--|\/\*|(CREATE|INSERT|DROP|USE|SET|BEGIN|SELECT|COPY)\s)/i.test(text))
    return new IntakeRefusal('NOT_A_TABLE', { detail: 'an SQL script' });
  const [, mark] = /\bNIK["']?\s*([^\w\s"';,|])/i.exec(text) ?? [];
  if (mark !== undefined) return new IntakeRefusal('UNKNOWN_DELIMITER', { detail: markName(mark), line });
  if (/\bNIK\b.*\s{2,}\S|\bNIK \w+_\w+ /i.test(text))
    return new IntakeRefusal('UNKNOWN_DELIMITER', { detail: 'blanks', line });
  if (names.some((name) => /^[^A-Za-z]*[0-9]{15,16}[^A-Za-z]*$/.test(name)))
    return new IntakeRefusal('NO_HEADER', { detail: `${cells} cells`, line });
  return new IntakeRefusal('MISSING_COLUMN', { detail: 'NIK', line });
}

const markName = (mark: string): string =>
  /^[!-~]$/.test(mark) ? `"${mark}"` : `U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
