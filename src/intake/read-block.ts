import type { CivilDate } from '../core/dates.ts';
import type { Block } from './blocks.ts';
import { afterLineEnd, isBlank } from './bytes.ts';
import { type Layout, shapeOf } from './layout.ts';
import { INTAKE_LIMITS, type IntakeLimits } from './limits.ts';
import { createRecordReader, type RecordSink, type RejectReason } from './record.ts';
import { RecordScanner } from './scanner.ts';

type BlockOptions = {
  /** The day of the copy: who is of age by then, and how a birth year of two digits is completed. */
  asOf: CivilDate;
  limits?: IntakeLimits;
};

/**
 * Makes the reader of an export's blocks: one per thread, since it keeps small caches of spellings and dates.
 * Each record goes to the sink, in order, as a resident or as a reject; blank lines are no records. Throws only what the sink throws.
 */
export function createBlockReader(
  layout: Layout,
  { asOf, limits = INTAKE_LIMITS }: BlockOptions,
): (block: Block, sink: RecordSink) => void {
  const { columnCount } = layout;
  const scanner = new RecordScanner(shapeOf(layout, limits));
  const { starts, ends, doubled } = scanner;
  const readRecord = createRecordReader(layout, asOf);
  // The record as text, one character a byte, so that places in the bytes are places in the text, less its beginning.
  let text = '';
  let textStart = 0;
  const cell = (place: number, lastPlace = place): string => {
    if (place < 0) return '';
    const byteText = text.slice((starts[place] as number) - textStart, (ends[lastPlace] as number) - textStart);
    return doubled[place] === 0 ? byteText : byteText.replaceAll('""', '"');
  };

  return ({ bytes, firstLine }, sink) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let line = firstLine;
    for (let start = 0; start < bytes.length; ) {
      const lineEnd = scanner.scan(bytes, start, bytes.length);
      const reason = faultOf(scanner, columnCount);
      if (reason === null) {
        text = buffer.toString('latin1', start, lineEnd);
        textStart = start;
        const record = readRecord(cell);
        if (record.ok) sink.resident(record.value);
        else sink.reject({ line, column: 'NIK', reason: record.code });
      } else if (!isBlank(bytes, start, lineEnd)) sink.reject({ line, column: null, reason });
      line += scanner.lineEndsInside + 1;
      start = afterLineEnd(bytes, lineEnd);
    }
  };
}

/** What is wrong with a record as a whole; a blank line looks like one without columns. */
function faultOf(scanner: RecordScanner, columnCount: number): RejectReason | null {
  if (scanner.outcome === 'TOO_LONG') return 'LINE_TOO_LONG';
  if (scanner.outcome === 'QUOTE_NOT_CLOSED') return 'QUOTE_NOT_CLOSED';
  if (scanner.fits) return null;
  return scanner.count < columnCount ? 'COLUMNS_MISSING' : 'COLUMNS_SURPLUS';
}
