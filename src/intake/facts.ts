import { isOtherCountry } from '../core/countries.ts';
import { birthday, type CivilDate, parseRegistryDate } from '../core/dates.ts';
import type { Facts, Marital, Nationality } from '../core/facts.ts';

/** What cells of the registry mean. All take the clean text of a cell and give the same for an absent column as for a blank. */

const words = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim();

/** A code number without leading zeros, or the words upper-case with single blanks between them. */
const codeOrWords = (text: string): string => words(text).replace(/^0+(?=[0-9]+$)/, '');

const NEVER_MARRIED = new Set(['1', 'BELUM KAWIN']);
const IS_OR_WAS_MARRIED = new Set([
  ...['2', 'KAWIN', 'KAWIN TERCATAT', 'KAWIN BELUM TERCATAT'],
  ...['3', '4', 'CERAI', 'CERAI HIDUP', 'CERAI MATI', 'JANDA', 'DUDA'],
]);

/** STAT_KWN: 1 single, 2 married, 3 divorced, 4 widowed (V), or the words. */
export function maritalOf(text: string): Marital {
  const value = codeOrWords(text);
  if (NEVER_MARRIED.has(value)) return 'NEVER';
  return IS_OR_WAS_MARRIED.has(value) ? 'IS_OR_WAS' : 'UNKNOWN';
}

const TNI_POLRI = new Set([
  ...['6', 'TNI', 'TENTARA NASIONAL INDONESIA', 'TENTARA NASIONAL INDONESIA TNI'],
  ...[
    '7',
    'POLRI',
    'KEPOLISIAN RI',
    'KEPOLISIAN RI POLRI',
    'KEPOLISIAN REPUBLIK INDONESIA',
    'KEPOLISIAN REPUBLIK INDONESIA POLRI',
  ],
]);

/** JENIS_PKRJN: 6 TNI, 7 Polri (M), or the words. */
export const isTniPolri = (text: string): boolean => TNI_POLRI.has(codeOrWords(text));

const DECEASED = new Set(['MENINGGAL', 'MENINGGAL DUNIA', 'MATI']);

/** STAT_HIDUP: only the words; its numeric codes are unconfirmed and say nothing. */
export const isDeceased = (text: string): boolean => DECEASED.has(words(text));

const CITIZEN = new Set(['', '-', '0', 'WNI', 'INDONESIA']);

/** KEBANGSAAN: the export is of citizens, so a blank is one; only another country's name makes a foreigner. */
export function nationalityOf(text: string): Nationality {
  if (CITIZEN.has(text.toUpperCase())) return 'CITIZEN';
  return isOtherCountry(text) ? 'FOREIGN' : 'UNCLEAR';
}

/** FLAG_STATUS present and not 0 (V: 0 = active). */
export const isInactive = (text: string): boolean => text !== '' && !/^0+$/.test(text);

/** TGL_CETAK_KTP set: a date column without a date may hold zeros or a dash. */
export const isDateSet = (text: string): boolean => /[1-9]/.test(text);

/** COUNT_KTP > 0. */
export const isCountPositive = (text: string): boolean => Number(text.replace(',', '.')) > 0;

/** TGL_LHR as of the day of the copy: kept is only a 17th birthday that is still to come by then. */
export function ageOf(text: string, asOf: CivilDate): Pick<Facts, 'ofAgeOn' | 'birthDateUnknown'> {
  const born = parseRegistryDate(text, { notAfter: asOf });
  if (born === null || born > asOf) return { ofAgeOn: null, birthDateUnknown: true };
  const ofAgeOn = birthday(born, 17);
  return { ofAgeOn: ofAgeOn > asOf ? ofAgeOn : null, birthDateUnknown: false };
}
