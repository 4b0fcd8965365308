import type { CivilDate } from '../core/dates.ts';
import { documentOf } from '../core/decide.ts';
import type { Facts } from '../core/facts.ts';
import type { Nik, NikFault } from '../core/nik.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { parseStatus, type Status } from '../core/status.ts';
import { suketOf } from '../core/suket.ts';
import { cellText } from './cell.ts';
import { COLUMNS, type Column, type DateColumn, REGION_COLUMNS, STATUS_COLUMNS } from './columns.ts';
import { AGE_UNKNOWN, ageOf, isNoDate, OF_AGE, type ReadDate, readDate, suketDay } from './dates.ts';
import * as meaning from './facts.ts';
import type { Layout } from './head.ts';
import { memo } from './memo.ts';
import { digitsOf } from './numbers.ts';
import { isStatusCode, type Profile } from './profile.ts';
import { IntakeRefusal } from './refusal.ts';
import {
  BLANK,
  CELL_KINDS,
  type CellKind,
  CONTRADICTS,
  READ,
  type Reading,
  type Tally,
  UNREADABLE,
} from './tally.ts';

/** One resident out of an export. Its strings may be slices of a whole block: use them up, do not keep them. */
export type ResidentRecord = {
  nik: Nik;
  /** Family-card number; null where the cell is not sixteen digits, or a spreadsheet has rounded the column. */
  kk: string | null;
  name: string | null;
  suketNumber: string | null;
  facts: Facts;
};

type RowFault = 'COLUMNS_MISSING' | 'COLUMNS_SURPLUS' | 'COLUMNS_SHIFTED' | 'LINE_TOO_LONG' | 'QUOTE_NOT_CLOSED';
export type RejectReason = NikFault | 'NIK_ROUNDED' | RowFault;

/** A record that is left out: the line of the file in which it begins, from 1, and why; never what it says. */
export type Reject = { line: number; column: Column | null; reason: RejectReason };

/** The row at hand: its cells, one character a byte, and where is counted what became of them. */
export type Row = { line: number; cells: readonly string[]; tally: Tally; unreadable: number };
type Read<Value> = (row: Row) => Value;
type ReaderOptions = { layout: Layout; profile: Profile; asOf: CivilDate };

/** Makes the reader of residents out of rows. It remembers what spellings mean, so that a cell costs one look-up. */
export function createRecordReader(options: ReaderOptions): Read<Result<ResidentRecord, RejectReason>> {
  const { kkRounded, shiftPlaces } = options.profile;
  const { column } = columnReaders(options);
  const isStatus = memo(MAX_SPELLINGS, (cell) => isStatusCode(cellText(cell)));
  const nik = column('NIK', nikOf);
  const kk = column('NO_KK', kkOf);
  const name = column('NAMA_LGKP', textOf);
  const suketNumber = column('NO_SUKET', textOf);
  const facts = createFactsReader(options);
  return (row) => {
    const digits = nik(row);
    if (!digits.ok) return digits;
    // One delimiter too many or too few puts the status into the next column; its own may then look blank.
    for (const place of shiftPlaces) {
      const beside = row.cells[place] ?? '';
      if (/^[A-Za-z]/.test(beside) && isStatus(beside)) return fail('COLUMNS_SHIFTED');
    }
    const card = kk(row);
    const person = { nik: digits.value, kk: kkRounded ? null : card, name: name(row) };
    return ok({ ...person, suketNumber: suketNumber(row), facts: facts(row) });
  };
}

function createFactsReader(options: ReaderOptions): Read<Facts> {
  const { asOf } = options;
  const { words, dates } = columnReaders(options);
  const statuses = STATUS_COLUMNS.map((name) => words<Status>(name, knownStatus, 'EMPTY', 'UNKNOWN'));
  const adult = { form: bornBefore2000(options), value: OF_AGE };
  const age = dates('TGL_LHR', (born) => ageOf(born, asOf, false), AGE_UNKNOWN, adult);
  const ageOfRecorded = dates('TGL_LHR', (born) => ageOf(born, asOf, true), AGE_UNKNOWN, adult);
  const printed = dates('TGL_CETAK_KTP', printDay, false);
  const counted = words('COUNT_KTP', meaning.isCountPositive, false, false);
  const region = createRegionReader(options);
  const issued = dates('TGL_SUKET', (read) => suketDay(read, asOf), null);
  const ends = dates('TGL_AKHIR_SUKET', (read) => suketDay(read, null), null);
  const marital = words('STAT_KWN', meaning.maritalOf, 'UNKNOWN', 'UNKNOWN');
  const nationality = words('KEBANGSAAN', meaning.nationalityOf, 'CITIZEN', 'UNCLEAR');
  const tniPolri = words('JENIS_PKRJN', meaning.isTniPolri, false, false);
  const deceased = words('STAT_HIDUP', meaning.isDeceased, false, false);
  // Being inactive is only said, not judged: what cannot be read is said.
  const inactive = words('FLAG_STATUS', meaning.isInactive, false, true);
  return (row) => {
    const status = statusOf(statuses, row);
    const document = documentOf(status);
    const isRecorded = document === 'EKTP' || document === 'SUKET';
    const { ofAgeOn, birthDateUnknown } = isRecorded ? ageOfRecorded(row) : age(row);
    const [wasPrinted, wasCounted] = [printed(row), counted(row)];
    return {
      status,
      region: region(row),
      suket: suketOf(issued(row), ends(row)),
      ofAgeOn,
      birthDateUnknown,
      marital: marital(row),
      nationality: nationality(row),
      tniPolri: tniPolri(row),
      deceased: deceased(row),
      inactive: inactive(row),
      olderCard: wasPrinted || wasCounted,
    };
  };
}

/** Spellings and numbers are few, dates of birth some 37,000 in a century. */
const MAX_SPELLINGS = 4096;
const MAX_DATES = 65_536;
const MAX_REGIONS = 16_384;

function columnReaders({ layout, profile }: ReaderOptions) {
  /** Reads a column and counts what became of the cell; a column that the file has not is blank everywhere. */
  const column = <Value>(name: Column, read: (byteText: string) => Reading<Value>): Read<Value> => {
    const [place, index, blank] = [layout.columns[name], COLUMNS.indexOf(name), read('')];
    if (place < 0) return () => blank.value;
    return (row) => {
      const cell = row.cells[place];
      const { kind, value } = cell ? read(cell) : blank;
      countCell(row, index, kind);
      return value;
    };
  };
  const words = <Value>(name: Column, use: (text: string) => Value | null, blank: Value, unclear: Value) => {
    const read = (cell: string): Reading<Value> => {
      const text = cellText(cell);
      const value = text === '' ? blank : use(text);
      if (value === null) return { kind: UNREADABLE, value: unclear };
      return { kind: text === '' ? BLANK : READ, value };
    };
    return column(name, memo(MAX_SPELLINGS, read));
  };
  /** A column of dates: `use` gives what a date says there, or null; what is of the form `sure` needs no look-up. */
  const dates = <Value>(
    name: DateColumn,
    use: (date: ReadDate) => Value | null,
    otherwise: Value,
    sure?: { form: RegExp; value: Value },
  ) => {
    const read = (cell: string): Reading<Value> => {
      const date = readDate(cellText(cell), profile.dates[name], profile.zoneHours);
      const value = use(date);
      if (value !== null) return { kind: READ, value };
      if (date.kind === 'CONTRADICTS') return { kind: CONTRADICTS, value: otherwise };
      return { kind: date.kind === 'BLANK' || isNoDate(date) ? BLANK : UNREADABLE, value: otherwise };
    };
    const remembered = memo(MAX_DATES, read);
    if (sure === undefined) return column(name, remembered);
    const surely: Reading<Value> = { kind: READ, value: sure.value };
    return column(name, (cell) => (sure.form.test(cell) ? surely : remembered(cell)));
  };
  return { column, words, dates };
}

function countCell(row: Row, column: number, kind: CellKind): void {
  const { tally, line } = row;
  if (kind === CONTRADICTS) throw new IntakeRefusal('DATES_CONTRADICT', { detail: COLUMNS[column], line });
  const at = column * CELL_KINDS + kind;
  tally.cells[at] = (tally.cells[at] as number) + 1;
  if (kind !== UNREADABLE) return;
  row.unreadable += 1;
  if (tally.firstLines[column] === 0) tally.firstLines[column] = line;
}

/** Day 1–28 of a month from 1910 to 1999, day first: of age in any copy since 2018. */
const BEFORE_2000 = /^(?:0[1-9]|1[0-9]|2[0-8])[-/](?:0[1-9]|1[0-2])[-/]19[1-9][0-9]$/;
const NOTHING = /(?!)/;

function bornBefore2000({ profile, asOf }: ReaderOptions): RegExp {
  const { order, serial, epochIsBlank } = profile.dates.TGL_LHR;
  return asOf < '2018' || order !== 'DMY' || serial || epochIsBlank ? NOTHING : BEFORE_2000;
}

const printDay = (date: ReadDate): true | null =>
  date.kind === 'YEAR' || (date.kind === 'DAY' && !isNoDate(date)) ? true : null;

function knownStatus(text: string): Status | null {
  const status = parseStatus(text);
  return status === 'UNKNOWN' ? null : status;
}

/** The first status column that is not blank; where two stand for different documents, neither is believed. */
function statusOf(columns: Read<Status>[], row: Row): Status {
  let status: Status = 'EMPTY';
  for (const column of columns) {
    const next = column(row);
    if (status === 'EMPTY') status = next;
    else if (next !== 'EMPTY' && documentOf(next) !== documentOf(status)) status = 'UNKNOWN';
  }
  return status;
}

/** The region from its four cells, which repeat together: one look-up serves for all. */
function createRegionReader({ layout: { columns } }: ReaderOptions): Read<string | null> {
  const places = REGION_COLUMNS.map((name) => columns[name]);
  const [first = -1, second = -1, third = -1, fourth = -1] = places;
  const read = memo(MAX_REGIONS, (_key, { cells }: Row) =>
    meaning.regionOfCells(places.map((place) => cellText(cells[place] ?? ''))),
  );
  const indexes = REGION_COLUMNS.map((name) => COLUMNS.indexOf(name));
  return (row) => {
    const { cells } = row;
    const { region, kinds } = read(`${cells[first]}\n${cells[second]}\n${cells[third]}\n${cells[fourth]}`, row);
    for (let level = 0; level < places.length; level += 1)
      if ((places[level] as number) >= 0) countCell(row, indexes[level] as number, kinds[level] as CellKind);
    return region;
  };
}

function nikOf(byteText: string): Reading<Result<Nik, NikFault | 'NIK_ROUNDED'>> {
  const digits = digitsOf(byteText);
  if (digits.ok) return { kind: READ, value: ok(digits.value as Nik) };
  return { kind: digits.code === 'EMPTY' ? BLANK : UNREADABLE, value: fail(`NIK_${digits.code}`) };
}

const ZEROS = '0'.repeat(16);

function kkOf(byteText: string): Reading<string | null> {
  const digits = digitsOf(byteText);
  if (digits.ok) return digits.value === ZEROS ? { kind: BLANK, value: null } : { kind: READ, value: digits.value };
  return { kind: /^0*$/.test(cellText(byteText)) ? BLANK : UNREADABLE, value: null };
}

/** Nearly every name and number is tidy; the others need cleaning. */
const TIDY = /^[A-Za-z0-9][ -~]{6,}[A-Za-z0-9.]$/;

function textOf(byteText: string): Reading<string | null> {
  const value = TIDY.test(byteText) ? byteText : cellText(byteText);
  return value === '' ? { kind: BLANK, value: null } : { kind: READ, value };
}
