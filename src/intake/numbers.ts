/** Numbers as databases, Excel and pandas write them. All take the clean text of a cell. */

/** Blanks, dashes, dots, quotes and invisible marks: what may stand between the digits of a NIK or KK. */
const BETWEEN_DIGITS = /[\s.\-\u00ad\u2010-\u2015\u2212'’‘`´"“”\u200b-\u200f\u2060\ufeff]+/g;
const NO_FRACTION = /[.,]0{1,2}$/;
const IN_THOUSANDS = /^[0-9](,[0-9]{3}){5}$/;
const SIXTEEN_DIGITS = /^[0-9]{16}$/;
const SCIENTIFIC = /^[0-9]([.,][0-9]+)?E\+?[0-9]{1,2}$/i;

type DigitFault = 'EMPTY' | 'NOT_16_DIGITS' | 'SCIENTIFIC' | 'ROUNDED';

/**
 * The sixteen digits of a NIK or KK, or what is wrong with the cell. `ROUNDED`: a floating-point number above 2^53, whose
 * last digit is no longer the person's. Exactly sixteen digits must remain once marks and `.0` are taken off.
 */
export function sixteenDigits(text: string): { ok: true; value: string } | { ok: false; code: DigitFault } {
  if (text === '') return { ok: false, code: 'EMPTY' };
  if (SCIENTIFIC.test(text)) return { ok: false, code: 'SCIENTIFIC' };
  const whole = /^[0-9.,]+$/.test(text) && /^[0-9]{16}[.,]/.test(text) ? text.replace(NO_FRACTION, '') : text;
  const digits = IN_THOUSANDS.test(whole) ? whole.replaceAll(',', '') : whole.replace(BETWEEN_DIGITS, '');
  if (!SIXTEEN_DIGITS.test(digits)) return { ok: false, code: 'NOT_16_DIGITS' };
  return whole !== text && Number(digits) > Number.MAX_SAFE_INTEGER
    ? { ok: false, code: 'ROUNDED' }
    : { ok: true, value: digits };
}

/** `32`, `032`, `32.0`, `32,00`, `2.001`, `2.001,00` as digits without leading zeros; null for what is no whole number. */
export function wholeNumber(text: string): string | null {
  if (/^[0-9]+$/.test(text)) return text.replace(/^0+(?=[0-9])/, '');
  if (/^[0-9]{1,3}([.,][0-9]{3})+([.,]0{1,2})?$/.test(text))
    return wholeNumber(text.replace(/[.,]0{1,2}$/, '').replace(/[.,]/g, ''));
  return /^[0-9]+[.,]0+$/.test(text) ? wholeNumber(text.replace(/[.,]0+$/, '')) : null;
}
