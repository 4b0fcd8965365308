import type { Nik } from '../../core/nik.ts';
import { type Block, cutBlocks } from '../../intake/blocks.ts';
import { afterLineEnd, isBlank } from '../../intake/bytes.ts';
import { cellText } from '../../intake/cell.ts';
import { columnNamed, foldName } from '../../intake/columns.ts';
import { findHead } from '../../intake/head.ts';
import { type Layout, shapeOf } from '../../intake/layout.ts';
import { lineKind } from '../../intake/lines.ts';
import { digitsOf } from '../../intake/numbers.ts';
import { continued } from '../../intake/read-export.ts';
import { IntakeRefusal } from '../../intake/refusal.ts';
import { RecordScanner } from '../../intake/scanner.ts';
import { type LineKind, type PassedOver, passOver } from '../../intake/tally.ts';
import { type Fault, fault } from './format.ts';
import { BULK_LIMITS } from './limits.ts';

/** A row's cells, one character a byte, none where they cannot be told apart; its NIK, or what is wrong with it. */
type Row = { line: number; cells: readonly string[]; nik: Nik | Fault };
/** A table of people to ask about, read as an import reads one. Its blocks are to be read in order. */
export type Table = {
  layout: Layout;
  blocks: AsyncGenerator<Block>;
  sample: readonly string[][];
  /** Lines that were no rows so far, the header not among them. */
  passedOver: PassedOver;
  /** Gives each row; null for a line that is no row. */
  read(block: Block): Iterable<Row | null>;
};

/**
 * Opens a table; `usedIn` are the columns that its reader uses, NIK among them. A row that lacks cells
 * is read only where all of these are filled. Throws `IntakeRefusal`, or what `usedIn` throws.
 */
export async function openTable(
  text: AsyncGenerator<Uint8Array>,
  usedIn: (layout: Layout) => number[],
): Promise<Table> {
  const { layout, rest, restLine, passedOver } = await findHead(text, [['NIK']], BULK_LIMITS);
  const { columnCount, columns } = layout;
  const used = usedIn(layout);
  const shape = shapeOf(layout, BULK_LIMITS);
  const cut = { shape, limits: BULK_LIMITS, firstLine: restLine, isCutOff: null };
  const blocks = cutBlocks(continued([rest], text), cut);
  const { value: first } = await blocks.next();
  const scanner = new RecordScanner(shape);
  const sample = sampleOf(first, columns.NIK, scanner);
  // One cell more than the header has is usual where nearly all rows end in a delimiter.
  const longer = sample.filter((cells) => cells[columnCount]?.trim() === '').length;
  const rowCells = longer > 0 && longer >= sample.length * BULK_LIMITS.nearlyAll ? columnCount + 1 : columnCount;
  /** Another table has begun: its lines would be read wrongly. */
  let changed: Fault | null = null;

  function nikOrFault(cells: readonly string[]): Nik | Fault {
    const { outcome, count, surplus } = scanner;
    if (outcome !== 'READ') return fault(outcome === 'TOO_LONG' ? 'LINE_TOO_LONG' : outcome);
    if (count !== columnCount && (count !== rowCells || surplus)) {
      if (count > columnCount) return fault('COLUMNS_SURPLUS');
      if (used.some((column) => cellText(cells[column] ?? '') === '')) return fault('COLUMNS_MISSING');
    }
    const nik = digitsOf(cells[columns.NIK] ?? '');
    return nik.ok ? (nik.value as Nik) : fault(nik.code, '/nik');
  }

  /** What kind of line is no row, of one that is at fault. */
  function kindOf({ text, cells, line }: ScannedLine): LineKind | null {
    if (isBlank(Buffer.from(text, 'latin1'), 0, text.length)) return 'EMPTY';
    if (changed !== null || scanner.outcome === 'TOO_LONG') return null;
    try {
      if (isHeader(cells, layout)) return 'HEADER';
      const kind = lineKind(text, cells, layout, line);
      // Something behind a blank first cell is a row without a NIK, not a remark.
      return kind === 'FOOTER' && cellText(cells[0] as string) === '' ? null : kind;
    } catch (error) {
      if (!(error instanceof IntakeRefusal)) throw error;
      changed = fault(error.code);
      return null;
    }
  }

  return {
    layout,
    blocks: continued(first === undefined ? [] : [first], blocks),
    sample,
    passedOver,
    *read(block) {
      for (const scanned of linesOf(block, scanner)) {
        const { line, cells } = scanned;
        const nik = changed ?? nikOrFault(cells);
        const kind = typeof nik === 'string' ? null : kindOf(scanned);
        if (kind !== null) {
          passOver(passedOver, kind);
          yield null;
        } else if (changed !== null || (typeof nik !== 'string' && nik.pointer === '')) {
          yield { line, nik: changed ?? nik, cells: [] };
        } else yield { line, nik, cells };
      }
    },
  };
}

type ScannedLine = { line: number; text: string; cells: string[] };

/** The lines of a block as records; `scanner` says more of the last one given. */
function* linesOf({ bytes, firstLine }: Block, scanner: RecordScanner): Generator<ScannedLine> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const { starts, ends, doubled } = scanner;
  let line = firstLine;
  for (let start = 0; start < bytes.length; ) {
    const end = scanner.scan(bytes, start, bytes.length);
    const cells: string[] = [];
    // Cut from the text: to read each from the bytes, as an import does where it must, takes three times as long.
    for (let i = 0; i < scanner.count && i < starts.length && scanner.outcome !== 'TOO_LONG'; i += 1) {
      const cell = text.slice(starts[i], ends[i]);
      cells.push(doubled[i] === 0 ? cell : cell.replaceAll('""', '"'));
    }
    yield { line, text: text.slice(start, end), cells };
    line += scanner.lineEndsInside + 1;
    start = afterLineEnd(bytes, end);
  }
}

/**
 * Whether a line is the header again: it names a column of NIKs, and all of its names are of this header or none
 * holds a number (a table of people to ask about may have no other column that is known). Throws `IntakeRefusal`
 * where it is another header.
 */
function isHeader(cells: readonly string[], { names }: Layout): boolean {
  const [found, own] = [namesOf(cells), namesOf(names)];
  const namesColumns =
    found.includes('NIK') && (found.every((name) => own.includes(name)) || !cells.some((cell) => /[0-9]/.test(cell)));
  if (!namesColumns) return false;
  if (found.join().replace(/,+$/, '') === own.join().replace(/,+$/, '')) return true;
  throw new IntakeRefusal('HEADER_CHANGED');
}

const namesOf = (cells: readonly string[]): string[] => cells.map((cell) => columnNamed(cell) ?? foldName(cell));

/** The first rows that name somebody. */
function sampleOf(first: Block | undefined, nikColumn: number, scanner: RecordScanner): string[][] {
  const sample: string[][] = [];
  for (const { cells } of first === undefined ? [] : linesOf(first, scanner)) {
    if (sample.length === BULK_LIMITS.sampleRows) break;
    if (scanner.outcome === 'READ' && digitsOf(cells[nikColumn] ?? '').ok) sample.push(cells);
  }
  return sample;
}
