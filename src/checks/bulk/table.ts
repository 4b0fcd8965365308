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
import { RecordScanner, recordCells } from '../../intake/scanner.ts';
import type { LineKind } from '../../intake/tally.ts';
import type { Fault } from './format.ts';
import { BULK_LIMITS } from './limits.ts';

/** A table of people to ask about, read as an import reads one. Its blocks are to be read in order. */
export type Table = {
  layout: Layout;
  blocks: AsyncGenerator<Block>;
  /** The first rows, cell by cell, one character a byte. */
  sample: readonly string[][];
  /** Lines that are no rows, the header not among them. */
  passedOver: Partial<Record<LineKind, number>>;
  /**
   * Gives each row: its NIK, or what is wrong with it and whether its cells can be told (a fault of the whole row: no). Null for
   * a line that is no row.
   */
  read(block: Block): Iterable<{ nik: Nik | Fault; line: number } | null>;
  /** A cell of the row just given, one character a byte. */
  cell(place: number): string;
};

const NEARLY_ALL = 0.9;

/**
 * Opens a table; `usedIn` are the places of the columns that its reader uses, NIK among them. A row that lacks cells is read
 * only where all of these are filled. Throws `IntakeRefusal`, or what `usedIn` throws.
 */
export async function openTable(
  text: AsyncGenerator<Uint8Array>,
  usedIn: (layout: Layout) => number[],
): Promise<Table> {
  const { layout, rest, restLine, passedOver } = await findHead(text, [['NIK']], BULK_LIMITS);
  const { columnCount, columns } = layout;
  const used = usedIn(layout);
  const shape = shapeOf(layout, BULK_LIMITS);
  const blocks = cutBlocks(continued([rest], text), {
    shape,
    limits: BULK_LIMITS,
    firstLine: restLine,
    isCutOff: null,
  });
  const { value: first } = await blocks.next();
  const scanner = new RecordScanner(shape);
  const { starts, ends, doubled } = scanner;
  const { sample, rowCells } = sampleOf(first?.bytes ?? new Uint8Array(0), layout, scanner);
  let bytesText = '';
  let line = restLine;
  /** Another table has begun: its lines would be read wrongly. */
  let changed: Fault | null = null;

  const cell = (place: number): string => {
    if (place >= scanner.count) return '';
    const byteText = bytesText.slice(starts[place], ends[place]);
    return doubled[place] === 0 ? byteText : byteText.replaceAll('""', '"');
  };

  function rowFault(): string | null {
    const { outcome, count, surplus } = scanner;
    if (outcome !== 'READ') return outcome === 'TOO_LONG' ? 'LINE_TOO_LONG' : outcome;
    if (count === columnCount || (count === rowCells && !surplus)) return null;
    if (count > columnCount) return 'COLUMNS_SURPLUS';
    return used.every((place) => cellText(cell(place)) !== '') ? null : 'COLUMNS_MISSING';
  }

  function nikOrFault(): Nik | Fault {
    const code = rowFault();
    if (changed !== null || code !== null) return changed ?? { code: code as string, pointer: '' };
    const nik = digitsOf(cell(columns.NIK));
    return nik.ok ? (nik.value as Nik) : { code: nik.code, pointer: '/nik' };
  }

  /** What kind of line is no row, of one that is at fault. */
  function kindOf(bytes: Uint8Array, start: number, end: number): LineKind | null {
    if (isBlank(bytes, start, end)) return 'EMPTY';
    if (changed !== null || scanner.outcome === 'TOO_LONG') return null;
    const cells = recordCells(bytes, scanner);
    try {
      if (namesColumns(cells, layout.names)) return headerKind(cells, layout.names);
      const kind = lineKind(bytesText.slice(start, end), cells, layout, line);
      // Something behind a blank first cell is a row without a NIK, not a remark.
      return kind === 'FOOTER' && cellText(cells[0] as string) === '' ? null : kind;
    } catch (error) {
      if (!(error instanceof IntakeRefusal)) throw error;
      changed = { code: error.code, pointer: '' };
      return null;
    }
  }

  return {
    layout,
    blocks: continued(first === undefined ? [] : [first], blocks),
    sample,
    passedOver,
    *read({ bytes, firstLine }) {
      bytesText = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      line = firstLine;
      for (let start = 0; start < bytes.length; ) {
        const end = scanner.scan(bytes, start, bytes.length);
        const nik = nikOrFault();
        const kind = typeof nik === 'string' ? null : kindOf(bytes, start, end);
        if (kind !== null) passedOver[kind] = (passedOver[kind] ?? 0) + 1;
        yield kind === null ? { nik: typeof nik === 'string' ? nik : (changed ?? nik), line } : null;
        line += scanner.lineEndsInside + 1;
        start = afterLineEnd(bytes, end);
      }
    },
    cell,
  };
}

/** Whether a line names a column of NIKs among others: of people to ask about a table may have no other column that is known. */
function namesColumns(cells: readonly string[], names: readonly string[]): boolean {
  const known = new Set(names.map(foldName));
  return (
    cells.some((cell) => columnNamed(cell) === 'NIK') &&
    (cells.every((cell) => known.has(foldName(cell))) || !cells.some((cell) => /[0-9]/.test(cell)))
  );
}

/** Throws `IntakeRefusal` where the header is another. */
function headerKind(cells: readonly string[], names: readonly string[]): 'HEADER' {
  const told = (header: readonly string[]): string =>
    header
      .map((name) => columnNamed(name) ?? foldName(name))
      .join()
      .replace(/,+$/, '');
  if (told(cells) === told(names)) return 'HEADER';
  throw new IntakeRefusal('HEADER_CHANGED');
}

/** The first rows that name somebody; one cell more than the header has is usual where nearly all of them end in a delimiter. */
function sampleOf(
  bytes: Uint8Array,
  { columnCount, columns }: Layout,
  scanner: RecordScanner,
): { sample: string[][]; rowCells: number } {
  const sample: string[][] = [];
  let longer = 0;
  for (let start = 0; start < bytes.length && sample.length < BULK_LIMITS.sampleRows; ) {
    const end = scanner.scan(bytes, start, bytes.length);
    const cells = scanner.outcome === 'READ' ? recordCells(bytes, scanner) : [];
    if (digitsOf(cells[columns.NIK] ?? '').ok) {
      sample.push(cells);
      if (scanner.count === columnCount + 1 && !scanner.surplus) longer += 1;
    }
    start = afterLineEnd(bytes, end);
  }
  return { sample, rowCells: longer > 0 && longer >= sample.length * NEARLY_ALL ? columnCount + 1 : columnCount };
}
