import type { CivilDate } from './dates.ts';
import type { Status } from './status.ts';
import type { Suket } from './suket.ts';

export type Marital = 'NEVER' | 'IS_OR_WAS' | 'UNKNOWN';
export type Nationality = 'CITIZEN' | 'FOREIGN' | 'UNCLEAR';

/** All that `decide()` reads and the registry stores about one resident: no birth date, name, sex or address. */
export type Facts = {
  status: Status;
  /** Dotted code; null where province or regency is missing or not of 2018. */
  region: string | null;
  suket: Suket | null;
  /** The 17th birthday where it lies after the date of the copy; null = of age by then, or `birthDateUnknown`. */
  ofAgeOn: CivilDate | null;
  birthDateUnknown: boolean;
  marital: Marital;
  nationality: Nationality;
  tniPolri: boolean;
  deceased: boolean;
  inactive: boolean;
  /** TGL_CETAK_KTP set or COUNT_KTP > 0. */
  olderCard: boolean;
};

/** What the registry has under a NIK. */
export type Found = { kind: 'RESIDENT'; facts: Facts } | { kind: 'NOT_FOUND' } | { kind: 'CONFLICTING_RECORDS' };
