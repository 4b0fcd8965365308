import type { Marital } from '../../core/facts.ts';
import { normaliseName } from '../../core/names.ts';
import type { Nik } from '../../core/nik.ts';
import { cleanCell, isBlankText } from '../cell.ts';
import { type ReadDate, readDate } from '../dates.ts';
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
  /** Of the biometrics: whether a card is printed it does not tell (V). */
  ektp: 'RECORDED' | 'NOT_RECORDED' | 'UNKNOWN';
};

type ErrorKind = 'NOT_FOUND' | 'INACTIVE_RECORD' | 'QUOTA' | 'LOGIN' | 'IP' | 'INACTIVE_USER' | 'MALFORMED';
/** What an answer comes to. Only `NOT_FOUND` says that somebody is not there. */
export type UpstreamReply = { kind: 'FOUND'; resident: UpstreamResident } | { kind: ErrorKind };

/**
 * Judges the body of an answer about `nik`, which comes with status 200 whatever it says. Errors stand inside (V); with
 * one that is not known, or about somebody else, it is malformed. Pure, never throws.
 */
export function processResidentResponse(body: string, nik: Nik): UpstreamReply {
  const cells = cellsOf(body);
  const said = ERROR_KEYS.map((key) => cells.get(key) ?? '').filter((text) => text !== '');
  if (said.length > 0) return { kind: errorOf(said) };
  const told = sixteenDigits(cells.get('NIK') ?? '');
  if (!told.ok || told.value !== nik) return { kind: 'MALFORMED' };
  return { kind: 'FOUND', resident: residentOf(nik, (key) => cells.get(key) ?? '') };
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
/** A NIK comes as a number, too, above 2^53 from province 91 on (V): numbers are read as they are written. */
const asWritten: Reviver = (_, value, { source }) => (typeof value === 'number' ? source : value);

/** The texts of the first of `content`, none where there is none; `NO_KK`, `no_kk` and `noKk` are the key NOKK. */
function cellsOf(body: string): Map<string, string> {
  try {
    const read = (JSON.parse as (text: string, reviver: Reviver) => unknown)(body, asWritten);
    const first = Object.entries((read as { content: [object] }).content[0]);
    return new Map(first.map(([key, value]) => [key.toUpperCase().replaceAll('_', ''), textOf(value)]));
  } catch {
    return new Map();
  }
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? cleanCell(value) : '';
  return isBlankText(text) ? '' : text;
}

const ERROR_KEYS = ['RESPON', 'RESPONSE', 'RESPONSEDESC', 'RESPONSECODE'];
/** By their words, in lower case and with single blanks (V). */
const ERRORS: [words: RegExp, kind: ErrorKind][] = [
  [/\bstatus tidak aktif\b|^14$/, 'INACTIVE_RECORD'],
  [/^kuota .*habis/, 'QUOTA'],
  [/^login gagal/, 'LOGIN'],
  [/^ip (address|client) tidak (sesuai|terdaftar)/, 'IP'],
  [/^user id tidak aktif/, 'INACTIVE_USER'],
];
/** Only what says nothing else; a code may stand beside it. */
const NOT_FOUND = /^([0-9]+ )?data tidak ditemukan\.?( [0-9]+)?$/;

function errorOf(said: readonly string[]): ErrorKind {
  const texts = said.map((text) => text.toLowerCase().replace(/\s+/g, ' '));
  const known = ERRORS.find(([words]) => texts.some((text) => words.test(text)));
  return known?.[1] ?? (NOT_FOUND.test(texts.join(' ')) ? 'NOT_FOUND' : 'MALFORMED');
}

/** Of the two forms that are met, `1995-03-13` and `15.05.1985` (V), the second needs to be told its order. */
const DATE_FORM = { order: 'DMY', serial: false, epochIsBlank: true } as const;
const WIB_HOURS = 7;
const EKTP = { 'SUDAH REKAM': 'RECORDED', TUNGGAL: 'RECORDED', 'BELUM REKAM': 'NOT_RECORDED' } as const;

function residentOf(nik: Nik, cell: (key: string) => string): UpstreamResident {
  const [kk, name] = [sixteenDigits(cell('NOKK')), cell('NAMALGKP')];
  const status = cell('EKTPSTATUS').toUpperCase().replace(/\s+/g, ' ');
  return {
    nik,
    kk: kk.ok ? kk.value : null,
    // A name without a letter would be equal to any other such.
    name: normaliseName(name) === '' ? null : name,
    born: readDate(cell('TGLLHR'), DATE_FORM, WIB_HOURS),
    region: regionOfCells(['NOPROP', 'NOKAB', 'NOKEC', 'NOKEL'].map(cell)).region,
    marital: maritalOf(cell('STATUSKAWIN')) ?? 'UNKNOWN',
    tniPolri: isTniPolri(cell('JENISPKRJN')) ?? false,
    ektp: Object.hasOwn(EKTP, status) ? EKTP[status as keyof typeof EKTP] : 'UNKNOWN',
  };
}
