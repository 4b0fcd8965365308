/**
 * The provinces, regencies and cities of 2018: 34 and 514 (V). Regencies are numbered from 01, cities from 71.
 * Region codes are dotted Kemendagri codes: `32`, `32.01`, `32.01.01`, `32.01.01.2001`.
 */
type Province = { name: string; regencies: string; cities: string };

const PROVINCES: Record<string, Province> = {
  11: { name: 'Aceh', regencies: '01-18', cities: '71-75' },
  12: { name: 'Sumatera Utara', regencies: '01-25', cities: '71-78' },
  13: { name: 'Sumatera Barat', regencies: '01-12', cities: '71-77' },
  14: { name: 'Riau', regencies: '01-10', cities: '71-72' },
  15: { name: 'Jambi', regencies: '01-09', cities: '71-72' },
  16: { name: 'Sumatera Selatan', regencies: '01-13', cities: '71-74' },
  17: { name: 'Bengkulu', regencies: '01-09', cities: '71' },
  18: { name: 'Lampung', regencies: '01-13', cities: '71-72' },
  19: { name: 'Kepulauan Bangka Belitung', regencies: '01-06', cities: '71' },
  21: { name: 'Kepulauan Riau', regencies: '01-05', cities: '71-72' },
  31: { name: 'DKI Jakarta', regencies: '01', cities: '71-75' },
  32: { name: 'Jawa Barat', regencies: '01-18', cities: '71-79' },
  33: { name: 'Jawa Tengah', regencies: '01-29', cities: '71-76' },
  34: { name: 'Daerah Istimewa Yogyakarta', regencies: '01-04', cities: '71' },
  35: { name: 'Jawa Timur', regencies: '01-29', cities: '71-79' },
  36: { name: 'Banten', regencies: '01-04', cities: '71-74' },
  51: { name: 'Bali', regencies: '01-08', cities: '71' },
  52: { name: 'Nusa Tenggara Barat', regencies: '01-08', cities: '71-72' },
  53: { name: 'Nusa Tenggara Timur', regencies: '01-21', cities: '71' },
  61: { name: 'Kalimantan Barat', regencies: '01-12', cities: '71-72' },
  62: { name: 'Kalimantan Tengah', regencies: '01-13', cities: '71' },
  63: { name: 'Kalimantan Selatan', regencies: '01-11', cities: '71-72' },
  64: { name: 'Kalimantan Timur', regencies: '01-03 07-09 11', cities: '71-72 74' },
  65: { name: 'Kalimantan Utara', regencies: '01-04', cities: '71' },
  71: { name: 'Sulawesi Utara', regencies: '01-11', cities: '71-74' },
  72: { name: 'Sulawesi Tengah', regencies: '01-12', cities: '71' },
  73: { name: 'Sulawesi Selatan', regencies: '01-18 22 24 26', cities: '71-73' },
  74: { name: 'Sulawesi Tenggara', regencies: '01-15', cities: '71-72' },
  75: { name: 'Gorontalo', regencies: '01-05', cities: '71' },
  76: { name: 'Sulawesi Barat', regencies: '01-06', cities: '' },
  81: { name: 'Maluku', regencies: '01-09', cities: '71-72' },
  82: { name: 'Maluku Utara', regencies: '01-08', cities: '71-72' },
  91: { name: 'Papua', regencies: '01-28', cities: '71' },
  92: { name: 'Papua Barat', regencies: '01-12', cities: '71' },
};

const expand = (ranges: string): string[] =>
  ranges.split(' ').flatMap((range) => {
    const [first = '', last = first] = range.split('-');
    return first === ''
      ? []
      : Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) =>
          String(Number(first) + i).padStart(2, '0'),
        );
  });

const REGENCIES = new Set(
  Object.entries(PROVINCES).flatMap(([code, province]) =>
    [...expand(province.regencies), ...expand(province.cities)].map((regency) => `${code}.${regency}`),
  ),
);

/** Every province (`32`) and every regency or city (`32.01`) of 2018. */
export const PROVINCE_CODES: readonly string[] = Object.keys(PROVINCES);
export const REGENCY_CODES: readonly string[] = [...REGENCIES];
export const provinceName = (region: string): string | null => PROVINCES[region.slice(0, 2)]?.name ?? null;

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
  if (codes[0] === null || codes[1] === null || !REGENCIES.has(`${codes[0]}.${codes[1]}`)) return null;
  const end = codes.indexOf(null);
  return (end === -1 ? codes : codes.slice(0, end)).join('.');
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
  return WITA.has(province) ? 8 : WIT.has(province) ? 9 : 7;
}
