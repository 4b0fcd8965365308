/**
 * The provinces, regencies and cities of 2018: 34 and 514 (V). Regencies are numbered from 01, cities from 71.
 * Region codes are dotted Kemendagri codes: `32`, `32.01`, `32.01.01`, `32.01.01.2001`.
 */
const PROVINCES: Record<string, readonly [name: string, codes: string]> = {
  11: ['Aceh', '01-18 71-75'],
  12: ['Sumatera Utara', '01-25 71-78'],
  13: ['Sumatera Barat', '01-12 71-77'],
  14: ['Riau', '01-10 71-72'],
  15: ['Jambi', '01-09 71-72'],
  16: ['Sumatera Selatan', '01-13 71-74'],
  17: ['Bengkulu', '01-09 71'],
  18: ['Lampung', '01-13 71-72'],
  19: ['Kepulauan Bangka Belitung', '01-06 71'],
  21: ['Kepulauan Riau', '01-05 71-72'],
  31: ['DKI Jakarta', '01 71-75'],
  32: ['Jawa Barat', '01-18 71-79'],
  33: ['Jawa Tengah', '01-29 71-76'],
  34: ['Daerah Istimewa Yogyakarta', '01-04 71'],
  35: ['Jawa Timur', '01-29 71-79'],
  36: ['Banten', '01-04 71-74'],
  51: ['Bali', '01-08 71'],
  52: ['Nusa Tenggara Barat', '01-08 71-72'],
  53: ['Nusa Tenggara Timur', '01-21 71'],
  61: ['Kalimantan Barat', '01-12 71-72'],
  62: ['Kalimantan Tengah', '01-13 71'],
  63: ['Kalimantan Selatan', '01-11 71-72'],
  64: ['Kalimantan Timur', '01-03 07-09 11 71-72 74'],
  65: ['Kalimantan Utara', '01-04 71'],
  71: ['Sulawesi Utara', '01-11 71-74'],
  72: ['Sulawesi Tengah', '01-12 71'],
  73: ['Sulawesi Selatan', '01-18 22 24 26 71-73'],
  74: ['Sulawesi Tenggara', '01-15 71-72'],
  75: ['Gorontalo', '01-05 71'],
  76: ['Sulawesi Barat', '01-06'],
  81: ['Maluku', '01-09 71-72'],
  82: ['Maluku Utara', '01-08 71-72'],
  91: ['Papua', '01-28 71'],
  92: ['Papua Barat', '01-12 71'],
};

const expand = (range: string): number[] => {
  const [first = 0, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
};

const REGENCIES = new Set(
  Object.entries(PROVINCES).flatMap(([province, [, codes]]) =>
    codes
      .split(' ')
      .flatMap(expand)
      .map((code) => `${province}.${String(code).padStart(2, '0')}`),
  ),
);

/** Every province (`32`) and every regency or city (`32.01`) of 2018. */
export const PROVINCE_CODES: readonly string[] = Object.keys(PROVINCES);
export const REGENCY_CODES: readonly string[] = [...REGENCIES];
export const provinceName = (region: string): string | null => PROVINCES[region.slice(0, 2)]?.[0] ?? null;

/** Reads a region code of one to four levels whose province and regency are of 2018; null for anything else. */
export function parseRegion(text: string): string | null {
  if (!/^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$/.test(text) || /\.0+(\.|$)/.test(text)) return null;
  if (text.length === 2) return text in PROVINCES ? text : null;
  return REGENCIES.has(text.slice(0, 5)) ? text : null;
}

/** Restores leading zeros lost to NUMBER columns (V); null for what is no number of that many digits, or is zero. */
const level = (text: string, digits: number): string | null =>
  /^[0-9]+$/.test(text) && text.length <= digits && Number(text) > 0 ? text.padStart(digits, '0') : null;

/**
 * The region of an export row (NO_PROP, NO_KAB, NO_KEC, NO_KEL). Null where province or regency is missing or not of
 * 2018; a missing district or village shortens the code, and says nothing about the rest.
 */
export function regionOf(province: string, regency: string, district: string, village: string): string | null {
  const codes = [level(province, 2), level(regency, 2), level(district, 2), level(village, 4)];
  const end = codes.indexOf(null);
  const region = (end === -1 ? codes : codes.slice(0, end)).join('.');
  return REGENCIES.has(region.slice(0, 5)) ? region : null;
}

/** A region as a number that keeps hierarchies together: PPKKCCVVVV, missing levels zero. */
export const regionNumber = (region: string): number => Number(region.replaceAll('.', '').padEnd(10, '0'));

export function regionOfNumber(number: number): string {
  const digits = String(number).padStart(10, '0');
  const levels = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6), digits.slice(6)];
  return levels.filter((code) => Number(code) > 0).join('.');
}

/** First and last number of the regions inside a region, itself included. */
export function regionRange(region: string): { first: number; last: number } {
  const first = regionNumber(region);
  return { first, last: first + 10 ** (10 - region.replaceAll('.', '').length) - 1 };
}

const WITA = new Set(['51', '52', '53', '63', '64', '65', '71', '72', '73', '74', '75', '76']);
const WIT = new Set(['81', '82', '91', '92']);

/** Hours east of Greenwich: WIB 7, WITA 8, WIT 9 (V); WIB where the region is unknown. */
export function utcOffsetHours(region: string | null): 7 | 8 | 9 {
  const province = region?.slice(0, 2) ?? '';
  if (WIT.has(province)) return 9;
  return WITA.has(province) ? 8 : 7;
}
