import { isWithin } from '../access/grant.ts';
import { civilDateAt } from '../core/dates.ts';
import type { Facts } from '../core/facts.ts';
import { utcOffsetHours } from '../core/regions.ts';
import { statusNumber } from '../core/status.ts';
import { AGE_UNKNOWN, ageOf } from '../intake/dates.ts';
import type { UpstreamResident } from '../intake/dukcapil/response.ts';
import type { Asked } from '../registry/asked.ts';
import type { Finding } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import { foundOf, storedFacts } from '../registry/row.ts';
import { tagsOf } from '../registry/tags.ts';
import type { Rules } from './check.ts';

/** All that is told of somebody whom the caller named by the NIK alone: that he is recorded. */
const BARELY: Facts = {
  // It tells no code. This one is recorded, at the centre, without a problem; no answer shows it.
  status: 'RECEIVED_AT_CENTRAL',
  region: null,
  suket: null,
  ...AGE_UNKNOWN,
  marital: 'UNKNOWN',
  nationality: 'CITIZEN',
  tniPolri: false,
  deceased: false,
  inactive: false,
  olderCard: false,
};

/** Whether there is something to lift: a miss, or a status code that is not known. */
export function isOpen({ facts }: Finding): boolean {
  const found = foundOf(facts);
  return found.kind === 'NOT_FOUND' || (found.kind === 'RESIDENT' && found.facts.status === 'UNKNOWN');
}

/** The finding with what the service tells; null where `asked` may not be told it, or it says nothing better. */
export function liftedBy(
  resident: UpstreamResident,
  { asked, finding }: { asked: Asked; finding: Finding },
  { keys, rules }: { keys: RegistryKeys; rules: Rules },
): Finding | null {
  const { nik, name, kk, region } = resident;
  const isSeen = asked.claim === null || (region !== null && isWithin(region, asked.claim));
  if (resident.ektp !== 'RECORDED' || !isSeen) return null;
  const proofs = tagsOf(keys, nik, { name: name ?? undefined, kk: kk ?? undefined });
  const nameMatches = asked.nameProof === null ? null : asked.nameProof === proofs.nameProof;
  const kkMatches = asked.kkProof === null ? null : asked.kkProof === proofs.kkProof;
  if (nameMatches === false || kkMatches === false) return null;
  const { facts, source, isSample = source === 'SAMPLE' } = finding;
  // Known but for the code: all else, and the date of it, stay those of the registry.
  if (facts !== null)
    return { ...finding, facts: { ...facts, status: statusNumber(BARELY.status) }, source: 'UPSTREAM', isSample };
  const asOfMs = rules.now();
  const told = nameMatches || kkMatches ? factsOf(resident, rules) : BARELY;
  const matches = { nameMatches, kkMatches, suketMatches: null };
  return { facts: storedFacts(told), asOfMs, sourceRegion: told.region, source: 'UPSTREAM', ...matches };
}

/** The 17th birthday is kept only where the rules still ask for it. */
function factsOf({ region, marital, tniPolri, born }: UpstreamResident, rules: Rules): Facts {
  const today = rules.todayOverride ?? civilDateAt(rules.now(), utcOffsetHours(region));
  const isOver = today > rules.election.date;
  const age = ageOf(born, isOver ? rules.election.date : today, true) ?? AGE_UNKNOWN;
  return { ...BARELY, region, marital, tniPolri, ...age };
}
