import {
  IMPORT_DEFAULTS,
  type ImportOptions,
  type ImportReport,
  importExport,
} from '../../src/platform/import-file.ts';
import type { Sql } from '../../src/registry/sql.ts';
import { nikOf } from './registry.ts';

/** A row of a made export; every cell is text as SIAK writes it. */
export type Person = {
  nik: string;
  kk: string;
  name: string;
  born: string;
  /** NO_PROP;NO_KAB;NO_KEC;NO_KEL */
  region: string;
  status: string;
  /** NO_SUKET;TGL_SUKET */
  suket: string;
};

const HEADER =
  'NIK;NO_KK;NAMA_LGKP;TGL_LHR;STAT_KWN;NO_PROP;NO_KAB;NO_KEC;NO_KEL;EKTP_CURRENT_STATUS_CODE;NO_SUKET;TGL_SUKET';
const SYLLABLES = ['BA', 'KI', 'DU', 'SE', 'MO', 'RA', 'TI', 'NU', 'GE', 'LO', 'PA', 'WI'];

/** A word of four syllables for a number below 20,736. */
const wordOf = (n: number): string =>
  [1728, 144, 12, 1].map((place) => SYLLABLES[Math.floor(n / place) % SYLLABLES.length]).join('');
const nameOf = (n: number): string => `${wordOf(n)} ${wordOf((n * 7919 + 4711) % 20_736)}`;
/** As synthetic as the NIKs: serials 9000–9999. */
const kkOf = (n: number): string => nikOf(n).replace(/0180(?=.{4}$)/, '0517');

/** Resident number `n`, whom nobody else is: NIK, KK and name are his alone. */
export const person = (n: number, rest: Partial<Person> = {}): Person => ({
  nik: nikOf(n),
  kk: kkOf(n),
  name: nameOf(n),
  born: '12-01-1980',
  region: '32;1;1;1001',
  status: 'PRINT_READY_RECORD',
  suket: ';',
  ...rest,
});

export const people = (count: number, from = 0): Person[] =>
  Array.from({ length: count }, (_, i) => person(from + i));

const rowOf = ({ nik, kk, name, born, region, status, suket }: Person): string =>
  [nik, kk, name, born, '1', region, status, suket].join(';');

/** The bytes of an export of these. */
export const exportOf = (of: readonly Person[]): Buffer =>
  Buffer.from([HEADER, ...of.map(rowOf)].map((line) => `${line}\r\n`).join(''));

export const DEFAULTS: ImportOptions = {
  ...IMPORT_DEFAULTS,
  source: '32.01',
  asOf: '2018-01-12T17:00:00+07:00',
  maxLost: 0.1,
  otherRegion: true,
};

/** Imports bytes as `hakpilih import` does: a full copy of Kabupaten Bogor, 12 January 2018, unless told otherwise. */
export const importBytes = (
  registry: { sql: Sql; registryKey: Uint8Array },
  bytes: Uint8Array,
  options: Partial<ImportOptions> = {},
): Promise<ImportReport> =>
  importExport(
    registry,
    (async function* () {
      yield bytes;
    })(),
    { ...DEFAULTS, ...options },
    { progress: () => {}, reject: () => {} },
  );
