import { addMonths, type CivilDate } from './dates.ts';

/** A Surat Keterangan on record. `issuedOn` is null where the office's book gives only the end. */
export type Suket = { issuedOn: CivilDate | null; validUntil: CivilDate };

/** Six months from issue to the same day (V, DG Dukcapil 471.13/10231 of 2016); an end in the export outweighs it. */
export const SUKET_VALID_MONTHS = 6;

/** The Suket on record, or null where neither day can be read: a paper without a date is not known to be valid. */
export function suketOf(issuedOn: CivilDate | null, endsOn: CivilDate | null): Suket | null {
  if (endsOn !== null) return { issuedOn, validUntil: endsOn };
  // The calendar ends in 9999, a year that forms write for "no date".
  if (issuedOn === null || issuedOn >= '9999-07') return null;
  return { issuedOn, validUntil: addMonths(issuedOn, SUKET_VALID_MONTHS) };
}

/** Valid on a day: its last day is not before it. */
export const suketValidOn = (suket: Suket, day: CivilDate): boolean => suket.validUntil >= day;
