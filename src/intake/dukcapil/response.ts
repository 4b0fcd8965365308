import type { Marital } from '../../core/facts.ts';
import { normaliseName } from '../../core/names.ts';
import type { Nik } from '../../core/nik.ts';
import { cleanCell, isBlankText } from '../cell.ts';
import { type DateForm, type ReadDate, readDate } from '../dates.ts';
import { isTniPolri, maritalOf, regionOfCells } from '../facts.ts';
import { sixteenDigits } from '../numbers.ts';

/** What the web service tells of a resident, as far as it is used here; null where it cannot be read. */
export type UpstreamResident = {
  nik: Nik;
  kk: string | null;
  name: string | null;
  born: ReadDate;
  region: string | null;
  marital: Marital;
  tniPolri: boolean;
  /** Whether biometrics are recorded: it does not tell whether a card is printed (V). */
  isRecorded: boolean | null;
};

/** What an answer comes to. Only `NOT_FOUND` says that somebody is not there; a fault of any kind says nothing. */
export type UpstreamReply =
  | { kind: 'FOUND'; resident: UpstreamResident }
  | { kind: 'NOT_FOUND' | 'INACTIVE_RECORD' }
  | { kind: 'QUOTA' | 'LOGIN' | 'IP' | 'INACTIVE_USER' | 'MALFORMED' };

/**
 * Judges the body of an answer about `nik`, which comes with status 200 whatever it says. Errors stand inside (V); with
 * one that is not known, or about somebody else, it is malformed. Pure, never throws.
 */
export function processResidentResponse(body: string, nik: Nik): UpstreamReply {
  const cells = cellsOf(body);
  if (cells === null) return { kind: 'MALFORMED' };
  const said = ERROR_KEYS.map(cells).filter((text) => text !== '');
  if (said.length > 0) return { kind: errorOf(said) };
  const told = sixteenDigits(cells('NIK'));
  const isAsked = told.ok && told.value === nik;
  return isAsked ? { kind: 'FOUND', resident: residentOf(nik, cells) } : { kind: 'MALFORMED' };
}

// ---- What it holds: the first of `content`, whatever the spelling of its keys. ----

/** The text under a key, '' where there is none. */
type Cells = (key: string) => string;

/** `NO_KK`, `noKk`, `no_kk` are one key. */
const fold = (key: string): string => key.toUpperCase().replace(/[^A-Z0-9]/g, '');

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
/** A NIK comes as a number, too, above 2^53 from province 91 on (V): numbers are read as they are written. */
const asWritten: Reviver = (_, value, { source }) => (typeof value === 'number' ? source : value);

function cellsOf(body: string): Cells | null {
  let read: unknown;
  try {
    read = (JSON.parse as (text: string, reviver: Reviver) => unknown)(body, asWritten);
  } catch {
    return null;
  }
  const content = (read as { content?: unknown } | null)?.content;
  const [first]: unknown[] = Array.isArray(content) ? content : [];
  if (typeof first !== 'object' || first === null) return null;
  const cells = new Map(Object.entries(first).map(([key, value]) => [fold(key), value]));
  return (key) => {
    const value = cells.get(fold(key));
    const text = typeof value === 'string' ? cleanCell(value) : '';
    return isBlankText(text) ? '' : text;
  };
}

// ---- Errors, by their words without regard to case and number of blanks. ----

const ERROR_KEYS = ['RESPON', 'RESPONSE', 'RESPONSE_DESC', 'RESPONSE_CODE'];
/** Only what says nothing else is "not found". */
const ERRORS: [words: RegExp, kind: Exclude<UpstreamReply['kind'], 'FOUND'>][] = [
  [/\bstatus tidak aktif\b|^14$/, 'INACTIVE_RECORD'],
  [/^kuota .*habis/, 'QUOTA'],
  [/^login gagal/, 'LOGIN'],
  [/^ip (address|client) tidak (sesuai|terdaftar)/, 'IP'],
  [/^user id tidak aktif/, 'INACTIVE_USER'],
];
const NOT_FOUND = /^data tidak ditemukan\.?$/;

function errorOf(said: readonly string[]): Exclude<UpstreamReply['kind'], 'FOUND'> {
  const texts = said.map((text) => text.toLowerCase().replace(/\s+/g, ' ').trim());
  const known = ERRORS.find(([words]) => texts.some((text) => words.test(text)));
  if (known !== undefined) return known[1];
  // A code may stand beside it; another sentence may not.
  const isNotFound = texts.every((text) => NOT_FOUND.test(text) || /^[0-9]+$/.test(text));
  return isNotFound && texts.some((text) => NOT_FOUND.test(text)) ? 'NOT_FOUND' : 'MALFORMED';
}

// ---- The resident. ----

/** Both forms that are met, `1995-03-13` and `15.05.1985` (V). */
const DATE_FORM: DateForm = { order: 'DMY', serial: false, epochIsBlank: true };
const WIB_HOURS = 7;
const RECORDED = /^(sudah rekam|tunggal)$/i;
const NOT_RECORDED = /^belum rekam$/i;

function residentOf(nik: Nik, cells: Cells): UpstreamResident {
  const [kk, name] = [sixteenDigits(cells('NO_KK')), cells('NAMA_LGKP')];
  const status = cells('EKTP_STATUS').replace(/[\s_]+/g, ' ');
  return {
    nik,
    kk: kk.ok ? kk.value : null,
    // A name without a letter would be equal to any other such.
    name: normaliseName(name) === '' ? null : name,
    born: readDate(cells('TGL_LHR'), DATE_FORM, WIB_HOURS),
    region: regionOfCells(['NO_PROP', 'NO_KAB', 'NO_KEC', 'NO_KEL'].map(cells)).region,
    marital: maritalOf(cells('STATUS_KAWIN')) ?? 'UNKNOWN',
    tniPolri: isTniPolri(cells('JENIS_PKRJN')) ?? false,
    isRecorded: RECORDED.test(status) ? true : NOT_RECORDED.test(status) ? false : null,
  };
}
