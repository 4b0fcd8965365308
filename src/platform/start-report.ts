import type { Rules } from '../checks/check.ts';
import { civilDateAt } from '../core/dates.ts';
import { utcOffsetHours } from '../core/regions.ts';
import { registryState, sampleDate } from '../registry/readiness.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Sql } from '../registry/sql.ts';

/** What the operator should see at the start: of when each copy is, and whether polling day is over. */
export async function startReport(sql: Sql, keys: RegistryKeys, rules: Rules): Promise<string[]> {
  const { election, todayOverride, now } = rules;
  const { copies } = await registryState(sql, keys, now());
  const lines = copies.map(({ source, asOf, fullAsOf }) => {
    const full = fullAsOf === null ? 'never whole' : `last whole as of ${fullAsOf}`;
    return `Copy of ${source} as of ${asOf}${fullAsOf === asOf ? '' : `, ${full}`}`;
  });
  if (lines.length === 0) lines.push('The registry holds no copy yet: nobody is found in it');
  const counted = todayOverride ?? (await sampleDate(sql).catch(() => null));
  const today = counted ?? civilDateAt(now(), utcOffsetHours(null));
  const over = today > election.date ? ', which is over: answers list no actions' : '';
  const why = counted === null ? '' : ' by setting or sample';
  return [...lines, `Polling day of ${election.id} is ${election.date}${over}; today is ${today}${why}`];
}
