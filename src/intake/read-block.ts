import type { CivilDate } from '../core/dates.ts';
import type { Block } from './blocks.ts';
import { afterLineEnd } from './bytes.ts';
import { cellText } from './cell.ts';
import { COLUMNS } from './columns.ts';
import { type Layout, lastNeeded, type Profile, shapeOf } from './layout.ts';
import { INTAKE_LIMITS, type IntakeLimits } from './limits.ts';
import { lineKind } from './lines.ts';
import { sixteenDigits } from './numbers.ts';
import { isRounded } from './profile.ts';
import { createRecordReader, type Reject, type RejectReason, type ResidentRecord } from './record.ts';
import { IntakeRefusal } from './refusal.ts';
import { RecordScanner, recordCells } from './scanner.ts';
import { type CellKind, CONTRADICTS, newTally, passOver, type Tally, UNREADABLE } from './tally.ts';

export type ReaderSettings = {
  layout: Layout;
  profile: Profile;
  /** The day of the copy: who is of age by then, and how a birth year of two digits is completed. */
  asOf: CivilDate;
  limits?: IntakeLimits;
};

export type RecordSink = {
  resident: (record: ResidentRecord) => void;
  /** `niks`: all of sixteen digits in a rejected row, one of which is its resident's. */
  reject: (reject: Reject, niks: string[]) => void;
};

const CELL_KINDS = 4;
/** Of a block: fewer prove nothing. */
const ENOUGH_ROWS = 30;
const SIXTEEN_DIGITS = /(?<![0-9])[0-9]{16}(?![0-9])/g;

/**
 * Makes the reader of an export's blocks: one per thread, since it keeps small caches of spellings and dates.
 * Each record goes to the sink, in order, as a resident or as a reject; lines that are no rows are counted. Returns the counts
 * of the block. Throws `IntakeRefusal` where a row contradicts what the columns were judged to be, or what the sink throws.
 */
export function createBlockReader(settings: ReaderSettings): (block: Block, sink: RecordSink) => Tally {
  const { layout, profile, limits = INTAKE_LIMITS } = settings;
  const scanner = new RecordScanner(shapeOf(layout, limits));
  const { starts, ends, doubled } = scanner;
  const ahead = new RecordScanner(shapeOf(layout, limits));
  const faultOf = createFaultFinder(layout, profile, scanner);
  let tally = newTally();
  let line = 0;
  let unreadable = 0;
  /** The line before lacked cells: this one may be the rest of it, and its status may have stood there. */
  let isRest = false;
  let family = '';
  const heard = (column: number, kind: CellKind): void => {
    const at = column * CELL_KINDS + kind;
    tally.cells[at] = (tally.cells[at] as number) + 1;
    if (kind < UNREADABLE) return;
    if (kind === CONTRADICTS) throw new IntakeRefusal('DATES_CONTRADICT', { detail: COLUMNS[column], line });
    unreadable += 1;
    if (tally.firstLines[column] === 0) tally.firstLines[column] = line;
  };
  const readRecord = createRecordReader({ ...settings, heard });
  // The record as text, one character a byte, so that places in the bytes are places in the text, less its beginning.
  let text = '';
  let textStart = 0;
  const cell = (place: number, lastPlace = place): string => {
    if (place < 0 || place >= scanner.count) return '';
    const last = Math.min(lastPlace, scanner.count - 1);
    const byteText = text.slice((starts[place] as number) - textStart, (ends[last] as number) - textStart);
    return doubled[place] === 0 ? byteText : byteText.replaceAll('""', '"');
  };

  return ({ bytes, firstLine }, sink) => {
    tally = newTally();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    line = firstLine;
    for (let start = 0; start < bytes.length; ) {
      const lineEnd = scanner.scan(bytes, start, bytes.length);
      let reason = faultOf();
      let nikFault = false;
      if (reason === null) {
        text = buffer.toString('latin1', start, lineEnd);
        textStart = start;
        unreadable = 0;
        const record = readRecord(cell);
        const isShort = scanner.count < profile.rowCells;
        if (!record.ok) {
          reason = record.code;
          nikFault = reason.startsWith('NIK_');
        } else if (isShort && (unreadable > 0 || isBroken(buffer, afterLineEnd(bytes, lineEnd)))) reason = 'COLUMNS_SHIFTED';
        else if (((isShort && !profile.leavesOut) || isRest) && record.value.facts.status === 'EMPTY')
          reason = 'COLUMNS_SHIFTED';
        else {
          tally.rows += 1;
          count(record.value);
          sink.resident(record.value);
        }
      }
      const isRow = reason === null || reject(buffer, start, lineEnd, reason, nikFault, sink);
      isRest = isRow && reason === 'COLUMNS_MISSING';
      line += scanner.lineEndsInside + 1;
      start = afterLineEnd(bytes, lineEnd);
    }
    refuseRounded(tally, firstLine);
    return tally;
  };

  function count({ nik, kk, facts: { region } }: ResidentRecord): void {
    if (nik.charCodeAt(15) === 48) tally.niksInZero += 1;
    // A family stands together: its number counts once.
    if (kk !== null && kk !== family) {
      family = kk;
      tally.families += 1;
      if (kk.charCodeAt(15) === 48) tally.familiesInZero += 1;
    }
    if (region === null) return;
    const regency = region.slice(0, 5);
    tally.regencies.set(regency, (tally.regencies.get(regency) ?? 0) + 1);
  }

  /** Whether the line behind a short row is the rest of it: a row without a NIK, as a line end inside a cell leaves it. */
  function isBroken(buffer: Buffer, start: number): boolean {
    if (start >= buffer.length) return false;
    const end = ahead.scan(buffer, start, buffer.length);
    const cells = recordCells(buffer, ahead);
    if (sixteenDigits(cellText(cells[layout.columns.NIK] ?? '')).ok) return false;
    return (
      lineKind(buffer.toString('latin1', start, Math.min(end, start + limits.maxLineBytes)), cells, layout, line + 1) === null
    );
  }

  /** A line that is at fault may be no row at all; returns whether it is one. */
  function reject(buffer: Buffer, start: number, end: number, reason: RejectReason, atNik: boolean, sink: RecordSink): boolean {
    const whole = buffer.toString('latin1', start, Math.min(end, start + limits.maxLineBytes));
    const kind = reason === 'LINE_TOO_LONG' ? null : lineKind(whole, recordCells(buffer, scanner), layout, line);
    if (kind !== null) {
      passOver(tally, kind);
      return false;
    }
    tally.rows += 1;
    sink.reject({ line, column: atNik ? 'NIK' : null, reason }, whole.match(SIXTEEN_DIGITS) ?? []);
    return true;
  }
}

/** What is wrong with a record as a whole. Surplus cells are a misfit even where they are empty: the row may have been shifted. */
function createFaultFinder(layout: Layout, { rowCells }: Profile, scanner: RecordScanner) {
  const { columnCount } = layout;
  const needed = lastNeeded(layout);
  return (): RejectReason | null => {
    if (scanner.outcome === 'TOO_LONG') return 'LINE_TOO_LONG';
    if (scanner.outcome === 'QUOTE_NOT_CLOSED') return 'QUOTE_NOT_CLOSED';
    const { count } = scanner;
    if (count > columnCount && (count !== rowCells || scanner.surplus)) return 'COLUMNS_SURPLUS';
    return count > needed ? null : 'COLUMNS_MISSING';
  };
}

/** A part of the file whose NIKs a spreadsheet has rounded, in a file that is otherwise sound. */
function refuseRounded({ rows, niksInZero, families, familiesInZero }: Tally, line: number): void {
  if (rows >= ENOUGH_ROWS && isRounded(rows, niksInZero)) throw new IntakeRefusal('NIK_ROUNDED', { line });
  if (families >= ENOUGH_ROWS && isRounded(families, familiesInZero)) throw new IntakeRefusal('KK_ROUNDED', { line });
}
