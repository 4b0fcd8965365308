import { setTimeout as sleep } from 'node:timers/promises';
import { formatInstant } from '../../src/core/dates.ts';
import { revokeClient } from '../../src/registry/clients.ts';
import { exportOf, importBytes, type Person, person } from '../support/exports.ts';
import { nikOf } from '../support/registry.ts';
import { createLedger } from './asking.ts';
import { judgeAudit } from './audit.ts';
import { type Caller, createChecks } from './checks.ts';
import { FAULTS, type FaultName, fail } from './faulting.ts';
import { createForm } from './form.ts';
import { createFindings, type Findings } from './invariants.ts';
import { createMany } from './many.ts';
import { type Asked, createHistory, SOURCE_NAMES, SOURCES, type SourceName, STATUSES, WITH_SUKET } from './oracle.ts';
import { createRandom, type Random } from './random.ts';
import type { World } from './world.ts';

const RESIDENTS = 60;
const FIRST_STRANGER = 5_000;
const FIRST_AS_OF_MS = Date.parse('2018-01-12T17:00:00+07:00');
const MINUTE_MS = 60_000;
const MAX_ROTATIONS = 50;
const KEPT_REVOKED = 6;
/** The list of clients is read, and a newer copy published, every five seconds. */
const LOOKED_AFTER_MS = 6_500;
const DRAIN_TIMEOUT_MS = 30_000;

/** It goes on until so many questions were asked, so long has passed and all faults came once. */
export type Length = { seed: number; operations: number; seconds: number };
export type Played = { findings: Findings; operations: number; seconds: number; faults: Record<FaultName, number> };

/** Plays a run: questions, changes and faults at once, then recovery, then the audit. */
export async function play(world: World, { seed, operations, seconds }: Length): Promise<Played> {
  const began = performance.now();
  const findings = createFindings();
  const ledger = createLedger(findings);
  const history = createHistory();
  const dependencies = { world, history, findings, ledger };
  const checks = createChecks(dependencies);
  const many = createMany(dependencies);
  const askForm = createForm(dependencies, checks.lookAtPublished);
  const callers = await openCallers(world);
  const revoked: Caller[] = [];
  const faults = Object.fromEntries(FAULTS.map((name) => [name, 0])) as Record<FaultName, number>;
  const asked = (): number =>
    ['checks', 'bulks', 'forms', 'lists read', 'lists made'].reduce((sum, name) => sum + findings.of(name), 0);
  let rounds = 0;
  const isOver = (): boolean => rounds > 0 && asked() >= operations && performance.now() - began >= seconds * 1_000;

  let copies = 0;
  const importCopy = async (random: Random, source: SourceName, isFull: boolean): Promise<void> => {
    copies += 1;
    const asOfMs = FIRST_AS_OF_MS + copies * MINUTE_MS;
    const persons = personsOf(random, history.now().rows, source, isFull);
    const state = history.begin({ source, asOfMs, isFull, persons });
    const options = { source, asOf: formatInstant(asOfMs, 7), partial: !isFull, maxLost: 1, maxUnreadable: 1 };
    const { dataset } = await importBytes(world, exportOf(persons), options);
    state.committed(dataset as number);
    findings.count(isFull ? 'imports' : 'partial imports');
  };
  const publish = async (): Promise<void> => {
    await world.publish();
    await checks.lookAtPublished();
    findings.count('publications');
  };

  const revoke = async (): Promise<void> => {
    const client = `gone-${findings.of('clients revoked')}`;
    await world.addClient(client);
    const caller: Caller = { client, region: null, authorization: await world.bearer(client) };
    revoked.push(caller);
    if (revoked.length > KEPT_REVOKED) revoked.shift();
    await sleep(500);
    caller.isRevoking = true;
    await revokeClient(world.sql, client);
    caller.revoked = { doneMs: performance.now(), doneAt: Date.now() };
    findings.count('clients revoked');
  };
  const rotate = async (): Promise<void> => {
    if (findings.of('keys rotated') === MAX_ROTATIONS) return;
    findings.count('keys rotated');
    await world.rotate();
    const fresh = await openCallers(world);
    for (const [i, { authorization }] of fresh.entries()) (callers[i] as Caller).authorization = authorization;
  };

  const asking = async (random: Random): Promise<void> => {
    while (!isOver()) {
      const burst = Array.from({ length: random.between(10, 70) }, () => {
        const caller = revoked.length > 0 && random.chance(0.06) ? random.pick(revoked) : random.pick(callers);
        return checks.ask(questionFor(random, caller), caller);
      });
      if (random.chance(0.5)) burst.push(askForm(formFor(random)));
      await Promise.all(burst);
      await sleep(random.between(20, 200));
    }
  };
  const askingMany = async (random: Random): Promise<void> => {
    while (!isOver()) {
      const caller = random.pick(callers);
      const all = callers[0] as Caller;
      const questions = Array.from({ length: random.between(5, 40) }, () => questionFor(random, caller));
      if (random.chance(0.5)) await many.bulk(questions, caller);
      else if (random.chance(0.25)) await many.make(random.shuffled(RESIDENT_NIKS).slice(0, 40), all);
      else await many.read(all, random.between(0, 99), random.chance(0.4));
      await sleep(random.between(20, 300));
    }
  };
  const changing = async (random: Random): Promise<void> => {
    const aside: Promise<void>[] = [];
    for (let turn = 0; !isOver(); turn += 1) {
      if (random.chance(0.6)) await importCopy(random, random.pick(SOURCE_NAMES), random.chance(0.4));
      if (random.chance(0.4)) await publish();
      if (turn === 0 || random.chance(0.1)) aside.push(revoke());
      if (turn === 1 || random.chance(0.03)) aside.push(rotate());
      await sleep(random.between(200, 900));
    }
    await Promise.all(aside);
  };
  /** Nothing fails until the server has looked after everything. */
  const beQuiet = async (): Promise<void> => {
    const beganMs = performance.now();
    await sleep(LOOKED_AFTER_MS);
    if (rounds === 0) history.wasQuiet(beganMs);
  };
  const failing = async (random: Random): Promise<void> => {
    for (; !isOver(); rounds += 1) {
      if (rounds % 8 === 0) await beQuiet();
      for (const name of random.shuffled(FAULTS)) {
        await fail(world, name, random);
        faults[name] += 1;
        await sleep(random.between(50, 300));
      }
    }
  };

  await askWithoutSnapshot(world, checks, findings);
  const random = createRandom(seed);
  for (const source of SOURCE_NAMES) await importCopy(random, source, true);
  await publish();
  // A server that has taken up that one must take up the next.
  await world.crash();
  await importCopy(random, '32.01', true);
  await publish();
  const streams = Array.from({ length: 5 }, (_, i) => createRandom(seed * 8 + i + 1)) as [
    Random,
    Random,
    Random,
    Random,
    Random,
  ];
  const [first, second, third, fourth, fifth] = streams;
  await Promise.all([asking(first), asking(second), askingMany(third), changing(fourth), failing(fifth)]);
  await recover(world, checks, callers[0] as Caller, findings);
  await judgeAudit(world, ledger, findings);
  return { findings, operations: asked(), seconds: (performance.now() - began) / 1_000, faults };
}

const homeOf = (source: SourceName): number[] =>
  Array.from({ length: RESIDENTS }, (_, i) => SOURCE_NAMES.indexOf(source) * RESIDENTS + i);
const RESIDENT_NIKS = SOURCE_NAMES.flatMap(homeOf).map(nikOf);

/** Who may ask, with tokens of the keys of now; the first sees every region. */
async function openCallers(world: World): Promise<Caller[]> {
  const regions = [null, '32', ...SOURCE_NAMES];
  return await Promise.all(
    regions.map(async (region, i) => {
      const client = `client-${i}`;
      await world.addClient(client);
      return { client, region, authorization: await world.bearer(client, region) };
    }),
  );
}

/** The rows of a copy: mostly what is known already, with changes, residents that moved here, gaps and contradictions. */
function personsOf(
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
function questionFor(random: Random, { region }: Caller): Asked {
  const own = SOURCE_NAMES.find((name) => name === region) ?? random.pick(SOURCE_NAMES);
  const source = random.chance(0.85) ? own : random.pick(SOURCE_NAMES);
  const n = random.chance(0.1) ? FIRST_STRANGER + random.between(0, 50) : random.pick(homeOf(source));
  const { nik, name, kk } = person(n);
  const asked: Asked = { nik };
  if (random.chance(0.4)) asked.name = random.chance(0.7) ? name : 'SITI AMINAH';
  if (random.chance(0.2)) asked.kk = random.chance(0.7) ? kk : person(n + 1).kk;
  return asked;
}

function formFor(random: Random) {
  const { nik, name, kk } = person(random.between(0, SOURCE_NAMES.length * RESIDENTS - 1));
  const isRight = random.chance(0.9);
  const from = `10.${random.between(1, 250)}.${random.between(1, 250)}.7`;
  return { nik, second: isRight ? random.pick([name, kk]) : 'SITI AMINAH', isRight, from };
}

/** Before there is a snapshot, and with no database: nothing is invented. */
async function askWithoutSnapshot(
  world: World,
  { ask }: ReturnType<typeof createChecks>,
  findings: Findings,
): Promise<void> {
  await world.addClient('early');
  const caller = { client: 'early', region: null, authorization: await world.bearer('early') };
  world.way.off();
  await Promise.all(Array.from({ length: 10 }, (_, n) => ask({ nik: nikOf(n) }, caller)));
  findings.count('503 without a snapshot', findings.of('503'));
  world.way.on();
  // The driver waits longer from try to try.
  for (let tries = 0; findings.of('answers of REGISTRY') === 0 && tries < 15; tries += 1) {
    await ask({ nik: nikOf(0) }, caller);
    await sleep(200);
  }
}

/** All is well again: the journal is entered, and the server ends as it should. */
async function recover(
  world: World,
  checks: ReturnType<typeof createChecks>,
  caller: Caller,
  findings: Findings,
): Promise<void> {
  world.way.on();
  const [answered, until] = [findings.of('answers of REGISTRY'), performance.now() + DRAIN_TIMEOUT_MS];
  while (findings.of('answers of REGISTRY') === answered && performance.now() < until) {
    await checks.ask({ nik: nikOf(0) }, caller);
    await sleep(200);
  }
  while ((await world.journalLines()) > 0 && performance.now() < until) await sleep(200);
  const code = await world.stop();
  if (code !== 0) findings.broken('drained', { exit: code });
}
