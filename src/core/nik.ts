import { type CivilDate, civilDate } from './dates.ts';
import { fail, ok, type Result } from './result.ts';

declare const nikBrand: unique symbol;
/** Nomor Induk Kependudukan: sixteen ASCII digits, for life. A string end to end: as a number it loses digits. */
export type Nik = string & { readonly [nikBrand]: true };

export type NikFault = 'NIK_EMPTY' | 'NIK_NOT_16_DIGITS' | 'NIK_SCIENTIFIC';

const SIXTEEN_DIGITS = /^[0-9]{16}$/;
/** A number as a spreadsheet shows it: 3,2E+15. */
export const SCIENTIFIC = /^[0-9]([.,][0-9]+)?E\+?[0-9]{1,2}$/i;

/**
 * Reads a NIK. Only what is not sixteen digits is refused: region, date, sex and serial in it are those of the
 * first registration and are never grounds to refuse (PP 37/2007 art. 37, V).
 */
export function parseNik(text: string): Result<Nik, NikFault> {
  const trimmed = text.trim();
  if (SIXTEEN_DIGITS.test(trimmed)) return ok(trimmed as Nik);
  if (trimmed === '') return fail('NIK_EMPTY');
  return fail(SCIENTIFIC.test(trimmed) ? 'NIK_SCIENTIFIC' : 'NIK_NOT_16_DIGITS');
}

/** A family-card number (KK) has the form of a NIK (V). */
export const isSixteenDigits = (text: string): boolean => SIXTEEN_DIGITS.test(text);

/** What people put between groups of digits, and what copying brings along unseen. */
const BETWEEN_DIGITS = /[\s.\-\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g;
const KK_NUMBER = /^(?:(?:NO|NOMOR)?(?:KK|KARTUKELUARGA)(?:NO|NOMOR)?)?:?([0-9]{16})$/i;

/** A number as typed, without blanks, dots, dashes and invisible marks. */
export const withoutSeparators = (text: string): string => text.replace(BETWEEN_DIGITS, '');

/** The family-card number in a text that is nothing else: `3201…`, `KK 3201…`, `No. KK: 3201…`; null otherwise. */
export const kkIn = (text: string): string | null => KK_NUMBER.exec(withoutSeparators(text))?.[1] ?? null;

type NameAndKk = { name: string | undefined; kk: string | undefined };

/** A family-card number given for a name is asked as one; beside the same number it says nothing. */
export function withKkOutOfName({ name, kk }: NameAndKk): NameAndKk {
  const kkAsName = name === undefined ? null : kkIn(name);
  if (kkAsName === null) return { name, kk };
  if (kk === undefined) return { name: undefined, kk: kkAsName };
  return { name: kk === kkAsName ? undefined : name, kk };
}

/** What a NIK hints at. Hints only: a birth date corrected later, or a move, does not change the NIK (V). */
export type NikHints = {
  /** Region of first registration, dotted `PP.KK.CC`. */
  region: string;
  sex: 'MAN' | 'WOMAN';
  /** Birth date with the latest century not after `notAfter`; null where the digits name no day. */
  birthDate: CivilDate | null;
  /** `0001`–`9999` within region and birth date. */
  serial: string;
};

/** Takes a NIK apart: PPKKCC DDMMYY SSSS, women's day + 40 (V). */
export function nikHints(nik: Nik, notAfter: CivilDate): NikHints {
  const day = Number(nik.slice(6, 8));
  const isWoman = day > 40;
  const birthDateIn = (century: number) =>
    civilDate(century + Number(nik.slice(10, 12)), Number(nik.slice(8, 10)), isWoman ? day - 40 : day);
  const inThisCentury = birthDateIn(2000);
  return {
    region: `${nik.slice(0, 2)}.${nik.slice(2, 4)}.${nik.slice(4, 6)}`,
    sex: isWoman ? 'WOMAN' : 'MAN',
    birthDate: inThisCentury !== null && inThisCentury <= notAfter ? inThisCentury : birthDateIn(1900),
    serial: nik.slice(12),
  };
}
