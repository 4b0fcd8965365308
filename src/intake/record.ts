import type { CivilDate } from '../core/dates.ts';
import { documentOf } from '../core/decide.ts';
import type { Facts } from '../core/facts.ts';
import type { Nik, NikFault } from '../core/nik.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { parseStatus, type Status } from '../core/status.ts';
import { suketOf } from '../core/suket.ts';
import { cellText } from './cell.ts';
import { COLUMNS, type Column, type DateColumn, REGION_COLUMNS, STATUS_COLUMNS } from './columns.ts';
import {
  AGE_UNKNOWN,
  type Age,
  ageOf,
  type DateForm,
  isNoDate,
  OF_AGE,
  type ReadDate,
  readDate,
  suketDay,
} from './dates.ts';
import * as cells from './facts.ts';
import type { Layout, Profile } from './layout.ts';
import { memo, TextCache } from './memo.ts';
import { digitsOf } from './numbers.ts';
import { isStatusCode } from './profile.ts';
import { BLANK, type CellKind, CONTRADICTS, READ, type Reading, UNREADABLE } from './tally.ts';

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

/**
 * The bytes of the cells from one place to another (itself unless given), with all between them, one character a byte;
 * '' for the place -1 of a column that the file has not.
 */
export type CellReader = (place: number, lastPlace?: number) => string;
type Read<Value> = (cell: CellReader) => Value;

/** Hears what became of each cell of a used column, by the column's place in `COLUMNS`. */
type Heard = (column: number, kind: CellKind) => void;
type ReaderOptions = { layout: Layout; profile: Profile; asOf: CivilDate; heard: Heard };

/** Makes the reader of residents out of cells. It remembers what spellings mean, so that a cell costs one look-up. */
export function createRecordReader(options: ReaderOptions): Read<Result<ResidentRecord, RejectReason>> {
  const { kkRounded, shiftPlaces } = options.profile;
  const { column } = columnReaders(options);
  const isStatus = memo(MAX_SPELLINGS, isStatusCode);
  const nik = column('NIK', nikOf);
  const kk = column('NO_KK', kkOf);
  const name = column('NAMA_LGKP', textOf);
  const suketNumber = column('NO_SUKET', textOf);
  const facts = createFactsReader(options);
  return (cell) => {
    const digits = nik(cell);
    if (!digits.ok) return digits;
    // One delimiter too many or too few puts the status into the next column; its own may then look blank.
    for (const place of shiftPlaces) {
      const beside = cell(place);
      if (/^[A-Za-z]/.test(beside) && isStatus(beside)) return fail('COLUMNS_SHIFTED');
    }
    const card = kk(cell);
    const person = { nik: digits.value, kk: kkRounded ? null : card, name: name(cell) };
    return ok({ ...person, suketNumber: suketNumber(cell), facts: facts(cell) });
  };
}

function createFactsReader(options: ReaderOptions): Read<Facts> {
  const { profile, asOf } = options;
  const { words, dates } = columnReaders(options);
  const statuses = STATUS_COLUMNS.map((name) => words<Status>(name, knownStatus, 'EMPTY', 'UNKNOWN'));
  const age = dates('TGL_LHR', agesAt(asOf), AGES_UNKNOWN, longOfAge(profile.dates.TGL_LHR, asOf));
  const printed = dates('TGL_CETAK_KTP', printDay, false);
  const counted = words('COUNT_KTP', cells.isCountPositive, false, false);
  const region = createRegionReader(options);
  const issued = dates('TGL_SUKET', (read) => suketDay(read, asOf), null);
  const ends = dates('TGL_AKHIR_SUKET', (read) => suketDay(read, null), null);
  const marital = words('STAT_KWN', cells.maritalOf, 'UNKNOWN', 'UNKNOWN');
  const nationality = words('KEBANGSAAN', cells.nationalityOf, 'CITIZEN', 'UNCLEAR');
  const tniPolri = words('JENIS_PKRJN', cells.isTniPolri, false, false);
  const deceased = words('STAT_HIDUP', cells.isDeceased, false, false);
  // Being inactive is only said, not judged: what cannot be read is said.
  const inactive = words('FLAG_STATUS', cells.isInactive, false, true);
  return (cell) => {
    const status = statusOf(statuses, cell);
    const document = documentOf(status);
    const ages = age(cell);
    const { ofAgeOn, birthDateUnknown } = document === 'EKTP' || document === 'SUKET' ? ages.recorded : ages.any;
    const [wasPrinted, wasCounted] = [printed(cell), counted(cell)];
    return {
      status,
      region: region(cell),
      suket: suketOf(issued(cell), ends(cell)),
      ofAgeOn,
      birthDateUnknown,
      marital: marital(cell),
      nationality: nationality(cell),
      tniPolri: tniPolri(cell),
      deceased: deceased(cell),
      inactive: inactive(cell),
      olderCard: wasPrinted || wasCounted,
    };
  };
}

/** Spellings and numbers are few, dates of birth some 37,000 in a century. */
const MAX_SPELLINGS = 4096;
const MAX_DATES = 65_536;
const MAX_REGIONS = 16_384;

function columnReaders({ layout, profile, heard }: ReaderOptions) {
  /** Reads a column and tells what became of the cell; a column that the file has not is blank everywhere. */
  const column = <Value>(name: Column, read: (byteText: string) => Reading<Value>): Read<Value> => {
    const [place, index] = [layout.columns[name], COLUMNS.indexOf(name)];
    if (place < 0) return () => read('').value;
    return (cell) => {
      const { kind, value } = read(cell(place));
      heard(index, kind);
      return value;
    };
  };
  const words = <Value>(name: Column, meaning: (text: string) => Value | null, blank: Value, unclear: Value) => {
    const read = (text: string): Reading<Value> => {
      const value = text === '' ? blank : meaning(text);
      if (value === null) return { kind: UNREADABLE, value: unclear };
      return { kind: text === '' ? BLANK : READ, value };
    };
    return column(name, memo(MAX_SPELLINGS, read));
  };
  /** A column of dates: `use` gives what a date says there, or null; `known` reads what needs no look-up. */
  const dates = <Value>(
    name: DateColumn,
    use: (date: ReadDate) => Value | null,
    otherwise: Value,
    known?: (byteText: string) => Reading<Value> | null,
  ) => {
    const remembered = memo(MAX_DATES, (text): Reading<Value> => {
      const date = readDate(text, profile.dates[name], profile.zoneHours);
      const value = use(date);
      if (value !== null) return { kind: READ, value };
      if (date.kind === 'CONTRADICTS') return { kind: CONTRADICTS, value: otherwise };
      return { kind: date.kind === 'BLANK' || isNoDate(date) ? BLANK : UNREADABLE, value: otherwise };
    });
    return column(name, known ? (byteText) => known(byteText) ?? remembered(byteText) : remembered);
  };
  return { column, words, dates };
}

/** Who is of age: of anybody, and of one whose biometrics are recorded. */
type Ages = { any: Age; recorded: Age };
const AGES_UNKNOWN: Ages = { any: AGE_UNKNOWN, recorded: AGE_UNKNOWN };
const LONG_OF_AGE: Reading<Ages> = { kind: READ, value: { any: OF_AGE, recorded: OF_AGE } };
/** Day 1–28 of a month from 1910 to 1999, day first: of age in any copy since 2018. */
const BEFORE_2000 = /^(?:0[1-9]|1[0-9]|2[0-8])[-/](?:0[1-9]|1[0-2])[-/]19[1-9][0-9]$/;

function longOfAge({ order, serial, epochIsBlank }: DateForm, asOf: CivilDate) {
  if (asOf < '2018' || order !== 'DMY' || serial || epochIsBlank) return undefined;
  return (byteText: string) => (BEFORE_2000.test(byteText) ? LONG_OF_AGE : null);
}

const agesAt =
  (asOf: CivilDate) =>
  (born: ReadDate): Ages | null => {
    const [any, recorded] = [ageOf(born, asOf, false), ageOf(born, asOf, true)];
    return any && recorded && { any, recorded };
  };

const printDay = (date: ReadDate): true | null =>
  date.kind === 'YEAR' || (date.kind === 'DAY' && !isNoDate(date)) ? true : null;

function knownStatus(text: string): Status | null {
  const status = parseStatus(text);
  return status === 'UNKNOWN' ? null : status;
}

/** The first status column that is not blank; where two stand for different documents, neither is believed. */
function statusOf(columns: Read<Status>[], cell: CellReader): Status {
  let status: Status = 'EMPTY';
  for (const column of columns) {
    const next = column(cell);
    if (status === 'EMPTY') status = next;
    else if (next !== 'EMPTY' && documentOf(next) !== documentOf(status)) status = 'UNKNOWN';
  }
  return status;
}

/** The region from its four cells, which repeat together: side by side, one look-up serves for all. */
function createRegionReader({ layout: { columns }, heard }: ReaderOptions): Read<string | null> {
  const places = REGION_COLUMNS.map((column) => columns[column]);
  const indexes = REGION_COLUMNS.map((column) => COLUMNS.indexOf(column));
  const sideBySide = columns.NO_PROP >= 0 && places.every((place, i) => place === columns.NO_PROP + i);
  const cache = new TextCache<ReturnType<typeof cells.regionOfCells>>(MAX_REGIONS);
  return (cell) => {
    const key = sideBySide ? cell(columns.NO_PROP, columns.NO_KEL) : places.map((place) => cell(place)).join('\n');
    let read = cache.get(key);
    if (read === undefined) {
      read = cells.regionOfCells(places.map((place) => cellText(cell(place))));
      cache.put(key, read);
    }
    for (let level = 0; level < places.length; level += 1)
      if ((places[level] as number) >= 0) heard(indexes[level] as number, read.kinds[level] as CellKind);
    return read.region;
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
