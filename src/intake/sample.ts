/** A synthetic SIAK export of Kabupaten Bogor in January 2018 (V). Rows follow from seed and index alone. */
import { addMonths, type CivilDate, daysLater } from '../core/dates.ts';
import { BIRTH_PLACES, homeOf, MOVED_FROM, nameOf, pick, weighted } from './sample-names.ts';
import { SANDBOX, SANDBOX_ROWS } from './sample-sandbox.ts';

export { SANDBOX };

export const SAMPLE_AS_OF = '2018-01-12T17:00:00+07:00';

/** The article's figures (V): residents who must hold a card, those of them recorded, those with a printed one. */
export const SAMPLE_FIGURES = { mustHold: 4_900_000, recorded: 3_278_884, printed: 2_917_766 } as const;
const { mustHold, recorded, printed } = SAMPLE_FIGURES;

const COLUMNS =
  'NIK;NO_KK;NAMA_LGKP;TMPT_LHR;TGL_LHR;JENIS_KLMIN;AGAMA;STAT_KWN;JENIS_PKRJN;ALAMAT;NO_PROP;NO_KAB;NO_KEC;NO_KEL;' +
  'STAT_HIDUP;KEBANGSAAN;FLAG_STATUS;TGL_CETAK_KTP;COUNT_KTP;EKTP_CURRENT_STATUS_CODE;NO_SUKET;TGL_SUKET;' +
  'TGL_AKHIR_SUKET';
const EOL = '\r\n';
export const sampleHeader = (): string => COLUMNS + EOL;

/** Rows from `fromRow` on, in chunks of some 64 KiB. The sandbox comes first, whole even where fewer are asked for. */
export function* sampleRows(options: { rows: number; seed?: number; fromRow?: number }): Generator<string> {
  const { rows, seed = 2018, fromRow = 0 } = options;
  const row = createRow(seed);
  const end = Math.max(fromRow + rows, fromRow === 0 ? SANDBOX_ROWS.length : 0);
  let chunk = '';
  for (let index = fromRow; index < end; index += 1) {
    chunk += (SANDBOX_ROWS[index] ?? row(index)) + EOL;
    if (chunk.length >= 65_536) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/** Our guess at how the recorded but unprinted were spread (I): most print-ready, one in fifty spelt otherwise. */
const RECORDED = weighted(`PRINT_READY_RECORD:440, Print Ready Record:10, PRR:10, SENT_FOR_CARD_PRINTING:120,
  SENT_FOR_ENROLLMENT:90, DUPLICATE_RECORD:90, BIO_CAPTURED:60, PROCESSING:50, RECEIVED_AT_CENTRAL:40,
  ENROLL_FAILURE_AT_CENTRAL:40, ENROLL_FAILURE_AT_REGIONAL:20, ADJUDICATE_RECORD:15, SEARCH_FAILURE_AT_CENTRAL:10,
  REQUEST_VALIDATION:5`);
const PRINTED = weighted('CARD_ISSUED:78, CARD_PRINTED:12, CARD_SHIPPED:9, Card Shipped:1');
const RELIGIONS = weighted('1:95, 2:2, 3:1, 5:1, 6:1');
const SINGLE_FEW = weighted('1:8, 2:84, 3:3, 4:5');
const SINGLE_HALF = weighted('1:50, 2:47, 3:2, 4:1');
const WORK_OF_MEN = weighted('1:18, 4:4, 5:6, 8:4, 9:24, 15:70, 19:40, 88:34');
const WORK_OF_WOMEN = weighted('1:14, 2:128, 4:2, 5:6, 9:6, 15:24, 19:8, 88:12');
const CITIZEN = weighted('0:1, INDONESIA:12, WNI:3, -:2, :6');
const FOREIGN = ['MALAYSIA', 'JEPANG', 'BELANDA', 'INDIA'] as const;

/** Serials 9000–9999 are nobody's; 9000–9009 are the sandbox's, the rest ten blocks of 99, beginning with these. */
const BLOCKS = [9010, 9109, 9208, 9307, 9406, 9505, 9604, 9703, 9802, 9901] as const;
const BLOCK = 99;
/** How many of the blocks the days of the 1930s, the 1940s … fill. */
const PYRAMID = [1, 2, 4, 6, 8, 9, 10, 10] as const;
const KK_DAYS = daysBetween('2006-01-01', '2018-01-01');
const PRINT_DAYS = daysBetween('2012-02-01', '2018-01-11');
const SUKET_DAYS = daysBetween('2017-07-12', '2017-12-27');
const LATE_SUKET_DAYS = daysBetween('2017-12-27', '2018-01-12');
const DISTRICTS = 40;
/** Within twelve rows stand a family of three, one of four and one of five. */
const FAMILY_OF_TWELVE = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2] as const;
const MEMBER_OF_TWELVE = [0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3, 4] as const;
const GOLDEN_RATIO = 0.6180339887498949;

/** Days of birth: a day stands once for each block of serials it fills, so that full years are met more often. */
const birthsBetween = (first: string, end: string) =>
  daysBetween(first, end).flatMap((day) =>
    BLOCKS.slice(0, PYRAMID[Math.floor((day.year - 1930) / 10)]).map((block) => ({ day, block })),
  );

/** What the members of a family, whose rows follow each other, have in common. */
function familyOf(number: number, key: number) {
  const hash = mix(number ^ key);
  const round = Math.floor(number / DISTRICTS);
  const district = 1 + ((number + (mix(round ^ key) % DISTRICTS)) % DISTRICTS);
  const [day, serial] = shuffled(round, KK_DAYS.length, 10 * BLOCK, key - district);
  const kk = `${320_100 + district}${KK_DAYS[day]?.digits}${BLOCKS[0] + serial}`;
  return { number, round, district, kk, religion: pick(RELIGIONS, hash), home: homeOf(district, hash) };
}

/** Family and district follow from the index, the rest is shuffled into birth date, sex, serial: all NIKs differ. */
function createRow(seed: number): (index: number) => string {
  const adults = birthsBetween('1930-01-01', '2001-06-28');
  const minors = birthsBetween('2001-06-28', '2004-01-01');
  const key = mix(seed);
  const personKey = mix(seed ^ 0x5eed);
  let family = familyOf(0, personKey);

  return (index) => {
    const hash = mix(index ^ key);
    const more = mix(hash ^ 0x2545f491);
    // Evenly spread: exact proportions at any size.
    const place = ((key / 2 ** 32 + index * GOLDEN_RATIO) % 1) * mustHold;
    const familyNumber = 3 * Math.floor(index / 12) + (FAMILY_OF_TWELVE[index % 12] as number);
    if (familyNumber !== family.number) family = familyOf(familyNumber, personKey);
    const { round, district, kk, religion, home } = family;
    const minor = place >= recorded && hash % 32 === 0;
    const number = 5 * round + (MEMBER_OF_TWELVE[index % 12] as number);
    const births = minor ? minors : adults;
    const [birth, sexAndSerial] = shuffled(number, births.length, 2 * BLOCK, personKey + district);
    const { day, block } = births[birth] as (typeof births)[number];
    const woman = sexAndSerial >= BLOCK;
    const movedFrom = hash % 50 === 0 ? MOVED_FROM[district - 1] : undefined;
    const serial = block + (sexAndSerial % BLOCK);
    const nik = `${movedFrom?.code ?? 320_100 + district}${woman ? day.womanDigits : day.digits}${serial}`;
    // A birth date corrected later does not change the NIK (PP 37/2007 art. 37, V).
    const corrected = hash % 199 === 1 ? dayOf(daysLater(day.iso, -1 - (hash % 400))) : day;
    const { year, text } = corrected.year < 1930 ? dayOf('1930-01-01' as CivilDate) : corrected;
    const birthPlace = movedFrom?.place ?? pick(BIRTH_PLACES, more >>> 7);
    const birthDate = hash % 4001 === 2 ? '00-00-0000' : text;
    const nationality = hash % 4999 === 4 ? pick(FOREIGN, more) : pick(CITIZEN, hash >>> 8);
    const civil = `${hash % 1009 === 3 ? 'MENINGGAL' : 'HIDUP'};${nationality};${hash % 1999 === 5 ? 2 : 0}`;
    const identity = `${nik};${kk};${nameOf(woman, year, more)};${birthPlace};${birthDate};${woman ? 2 : 1}`;
    return `${identity};${religion};${socialOf(woman, year, minor, more)};${home};${civil};${papersOf(place, more)}`;
  };
}

function socialOf(woman: boolean, year: number, minor: boolean, hash: number): string {
  if (minor) return `${hash % 64 === 1 ? 2 : 1};3`;
  if (year > 1998) return `${hash % 9 === 1 ? 2 : 1};${hash % 4 === 2 ? 15 : 3}`;
  const marital = hash % 2003 === 6 ? '' : pick(year < 1990 ? SINGLE_FEW : SINGLE_HALF, hash >>> 9);
  if (hash % 293 === 8) return `${marital};${(hash >>> 10) % 3 === 0 ? 7 : 6}`;
  return `${marital};${pick(woman ? WORK_OF_WOMEN : WORK_OF_MEN, hash >>> 3)}`;
}

/** The columns from TGL_CETAK_KTP on. A third of the recorded have a Suket, late ones until polling day. */
function papersOf(place: number, hash: number): string {
  const print = pick(PRINT_DAYS, hash).text;
  if (place < printed) return `${print};${hash % 25 === 0 ? 2 : 1};${pick(PRINTED, hash >>> 5)};;;`;
  if (place >= recorded) return `;${hash % 3 === 0 ? '' : '0'};${hash % 5 < 2 ? 'UNREGISTERED' : ''};;;`;
  const code = RECORDED[Math.floor(((place - printed) / (recorded - printed)) * RECORDED.length)];
  const record = `${hash % 40 === 7 ? `${print};1` : ';0'};${code}`;
  const more = mix(hash);
  if (more % 3 !== 0) return `${record};;;`;
  const { iso, year, text } = pick((more >>> 4) % 5 < 2 ? LATE_SUKET_DAYS : SUKET_DAYS, more >>> 8);
  const end = (more >>> 12) % 20 === 0 ? dayOf(addMonths(iso, (more >>> 17) % 4 === 0 ? 3 : 6)).text : '';
  return `${record};471.13/${1 + ((more >>> 5) % 9999)}/DISDUKCAPIL/${year};${text};${end}`;
}

/** A day as exports write it, `dd-mm-yyyy`, and as NIKs and KKs have it, `ddmmyy`, where women's days are 40 more. */
function dayOf(iso: CivilDate) {
  const [year, month, day] = iso.split('-') as [string, string, string];
  const digits = day + month + year.slice(2);
  const womanDigits = `${Number(digits) + 400_000}`;
  return { iso, year: Number(year), text: `${day}-${month}-${year}`, digits, womanDigits };
}

function daysBetween(first: string, end: string) {
  const length = (Date.parse(end) - Date.parse(first)) / 86_400_000;
  return Array.from({ length }, (_, place) => dayOf(daysLater(first as CivilDate, place)));
}

/** Murmur's finaliser: spreads 32 bits over 32 bits. The only "chance" of the sample. */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A Feistel network over `left × right` instead of over bits: a bijection of the numbers below their product. */
function shuffled(number: number, left: number, right: number, key: number): [number, number] {
  let l = number % left;
  let r = Math.floor(number / left);
  for (let round = 0; round < 3; round += 1) {
    r = (r + (mix(l ^ (key + round)) % right)) % right;
    l = (l + (mix(r ^ (key + round + 0x9e3779b9)) % left)) % left;
  }
  return [l, r];
}
