import type { CivilDate } from '../core/dates.ts';
import { fail, type Result } from '../core/result.ts';
import type { Block } from './blocks.ts';
import { type Layout, lastNeeded } from './head.ts';
import { lineKind } from './lines.ts';
import { digitsOf, sixteenDigitsIn } from './numbers.ts';
import { isRounded, type Profile } from './profile.ts';
import { createRecordReader, type Reject, type RejectReason, type ResidentRecord } from './record.ts';
import { IntakeRefusal } from './refusal.ts';
import { byteTextOf, hasSurplus, type Line, linesOf, scanLine } from './scanner.ts';
import { addCount, newTally, type Tally } from './tally.ts';

export type ReaderSettings = {
  layout: Layout;
  profile: Profile;
  /** The day of the copy: who is of age by then, and how a birth year of two digits is completed. */
  asOf: CivilDate;
};

type RecordSink = {
  resident: (record: ResidentRecord) => void;
  /** `niks`: all of sixteen digits in a rejected row, one of which is its resident's. */
  reject: (reject: Reject, niks: string[]) => void;
};

/**
 * Makes the reader of an export's blocks: one per thread, since it keeps small caches of spellings and dates.
 * Each record goes to the sink, in order, as a resident or as a reject; lines that are no rows are counted. Returns
 * the counts of the block. Throws `IntakeRefusal` where a row contradicts what the columns were judged to be.
 */
export function createBlockReader(settings: ReaderSettings): (block: Block, sink: RecordSink) => Tally {
  const { layout, profile } = settings;
  const readRecord = createRecordReader(settings);
  const needed = lastNeeded(layout);
  /** The line before lacked cells: this one may be the rest of it, and its status may have stood there. */
  let isRest = false;

  /** Whether the line behind a short row is the rest of it: no NIK, as a line end inside a cell leaves it. */
  function isBroken(text: string, { next, nextLine }: Line): boolean {
    if (next === text.length) return false;
    const after = scanLine(text, next, nextLine, layout);
    return !digitsOf(after.cells[layout.columns.NIK] ?? '').ok && lineKind(after, layout) === null;
  }

  /** A row that may be shifted is not believed; surplus cells are a misfit even where they are empty. */
  function readRow(text: string, scanned: Line, tally: Tally): Result<ResidentRecord, RejectReason> {
    const { line, cells, fault } = scanned;
    if (fault !== null) return fail(fault);
    const isLong = cells.length > layout.columnCount;
    if (isLong && (cells.length !== profile.rowCells || hasSurplus(cells, layout))) return fail('COLUMNS_SURPLUS');
    if (cells.length <= needed) return fail('COLUMNS_MISSING');
    const row = { line, cells, tally, unreadable: 0 };
    const record = readRecord(row);
    if (!record.ok) return record;
    const isShort = cells.length < profile.rowCells;
    if (isShort && (row.unreadable > 0 || isBroken(text, scanned))) return fail('COLUMNS_SHIFTED');
    const mayBeShifted = isRest || (isShort && !profile.leavesOut);
    return mayBeShifted && record.value.facts.status === 'EMPTY' ? fail('COLUMNS_SHIFTED') : record;
  }

  return ({ bytes, firstLine }, sink) => {
    const text = byteTextOf(bytes);
    const lastDigits = new LastDigits();
    const tally = newTally();
    for (const line of linesOf(text, firstLine, layout)) {
      const row = readRow(text, line, tally);
      // A line that is at fault may be no row at all.
      const kind = row.ok || row.code === 'LINE_TOO_LONG' ? null : lineKind(line, layout);
      isRest = kind === null && !row.ok && row.code === 'COLUMNS_MISSING';
      if (kind !== null) {
        addCount(tally.passedOver, kind);
        continue;
      }
      tally.rows += 1;
      if (row.ok) {
        lastDigits.count(row.value);
        const regency = row.value.facts.region?.slice(0, 5);
        if (regency !== undefined) addCount(tally.regencies, regency);
        sink.resident(row.value);
      } else {
        const column = row.code.startsWith('NIK_') ? 'NIK' : null;
        sink.reject({ line: line.line, column, reason: row.code }, sixteenDigitsIn(line.text));
      }
    }
    lastDigits.refuse(tally.rows, firstLine);
    return tally;
  };
}

const ENOUGH = 30;

/** Finds a part of a file whose numbers a spreadsheet has rounded, in a file that is otherwise sound. */
class LastDigits {
  #niksInZero = 0;
  #families = 0;
  #familiesInZero = 0;
  #family: string | null = null;

  count({ nik, kk }: ResidentRecord): void {
    if (nik.endsWith('0')) this.#niksInZero += 1;
    // A family stands together: its number counts once.
    if (kk === null || kk === this.#family) return;
    this.#family = kk;
    this.#families += 1;
    if (kk.endsWith('0')) this.#familiesInZero += 1;
  }

  refuse(rows: number, line: number): void {
    const isSpoilt = (count: number, inZero: number): boolean => count >= ENOUGH && isRounded(count, inZero);
    if (isSpoilt(rows, this.#niksInZero)) throw new IntakeRefusal('NIK_ROUNDED', { line });
    if (isSpoilt(this.#families, this.#familiesInZero)) throw new IntakeRefusal('KK_ROUNDED', { line });
  }
}
