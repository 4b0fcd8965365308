import type { CivilDate } from '../core/dates.ts';
import { documentOf } from '../core/decide.ts';
import type { Facts } from '../core/facts.ts';
import { isSixteenDigits, type Nik } from '../core/nik.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { parseStatus, type Status } from '../core/status.ts';
import { type Suket, suketOf } from '../core/suket.ts';
import { cellText } from './cell.ts';
import { COLUMNS, type Column, REGION_COLUMNS, STATUS_COLUMNS } from './columns.ts';
import { AGE_UNKNOWN, type Age, ageOf, isNoDate, OF_AGE, readDate, suketDay } from './dates.ts';
import { isCountPositive, isDeceased, isInactive, isTniPolri, maritalOf, nationalityOf, regionOfCells } from './facts.ts';
import type { Layout, Profile } from './layout.ts';
import { memo, TextCache } from './memo.ts';
import { sixteenDigits } from './numbers.ts';
import { isStatusCode } from './profile.ts';
import { BLANK, type CellKind, CONTRADICTS, READ, type Reading, UNREADABLE } from './tally.ts';

/** One resident out of an export. Its strings may be slices of the whole row: use them up, do not keep them. */
export type ResidentRecord = {
  nik: Nik;
  /** Family-card number; null where the cell is not sixteen digits, or a spreadsheet has rounded the column. */
  kk: string | null;
  /** As the export spells it, without surrounding blanks; null where blank. */
  name: string | null;
  suketNumber: string | null;
  facts: Facts;
};

type NikReject = 'NIK_EMPTY' | 'NIK_NOT_16_DIGITS' | 'NIK_SCIENTIFIC' | 'NIK_ROUNDED';
export type RejectReason =
  | NikReject
  | 'COLUMNS_MISSING'
  | 'COLUMNS_SURPLUS'
  | 'COLUMNS_SHIFTED'
  | 'LINE_TOO_LONG'
  | 'QUOTE_NOT_CLOSED';

/** A record that is left out: where and why, never what it says. */
export type Reject = {
  /** Line of the file in which the record begins, from 1, the header included. */
  line: number;
  column: Column | null;
  reason: RejectReason;
};

/** Hears what became of each cell of a used column. */
export type CellSink = (column: number, kind: CellKind) => void;

/**
 * The bytes of the cells from one place to another (itself unless given), with all that stands between them, one character
 * a byte; '' for the place -1 of a column that the file has not.
 */
export type CellReader = (place: number, lastPlace?: number) => string;
type FactReader<Value> = (cell: CellReader) => Value;

/** Spellings and numbers are few, dates of birth some 37,000 in a century. */
const MAX_SPELLINGS = 4096;
const MAX_DATES = 65_536;
const MAX_REGIONS = 16_384;

type ReaderOptions = { layout: Layout; profile: Profile; asOf: CivilDate; heard: CellSink };

/** Makes the reader of residents out of cells. It remembers what spellings mean, so that a cell costs one look-up. */
export function createRecordReader(options: ReaderOptions): (cell: CellReader) => Result<ResidentRecord, RejectReason> {
  const { layout, profile, heard } = options;
  const at = layout.columns;
  const statusBeside = memo(MAX_SPELLINGS, isStatusCode);
  const [nik, kk, name, suketNumber] = (['NIK', 'NO_KK', 'NAMA_LGKP', 'NO_SUKET'] as const).map((column) =>
    COLUMNS.indexOf(column),
  );
  const facts = createFactsReader(options);
  return (cell) => {
    const digits = nikOf(cell(at.NIK));
    heard(nik as number, digits.ok ? READ : digits.code === 'NIK_EMPTY' ? BLANK : UNREADABLE);
    if (!digits.ok) return digits;
    // One delimiter too many or too few puts the status into the next column; its own may then look blank.
    for (const place of profile.shiftPlaces)
      if (mayBeStatus(cell(place)) && statusBeside(cell(place))) return fail('COLUMNS_SHIFTED');
    const card = kkOf(cell(at.NO_KK));
    if (at.NO_KK >= 0) heard(kk as number, card.kind);
    const [spelled, number] = [textOf(cell(at.NAMA_LGKP)), textOf(cell(at.NO_SUKET))];
    if (at.NAMA_LGKP >= 0) heard(name as number, spelled === null ? BLANK : READ);
    if (at.NO_SUKET >= 0) heard(suketNumber as number, number === null ? BLANK : READ);
    return ok({
      nik: digits.value,
      kk: profile.kkRounded ? null : card.value,
      name: spelled,
      suketNumber: number,
      facts: facts(cell),
    });
  };
}

function createFactsReader({ layout, profile, asOf, heard }: ReaderOptions): FactReader<Facts> {
  const at = layout.columns;
  /** Reads a column and tells what became of the cell; a column that the file has not is blank everywhere. */
  const column = <Value>(name: Column, read: (byteText: string) => Reading<Value>): FactReader<Value> => {
    const [place, index] = [at[name], COLUMNS.indexOf(name)];
    if (place < 0) return () => read('').value;
    return (cell) => {
      const { kind, value } = read(cell(place));
      heard(index, kind);
      return value;
    };
  };
  const words = <Value>(name: Column, read: (text: string) => Reading<Value>): FactReader<Value> =>
    column(name, memo(MAX_SPELLINGS, read));
  const day = (name: 'TGL_SUKET' | 'TGL_AKHIR_SUKET', notAfter: CivilDate | null): FactReader<CivilDate | null> =>
    column(
      name,
      memo(MAX_DATES, (text): Reading<CivilDate | null> => {
        const read = readDate(text, profile.dates[name], profile.zoneHours);
        const value = suketDay(read, notAfter);
        return { kind: value !== null ? READ : isNoDate(read) ? BLANK : kindOf(read.kind), value };
      }),
    );
  const status = createStatusReader(column);
  const region = createRegionReader(at, heard);
  const [issued, ends] = [day('TGL_SUKET', asOf), day('TGL_AKHIR_SUKET', null)];
  const age = createAgeReader(profile, asOf);
  const [ages, agesOfRecorded] = [column('TGL_LHR', age(false)), column('TGL_LHR', age(true))];
  const marital = words('STAT_KWN', maritalOf);
  const nationality = words('KEBANGSAAN', nationalityOf);
  const tniPolri = words('JENIS_PKRJN', isTniPolri);
  const deceased = words('STAT_HIDUP', isDeceased);
  const inactive = words('FLAG_STATUS', isInactive);
  const count = words('COUNT_KTP', isCountPositive);
  const printed = column(
    'TGL_CETAK_KTP',
    memo(MAX_DATES, (text): Reading<boolean> => {
      const read = readDate(text, profile.dates.TGL_CETAK_KTP, profile.zoneHours);
      const set = (read.kind === 'DAY' && !isNoDate(read)) || read.kind === 'YEAR';
      return { kind: set ? READ : isNoDate(read) ? BLANK : kindOf(read.kind), value: set };
    }),
  );
  return (cell) => {
    const statusOfRow = status(cell);
    const document = documentOf(statusOfRow);
    const { ofAgeOn, birthDateUnknown } = (document === 'EKTP' || document === 'SUKET' ? agesOfRecorded : ages)(cell);
    const [wasPrinted, wasCounted] = [printed(cell), count(cell)];
    const suket: Suket | null = suketOf(issued(cell), ends(cell));
    return {
      status: statusOfRow,
      region: region(cell),
      suket,
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

/** What a cell of a date counts as: a day that is no use in its column is unreadable there. */
function kindOf(kind: ReturnType<typeof readDate>['kind']): CellKind {
  switch (kind) {
    case 'BLANK':
      return BLANK;
    case 'CONTRADICTS':
      return CONTRADICTS;
    case 'DAY':
    case 'YEAR':
    case 'UNREADABLE':
      return UNREADABLE;
  }
}

/** The first status column that is not blank; where two stand for different documents, neither is believed. */
function createStatusReader(
  column: (name: Column, read: (byteText: string) => Reading<Status>) => FactReader<Status>,
): FactReader<Status> {
  const read = memo(MAX_SPELLINGS, (text): Reading<Status> => {
    const value = text === '' ? 'EMPTY' : parseStatus(text);
    return { kind: value === 'EMPTY' ? BLANK : value === 'UNKNOWN' ? UNREADABLE : READ, value };
  });
  const readers = STATUS_COLUMNS.map((name) => column(name, read));
  return (cell) => {
    let status: Status = 'EMPTY';
    for (const reader of readers) {
      const next = reader(cell);
      if (status === 'EMPTY') status = next;
      else if (next !== 'EMPTY' && documentOf(next) !== documentOf(status)) status = 'UNKNOWN';
    }
    return status;
  };
}

/** Day 1–28 of a month from 1910 to 1999, day first: of age in any copy since 2018, which spares a look-up among all days. */
const BEFORE_2000 = /^(?:0[1-9]|1[0-9]|2[0-8])[-/](?:0[1-9]|1[0-2])[-/]19[1-9][0-9]$/;
const LONG_OF_AGE: Reading<Age> = { kind: READ, value: OF_AGE };

function createAgeReader({ dates, zoneHours }: Profile, asOf: CivilDate) {
  const { order, serial, epochIsBlank } = dates.TGL_LHR;
  const plain = asOf >= '2018' && order === 'DMY' && !serial && !epochIsBlank;
  return (recorded: boolean): ((byteText: string) => Reading<Age>) => {
    const age = memo(MAX_DATES, (text): Reading<Age> => {
      const read = readDate(text, dates.TGL_LHR, zoneHours);
      const value = ageOf(read, asOf, recorded);
      return value === null ? { kind: kindOf(read.kind), value: AGE_UNKNOWN } : { kind: READ, value };
    });
    return (byteText) => (plain && BEFORE_2000.test(byteText) ? LONG_OF_AGE : age(byteText));
  };
}

/** The region from its four cells, which repeat together: where they stand side by side, one look-up serves for all. */
function createRegionReader(at: Record<Column, number>, heard: CellSink): FactReader<string | null> {
  const places = REGION_COLUMNS.map((column) => at[column]);
  const indexes = REGION_COLUMNS.map((column) => COLUMNS.indexOf(column));
  const sideBySide = at.NO_PROP >= 0 && places.every((place, i) => place === at.NO_PROP + i);
  const cache = new TextCache<ReturnType<typeof regionOfCells>>(MAX_REGIONS);
  return (cell) => {
    const key = sideBySide ? cell(at.NO_PROP, at.NO_KEL) : places.map((place) => cell(place)).join('\n');
    let read = cache.get(key);
    if (read === undefined) {
      read = regionOfCells(places.map((place) => cellText(cell(place))));
      cache.put(key, read);
    }
    for (let level = 0; level < places.length; level += 1)
      if ((places[level] as number) >= 0) heard(indexes[level] as number, read.kinds[level] as CellKind);
    return read.region;
  };
}

// Nearly every cell needs no cleaning; the others take the longer way.
function nikOf(byteText: string): Result<Nik, NikReject> {
  if (isSixteenDigits(byteText)) return ok(byteText as Nik);
  const digits = sixteenDigits(cellText(byteText));
  return digits.ok ? ok(digits.value as Nik) : fail(`NIK_${digits.code}`);
}

function kkOf(byteText: string): Reading<string | null> {
  if (isSixteenDigits(byteText)) return { kind: READ, value: byteText };
  const text = cellText(byteText);
  const digits = sixteenDigits(text);
  if (digits.ok) return { kind: READ, value: digits.value };
  return { kind: text === '' || /^0+$/.test(text) ? BLANK : UNREADABLE, value: null };
}

const mayBeStatus = (byteText: string): boolean => byteText !== '' && /[A-Za-z]/.test(byteText[0] as string);

const TIDY = /^[A-Za-z0-9][ -~]{6,}[A-Za-z0-9.]$/;

function textOf(byteText: string): string | null {
  if (byteText === '') return null;
  if (TIDY.test(byteText)) return byteText;
  return cellText(byteText) || null;
}
