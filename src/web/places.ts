import type { Contest, Election } from '../core/election.ts';
import { provinceName } from '../core/regions.ts';

/** `KEP. SIAU TAGULANDANG BIARO` as a reader writes it. */
const titleCase = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\bkep\. /, 'kepulauan ')
    .replace(/^kab\. /, 'kabupaten ')
    .replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

/** What a contest's office is of: `Jawa Barat` or `Bogor`, without the words Kabupaten and Kota. */
export const contestPlace = ({ office, region, name }: Contest): string =>
  (office === 'GOVERNOR' && provinceName(region)) || titleCase(name.replace(/^(KAB\.|KOTA) /, ''));

/** `Kabupaten Bogor`. Null where the regency or city elects nobody itself: names are known from the contests only. */
export function regencyName(election: Election, region: string): string | null {
  const contest = election.contests.find((each) => each.region.length > 2 && region.startsWith(each.region));
  return contest ? titleCase(contest.name) : null;
}
