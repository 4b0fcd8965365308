import type { SampleCalendar } from './sample-days.ts';
import { MOVED_FROM } from './sample-names.ts';

/** Murmur's finaliser: spreads 32 bits over 32 bits. The only "chance" of the sample. */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

const DISTRICTS = 40;
/** Within twelve rows stand a family of three, one of four and one of five. */
const FAMILY_OF_TWELVE = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2] as const;
const MEMBER_OF_TWELVE = [0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3, 4] as const;
const MAX_FAMILY_SIZE = 5;

/** Serials 9000–9999 are nobody's; 9000–9009 are the sandbox's, the rest ten blocks of 99. */
const FIRST_SERIAL = 9010;
const SERIALS_PER_BLOCK = 99;
const SEX_AND_SERIAL = 2 * SERIALS_PER_BLOCK;
const KK_SERIALS = 990;

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

type SampleFamily = {
  number: number;
  kk: string;
  /** 1–40, of residence. */
  district: number;
  /** Families of this district before this one. */
  round: number;
  /** The same for all members. */
  hash: number;
};

export type SamplePerson = {
  nik: string;
  family: SampleFamily;
  woman: boolean;
  /** Number of the day of birth. */
  born: number;
  movedIn: boolean;
};

/**
 * Who stands in a row. From the index come family and district, and the rest of the index is shuffled into birth date, sex
 * and serial, so that no NIK comes twice below some fifty million rows (minors included).
 */
export function createPerson(
  { days, adults, minors }: SampleCalendar,
  seed: number,
): (index: number, minor: boolean, hash: number) => SamplePerson {
  const firstKk = days.numberOf('2006-01-01');
  const kkDays = days.numberOf('2017-12-31') - firstKk + 1;
  const districtCodes = Array.from({ length: DISTRICTS + 1 }, (_, i) => `3201${i < 10 ? '0' : ''}${i}`);
  const key = mix(seed ^ 0x5eed);

  const createFamily = (number: number): SampleFamily => {
    const round = Math.floor(number / DISTRICTS);
    const district = 1 + ((number + (mix(round ^ key) % DISTRICTS)) % DISTRICTS);
    const [day, serial] = shuffled(round, kkDays, KK_SERIALS, key - district);
    const kk = `${districtCodes[district]}${days.digits[firstKk + day]}${FIRST_SERIAL + serial}`;
    return { number, kk, district, round, hash: mix(number ^ key) };
  };
  let family = createFamily(0);

  return (index, minor, hash) => {
    const ofTwelve = index % 12;
    const familyNumber = 3 * Math.floor(index / 12) + (FAMILY_OF_TWELVE[ofTwelve] as number);
    if (familyNumber !== family.number) family = createFamily(familyNumber);
    const withinDistrict = family.round * MAX_FAMILY_SIZE + (MEMBER_OF_TWELVE[ofTwelve] as number);

    const slots = minor ? minors : adults;
    const [slotIndex, sexAndSerial] = shuffled(withinDistrict, slots.length, SEX_AND_SERIAL, key + family.district);
    const slot = slots[slotIndex] as number;
    const bornByNik = Math.floor(slot / 10);
    const woman = sexAndSerial >= SERIALS_PER_BLOCK;
    const serial = FIRST_SERIAL + (slot % 10) * SERIALS_PER_BLOCK + (sexAndSerial % SERIALS_PER_BLOCK);

    const movedIn = hash % 50 === 0;
    const prefix = movedIn ? (MOVED_FROM[family.district - 1] as readonly string[])[0] : districtCodes[family.district];
    // A birth date corrected later does not change the NIK (PP 37/2007 art. 37, V).
    const born = hash % 199 === 1 ? Math.max(0, bornByNik - 1 - (hash % 400)) : bornByNik;
    return { nik: `${prefix}${(woman ? days.womenDigits : days.digits)[bornByNik]}${serial}`, family, woman, born, movedIn };
  };
}
