import { type Block, cutBlocks } from '../../intake/blocks.ts';
import { continued, readHeader } from '../../intake/read-export.ts';
import type { RecordShape } from '../../intake/shape.ts';
import { csvFormat } from './csv.ts';
import type { Format, FormatName } from './format.ts';
import { BULK_LIMITS } from './limits.ts';
import { NDJSON } from './ndjson.ts';

/** Lines of one cell. */
const WHOLE_LINES: RecordShape = { delimiter: 0, columnCount: 1, nikPlace: 0, maxLineBytes: BULK_LIMITS.maxLineBytes };

export type Reading = { format: Format; blocks: AsyncGenerator<Block> };

/** Opens a text of questions: reads the header where the format has one. Throws `IntakeRefusal`. */
export async function openReading(text: AsyncGenerator<Uint8Array>, name: FormatName): Promise<Reading> {
  const cut = (bytes: AsyncIterable<Uint8Array>, shape: RecordShape): AsyncGenerator<Block> =>
    cutBlocks(bytes, { shape, limits: BULK_LIMITS, allowTruncated: true, firstLine: 1 });
  if (name === 'ndjson') return { format: NDJSON, blocks: cut(text, WHOLE_LINES) };
  const { header, rest } = await readHeader(text, BULK_LIMITS.maxLineBytes);
  const { format, shape } = csvFormat(header);
  return { format, blocks: cut(continued(rest, text), shape) };
}
