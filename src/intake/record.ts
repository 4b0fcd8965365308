import { type CivilDate, parseRegistryDate } from '../core/dates.ts';
import type { Facts } from '../core/facts.ts';
import { isSixteenDigits, type Nik, type NikFault, parseNik } from '../core/nik.ts';
import { regionOf } from '../core/regions.ts';
import { ok, type Result } from '../core/result.ts';
import { parseStatus } from '../core/status.ts';
import { suketOf } from '../core/suket.ts';
import { cleanCell, decodeText } from './cell.ts';
import { ageOf, isCountPositive, isDateSet, isDeceased, isInactive, isTniPolri, maritalOf, nationalityOf } from './facts.ts';
import type { Column, Layout } from './layout.ts';
import { memo, TextCache } from './memo.ts';

/** One resident out of an export. Its strings may be slices of the whole row: use them up, do not keep them. */
export type ResidentRecord = {
  nik: Nik;
  /** Family-card number; null where the cell is not sixteen digits. */
  kk: string | null;
  /** As the export spells it, without surrounding blanks; null where blank or `-`. */
  name: string | null;
  suketNumber: string | null;
  facts: Facts;
};

export type RejectReason = NikFault | 'COLUMNS_MISSING' | 'COLUMNS_SURPLUS' | 'LINE_TOO_LONG' | 'QUOTE_NOT_CLOSED';

/** A record that is left out: where and why, never what it says. */
export type Reject = {
  /** Line of the file in which the record begins, from 1, the header included. */
  line: number;
  column: Column | null;
  reason: RejectReason;
};

export type RecordSink = {
  resident: (record: ResidentRecord) => void;
  reject: (reject: Reject) => void;
};

/**
 * The bytes of the cells from one place to another (itself unless given), with all that stands between them, one character
 * a byte; '' for the place -1 of a column that the file has not.
 */
type CellReader = (place: number, lastPlace?: number) => string;

/** Spellings and numbers are few, dates of birth some 37,000 in a century. */
const MAX_SPELLINGS = 4096;
const MAX_DATES = 65_536;
const MAX_REGIONS = 16_384;

/** Makes the reader of residents out of cells. It remembers what spellings mean, so that a cell costs one look-up. */
export function createRecordReader(layout: Layout, asOf: CivilDate): (cell: CellReader) => Result<ResidentRecord, NikFault> {
  const at = layout.columns;
  const factsOf = createFactsReader(at, asOf);
  return (cell) => {
    const nik = nikOf(cell(at.NIK));
    if (!nik.ok) return nik;
    return ok({
      nik: nik.value,
      kk: kkOf(cell(at.NO_KK)),
      name: textOf(cell(at.NAMA_LGKP)),
      suketNumber: textOf(cell(at.NO_SUKET)),
      facts: factsOf(cell),
    });
  };
}

function createFactsReader(at: Record<Column, number>, asOf: CivilDate): (cell: CellReader) => Facts {
  const status = memo(MAX_SPELLINGS, parseStatus);
  const marital = memo(MAX_SPELLINGS, maritalOf);
  const tniPolri = memo(MAX_SPELLINGS, isTniPolri);
  const deceased = memo(MAX_SPELLINGS, isDeceased);
  const nationality = memo(MAX_SPELLINGS, nationalityOf);
  const inactive = memo(MAX_SPELLINGS, isInactive);
  const printed = memo(MAX_DATES, isDateSet);
  const count = memo(MAX_SPELLINGS, isCountPositive);
  const age = createAgeReader(asOf);
  const suketDate = memo(MAX_DATES, (text) => parseRegistryDate(text, '20YY'));
  const region = createRegionReader(at);
  return (cell) => {
    const { ofAgeOn, birthDateUnknown } = age(cell(at.TGL_LHR));
    return {
      status: status(cell(at.STATUS_CODE)),
      region: region(cell),
      suket: suketOf(suketDate(cell(at.TGL_SUKET)), suketDate(cell(at.TGL_AKHIR_SUKET))),
      ofAgeOn,
      birthDateUnknown,
      marital: marital(cell(at.STAT_KWN)),
      nationality: nationality(cell(at.KEBANGSAAN)),
      tniPolri: tniPolri(cell(at.JENIS_PKRJN)),
      deceased: deceased(cell(at.STAT_HIDUP)),
      inactive: inactive(cell(at.FLAG_STATUS)),
      olderCard: printed(cell(at.TGL_CETAK_KTP)) || count(cell(at.COUNT_KTP)),
    };
  };
}

type Age = Pick<Facts, 'ofAgeOn' | 'birthDateUnknown'>;
const OF_AGE: Age = { ofAgeOn: null, birthDateUnknown: false };

/** Day 1–28 of a month before the year 2000: of age in any copy since 2018, which spares most residents a look-up among all days. */
const BEFORE_2000 = /^(?:0[1-9]|1[0-9]|2[0-8])[-/](?:0[1-9]|1[0-2])[-/]19[0-9]{2}$/;

function createAgeReader(asOf: CivilDate): (byteText: string) => Age {
  const age = memo(MAX_DATES, (text) => ageOf(text, asOf));
  const since2018 = asOf >= '2018';
  return (byteText) => (since2018 && BEFORE_2000.test(byteText) ? OF_AGE : age(byteText));
}

/** The region from its four cells, which repeat together: where they stand side by side, one look-up serves for all. */
function createRegionReader(at: Record<Column, number>): (cell: CellReader) => string | null {
  const places = [at.NO_PROP, at.NO_KAB, at.NO_KEC, at.NO_KEL];
  const sideBySide = at.NO_PROP >= 0 && places.every((place, i) => place === at.NO_PROP + i);
  const cache = new TextCache<string | null>(MAX_REGIONS);
  return (cell) => {
    const key = sideBySide ? cell(at.NO_PROP, at.NO_KEL) : places.map((place) => cell(place)).join('\n');
    const remembered = cache.get(key);
    if (remembered !== undefined) return remembered;
    const [province = '', regency = '', district = '', village = ''] = places.map((place) =>
      cleanCell(decodeText(cell(place))),
    );
    const region = regionOf(province, regency, district, village);
    cache.put(key, region);
    return region;
  };
}

// Nearly every cell needs no cleaning; the others take the longer way.
const nikOf = (byteText: string): Result<Nik, NikFault> =>
  isSixteenDigits(byteText) ? ok(byteText as Nik) : parseNik(cleanCell(decodeText(byteText)));

function kkOf(byteText: string): string | null {
  if (isSixteenDigits(byteText)) return byteText;
  const text = cleanCell(decodeText(byteText));
  return isSixteenDigits(text) ? text : null;
}

const TIDY = /^[A-Za-z0-9][ -~]*[A-Za-z0-9.]$/;

function textOf(byteText: string): string | null {
  if (byteText === '') return null;
  if (TIDY.test(byteText)) return byteText;
  const text = cleanCell(decodeText(byteText));
  return text === '' || text === '-' ? null : text;
}
