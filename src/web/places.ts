import type { Contest, Election } from '../core/election.ts';
import { provinceName } from '../core/regions.ts';

/** `SIAU TAGULANDANG BIARO` as a reader writes it. */
const titleCase = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^kep\. /, 'kepulauan ')
    .replace(/(^|[^\p{L}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());

/** What a contest's office is of: `Jawa Barat` or `Bogor`, without the words Kabupaten and Kota. */
export const contestPlace = (contest: Contest): string =>
  contest.office === 'GOVERNOR'
    ? (provinceName(contest.region) ?? titleCase(contest.name))
    : titleCase(contest.name.replace(/^(KAB\.|KOTA) /, ''));

/**
 * `Kabupaten Bogor`. Null where the regency or city elects nobody itself: names are known from the contests only.
 */
export function regencyName(election: Election, region: string): string | null {
  const code = region.slice(0, 5);
  const contest = election.contests.find((each) => each.region === code && each.office !== 'GOVERNOR');
  return contest ? `${contest.office === 'MAYOR' ? 'Kota' : 'Kabupaten'} ${contestPlace(contest)}` : null;
}
