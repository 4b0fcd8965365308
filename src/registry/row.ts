import type { CivilDate } from '../core/dates.ts';
import type { Facts, Found, Marital, Nationality } from '../core/facts.ts';
import { regionNumber, regionOfNumber } from '../core/regions.ts';
import { statusNumber, statusOfNumber } from '../core/status.ts';
import { suketOf } from '../core/suket.ts';

/** Bits of `residents.flags`. Append only: they are stored. */
export const FLAG = {
  IS_OR_WAS_MARRIED: 1,
  MARITAL_UNKNOWN: 2,
  BIRTH_DATE_UNKNOWN: 4,
  FOREIGN: 8,
  NATIONALITY_UNCLEAR: 16,
  TNI_POLRI: 32,
  DECEASED: 64,
  INACTIVE: 128,
  OLDER_CARD: 256,
  CONFLICT: 512,
  ABSENT: 1024,
  /** The last full copy has a row of this resident that was rejected: what stands here is of an older copy. */
  KEPT: 2048,
  /** A later copy had the same row, and the row before is in the change log: to confirm it once more is not logged. */
  CONFIRMED: 4096,
} as const;

/** The facts of a resident as columns of the registry: numbers, flags and three dates. */
export type StoredFacts = {
  /** PPKKCCVVVV, null where unknown. */
  region: number | null;
  status: number;
  flags: number;
  suketIssued: CivilDate | null;
  suketEnds: CivilDate | null;
  ofAgeOn: CivilDate | null;
};

/** The facts of a resident's row, as columns; the order is that of the binary COPY of an import. */
export const FACT_COLUMNS = [
  'name_proof',
  'kk_proof',
  'suket_proof',
  'region',
  'suket_issued',
  'suket_ends',
  'of_age_on',
  'status',
  'flags',
] as const;

export function storedFacts(facts: Facts): StoredFacts {
  return {
    region: facts.region === null ? null : regionNumber(facts.region),
    status: statusNumber(facts.status),
    flags: flagsOf(facts),
    suketIssued: facts.suket?.issuedOn ?? null,
    suketEnds: facts.suket?.validUntil ?? null,
    ofAgeOn: facts.ofAgeOn,
  };
}

function flagsOf(facts: Facts): number {
  return (
    (facts.marital === 'IS_OR_WAS' ? FLAG.IS_OR_WAS_MARRIED : 0) |
    (facts.marital === 'UNKNOWN' ? FLAG.MARITAL_UNKNOWN : 0) |
    (facts.birthDateUnknown ? FLAG.BIRTH_DATE_UNKNOWN : 0) |
    (facts.nationality === 'FOREIGN' ? FLAG.FOREIGN : 0) |
    (facts.nationality === 'UNCLEAR' ? FLAG.NATIONALITY_UNCLEAR : 0) |
    (facts.tniPolri ? FLAG.TNI_POLRI : 0) |
    (facts.deceased ? FLAG.DECEASED : 0) |
    (facts.inactive ? FLAG.INACTIVE : 0) |
    (facts.olderCard ? FLAG.OLDER_CARD : 0)
  );
}

/** What a stored row says; null is a row that is not there. Absent from the last full copy counts as not found. */
export function foundOf(row: StoredFacts | null): Found {
  if (row === null || row.flags & FLAG.ABSENT) return { kind: 'NOT_FOUND' };
  if (row.flags & FLAG.CONFLICT) return { kind: 'CONFLICTING_RECORDS' };
  const has = (flag: number): boolean => (row.flags & flag) !== 0;
  let marital: Marital = has(FLAG.MARITAL_UNKNOWN) ? 'UNKNOWN' : 'NEVER';
  if (has(FLAG.IS_OR_WAS_MARRIED)) marital = 'IS_OR_WAS';
  let nationality: Nationality = has(FLAG.NATIONALITY_UNCLEAR) ? 'UNCLEAR' : 'CITIZEN';
  if (has(FLAG.FOREIGN)) nationality = 'FOREIGN';
  return {
    kind: 'RESIDENT',
    facts: {
      status: statusOfNumber(row.status),
      region: row.region === null ? null : regionOfNumber(row.region),
      suket: suketOf(row.suketIssued, row.suketEnds),
      ofAgeOn: row.ofAgeOn,
      birthDateUnknown: has(FLAG.BIRTH_DATE_UNKNOWN),
      marital,
      nationality,
      tniPolri: has(FLAG.TNI_POLRI),
      deceased: has(FLAG.DECEASED),
      inactive: has(FLAG.INACTIVE),
      olderCard: has(FLAG.OLDER_CARD),
    },
  };
}
