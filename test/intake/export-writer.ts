import type { CivilDate } from '../../src/core/dates.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { StatusCode } from '../../src/core/status.ts';

/**
 * Writes exports as Oracle, Excel, SQL*Plus, MySQL, pandas and people do. Made from the tables of SIAK and not from the
 * reader, with which it shares types only: what one of them has wrong does not hide in the other.
 */

/** One resident, as plain as can be. All are synthetic: serials 9000–9999. */
export type Person = {
  nik: string;
  kk: string | null;
  name: string | null;
  /** ISO days, here and below. */
  born: string | null;
  woman: boolean;
  marital: 'SINGLE' | 'MARRIED' | 'DIVORCED' | 'WIDOWED' | null;
  occupation: 'NONE' | 'STUDENT' | 'RETIRED_SOLDIER' | 'TNI' | 'POLRI' | 'TRADER' | 'FARMER' | null;
  province: number;
  regency: number;
  district: number;
  village: number;
  dead: boolean;
  /** `CITIZEN`, or what the column says. */
  nationality: string | null;
  flag: number | null;
  printedOn: string | null;
  cards: number | null;
  /** A code, a blank, or a word that no table has. */
  status: StatusCode | 'NEW_CODE' | null;
  suketNumber: string | null;
  suketOn: string | null;
  suketEnds: string | null;
  address: string | null;
};

export const DELIMITERS = [';', ',', '|', '\t'] as const;
export const LINE_ENDS = ['\n', '\r\n', '\r'] as const;
export const ENCODINGS = ['UTF-8', 'UTF-8 BOM', 'UTF-16LE', 'UTF-16BE', 'windows-1252'] as const;
/** `RAW`: no quotes, whatever a cell holds. `MINIMAL`: as RFC 4180 asks for. */
export const QUOTINGS = ['MINIMAL', 'RAW', 'ALL'] as const;
export const DATE_FORMS = [
  'DD-MM-YYYY',
  'DD/MM/YYYY',
  'D/M/YYYY',
  'M/D/YYYY',
  'YYYY-MM-DD',
  'YYYY-MM-DD HH:MI:SS',
  'DD-MON-RR',
  'DD-MON-YYYY',
  'D Month YYYY',
  'INSTANT',
  'SERIAL',
  'YYYYMMDD',
  'DD.MM.YYYY HH:MI:SS',
] as const;
export const BLANKS = ['', '-', 'NULL', '(null)', '\\N', 'nan', 'None', '#N/A', '0000-00-00', '00-00-0000'] as const;
export const NUMBER_FORMS = ['32', 'PADDED', '032', '32.0', '32,00', '2.001,00'] as const;
export const NIK_FORMS = ['PLAIN', 'APOSTROPHE', 'FORMULA', 'BLANKS', 'DASHES', 'DOTS', 'POINT ZERO'] as const;
export const HEADERS = ['CANONICAL', 'LOWER', 'BLANKS', 'ALIASES', 'QUOTED'] as const;
/** What stands behind the last filled cell: all cells, one delimiter more (in the header too), or no empty cells at all. */
export const TAILS = ['FULL', 'DELIMITER', 'DELIMITER IN ALL', 'LEFT OUT'] as const;
export const WORDINGS = ['NUMBERS', 'WORDS', 'LOOSE'] as const;
export const STATUS_SPELLINGS = ['CANONICAL', 'LOWER', 'BLANKS', 'HYPHENS', 'TITLE', 'SHORT'] as const;
/** One status column, or all three, each partly blank. */
export const STATUS_COLUMNS = ['ONE', 'THREE'] as const;
export const JUNK = ['SEP', 'TITLE', 'DASHES', 'BARE', 'BLANK LINES', 'HEADERS', 'PAGES', 'COUNT', 'CTRL-Z'] as const;

export type Dialect = {
  delimiter: (typeof DELIMITERS)[number];
  lineEnd: (typeof LINE_ENDS)[number];
  encoding: (typeof ENCODINGS)[number];
  quoting: (typeof QUOTINGS)[number];
  dates: (typeof DATE_FORMS)[number];
  blank: (typeof BLANKS)[number];
  numbers: (typeof NUMBER_FORMS)[number];
  niks: (typeof NIK_FORMS)[number];
  header: (typeof HEADERS)[number];
  tail: (typeof TAILS)[number];
  wording: (typeof WORDINGS)[number];
  statuses: (typeof STATUS_SPELLINGS)[number];
  statusColumns: (typeof STATUS_COLUMNS)[number];
  junk: readonly (typeof JUNK)[number][];
  /** Another number, another order of the columns; 0 is the usual one. */
  order: number;
  /** Columns that nothing needs. */
  extra: boolean;
};

export const CLEAN: Dialect = {
  delimiter: ';',
  lineEnd: '\n',
  encoding: 'UTF-8',
  quoting: 'MINIMAL',
  dates: 'DD-MM-YYYY',
  blank: '',
  numbers: '32',
  niks: 'PLAIN',
  header: 'CANONICAL',
  tail: 'FULL',
  wording: 'NUMBERS',
  statuses: 'CANONICAL',
  statusColumns: 'ONE',
  junk: [],
  order: 0,
  extra: false,
};

/** The bytes of a file. */
export const writeExport = (people: readonly Person[], dialect: Dialect): Uint8Array =>
  encode(exportLines(people, dialect), dialect);

export function encode(
  lines: readonly string[],
  { lineEnd, encoding }: Pick<Dialect, 'lineEnd' | 'encoding'>,
): Uint8Array {
  const text = lines.map((line) => (line === CTRL_Z ? line : line + lineEnd)).join('');
  switch (encoding) {
    case 'UTF-8':
      return Buffer.from(text);
    case 'UTF-8 BOM':
      return Buffer.from(`\ufeff${text}`);
    case 'UTF-16LE':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'UTF-16BE':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 'windows-1252':
      return Buffer.from(text.replaceAll('’', '\x92'), 'latin1');
  }
}

const CTRL_Z = '\x1a';
const PAGE = 17;
const TITLE = 'DATA PENDUDUK KABUPATEN BOGOR';

/** The lines of a file, without their ends. Without junk the header is the first and each person has one line, in order. */
export function exportLines(people: readonly Person[], dialect: Dialect): string[] {
  const { delimiter, junk, tail } = dialect;
  const has = (kind: (typeof JUNK)[number]): boolean => junk.includes(kind);
  const columns = columnsOf(dialect);
  const names = columns.map((column) => headerName(column, dialect)).join(delimiter);
  const header = tail === 'DELIMITER IN ALL' ? names + delimiter : names;
  const end = tail === 'DELIMITER' || tail === 'DELIMITER IN ALL' ? delimiter : '';
  const pageHead = has('PAGES') ? ['', TITLE, header] : has('HEADERS') ? [header] : [];
  const lines: string[] = [];
  if (has('SEP')) lines.push(`sep=${delimiter}`);
  if (has('TITLE') || has('PAGES')) lines.push(TITLE, 'PER 12 JANUARI 2018', '');
  lines.push(header);
  if (has('DASHES')) lines.push(columns.map((column) => '-'.repeat(column.length)).join(delimiter) + end);
  people.forEach((person, i) => {
    if (i > 0 && i % PAGE === 0) lines.push(...pageHead);
    if (has('BLANK LINES') && i % 20 === 5) lines.push(i % 40 === 5 ? '' : '  ');
    if (has('BARE') && i % 20 === 9) lines.push(delimiter.repeat(columns.length - 1) + end);
    const cells = cellsOf(person, dialect);
    lines.push(row(columns.map((column) => cells[column] ?? '') as string[], dialect) + end);
  });
  if (has('BARE')) lines.push(...Array.from({ length: 3 }, () => delimiter.repeat(columns.length - 1) + end));
  if (has('COUNT')) lines.push('', `${people.length} rows selected.`, '');
  if (has('CTRL-Z')) lines.push(CTRL_Z);
  return lines;
}

function row(cells: string[], { delimiter, quoting, tail }: Dialect): string {
  const kept = tail === 'LEFT OUT' ? cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1) : cells;
  return kept.map((cell) => quote(cell, delimiter, quoting)).join(delimiter);
}

function quote(cell: string, delimiter: string, quoting: Dialect['quoting']): string {
  if (quoting === 'RAW') return cell;
  const needed = quoting === 'ALL' || cell.includes(delimiter) || cell.includes('"');
  return needed ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const COLUMNS = [
  'NIK',
  'NO_KK',
  'NAMA_LGKP',
  'TGL_LHR',
  'STAT_KWN',
  'JENIS_PKRJN',
  'NO_PROP',
  'NO_KAB',
  'NO_KEC',
  'NO_KEL',
  'STAT_HIDUP',
  'KEBANGSAAN',
  'FLAG_STATUS',
  'TGL_CETAK_KTP',
  'COUNT_KTP',
  'EKTP_CURRENT_STATUS_CODE',
  'NO_SUKET',
  'TGL_SUKET',
  'TGL_AKHIR_SUKET',
] as const;
const MORE_STATUS_COLUMNS = ['CURRENT_STATUS_CODE', 'CURRENT_STATUS_CODE_EKTP'] as const;
const EXTRA_COLUMNS = ['JENIS_KLMIN', 'NAMA_LGKP_IBU', 'ALAMAT', 'KETERANGAN'] as const;

export type UsedColumn = (typeof COLUMNS)[number];
type AnyColumn = UsedColumn | (typeof MORE_STATUS_COLUMNS)[number] | (typeof EXTRA_COLUMNS)[number];

function columnsOf({ statusColumns, extra, order }: Dialect): AnyColumn[] {
  const columns: AnyColumn[] = [...COLUMNS];
  if (statusColumns === 'THREE') columns.push(...MORE_STATUS_COLUMNS);
  if (extra) {
    columns.splice(5, 0, EXTRA_COLUMNS[0], EXTRA_COLUMNS[1]);
    columns.push(EXTRA_COLUMNS[2], EXTRA_COLUMNS[3]);
  }
  return order === 0 ? columns : shuffled(columns, order);
}

const ALIASES: Partial<Record<AnyColumn, string>> = {
  NO_KK: 'NOMOR KK',
  NAMA_LGKP: 'NAMA LENGKAP',
  TGL_LHR: 'TANGGAL LAHIR',
  STAT_KWN: 'STATUS KAWIN',
  JENIS_PKRJN: 'PEKERJAAN',
};

function headerName(column: AnyColumn, { header, quoting }: Dialect): string {
  const name = quoting === 'ALL' || header === 'QUOTED' ? (text: string) => `"${text}"` : (text: string) => text;
  switch (header) {
    case 'CANONICAL':
    case 'QUOTED':
      return name(column);
    case 'LOWER':
      return name(column.toLowerCase());
    case 'BLANKS':
      return name(column.replaceAll('_', ' '));
    case 'ALIASES':
      return name(ALIASES[column] ?? column);
  }
}

const PAD: Partial<Record<AnyColumn, number>> = {
  NO_PROP: 2,
  NO_KAB: 2,
  NO_KEC: 2,
  NO_KEL: 4,
  STAT_KWN: 1,
  JENIS_PKRJN: 2,
};

function cellsOf(person: Person, dialect: Dialect): Partial<Record<AnyColumn, string>> {
  const { wording } = dialect;
  const isDateBlank = dialect.blank.startsWith('00');
  const text = (value: string | null): string => value ?? (isDateBlank ? '' : dialect.blank);
  const date = (value: string | null): string => (value === null ? dialect.blank : dateText(value, dialect.dates));
  const number = (column: AnyColumn, value: number | null): string =>
    value === null ? text(null) : numberText(value, PAD[column] ?? 1, dialect.numbers);
  const coded = (column: AnyColumn, [code, ...words]: Coded): string =>
    wording === 'NUMBERS'
      ? number(column, code)
      : text(pick(wording === 'LOOSE' ? words : words.slice(0, 1), person.nik));
  const status = statusText(person.status, dialect.statuses);
  // The others are read only where the first is blank, and say the same where they are not.
  const statusCell = (place: number): string | null => {
    if (dialect.statusColumns === 'ONE') return place === 0 ? status : null;
    const filledFrom = hash(person.nik) % 3;
    return place === filledFrom || (place > filledFrom && hash(`${person.nik}.`) % 2 === 0) ? status : null;
  };
  return {
    NIK: nikText(person.nik, dialect.niks),
    NO_KK: person.kk === null ? text(null) : nikText(person.kk, dialect.niks),
    NAMA_LGKP: text(person.name),
    TGL_LHR: date(person.born),
    STAT_KWN: person.marital === null ? text(null) : coded('STAT_KWN', MARITAL[person.marital]),
    JENIS_PKRJN: person.occupation === null ? text(null) : coded('JENIS_PKRJN', OCCUPATION[person.occupation]),
    NO_PROP: number('NO_PROP', person.province),
    NO_KAB: number('NO_KAB', person.regency),
    NO_KEC: number('NO_KEC', person.district),
    NO_KEL: number('NO_KEL', person.village),
    // What its numbers mean nobody has confirmed: the dead are dead by word.
    STAT_HIDUP: person.dead
      ? pick(wording === 'LOOSE' ? ['MENINGGAL', 'Meninggal Dunia', 'MATI', 'WAFAT'] : ['MENINGGAL'], person.nik)
      : coded('STAT_HIDUP', [1, 'HIDUP', 'Hidup']),
    KEBANGSAAN:
      person.nationality === 'CITIZEN'
        ? coded('KEBANGSAAN', [0, 'WNI', 'INDONESIA', 'Warga Negara Indonesia'])
        : text(person.nationality),
    FLAG_STATUS: person.flag === 0 && wording === 'LOOSE' ? 'AKTIF' : number('FLAG_STATUS', person.flag),
    TGL_CETAK_KTP: date(person.printedOn),
    COUNT_KTP: number('COUNT_KTP', person.cards),
    EKTP_CURRENT_STATUS_CODE: text(statusCell(0)),
    CURRENT_STATUS_CODE: text(statusCell(1)),
    CURRENT_STATUS_CODE_EKTP: text(statusCell(2)),
    NO_SUKET: text(person.suketNumber),
    TGL_SUKET: date(person.suketOn),
    TGL_AKHIR_SUKET: date(person.suketEnds),
    JENIS_KLMIN:
      wording === 'NUMBERS' ? number('JENIS_KLMIN', person.woman ? 2 : 1) : person.woman ? 'PEREMPUAN' : 'LAKI-LAKI',
    NAMA_LGKP_IBU: 'SITI AMINAH',
    ALAMAT: text(person.address),
    KETERANGAN: text(null),
  };
}

/** A code of SIAK, the usual word for it, and others. */
type Coded = [code: number, ...words: string[]];

const MARITAL: Record<NonNullable<Person['marital']>, Coded> = {
  SINGLE: [1, 'BELUM KAWIN', 'Belum Kawin', 'belum  kawin'],
  MARRIED: [2, 'KAWIN', 'Kawin', 'KAWIN TERCATAT', 'Kawin Belum Tercatat', 'KAWIN TIDAK TERCATAT'],
  DIVORCED: [3, 'CERAI HIDUP', 'Cerai Hidup', 'cerai hidup'],
  WIDOWED: [4, 'CERAI MATI', 'Cerai Mati', 'CERAI  MATI'],
};

const OCCUPATION: Record<NonNullable<Person['occupation']>, Coded> = {
  NONE: [1, 'BELUM/TIDAK BEKERJA', 'Belum / Tidak Bekerja'],
  STUDENT: [3, 'PELAJAR/MAHASISWA', 'Pelajar'],
  RETIRED_SOLDIER: [4, 'PENSIUNAN', 'PENSIUNAN TNI', 'Purnawirawan Polri', 'VETERAN TNI AD'],
  TNI: [6, 'TENTARA NASIONAL INDONESIA', 'TNI AD', 'Anggota TNI', 'TNI'],
  POLRI: [7, 'KEPOLISIAN RI', 'POLRI', 'Polisi', 'Kepolisian RI (POLRI)'],
  TRADER: [8, 'PERDAGANGAN', 'Pedagang'],
  FARMER: [9, 'PETANI/PEKEBUN', 'Petani'],
};

const SHORT: Record<string, string> = {
  SENT_FOR_ENROLLMENT: 'SFE',
  PRINT_READY_RECORD: 'PRR',
  DUPLICATE_RECORD: 'DUP',
  ENROLL_FAILURE_AT_CENTRAL: 'EFAC',
  PROCESSING: 'PRO',
  BIO_CAPTURED: 'BC',
  CARD_SHIPPED: 'card_shippped',
  SENT_FOR_CARD_PRINTING: 'Send for card printing',
};

function statusText(status: Person['status'], spelling: Dialect['statuses']): string | null {
  if (status === null) return null;
  switch (spelling) {
    case 'CANONICAL':
      return status;
    case 'LOWER':
      return status.toLowerCase();
    case 'BLANKS':
      return status.replaceAll('_', ' ');
    case 'HYPHENS':
      return status.replaceAll('_', '-');
    case 'TITLE':
      return status.toLowerCase().replace(/(^|_)[a-z]/g, (letter) => letter.replace('_', ' ').toUpperCase());
    case 'SHORT':
      return SHORT[status] ?? status;
  }
}

const two = (number: number): string => String(number).padStart(2, '0');
const ENGLISH = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const INDONESIAN = 'JAN FEB MAR APR MEI JUN JUL AGU SEP OKT NOV DES'.split(' ');
const MONTHS = 'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember'.split(' ');
const DAY_MS = 86_400_000;

/** A day as one kind of export writes it. */
export function dateText(isoDay: string, form: Dialect['dates']): string {
  const [year = 0, month = 0, day = 0] = isoDay.split('-').map(Number);
  const epochMs = Date.UTC(year, month - 1, day);
  switch (form) {
    case 'DD-MM-YYYY':
      return `${two(day)}-${two(month)}-${year}`;
    case 'DD/MM/YYYY':
      return `${two(day)}/${two(month)}/${year}`;
    case 'D/M/YYYY':
      return `${day}/${month}/${year}`;
    case 'M/D/YYYY':
      return `${month}/${day}/${year}`;
    case 'YYYY-MM-DD':
      return isoDay;
    case 'YYYY-MM-DD HH:MI:SS':
      return `${isoDay} 00:00:00`;
    case 'DD-MON-RR':
      return `${two(day)}-${ENGLISH[month - 1]}-${two(year % 100)}`;
    case 'DD-MON-YYYY':
      return `${two(day)}-${INDONESIAN[month - 1]}-${year}`;
    case 'D Month YYYY':
      return `${day} ${MONTHS[month - 1]} ${year}`;
    case 'INSTANT':
      // Midnight of western Indonesia.
      return new Date(epochMs - 7 * 3_600_000).toISOString();
    case 'SERIAL':
      return String((epochMs - Date.UTC(1899, 11, 30)) / DAY_MS);
    case 'YYYYMMDD':
      return isoDay.replaceAll('-', '');
    case 'DD.MM.YYYY HH:MI:SS':
      return `${two(day)}.${two(month)}.${year} 00:00:00`;
  }
}

function numberText(value: number, width: number, form: Dialect['numbers']): string {
  switch (form) {
    case '32':
      return String(value);
    case 'PADDED':
      return String(value).padStart(width, '0');
    case '032':
      return `0${String(value).padStart(width, '0')}`;
    case '32.0':
      return `${value}.0`;
    case '32,00':
      return `${value},00`;
    case '2.001,00':
      return `${String(value).replace(/(?=(?:...)+$)(?!^)/g, '.')},00`;
  }
}

function nikText(nik: string, form: Dialect['niks']): string {
  switch (form) {
    case 'PLAIN':
      return nik;
    case 'APOSTROPHE':
      return `'${nik}`;
    case 'FORMULA':
      return `="${nik}"`;
    case 'BLANKS':
      return nik.replace(/(?=(?:....)+$)(?!^)/g, ' ');
    case 'DASHES':
      return `${nik.slice(0, 6)}-${nik.slice(6, 12)}-${nik.slice(12)}`;
    case 'DOTS':
      return nik.replace(/(?=(?:....)+$)(?!^)/g, '.');
    case 'POINT ZERO':
      return `${nik}.0`;
  }
}

/** FNV-1a: chance that is the same in every run. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) as number), 0x01000193);
  value ^= value >>> 15;
  return Math.imul(value, 0x2c1b3c6d) >>> 8;
}

const pick = <Value>(values: readonly Value[], seed: string): Value => values[hash(seed) % values.length] as Value;

const shuffled = <Value>(values: readonly Value[], seed: number): Value[] =>
  values
    .map((value, i): [number, Value] => [hash(`${seed}/${i}`), value])
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);

const STATUSES: Person['status'][] = [
  ...(['CARD_ISSUED', 'CARD_ISSUED', 'CARD_ISSUED', 'CARD_PRINTED', 'CARD_SHIPPED'] as const),
  ...(['PRINT_READY_RECORD', 'PRINT_READY_RECORD', 'SENT_FOR_ENROLLMENT', 'RECEIVED_AT_CENTRAL'] as const),
  ...(['BIO_CAPTURED', 'PROCESSING', 'SENT_FOR_CARD_PRINTING', 'ADJUDICATE_RECORD', 'REQUEST_VALIDATION'] as const),
  ...(['DUPLICATE_RECORD', 'ENROLL_FAILURE_AT_CENTRAL', 'SEARCH_FAILURE_AT_CENTRAL'] as const),
  ...(['UNREGISTERED', 'UNREGISTERED', 'UNREGISTERED', null, null] as const),
];
const NAMES = [
  'BUDI SANTOSO',
  'ANI',
  'M. YUSUF',
  'DEWI LESTARI',
  'ZOË',
  'RINA ANDRÉ',
  'NUR’AINI',
  "NUR'AINI",
  'H. ASEP',
];
/** With what tears rows apart where nothing is quoted. */
const RISKY_NAMES = [
  'SITI AMINAH, S.PD',
  'TOTO "NONO" SUTARTO',
  'ASEP; UJANG',
  'RUDI | YANTO',
  'WATI\tSARI',
  'DRS. ALI, M.SI, PH.D',
];

/**
 * So many residents, the same in every run. The first two have days above 12 in every column of dates, which proves the
 * order of day and month. None is born on the first of a month, which databases write for "no date", and whoever is
 * recorded is 16 or older, so that two digits of a year say which.
 */
export const somePeople = (count: number): Person[] => Array.from({ length: count }, (_, i) => person(i));

function person(i: number): Person {
  const chance = (of: string, sides: number): number => hash(`${of} ${i}`) % sides;
  const proof = i < 2;
  const status = proof ? 'PRINT_READY_RECORD' : chance('new', 60) === 0 ? 'NEW_CODE' : pick(STATUSES, `status ${i}`);
  const recorded = status !== null && status !== 'UNREGISTERED';
  const day = (from: number, years: number): string =>
    `${from + chance('year', years)}-${two(1 + chance('month', 12))}-${two(2 + chance('day', 27))}`;
  // About every third is close to seventeen, on one side or the other.
  const young = recorded ? day(2000, 2) : day(2000, 13);
  const born = proof ? '1988-03-25' : chance('young', 3) === 0 ? young : day(1930, 69);
  const woman = chance('woman', 2) === 0;
  const [year = '', month = '', dayOfMonth = ''] = born.split('-');
  const hasSuket = proof || chance('suket', 4) === 0;
  const suketDay = (from: number, months: number, of: string): string => {
    const index = chance(of, months);
    return `${from + Math.floor(index / 12)}-${two(1 + (index % 12))}-${two(2 + chance(`${of} day`, 27))}`;
  };
  return {
    nik: `320101${two(Number(dayOfMonth) + (woman ? 40 : 0))}${month}${year.slice(2)}${9000 + ((i * 7) % 1000)}`,
    kk: chance('kk', 12) === 0 ? null : `320101010109${9000 + ((i * 13) % 1000)}`,
    name:
      chance('name', 40) === 0 ? null : chance('risky', 25) === 0 ? pick(RISKY_NAMES, `r${i}`) : pick(NAMES, `n${i}`),
    born: !proof && chance('unborn', 40) === 0 ? null : born,
    woman,
    marital: chance('marital', 25) === 0 ? null : maritalAt(born, chance('marital', 12)),
    occupation: pick(
      ['NONE', 'STUDENT', 'TRADER', 'FARMER', 'FARMER', 'TNI', 'POLRI', 'RETIRED_SOLDIER', null],
      `work ${i}`,
    ),
    province: 32,
    regency: 1,
    district: 1 + chance('district', 40),
    village: 2001 + chance('village', 12),
    dead: chance('dead', 20) === 0,
    nationality: pick([...Array(20).fill('CITIZEN'), null, null, 'MALAYSIA', 'Belanda', 'LAINNYA'], `nation ${i}`),
    flag: chance('flag', 20) === 0 ? 2 : chance('flag', 9) === 0 ? null : 0,
    printedOn: proof ? '2012-06-19' : chance('printed', 4) === 0 ? suketDay(2011, 84, 'printed') : null,
    cards: chance('cards', 3) === 0 ? null : chance('cards', 5) === 0 ? 1 : 0,
    status,
    suketNumber: hasSuket ? `471.13/${8000 + i}/DISDUKCAPIL/2017` : null,
    suketOn: proof ? '2017-10-24' : hasSuket && chance('book', 9) > 0 ? suketDay(2016, 24, 'suket') : null,
    suketEnds: proof ? '2018-04-24' : hasSuket && chance('ends', 3) === 0 ? suketDay(2018, 12, 'ends') : null,
    address: pick(
      [...Array(20).fill('KP. BARU RT 01 RW 02'), ...Array(8).fill(null), 'JL. RAYA NO. 4, RT 01; RW 02'],
      `at ${i}`,
    ),
  };
}

function maritalAt(born: string, chance: number): Person['marital'] {
  if (born > '2000') return chance === 1 ? 'MARRIED' : 'SINGLE';
  return pick(['SINGLE', 'MARRIED', 'MARRIED', 'DIVORCED', 'WIDOWED'], `${born} ${chance}`);
}

/** The facts of a resident as the tables of the domain give them, without any file between. */
export function factsOfPerson(person: Person, asOf: CivilDate): Facts {
  const { born, status, nationality, suketOn, suketEnds } = person;
  const birthday =
    born === null
      ? null
      : `${Number(born.slice(0, 4)) + 17}${leapless(born.slice(4), Number(born.slice(0, 4)) + 17)}`;
  const validUntil = suketEnds ?? (suketOn === null ? null : sixMonthsLater(suketOn));
  return {
    status: status === null ? 'EMPTY' : status === 'NEW_CODE' ? 'UNKNOWN' : status,
    region: `${two(person.province)}.${two(person.regency)}.${two(person.district)}.${person.village}`,
    suket:
      validUntil === null ? null : { issuedOn: suketOn as CivilDate | null, validUntil: validUntil as CivilDate },
    ofAgeOn: birthday !== null && birthday > asOf ? (birthday as CivilDate) : null,
    birthDateUnknown: born === null,
    marital: person.marital === null ? 'UNKNOWN' : person.marital === 'SINGLE' ? 'NEVER' : 'IS_OR_WAS',
    nationality:
      nationality === null || nationality === 'CITIZEN'
        ? 'CITIZEN'
        : nationality === 'LAINNYA'
          ? 'UNCLEAR'
          : 'FOREIGN',
    tniPolri: person.occupation === 'TNI' || person.occupation === 'POLRI',
    deceased: person.dead,
    inactive: person.flag !== null && person.flag !== 0,
    olderCard: person.printedOn !== null || (person.cards ?? 0) > 0,
  };
}

const leapless = (monthDay: string, year: number): string =>
  monthDay === '-02-29' && year % 4 !== 0 ? '-03-01' : monthDay;

function sixMonthsLater(isoDay: string): string {
  const [year = 0, month = 0, day = 0] = isoDay.split('-').map(Number);
  const next = new Date(Date.UTC(year, month + 5, 1));
  const last = new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 0)).getUTCDate();
  return `${next.toISOString().slice(0, 8)}${two(Math.min(day, last))}`;
}
