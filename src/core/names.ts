import { BEHIND_COMMA, BEHIND_TITLES, DEGREES, FRONT_PAIRS, FRONT_TITLES, MUHAMMADS } from './titles.ts';

/** Version of `normaliseName`, raised with every change of its answers: proofs made under another do not compare. */
export const NAME_VERSION = 2;

/**
 * A name as its proof is made of: upper case, without accents, marks and blanks, repaired where a charset was lost on
 * the way, titles and degrees dropped (H., RADEN, S.PD …), and MUHAMMAD in front however it is written. A name of
 * nothing but a title stays as it is. Empty where there is no letter and no digit.
 */
export function normaliseName(name: string): string {
  if (PLAIN.test(name)) {
    const upper = name.toUpperCase();
    if (!mayHoldTitle(upper)) return withMuhammad(upper.replaceAll(' ', ''));
  }
  return withMuhammad(withoutTitles(readable(name).toUpperCase()));
}

// ---- Nearly all names are plain; they are spared the costly part. ----

const PLAIN = /^[A-Za-z]+(?: [A-Za-z]+)*$/;

/** Degrees that no name ends in, though neither dot nor comma sets them off: SPD, MKOM, AMD; not MA, SHI, SIP, AMA. */
const UNLIKE_A_NAME = /^(?!SHI$|STI$)(?:[B-DF-HJ-NP-TV-Z]{2}.|AMD|AMK)/;
const UNMISTAKABLE: ReadonlySet<string> = new Set([
  ...[...DEGREES].filter((degree) => UNLIKE_A_NAME.test(degree)),
  ...BEHIND_TITLES,
]);

/** First words that ask for a closer look, and last ones: a degree may be in pieces ("A MD KEB"). */
const FIRST_WORDS: ReadonlySet<string> = new Set([
  ...FRONT_TITLES,
  ...MUHAMMADS,
  ...[...FRONT_PAIRS].map((pair) => pair.split(' ')[0] as string),
]);
const LAST_PIECES: ReadonlySet<string> = new Set(
  [...DEGREES, ...BEHIND_TITLES].flatMap((degree) => Array.from(degree, (_, start) => degree.slice(start))),
);

function mayHoldTitle(upper: string): boolean {
  const blank = upper.indexOf(' ');
  if (blank < 0) return false;
  return FIRST_WORDS.has(upper.slice(0, blank)) || LAST_PIECES.has(upper.slice(upper.lastIndexOf(' ') + 1));
}

// ---- What a name went through on its way. ----

/** Marks within a word, or in place of one that was lost: the word goes on behind them. */
const ASCII_MARKS = /["'`?\\^*~|]/g;
const OTHER_MARKS = /[¨«´¸»¿‹›™\u02b0-\u02ff\u055a\u05f3\u2018-\u201f\u2032-\u2037\ua78b\ua78c\ufffd\p{C}]/gu;
const STROKES: Record<string, string> = { Ø: 'O', ø: 'o', Đ: 'D', đ: 'd', Ł: 'L', ł: 'l', Æ: 'AE', æ: 'ae', ı: 'i' };

function readable(name: string): string {
  const text = unescaped(name);
  if (/^[ -~]*$/.test(text)) return text.replace(ASCII_MARKS, '');
  return repaired(text)
    .replace(/\s/g, ' ')
    .replace(OTHER_MARKS, '')
    .replace(/[ØøĐđŁłÆæı]/g, (letter) => STROKES[letter] as string)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(ASCII_MARKS, '');
}

/** `&#39;`, `&amp;#39;`, `&#x27;`, `&apos;`; a word that is not known here is left as it is. */
const ENTITY = /&(?:amp;)*(?:#([0-9]{1,7});?|#x([0-9a-f]{1,6});|([a-z]{2,8});)/gi;
const ACCENTED = /^([a-z])(?:acute|grave|circ|tilde|uml|cedil|ring|caron|slash)$/i;
const MARK_WORD = /^(?:apos|quot|[lrsb][sdb]?a?quo|acute|grave|prime|shy|zwn?j)$/i;
const BLANK_WORD = /^(?:nbsp|amp|lt|gt|[nm]dash|hyphen)$/i;
const ESCAPE = /\\+(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/gi;

const unescaped = (name: string): string =>
  name
    .replace(ENTITY, entityText)
    .replace(ESCAPE, (_, four?: string, two?: string) => charOf(Number.parseInt(four ?? two ?? '', 16)));

function entityText(entity: string, decimal?: string, hexadecimal?: string, word = ''): string {
  if (decimal !== undefined) return charOf(Number(decimal));
  if (hexadecimal !== undefined) return charOf(Number.parseInt(hexadecimal, 16));
  if (MARK_WORD.test(word)) return "'";
  return BLANK_WORD.test(word) ? ' ' : (ACCENTED.exec(word)?.[1] ?? entity);
}

const charOf = (code: number): string => (code <= 0x10_ff_ff ? String.fromCodePoint(code) : '');

/** Bytes 0x80 to 0x9f as Windows-1252 shows them; the five that it lacks as Latin-1 does. */
export const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const NEXT = `[\\u0080-\\u00bf${WINDOWS_1252}]`;
/** UTF-8 read as Windows-1252; only beginnings that no name has before such marks ("RENÉ’" is none). */
const TWICE_ENCODED = new RegExp(`[áâêï]${NEXT}{2}|[ÂÃÄÅÌÍ]${NEXT}|Ê[\\u00b8-\\u00bf]|â[€\\u0080]`, 'g');

function repaired(text: string): string {
  let now = text;
  // It may have happened more than once on the way.
  for (let round = 0; round < 3; round += 1) now = now.replace(TWICE_ENCODED, decoded);
  return now;
}

function decoded(run: string): string {
  const [lead = 0, ...rest] = Array.from(run, byteOf);
  const bits = lead & (rest.length === 1 ? 0x1f : 0x0f);
  return String.fromCodePoint(rest.reduce((code, byte) => (code << 6) | (byte & 0x3f), bits));
}

function byteOf(char: string): number {
  const index = WINDOWS_1252.indexOf(char);
  return index < 0 ? char.charCodeAt(0) : 0x80 + index;
}

// ---- Titles. A word keeps the dot behind it, for a dot may be what makes it a title. ----

const WORD = /[\p{L}\p{N}]+\.?/gu;
const MAX_PIECES = 4;
const wordsOf = (text: string): string[] => text.match(WORD) ?? [];
const lettersOf = (words: readonly string[]): string => words.join('').replaceAll('.', '');

const DIVIDERS = /[,;()[\]{}]/;

function withoutTitles(text: string): string {
  const words = DIVIDERS.test(text) ? withoutTitleParts(text) : wordsOf(text);
  const from = nameStart(words);
  const name = words.slice(from, nameEnd(words, from));
  if (name.length > 1 && MUHAMMADS.has(letterOf(name, 0)) && !DEGREES.has(lettersOf(name))) name[0] = 'MUHAMMAD';
  return lettersOf(name);
}

/** Without the titles behind a comma or in brackets; all words where that leaves none. */
function withoutTitleParts(text: string): string[] {
  const [main = [], ...others] = text.split(DIVIDERS).map(wordsOf);
  const all = others.flat();
  const kept = isTitles(all) ? main : [main, ...others.filter((part) => !isTitles(part))].flat();
  return kept.length > 0 ? kept : all;
}

/** Whether the words behind a comma or in brackets are nothing but titles, each in up to four pieces (A.MD.KEB). */
function isTitles(words: readonly string[]): boolean {
  const reached = [true];
  for (let at = 0; at < words.length; at += 1) {
    if (!reached[at]) continue;
    for (let size = 1; size <= MAX_PIECES && at + size <= words.length; size += 1) {
      if (isTitle(words.slice(at, at + size).join(''))) reached[at + size] = true;
    }
  }
  return reached[words.length] === true;
}

/** Degrees that the list lacks are known by a short word without a vowel: "S.XYZ". */
const LIKE_A_DEGREE = /^(?:[SMD]\.|SP\.|A\.?MD\.|[SM]\.TR\.)[B-DF-HJ-NP-TV-Z]{2,4}\.?$/;

function isTitle(dotted: string): boolean {
  const letters = dotted.replaceAll('.', '');
  return DEGREES.has(letters) || BEHIND_COMMA.has(letters) || FRONT_TITLES.has(letters) || LIKE_A_DEGREE.test(dotted);
}

/** Where the name begins behind its titles; one word at least is left. */
function nameStart(words: readonly string[]): number {
  let from = 0;
  while (from < words.length - 1) {
    if (from < words.length - 2 && FRONT_PAIRS.has(`${letterOf(words, from)} ${letterOf(words, from + 1)}`))
      from += 2;
    else if (FRONT_TITLES.has(letterOf(words, from))) from += 1;
    else break;
  }
  return from;
}

const letterOf = (words: readonly string[], at: number): string => (words[at] as string).replace('.', '');

/** Where the name ends before its degrees; the longest degree first, and one word at least is left. */
function nameEnd(words: readonly string[], from: number): number {
  let to = words.length;
  if (to < 2 || !LAST_PIECES.has(letterOf(words, to - 1))) return to;
  for (let size = MAX_PIECES; size >= 1; size -= 1) {
    if (to - size <= from || !isDegreeBehind(words.slice(to - size, to))) continue;
    to -= size;
    size = MAX_PIECES + 1;
  }
  return to;
}

/** Without a comma, dots must show a degree ("S.E", "SE."), or it must look like no name ("SPD", "A MD KEB"). */
function isDegreeBehind(words: readonly string[]): boolean {
  const letters = lettersOf(words);
  const [first = ''] = words;
  if (UNMISTAKABLE.has(letters)) {
    return words.length === 1 || first.length <= 2 || UNMISTAKABLE.has(letterOf(words, 0));
  }
  if (!DEGREES.has(letters)) return false;
  // "SIP." may be a name at the end of a sentence.
  if (words.length === 1) return letters.length === 2 && first.endsWith('.');
  return words.slice(0, -1).every((word) => word.endsWith('.'));
}

// ---- MUHAMMAD is one name in a score of spellings, MOCHAMAD and MOHAMMED among them. ----

const SPELLINGS_OF_MUHAMMAD = /^M(?:OE|[OU])C?HAM+[AE]D/;

const withMuhammad = (letters: string): string =>
  letters.startsWith('M') ? letters.replace(SPELLINGS_OF_MUHAMMAD, 'MUHAMMAD') : letters;
