/**
 * A synthetic SIAK export of Kabupaten Bogor (32.01) of any size, in the proportions of 12 January 2018 (V). Every row
 * follows from the seed and its index alone: no chance, no clock. All NIKs and KKs have serials that are nobody's.
 */
import { createSampleCalendar, monthsLater, type SampleCalendar } from './sample-days.ts';
import {
  BIRTH_PLACES,
  DEGREES,
  MEN_LAST,
  MEN_NAMES,
  MEN_TITLES,
  MOVED_FROM,
  placesOf,
  WOMEN_LAST,
  WOMEN_NAMES,
  WOMEN_TITLES,
} from './sample-names.ts';
import { createPerson, mix } from './sample-person.ts';
import { SANDBOX, SANDBOX_ROWS } from './sample-sandbox.ts';

export { SANDBOX };

/** The date of the copy the sample stands for. */
export const SAMPLE_AS_OF = '2018-01-12T17:00:00+07:00';

/** The article's figures (V): residents who must hold a card, those of them recorded, those with a printed one. */
export const SAMPLE_FIGURES = { mustHold: 4_900_000, recorded: 3_278_884, printed: 2_917_766 } as const;

const COLUMNS =
  'NIK;NO_KK;NAMA_LGKP;TMPT_LHR;TGL_LHR;JENIS_KLMIN;AGAMA;STAT_KWN;JENIS_PKRJN;ALAMAT;NO_PROP;NO_KAB;NO_KEC;NO_KEL;' +
  'STAT_HIDUP;KEBANGSAAN;FLAG_STATUS;TGL_CETAK_KTP;COUNT_KTP;EKTP_CURRENT_STATUS_CODE;NO_SUKET;TGL_SUKET;TGL_AKHIR_SUKET';
const EOL = '\r\n';
const CHUNK_LENGTH = 65_536;
const GOLDEN_RATIO = 0.6180339887498949;

/** Values by weight, as a table to draw from. */
const weighted = (weights: Record<string, number>): readonly string[] =>
  Object.entries(weights).flatMap(([value, weight]) => Array<string>(weight).fill(value));

/** Our guess at how the recorded but unprinted were spread (I): most of them print-ready. One in fifty spelt otherwise. */
const RECORDED = weighted({
  PRINT_READY_RECORD: 440,
  'Print Ready Record': 10,
  PRR: 10,
  SENT_FOR_CARD_PRINTING: 120,
  SENT_FOR_ENROLLMENT: 90,
  DUPLICATE_RECORD: 90,
  BIO_CAPTURED: 60,
  PROCESSING: 50,
  RECEIVED_AT_CENTRAL: 40,
  ENROLL_FAILURE_AT_CENTRAL: 40,
  ENROLL_FAILURE_AT_REGIONAL: 20,
  ADJUDICATE_RECORD: 15,
  SEARCH_FAILURE_AT_CENTRAL: 10,
  REQUEST_VALIDATION: 5,
});
const PRINTED = weighted({ CARD_ISSUED: 78, CARD_PRINTED: 12, CARD_SHIPPED: 9, 'Card Shipped': 1 });
const RELIGIONS = weighted({ 1: 95, 2: 2, 3: 1, 5: 1, 6: 1 });
const SINGLE_FEW = weighted({ 1: 8, 2: 84, 3: 3, 4: 5 });
const SINGLE_HALF = weighted({ 1: 50, 2: 47, 3: 2, 4: 1 });
const WORK_OF_MEN = weighted({ 1: 18, 4: 4, 5: 6, 8: 4, 9: 24, 15: 70, 19: 40, 88: 34 });
const WORK_OF_WOMEN = weighted({ 1: 14, 2: 128, 4: 2, 5: 6, 9: 6, 15: 24, 19: 8, 88: 12 });
const CITIZEN = weighted({ INDONESIA: 12, WNI: 3, '-': 2, '0': 1, '': 6 });
const FOREIGN = ['MALAYSIA', 'JEPANG', 'BELANDA', 'INDIA'] as const;

const pick = <Value>(values: readonly Value[], hash: number): Value => values[hash % values.length] as Value;

/** The first line, its end included. */
export const sampleHeader = (): string => COLUMNS + EOL;

/**
 * Rows of the sample as chunks of some 64 KiB: `rows` of them from row `fromRow` on, so that slices add up to the whole.
 * The first rows are the sandbox, whole even where fewer rows are asked for.
 */
export function* sampleRows(options: { rows: number; seed?: number; fromRow?: number }): Generator<string> {
  const { rows, seed = 2018, fromRow = 0 } = options;
  const row = createRow(seed);
  const end = Math.max(fromRow + rows, fromRow === 0 ? SANDBOX_ROWS.length : 0);
  let chunk = '';
  for (let index = fromRow; index < end; index += 1) {
    chunk += index < SANDBOX_ROWS.length ? SANDBOX_ROWS[index] + EOL : row(index);
    if (chunk.length >= CHUNK_LENGTH) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/** Made at the first use and the same for every seed. */
let tables: { calendar: SampleCalendar; places: readonly (readonly string[])[] } | undefined;

function createRow(seed: number): (index: number) => string {
  tables ??= { calendar: createSampleCalendar(), places: Array.from({ length: 41 }, (_, district) => placesOf(district)) };
  const { calendar, places } = tables;
  const { days } = calendar;
  const person = createPerson(calendar, seed);
  const key = mix(seed);
  const offset = key / 2 ** 32;
  const recordedShare = SAMPLE_FIGURES.recorded / SAMPLE_FIGURES.mustHold;
  const printedShare = SAMPLE_FIGURES.printed / SAMPLE_FIGURES.mustHold;
  const [firstPrint, lastPrint] = [days.numberOf('2012-02-01'), days.numberOf('2018-01-11')];
  const printedOn = (hash: number): string => days.text[firstPrint + (hash % (lastPrint - firstPrint))] as string;
  const [firstSuket, backlog] = [days.numberOf('2017-07-12'), days.numberOf('2017-12-27')];

  /** NO_SUKET, TGL_SUKET, TGL_AKHIR_SUKET of a third; those from before 27 December run out before polling day. */
  const suket = (hash: number): string => {
    if (hash % 3 !== 0) return ';;';
    const late = (hash >>> 4) % 5 < 2;
    const issued = late ? backlog + ((hash >>> 8) % 16) : firstSuket + ((hash >>> 8) % (backlog - firstSuket));
    const text = days.text[issued] as string;
    const end = (hash >>> 12) % 20 === 0 ? monthsLater(text, (hash >>> 17) % 4 === 0 ? 3 : 6) : '';
    return `471.13/${1 + ((hash >>> 5) % 9999)}/DISDUKCAPIL/${text.slice(6)};${text};${end}`;
  };

  /** From TGL_CETAK_KTP on. `place` runs evenly through 0–1, which keeps the proportions exact at every size. */
  const papers = (place: number, hash: number): string => {
    if (place < printedShare) {
      return `${printedOn(hash)};${hash % 25 === 0 ? 2 : 1};${pick(PRINTED, hash >>> 5)};;;`;
    }
    if (place >= recordedShare) return `;${hash % 3 === 0 ? '' : '0'};${hash % 5 < 2 ? 'UNREGISTERED' : ''};;;`;
    const code = RECORDED[Math.floor(((place - printedShare) / (recordedShare - printedShare)) * RECORDED.length)];
    return `${hash % 40 === 7 ? `${printedOn(hash)};1` : ';0'};${code};${suket(mix(hash))}`;
  };

  return (index) => {
    const place = (offset + index * GOLDEN_RATIO) % 1;
    const hash = mix(index ^ key);
    const more = mix(hash ^ 0x2545f491);
    const minor = place >= recordedShare && hash % 32 === 0;
    const who = person(index, minor, hash);
    const { nik, family, woman, born } = who;
    const year = days.year[born] as number;
    const from = who.movedIn ? (MOVED_FROM[family.district - 1] as readonly string[])[1] : pick(BIRTH_PLACES, more >>> 7);
    const birth = hash % 4001 === 2 ? '00-00-0000' : days.text[born];
    const home = pick(places[family.district] as readonly string[], family.hash);
    const alive = hash % 1009 === 3 ? 'MENINGGAL' : 'HIDUP';
    const nationality = hash % 4999 === 4 ? pick(FOREIGN, more) : pick(CITIZEN, hash >>> 8);
    const flag = hash % 1999 === 5 ? 2 : 0;
    const identity = `${nik};${family.kk};${nameOf(woman, year, more)};${from};${birth};${woman ? 2 : 1}`;
    const social = `${pick(RELIGIONS, family.hash)};${socialOf(woman, year, minor, more)};${home}`;
    return `${identity};${social};${alive};${nationality};${flag};${papers(place, more)}${EOL}`;
  };
}

function nameOf(woman: boolean, year: number, hash: number): string {
  const name = woman ? pick(WOMEN_NAMES, hash) : pick(MEN_NAMES, hash);
  const full = (hash >>> 11) % 4 === 0 ? `${name} ${pick(woman ? WOMEN_LAST : MEN_LAST, hash >>> 13)}` : name;
  const title = (hash >>> 16) % 40;
  if (title === 0 && year < 1975) return pick(woman ? WOMEN_TITLES : MEN_TITLES, hash >>> 22) + full;
  return title === 1 && year < 1995 ? full + pick(DEGREES, hash >>> 22) : full;
}

/** `STAT_KWN;JENIS_PKRJN`. */
function socialOf(woman: boolean, year: number, minor: boolean, hash: number): string {
  if (minor) return `${hash % 64 === 1 ? 2 : 1};3`;
  if (year > 1998) return `${hash % 9 === 1 ? 2 : 1};${hash % 4 === 2 ? 15 : 3}`;
  const marital = hash % 2003 === 6 ? '' : pick(year < 1990 ? SINGLE_FEW : SINGLE_HALF, hash >>> 9);
  if (hash % 293 === 8) return `${marital};${(hash >>> 10) % 3 === 0 ? 7 : 6}`;
  return `${marital};${pick(woman ? WORK_OF_WOMEN : WORK_OF_MEN, hash >>> 3)}`;
}
