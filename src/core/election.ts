import type { CivilDate } from './dates.ts';
import { PILKADA_2018 } from './pilkada-2018.ts';

export type Office = 'GOVERNOR' | 'REGENT' | 'MAYOR';
/** One office to be elected: `region` is a province for a governor, else a regency or city. */
export type Contest = { region: string; office: Office; name: string };
export type Election = { id: string; date: CivilDate; contests: readonly Contest[] };

const ELECTIONS: readonly Election[] = [PILKADA_2018];

export const findElection = (id: string): Election | null => ELECTIONS.find((election) => election.id === id) ?? null;
export const ELECTION_IDS: readonly string[] = ELECTIONS.map((election) => election.id);

const byElection = new WeakMap<Election, Map<string, Contest[]>>();

/**
 * What a resident of a region votes for: the governor if his province is listed, the regent or mayor if his regency or
 * city is (UU 10/2016, V). Empty where neither votes that day.
 */
export function contestsOf(election: Election, region: string): Contest[] {
  const index = byElection.get(election) ?? Map.groupBy(election.contests, (contest) => contest.region);
  byElection.set(election, index);
  const local = region.length > 2 ? index.get(region.slice(0, 5)) : undefined;
  return [...(index.get(region.slice(0, 2)) ?? []), ...(local ?? [])];
}
