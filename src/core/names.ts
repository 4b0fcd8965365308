/** Titles and degrees that one office writes and the next leaves out; letters only. */
const TITLES = new Set(
  `H HJ KH DRS DRA IR DR PROF R NY TN
   SPD SPDI SPDSD SE SEI SH SHI ST STP SAG SKOM SIP SSOS SSI SS SSN SP SPT SPSI SKED SKEP SKM SFARM SSTP STH SIKOM SAP SAK SKH SKG SST SSIT
   MM MSI MPD MPDI MH MKN MT MSC MA MAG MKOM MKES MAP MAK MSOS MHUM MIP MBA MENG PHD LC
   AMD AMDKEB AMKEB AMK AMKG AMA AMAPD NS APT BA BC BSC CPA SPOG SPA SPB SPPD SPM CA GR`.split(/\s+/),
);
const PREFIX_TITLES = new Set(['H', 'HJ', 'KH', 'DRS', 'DRA', 'IR', 'DR', 'PROF']);

/**
 * A name as its proof is made of: upper case, diacritics and punctuation dropped, titles dropped (H., HJ., DRS., IR., S.PD …),
 * blanks squeezed. A name of nothing but a title stays as it is.
 */
export function normaliseName(name: string): string {
  const [main = '', ...afterComma] = withoutMarks(name).toUpperCase().split(',');
  const tail = afterComma.filter((part) => !isTitles(words(part))).flatMap(words);
  const all = [...words(main), ...tail];
  let from = 0;
  for (let size = prefixSize(all, from); size > 0 && from + size < all.length; size = prefixSize(all, from)) from += size;
  const to = withoutSuffixes(all, from);
  return all.slice(from, to).join(' ');
}

// Nearly all names are plain; they are spared the costly part.
const withoutMarks = (name: string): string =>
  /^[A-Za-z ,.-]*$/.test(name) ? name : name.normalize('NFD').replace(/[\u0300-\u036f'’‘ʼʻ´`"“”]/g, '');

const words = (text: string): string[] => text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');

/** Words of the title that begins at `from`: "K.H." is two, 0 is none. */
const prefixSize = (all: string[], from: number): 0 | 1 | 2 => {
  if (all[from] === 'K' && all[from + 1] === 'H') return 2;
  return PREFIX_TITLES.has(all[from] as string) ? 1 : 0;
};

/** "S PD", "A MD KEB": a degree is up to three words, since dots became blanks. Returns where the name ends. */
function withoutSuffixes(all: string[], from: number): number {
  let to = all.length;
  for (let size = 3; size >= 1; size -= 1) {
    if (to - size <= from || !isDegree(all.slice(to - size, to))) continue;
    to -= size;
    size = 4; // what stands before it may be a longer one
  }
  return to;
}

// A single short word may be a name ("MA", "SE"): only behind a comma is it taken for a degree.
const isDegree = (group: string[]): boolean => {
  const [first = ''] = group;
  return (group.length === 1 ? first.length >= 3 : first.length <= 2) && TITLES.has(group.join(''));
};

const isTitles = (group: string[]): boolean => {
  if (group.length === 0) return true;
  for (let size = Math.min(3, group.length); size >= 1; size -= 1) {
    if (TITLES.has(group.slice(0, size).join('')) && isTitles(group.slice(size))) return true;
  }
  return false;
};
