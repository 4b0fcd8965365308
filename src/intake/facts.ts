import { isOtherCountry } from '../core/countries.ts';
import type { Marital, Nationality } from '../core/facts.ts';
import { regionOf } from '../core/regions.ts';
import { wholeNumber } from './numbers.ts';
import { BLANK, type CellKind, READ, UNREADABLE } from './tally.ts';
import * as WORDS from './words.ts';

/** What cells of the registry mean, from their clean text, which is not blank; null for what cannot be read. */

/** `2`, `02`, `2.0`, `KAWIN`, `2 - KAWIN`: a code without leading zeros, words, or both. "W.N.I" is one word. */
function codeAndWords(text: string): { code: string | null; words: string[] } {
  const code = wholeNumber(text);
  if (code !== null) return { code, words: [] };
  const upper = text.toUpperCase().replace(/\b([A-Z])\.(?=[A-Z]\b)/g, '$1');
  const words = upper.split(/[^A-Z0-9]+/).filter((word) => word !== '');
  const numbered = /^[0-9]+$/.test(words[0] ?? '') ? wholeNumber(words.shift() as string) : null;
  return { code: numbered, words };
}

const has = (words: string[], list: ReadonlySet<string>): boolean => words.some((word) => list.has(word));

const MARITAL_CODES: Record<string, Marital> = { 1: 'NEVER', 2: 'IS_OR_WAS', 3: 'IS_OR_WAS', 4: 'IS_OR_WAS' };

/** STAT_KWN: 1 single, 2 married, 3 divorced, 4 widowed (V), or words. "TIDAK TERCATAT" is a marriage all the same. */
export function maritalOf(text: string): Marital | null {
  const { code, words } = codeAndWords(text);
  if (has(words, WORDS.UNKNOWN)) return 'UNKNOWN';
  const byWord = maritalByWord(words);
  const byCode = code === null ? null : (MARITAL_CODES[code] ?? 'UNKNOWN');
  if (byWord !== null) return byCode === null || byCode === byWord ? byWord : null;
  if (words.length === 0 && byCode !== 'UNKNOWN') return byCode;
  return code === '0' ? 'UNKNOWN' : null;
}

function maritalByWord(words: string[]): Marital | null {
  if (has(words, WORDS.WAS_MARRIED)) return 'IS_OR_WAS';
  const married = words.findIndex((word) => WORDS.MARRIED.has(word));
  if (married >= 0) return has(words.slice(0, married), WORDS.NOT_YET) ? 'NEVER' : 'IS_OR_WAS';
  return has(words, WORDS.NEVER_MARRIED) ? 'NEVER' : null;
}

/** JENIS_PKRJN: 6 TNI, 7 Polri (M), or words; any other occupation, and who has left the service, is neither. */
export function isTniPolri(text: string): boolean | null {
  const { code, words } = codeAndWords(text);
  if (words.length === 0) return code === null || code.length > 2 ? null : code === '6' || code === '7';
  if (has(words, WORDS.NO_LONGER_SERVING)) return false;
  const sides = text.split(/[/,;&]/).map((side) => codeAndWords(side).words);
  return sides.some((side) => has(side, WORDS.SERVING) && !has(side, WORDS.CIVILIAN));
}

/** STAT_HIDUP: only the words; its numeric codes are unconfirmed and say nothing. */
export function isDeceased(text: string): boolean | null {
  const { code, words } = codeAndWords(text);
  if (words.length === 0 && code !== null) return false;
  if (text.includes('?')) return null;
  if (has(words, WORDS.ALIVE)) return has(words, WORDS.NOT_YET);
  return has(words, WORDS.DEAD) ? !has(words, WORDS.NOT_YET) : null;
}

/** KEBANGSAAN: the export is of citizens; only another country's name makes a foreigner. */
export function nationalityOf(text: string): Nationality | null {
  const { code, words } = codeAndWords(text);
  if (code === '0' && words.length === 0) return 'CITIZEN';
  if (has(words, WORDS.CITIZEN) && !has(words, WORDS.NOT_CITIZEN)) return 'CITIZEN';
  return isOtherCountry(text) ? 'FOREIGN' : null;
}

/** FLAG_STATUS present and not 0 (V: 0 = active), or the words. */
export function isInactive(text: string): boolean | null {
  const { code, words } = codeAndWords(text);
  if (words.length === 0 && code !== null) return code !== '0';
  if (has(words, WORDS.INACTIVE)) return true;
  return has(words, WORDS.ACTIVE) ? false : null;
}

/** COUNT_KTP > 0. */
export function isCountPositive(text: string): boolean | null {
  const count = wholeNumber(text);
  return count === null ? null : count !== '0';
}

const LEVEL_DIGITS = [2, 2, 2, 4] as const;

/**
 * The region of a row from its four cells, which may be blank: `32`, `1`, `32.0`, the whole code down to that level
 * (`3201`, `32.01`), a code with its name (`32 - JAWA BARAT`). Null where province or regency is none of 2018.
 */
export function regionOfCells(cells: readonly string[]): { region: string | null; kinds: CellKind[] } {
  const codes: string[] = [];
  const kinds = cells.map((cell, level): CellKind => {
    const code = cell === '' ? '' : levelCode(cell, level, codes);
    codes.push(code ?? '');
    if (code === null) return UNREADABLE;
    return code === '' ? BLANK : READ;
  });
  const [province = '', regency = '', district = '', village = ''] = codes;
  const region = regionOf(province, regency, district, village);
  // Two numbers that are no regency of 2018: the cell is a number, but says nothing.
  if (region === null && kinds[0] === READ && kinds[1] === READ) kinds[1] = UNREADABLE;
  return { region, kinds };
}

/** The code of one level, with its zeros; '' for zero, null where it is no code or contradicts the levels above. */
function levelCode(cell: string, level: number, above: string[]): string | null {
  const [, text = ''] = /^\(?([0-9][0-9.,]*)\)?(?:[\s\-–:/.]+[^0-9].*)?$/.exec(cell) ?? [];
  const digits = LEVEL_DIGITS[level] as number;
  const dotted = text.split('.');
  const own = dotted[level] ?? '';
  const isWhole = level > 0 && dotted.length === level + 1 && above.every((code, i) => code === dotted[i]);
  if (isWhole && own.length === digits && Number(own) > 0) return own;
  const number = wholeNumber(text);
  if (number === null) return null;
  if (number === '0') return '';
  if (number.length <= digits) return number.padStart(digits, '0');
  const parents = above.join('');
  return level > 0 && number.length === parents.length + digits && number.startsWith(parents)
    ? number.slice(-digits)
    : null;
}
