import type { CivilDate } from '../core/dates.ts';
import { fail, type Result } from '../core/result.ts';
import type { Block } from './blocks.ts';
import { afterLineEnd } from './bytes.ts';
import { COLUMNS } from './columns.ts';
import { type Layout, lastNeeded, type Profile, shapeOf } from './layout.ts';
import { INTAKE_LIMITS, type IntakeLimits } from './limits.ts';
import { lineKind } from './lines.ts';
import { digitsOf, sixteenDigitsIn } from './numbers.ts';
import { isRounded } from './profile.ts';
import {
  type CellReader,
  createRecordReader,
  type Reject,
  type RejectReason,
  type ResidentRecord,
} from './record.ts';
import { IntakeRefusal } from './refusal.ts';
import { RecordScanner, recordCells } from './scanner.ts';
import { CELL_KINDS, type CellKind, CONTRADICTS, newTally, passOver, type Tally, UNREADABLE } from './tally.ts';

export type ReaderSettings = {
  layout: Layout;
  profile: Profile;
  /** The day of the copy: who is of age by then, and how a birth year of two digits is completed. */
  asOf: CivilDate;
  limits?: IntakeLimits;
};

type RecordSink = {
  resident: (record: ResidentRecord) => void;
  /** `niks`: all of sixteen digits in a rejected row, one of which is its resident's. */
  reject: (reject: Reject, niks: string[]) => void;
};

/** The block at hand, its text one character a byte, and of the row at hand its line and the cells unreadable. */
type State = { tally: Tally; text: string; line: number; unreadable: number };

/**
 * Makes the reader of an export's blocks: one per thread, since it keeps small caches of spellings and dates.
 * Each record goes to the sink, in order, as a resident or as a reject; lines that are no rows are counted. Returns
 * the counts of the block. Throws `IntakeRefusal` where a row contradicts what the columns were judged to be.
 */
export function createBlockReader(settings: ReaderSettings): (block: Block, sink: RecordSink) => Tally {
  const { layout, profile, limits = INTAKE_LIMITS } = settings;
  const shape = shapeOf(layout, limits);
  const [scanner, ahead] = [new RecordScanner(shape), new RecordScanner(shape)];
  const state: State = { tally: newTally(), text: '', line: 0, unreadable: 0 };
  const readRecord = createRecordReader({ ...settings, heard: (column, kind) => countCell(state, column, kind) });
  const cell = createCellReader(scanner, state);
  const needed = lastNeeded(layout);
  /** The line before lacked cells: this one may be the rest of it, and its status may have stood there. */
  let isRest = false;

  const textOf = (start: number, end: number): string =>
    state.text.slice(start, Math.min(end, start + limits.maxLineBytes));

  /** Whether the line behind a short row is the rest of it: no NIK, as a line end inside a cell leaves it. */
  function isBroken(bytes: Uint8Array, next: number): boolean {
    if (next >= bytes.length) return false;
    const end = ahead.scan(bytes, next, bytes.length);
    const cells = recordCells(bytes, ahead);
    if (digitsOf(cells[layout.columns.NIK] ?? '').ok) return false;
    return lineKind(textOf(next, end), cells, layout, state.line + 1) === null;
  }

  /** A row that may be shifted is not believed; surplus cells are a misfit even where they are empty. */
  function readRow(bytes: Uint8Array, next: number): Result<ResidentRecord, RejectReason> {
    const { outcome, count, surplus } = scanner;
    if (outcome !== 'READ') return fail(outcome === 'TOO_LONG' ? 'LINE_TOO_LONG' : outcome);
    if (count > layout.columnCount && (count !== profile.rowCells || surplus)) return fail('COLUMNS_SURPLUS');
    if (count <= needed) return fail('COLUMNS_MISSING');
    state.unreadable = 0;
    const record = readRecord(cell);
    if (!record.ok) return record;
    const isShort = count < profile.rowCells;
    if (isShort && (state.unreadable > 0 || isBroken(bytes, next))) return fail('COLUMNS_SHIFTED');
    const mayBeShifted = isRest || (isShort && !profile.leavesOut);
    return mayBeShifted && record.value.facts.status === 'EMPTY' ? fail('COLUMNS_SHIFTED') : record;
  }

  return ({ bytes, firstLine }, sink) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const lastDigits = new LastDigits();
    const tally = newTally();
    Object.assign(state, { tally, text, line: firstLine });
    for (let start = 0; start < bytes.length; ) {
      const end = scanner.scan(bytes, start, bytes.length);
      const next = afterLineEnd(bytes, end);
      const row = readRow(bytes, next);
      // A line that is at fault may be no row at all.
      const isRow = row.ok || row.code === 'LINE_TOO_LONG';
      const kind = isRow ? null : lineKind(textOf(start, end), recordCells(bytes, scanner), layout, state.line);
      if (kind !== null) passOver(tally.passedOver, kind);
      else tally.rows += 1;
      if (row.ok) {
        lastDigits.count(row.value);
        const regency = row.value.facts.region?.slice(0, 5);
        if (regency !== undefined) tally.regencies.set(regency, (tally.regencies.get(regency) ?? 0) + 1);
        sink.resident(row.value);
      } else if (kind === null) {
        const column = row.code.startsWith('NIK_') ? 'NIK' : null;
        sink.reject({ line: state.line, column, reason: row.code }, sixteenDigitsIn(textOf(start, end)));
      }
      isRest = kind === null && !row.ok && row.code === 'COLUMNS_MISSING';
      state.line += scanner.lineEndsInside + 1;
      start = next;
    }
    lastDigits.refuse(tally.rows, firstLine);
    return tally;
  };
}

function createCellReader(scanner: RecordScanner, state: State): CellReader {
  const { starts, ends, doubled } = scanner;
  return (place, lastPlace = place) => {
    if (place < 0 || place >= scanner.count) return '';
    const byteText = state.text.slice(starts[place], ends[Math.min(lastPlace, scanner.count - 1)]);
    return doubled[place] === 0 ? byteText : byteText.replaceAll('""', '"');
  };
}

function countCell(state: State, column: number, kind: CellKind): void {
  const { tally, line } = state;
  const at = column * CELL_KINDS + kind;
  tally.cells[at] = (tally.cells[at] as number) + 1;
  if (kind < UNREADABLE) return;
  if (kind === CONTRADICTS) throw new IntakeRefusal('DATES_CONTRADICT', { detail: COLUMNS[column], line });
  state.unreadable += 1;
  if (tally.firstLines[column] === 0) tally.firstLines[column] = line;
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
