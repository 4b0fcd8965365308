import { type Person, person } from '../support/exports.ts';
import { nikOf } from '../support/registry.ts';
import { type Asked, SOURCE_NAMES, SOURCES, type SourceName, STATUSES, WITH_SUKET } from './oracle.ts';
import type { Random } from './random.ts';

// Who there is, and what is asked of them, by chance.

const RESIDENTS = 60;
const FIRST_STRANGER = 5_000;

const homeOf = (source: SourceName): number[] =>
  Array.from({ length: RESIDENTS }, (_, i) => SOURCE_NAMES.indexOf(source) * RESIDENTS + i);
export const RESIDENT_NIKS = SOURCE_NAMES.flatMap(homeOf).map(nikOf);

/** The rows of a copy: mostly what is known, with changes, residents that moved here, gaps and contradictions. */
export function personsOf(
  random: Random,
  rows: ReadonlyMap<string, { person: Person }>,
  source: SourceName,
  isFull: boolean,
) {
  const other = SOURCE_NAMES.find((name) => name !== source) as SourceName;
  const moved = random.shuffled(homeOf(other)).slice(0, random.between(0, 2));
  const home = random.shuffled(homeOf(source));
  const numbers = [...home.filter(() => !isFull || random.chance(0.93)).slice(0, isFull ? RESIDENTS : 6), ...moved];
  return numbers.flatMap((n): Person[] => {
    const known = rows.get(nikOf(n))?.person ?? person(n, { status: random.pick(STATUSES) });
    const suket = random.chance(0.2) ? WITH_SUKET : ';';
    const changed = isFull && random.chance(0.8) ? {} : { status: random.pick(STATUSES), suket };
    const one = { ...known, ...changed, region: SOURCES[source].cells };
    const isConflict = random.chance(0.02);
    return isConflict
      ? [one, { ...one, status: STATUSES[(STATUSES.indexOf(one.status) + 1) % STATUSES.length] as string }]
      : [one];
  });
}

/** More of its own region than of others, or misses in a row would pause a client. */
export function questionFor(random: Random, { region }: { region: string | null }): Asked {
  const own = SOURCE_NAMES.find((name) => name === region) ?? random.pick(SOURCE_NAMES);
  const source = random.chance(0.85) ? own : random.pick(SOURCE_NAMES);
  const n = random.chance(0.1) ? FIRST_STRANGER + random.between(0, 50) : random.pick(homeOf(source));
  const { nik, name, kk } = person(n);
  const asked: Asked = { nik };
  if (random.chance(0.4)) asked.name = random.chance(0.7) ? name : 'SITI AMINAH';
  if (random.chance(0.2)) asked.kk = random.chance(0.7) ? kk : person(n + 1).kk;
  return asked;
}

export function formFor(random: Random) {
  const { nik, name, kk } = person(random.between(0, SOURCE_NAMES.length * RESIDENTS - 1));
  const isRight = random.chance(0.9);
  const from = `10.${random.between(1, 250)}.${random.between(1, 250)}.7`;
  return { nik, second: isRight ? random.pick([name, kk]) : 'SITI AMINAH', isRight, from };
}
