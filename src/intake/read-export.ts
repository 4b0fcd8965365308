import { type Block, cutBlocks } from './blocks.ts';
import { STATUS_COLUMNS } from './columns.ts';
import { decodeBytes } from './decode.ts';
import { findHead } from './head.ts';
import { type Layout, lastNeeded, shapeOf } from './layout.ts';
import { INTAKE_LIMITS, type IntakeLimits } from './limits.ts';
import { lineKind } from './lines.ts';
import { profileColumns } from './profile.ts';

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
    const { layout: found, rest, restLine, passedOver } = await findHead(bytes, NEEDED, limits);
    const shape = shapeOf(found, limits);
    const isCutOff = allowTruncated ? null : cutOffJudge(found);
    const blocks = cutBlocks(continued([rest], bytes), { shape, limits, firstLine: restLine, isCutOff });
    const first = await firstBlocks(blocks, limits);
    const { layout, profile } = profileColumns(found, first, { zoneHours, limits });
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

/** A last line without a line end is cut off where it lacks cells that the row before it has, unless it is no row. */
function cutOffJudge(layout: Layout) {
  const isShort = (cells: number): boolean => cells > lastNeeded(layout) && cells < layout.columnCount;
  return (text: string, cells: string[], cellsBefore: number): boolean =>
    cells.length < layout.columnCount &&
    !(isShort(cells.length) && isShort(cellsBefore)) &&
    lineKind(text, cells, layout, 0) === null;
}

/** What was read ahead, and then the rest. */
export async function* continued<Piece>(first: Iterable<Piece>, others: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  yield* first;
  yield* others;
}
