import { type CivilDate, civilDateAt } from '../core/dates.ts';
import type { Facts } from '../core/facts.ts';
import { regionNumber, utcOffsetHours } from '../core/regions.ts';
import { statusNumber } from '../core/status.ts';
import { AGE_UNKNOWN, ageOf } from '../intake/dates.ts';
import type { UpstreamResident } from '../intake/dukcapil/response.ts';
import type { Asked } from '../registry/asked.ts';
import type { Finding } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import { foundOf, storedFacts } from '../registry/row.ts';
import { tagsOf } from '../registry/tags.ts';
import type { Rules } from './check.ts';

/** What is known of somebody whom the caller named by the NIK alone: that he is recorded. */
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

/** Whether there is something to lift. */
export function isOpen({ facts }: Finding): boolean {
  const found = foundOf(facts);
  return found.kind === 'NOT_FOUND' || (found.kind === 'RESIDENT' && found.facts.status === 'UNKNOWN');
}

/** The finding with what the service tells; null where the caller may not be told, or it tells nothing better. */
export function liftedBy(
  resident: UpstreamResident,
  { asked, finding }: { asked: Asked; finding: Finding },
  { keys, rules }: { keys: RegistryKeys; rules: Rules },
): Finding | null {
  if (resident.isRecorded !== true || !isWithin(resident.region, asked)) return null;
  const proofs = tagsOf(keys, resident.nik, { name: resident.name ?? undefined, kk: resident.kk ?? undefined });
  const nameMatches = asked.nameProof === null ? null : asked.nameProof === proofs.nameProof;
  const kkMatches = asked.kkProof === null ? null : asked.kkProof === proofs.kkProof;
  if (nameMatches === false || kkMatches === false) return null;
  const { facts, source } = finding;
  // Known but for the code: all else, and the date of it, stay those of the registry.
  if (facts !== null) {
    const isSample = finding.isSample ?? source === 'SAMPLE';
    return { ...finding, facts: { ...facts, status: statusNumber(BARELY.status) }, source: 'UPSTREAM', isSample };
  }
  const nowMs = rules.now();
  const today = rules.todayOverride ?? civilDateAt(nowMs, utcOffsetHours(resident.region));
  const told = nameMatches || kkMatches ? factsOf(resident, today, rules) : BARELY;
  return {
    facts: storedFacts(told),
    asOfMs: nowMs,
    sourceRegion: told.region,
    source: 'UPSTREAM',
    nameMatches,
    kkMatches,
    suketMatches: null,
  };
}

/** Who may see everything may see somebody whose region is not known. */
function isWithin(region: string | null, { claim, first, last }: Asked): boolean {
  if (region === null) return claim === null;
  const number = regionNumber(region);
  return number >= first && number <= last;
}

/** The 17th birthday is kept only where the rules still ask for it. */
function factsOf({ region, marital, tniPolri, born }: UpstreamResident, today: CivilDate, rules: Rules): Facts {
  const { date } = rules.election;
  const age = ageOf(born, today < date ? today : date, true) ?? AGE_UNKNOWN;
  return { ...BARELY, region, marital, tniPolri, ...age };
}
