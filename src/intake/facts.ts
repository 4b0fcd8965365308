import { isOtherCountry } from '../core/countries.ts';
import type { Marital, Nationality } from '../core/facts.ts';
import { regionOf } from '../core/regions.ts';
import { wholeNumber } from './numbers.ts';
import { BLANK, type CellKind, READ, type Reading, UNREADABLE } from './tally.ts';
import * as WORDS from './words.ts';

/** What cells of the registry mean. All take the clean text of a cell; a blank one is '' and says nothing. */

const reading = <Value>(kind: CellKind, value: Value): Reading<Value> => ({ kind, value });

type CodeAndWords = { code: string | null; words: string[] };

/** `2`, `02`, `2.0`, `KAWIN`, `2 - KAWIN`: a code number without leading zeros, words, or both. "W.N.I" is one word. */
function codeAndWords(text: string): CodeAndWords {
  const code = wholeNumber(text);
  if (code !== null) return { code, words: [] };
  const upper = text.toUpperCase().replace(/\b([A-Z])\.(?=[A-Z]\b)/g, '$1');
  const words = upper.split(/[^A-Z0-9]+/).filter((word) => word !== '');
  const numbered = /^[0-9]+$/.test(words[0] ?? '') ? wholeNumber(words.shift() as string) : null;
  return { code: numbered, words };
}

const has = (words: string[], list: ReadonlySet<string>): boolean => words.some((word) => list.has(word));

/** STAT_KWN: 1 single, 2 married, 3 divorced, 4 widowed (V), or the words. "TIDAK TERCATAT" is a marriage all the same. */
export function maritalOf(text: string): Reading<Marital> {
  if (text === '') return reading<Marital>(BLANK, 'UNKNOWN');
  const { code, words } = codeAndWords(text);
  const byWord = maritalByWord(words);
  const byCode: Marital | null = code === null ? null : code === '1' ? 'NEVER' : /^[234]$/.test(code) ? 'IS_OR_WAS' : 'UNKNOWN';
  if (has(words, WORDS.UNKNOWN)) return reading<Marital>(READ, 'UNKNOWN');
  if (byCode !== null && byWord !== null && byCode !== byWord) return reading<Marital>(UNREADABLE, 'UNKNOWN');
  const marital = byWord ?? (words.length === 0 ? byCode : null) ?? 'UNKNOWN';
  return reading(marital === 'UNKNOWN' && code !== '0' ? UNREADABLE : READ, marital);
}

function maritalByWord(words: string[]): Marital | null {
  if (has(words, WORDS.WAS_MARRIED)) return 'IS_OR_WAS';
  const married = words.findIndex((word) => WORDS.MARRIED.has(word));
  if (married >= 0) return has(words.slice(0, married), WORDS.NOT_YET) ? 'NEVER' : 'IS_OR_WAS';
  return has(words, WORDS.NEVER_MARRIED) ? 'NEVER' : null;
}

const SOLDIER = '6';
const POLICE = '7';

/** JENIS_PKRJN: 6 TNI, 7 Polri (M), or the words; any other occupation, and one who has left the service, is neither. */
export function isTniPolri(text: string): Reading<boolean> {
  if (text === '') return reading(BLANK, false);
  const { code, words } = codeAndWords(text);
  if (words.length === 0)
    return reading(code === null || code.length > 2 ? UNREADABLE : READ, code === SOLDIER || code === POLICE);
  if (has(words, WORDS.NO_LONGER_SERVING)) return reading(READ, false);
  const sides = text.split(/[/,;&]/).map((side) => codeAndWords(side).words);
  return reading(
    READ,
    sides.some((side) => has(side, WORDS.SERVING) && !has(side, WORDS.CIVILIAN)),
  );
}

/** STAT_HIDUP: only the words; its numeric codes are unconfirmed and say nothing. */
export function isDeceased(text: string): Reading<boolean> {
  if (text === '') return reading(BLANK, false);
  const { code, words } = codeAndWords(text);
  if (words.length === 0 && code !== null) return reading(READ, false);
  if (text.includes('?')) return reading(UNREADABLE, false);
  if (has(words, WORDS.ALIVE)) return reading(READ, has(words, WORDS.NOT_YET));
  if (has(words, WORDS.DEAD)) return reading(READ, !has(words, WORDS.NOT_YET));
  return reading(UNREADABLE, false);
}

/** KEBANGSAAN: the export is of citizens, so a blank is one; only another country's name makes a foreigner. */
export function nationalityOf(text: string): Reading<Nationality> {
  if (text === '') return reading<Nationality>(BLANK, 'CITIZEN');
  const { code, words } = codeAndWords(text);
  if (code === '0' && words.length === 0) return reading<Nationality>(READ, 'CITIZEN');
  if (has(words, WORDS.CITIZEN) && !has(words, WORDS.NOT_CITIZEN)) return reading<Nationality>(READ, 'CITIZEN');
  return isOtherCountry(text) ? reading<Nationality>(READ, 'FOREIGN') : reading<Nationality>(UNREADABLE, 'UNCLEAR');
}

/** FLAG_STATUS present and not 0 (V: 0 = active), or the words. What cannot be read is inactive: it is only said, not judged. */
export function isInactive(text: string): Reading<boolean> {
  if (text === '') return reading(BLANK, false);
  const { code, words } = codeAndWords(text);
  if (words.length === 0 && code !== null) return reading(READ, code !== '0');
  if (has(words, WORDS.INACTIVE)) return reading(READ, true);
  return has(words, WORDS.ACTIVE) ? reading(READ, false) : reading(UNREADABLE, true);
}

/** COUNT_KTP > 0. */
export function isCountPositive(text: string): Reading<boolean> {
  if (text === '') return reading(BLANK, false);
  const count = wholeNumber(text);
  return count === null ? reading(UNREADABLE, false) : reading(READ, count !== '0');
}

const LEVEL_DIGITS = [2, 2, 2, 4] as const;

/**
 * The region of a row from its four cells: `32`, `1`, `32.0`, the whole code down to that level (`3201`, `32.01`), a code with
 * its name (`32 - JAWA BARAT`). Null where province or regency is missing or not of 2018.
 */
export function regionOfCells(cells: readonly string[]): { region: string | null; kinds: CellKind[] } {
  const codes: string[] = [];
  const kinds = cells.map((cell, level): CellKind => {
    const code = cell === '' ? '' : levelCode(cell, level, codes);
    codes.push(code ?? '');
    return code === null ? UNREADABLE : code === '' ? BLANK : READ;
  });
  const [province = '', regency = '', district = '', village = ''] = codes;
  const region = regionOf(province, regency, district, village);
  // Two numbers that are no regency of 2018: the cell is a number, but says nothing.
  if (region === null && kinds[0] === READ && kinds[1] === READ) kinds[1] = UNREADABLE;
  return { region, kinds };
}

/** The code of one level, with its zeros; '' for zero, null where the cell is no code or contradicts the levels above it. */
function levelCode(cell: string, level: number, above: string[]): string | null {
  const [, text = ''] = /^\(?([0-9][0-9.,]*)\)?(?:[\s\-–:/.]+[^0-9].*)?$/.exec(cell) ?? [];
  const digits = LEVEL_DIGITS[level] as number;
  const dotted = text.split('.');
  if (level > 0 && dotted.length === level + 1 && above.every((code, i) => code === dotted[i]))
    if ((dotted[level] as string).length === digits && Number(dotted[level]) > 0) return dotted[level] as string;
  const number = wholeNumber(text);
  if (number === null) return null;
  if (number === '0') return '';
  if (number.length <= digits) return number.padStart(digits, '0');
  const parents = above.join('');
  return level > 0 && number.length === parents.length + digits && number.startsWith(parents) ? number.slice(-digits) : null;
}
