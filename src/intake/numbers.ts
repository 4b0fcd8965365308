import { isSixteenDigits, SCIENTIFIC } from '../core/nik.ts';
import { cellText } from './cell.ts';

/** Blanks, dashes, dots, quotes and invisible marks: what may stand between the digits of a NIK or KK. */
const BETWEEN_DIGITS = /[\s.\-\u00ad\u2010-\u2015\u2212'’‘`´"“”\u200b-\u200f\u2060\ufeff]+/g;
const IN_THOUSANDS = /^[0-9](,[0-9]{3}){5}$/;

type Digits = { ok: true; value: string } | { ok: false; code: 'EMPTY' | 'NOT_16_DIGITS' | 'SCIENTIFIC' | 'ROUNDED' };

/**
 * The sixteen digits of a NIK or KK, or what is wrong: exactly so many must remain once marks and `.0` are taken off.
 * `ROUNDED`: a floating-point number above 2^53, whose last digit is no longer the person's.
 */
export function sixteenDigits(text: string): Digits {
  if (text === '') return { ok: false, code: 'EMPTY' };
  if (SCIENTIFIC.test(text)) return { ok: false, code: 'SCIENTIFIC' };
  const whole = text.replace(/^([0-9]{16})[.,]0{1,2}$/, '$1');
  const digits = IN_THOUSANDS.test(whole) ? whole.replaceAll(',', '') : whole.replace(BETWEEN_DIGITS, '');
  if (!isSixteenDigits(digits)) return { ok: false, code: 'NOT_16_DIGITS' };
  const isFloat = whole !== text;
  return isFloat && Number(digits) > Number.MAX_SAFE_INTEGER
    ? { ok: false, code: 'ROUNDED' }
    : { ok: true, value: digits };
}

/** The same of the bytes of a cell, one character a byte; nearly every one is nothing but the digits. */
export const digitsOf = (byteText: string): Digits =>
  isSixteenDigits(byteText) ? { ok: true, value: byteText } : sixteenDigits(cellText(byteText));

export const sixteenDigitsIn = (text: string): string[] => text.match(/(?<![0-9])[0-9]{16}(?![0-9])/g) ?? [];

/** `32`, `032`, `32.0`, `32,00`, `2.001`, `2.001,00` as digits without leading zeros; null for what is none. */
export function wholeNumber(text: string): string | null {
  const inThousands = /^[0-9]{1,3}([.,][0-9]{3})+([.,]0{1,2})?$/.test(text);
  const digits = inThousands ? text.replace(/[.,]0{1,2}$/, '').replace(/[.,]/g, '') : text.replace(/[.,]0+$/, '');
  return /^[0-9]+$/.test(digits) ? digits.replace(/^0+(?=[0-9])/, '') : null;
}
