import { type Block, cutBlocks } from './blocks.ts';
import { STATUS_COLUMNS } from './columns.ts';
import { decodeBytes } from './decode.ts';
import { findHead, type Layout, lastNeeded } from './head.ts';
import { INTAKE_LIMITS, type IntakeLimits } from './limits.ts';
import { lineKind } from './lines.ts';
import { profileColumns } from './profile.ts';
import { IntakeRefusal } from './refusal.ts';
import { isBlank, linesOf } from './scanner.ts';

export type ExportOptions = {
  /** Import what is there of a file that breaks off. */
  allowTruncated?: boolean;
  /** Hours east of Greenwich of the source. */
  zoneHours?: number;
  limits?: IntakeLimits;
};
const NEEDED = [['NIK'], STATUS_COLUMNS] as const;

/**
 * Opens an export: finds out compression, encoding and head, judges the columns from the first blocks, cuts the rest.
 * Throws `IntakeRefusal`, here or, for what only shows later (FILE_TRUNCATED, FILE_DAMAGED), out of `blocks`.
 */
export async function readExport(
  chunks: AsyncIterable<Uint8Array>,
  { allowTruncated = false, zoneHours = 7, limits = INTAKE_LIMITS }: ExportOptions = {},
) {
  const bytes = decodeBytes(chunks, limits.sniffBytes, allowTruncated);
  try {
    const { layout: found, rest, restLine: firstLine, passedOver } = await findHead(bytes, NEEDED, limits);
    const checkLast = allowTruncated ? undefined : (text: string, line: number) => refuseCutOff(text, line, found);
    const cut = { blockBytes: limits.blockBytes, firstLine, checkLast };
    const blocks = cutBlocks(continued([rest], bytes), found, cut);
    const first = await firstBlocks(blocks, limits);
    const { layout, profile } = profileColumns(found, first, { zoneHours, profileRows: limits.profileRows });
    return { layout, profile, passedOver, blocks: continued(first, blocks) };
  } catch (error) {
    await bytes.return(undefined);
    throw error;
  }
}

export type OpenExport = Awaited<ReturnType<typeof readExport>>;

async function firstBlocks(
  blocks: AsyncGenerator<Block>,
  { profileRows, profileBytes }: IntakeLimits,
): Promise<Block[]> {
  const first: Block[] = [];
  let [bytes, lines] = [0, 0];
  while (bytes < profileBytes && lines < profileRows) {
    const next = await blocks.next();
    if (next.done) break;
    first.push(next.value);
    bytes += next.value.bytes.length;
    lines += next.value.lines;
  }
  return first;
}

/**
 * Throws FILE_TRUNCATED where quotes are open at the end, or the last line has no line end and lacks cells that the
 * row before it has, unless it is no row.
 */
function refuseCutOff(text: string, firstLine: number, layout: Layout): void {
  const isShort = (count: number): boolean => count > lastNeeded(layout) && count < layout.columnCount;
  let cellsBefore = layout.columnCount;
  for (const line of linesOf(text, firstLine, layout)) {
    const count = line.cells.length;
    const isLast = line.end === text.length && !isBlank(line.text);
    const lacksCells = isLast && count < layout.columnCount && !(isShort(count) && isShort(cellsBefore));
    if (line.endsInQuotes || (lacksCells && lineKind(line, layout) === null))
      throw new IntakeRefusal('FILE_TRUNCATED');
    cellsBefore = count;
  }
}

/** What was read ahead, and then the rest. */
export async function* continued<Piece>(first: Iterable<Piece>, others: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  yield* first;
  yield* others;
}
