import { type Block, cutBlocks } from '../../intake/blocks.ts';
import type { RecordShape } from '../../intake/layout.ts';
import { csvFormat, usedIn } from './csv.ts';
import type { Format, FormatName } from './format.ts';
import { BULK_LIMITS } from './limits.ts';
import { NDJSON } from './ndjson.ts';
import { openTable } from './table.ts';

/** Lines of one cell. */
const WHOLE_LINES: RecordShape = {
  delimiter: 0,
  columnCount: 1,
  nikPlace: 0,
  maxLineBytes: BULK_LIMITS.maxLineBytes,
};

export type Reading = { format: Format; blocks: AsyncGenerator<Block> };

/** Opens a text of questions: finds the header where the format has one. Throws `IntakeRefusal`. */
export async function openReading(text: AsyncGenerator<Uint8Array>, name: FormatName): Promise<Reading> {
  if (name === 'csv') {
    const table = await openTable(text, usedIn);
    return { format: csvFormat(table), blocks: table.blocks };
  }
  const cut = { shape: WHOLE_LINES, limits: BULK_LIMITS, isCutOff: null, firstLine: 1 };
  return { format: NDJSON, blocks: cutBlocks(text, cut) };
}
