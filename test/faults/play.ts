import { setTimeout as sleep } from 'node:timers/promises';
import { nikOf } from '../support/registry.ts';
import { createLedger } from './asking.ts';
import { judgeAudit } from './audit.ts';
import { createChanges } from './changes.ts';
import { type Caller, createChecks } from './checks.ts';
import { FAULTS, type FaultName, fail } from './faulting.ts';
import { createForm } from './form.ts';
import { createFindings, type Findings } from './invariants.ts';
import { createMany } from './many.ts';
import { createHistory, SOURCE_NAMES } from './oracle.ts';
import { formFor, questionFor, RESIDENT_NIKS } from './population.ts';
import { createRandom, type Random } from './random.ts';
import type { World } from './world.ts';

/** Every five seconds a server reads the list of clients and looks for a newer copy. */
const LOOKED_AFTER_MS = 6_500;
/** After so many rounds of faults the server is left alone for so long. */
const ROUNDS_UNTIL_QUIET = 8;
const DRAIN_TIMEOUT_MS = 30_000;
const LIST_ROWS = 40;

/** It goes on until so many questions were asked, so long has passed and all faults came once. */
export type Length = { seed: number; operations: number; seconds: number };
export type Played = { findings: Findings; operations: number; seconds: number; faults: Record<FaultName, number> };

type Stage = Awaited<ReturnType<typeof openStage>>;

/** Plays a run: questions, changes and faults at once, then recovery, then the audit. */
export async function play(world: World, length: Length): Promise<Played> {
  const stage = await openStage(world, length);
  const { findings, ledger, faults, changes } = stage;
  const randomOf = (stream: number): Random => createRandom(length.seed * 8 + stream);
  await askWithoutSnapshot(stage);
  for (const source of SOURCE_NAMES) await changes.importCopy(randomOf(0), source, true);
  await changes.publish();
  // A server that has taken up that one must take up the next.
  await world.crash();
  await changes.importCopy(randomOf(1), '32.01', true);
  await changes.publish();
  await Promise.all([
    askChecks(stage, randomOf(2)),
    askChecks(stage, randomOf(3)),
    askMany(stage, randomOf(4)),
    change(stage, randomOf(5)),
    failOften(stage, randomOf(6)),
  ]);
  await recover(stage);
  await judgeAudit(world, ledger, findings);
  return { findings, operations: stage.asked(), seconds: stage.seconds(), faults };
}

/** All that takes part, and how far the run has come. */
async function openStage(world: World, { operations, seconds }: Length) {
  const began = performance.now();
  const findings = createFindings();
  const ledger = createLedger(findings);
  const history = createHistory();
  const dependencies = { world, history, findings, ledger };
  const checks = createChecks(dependencies);
  const faults = Object.fromEntries(FAULTS.map((name) => [name, 0])) as Record<FaultName, number>;
  const asked = (): number =>
    ['checks', 'bulks', 'forms', 'lists read', 'lists made'].reduce((sum, name) => sum + findings.of(name), 0);
  const secondsSoFar = (): number => (performance.now() - began) / 1_000;
  return {
    ...dependencies,
    checks,
    many: createMany(dependencies),
    askForm: createForm(dependencies, checks.lookAtPublished),
    changes: await createChanges({ ...dependencies, ...checks }),
    faults,
    asked,
    seconds: secondsSoFar,
    isOver: (): boolean =>
      FAULTS.every((name) => faults[name] > 0) && asked() >= operations && secondsSoFar() >= seconds,
  };
}

/** Single checks and the form, many at once. */
async function askChecks({ isOver, checks, askForm, changes }: Stage, random: Random): Promise<void> {
  const { callers, revoked } = changes;
  while (!isOver()) {
    const burst = Array.from({ length: random.between(10, 70) }, () => {
      const caller = random.pick(revoked.length > 0 && random.chance(0.06) ? revoked : callers);
      return checks.ask(questionFor(random, caller), caller);
    });
    if (random.chance(0.5)) burst.push(askForm(formFor(random)));
    await Promise.all(burst);
    await sleep(random.between(20, 200));
  }
}

async function askMany({ isOver, many, changes }: Stage, random: Random): Promise<void> {
  const all = changes.callers[0] as Caller;
  while (!isOver()) {
    const caller = random.pick(changes.callers);
    const questions = Array.from({ length: random.between(5, 40) }, () => questionFor(random, caller));
    if (random.chance(0.5)) await many.bulk(questions, caller);
    else if (random.chance(0.25)) await many.make(random.shuffled(RESIDENT_NIKS).slice(0, LIST_ROWS), all);
    else await many.read(all, random.between(0, 99), random.chance(0.4));
    await sleep(random.between(20, 300));
  }
}

async function change({ isOver, changes }: Stage, random: Random): Promise<void> {
  const aside: Promise<void>[] = [];
  for (let turn = 0; !isOver(); turn += 1) {
    if (random.chance(0.6)) await changes.importCopy(random, random.pick(SOURCE_NAMES), random.chance(0.4));
    if (random.chance(0.4)) await changes.publish();
    if (turn === 0 || random.chance(0.1)) aside.push(changes.revoke());
    if (turn === 1 || random.chance(0.03)) aside.push(changes.rotate());
    await sleep(random.between(200, 900));
  }
  await Promise.all(aside);
}

async function failOften({ isOver, world, history, faults }: Stage, random: Random): Promise<void> {
  for (let rounds = 0; !isOver(); rounds += 1) {
    const beganMs = performance.now();
    if (rounds % ROUNDS_UNTIL_QUIET === 0) await sleep(LOOKED_AFTER_MS);
    if (rounds === 0) history.wasQuiet(beganMs);
    for (const name of random.shuffled(FAULTS)) {
      await fail(world, name, random);
      faults[name] += 1;
      await sleep(random.between(50, 300));
    }
  }
}

/** Before there is a snapshot, and with no database: nothing is invented. */
async function askWithoutSnapshot({ world, checks, findings }: Stage): Promise<void> {
  await world.addClient('early');
  const caller = { client: 'early', region: null, authorization: await world.bearer('early') };
  world.way.off();
  await Promise.all(Array.from({ length: 10 }, (_, n) => checks.ask({ nik: nikOf(n) }, caller)));
  findings.count('503 without a snapshot', findings.of('503'));
  world.way.on();
  // The driver waits longer from try to try.
  for (let tries = 0; findings.of('answers of REGISTRY') === 0 && tries < 15; tries += 1) {
    await checks.ask({ nik: nikOf(0) }, caller);
    await sleep(200);
  }
}

/** All is well again: the journal is entered, and the server ends as it should. */
async function recover({ world, checks, changes, findings }: Stage): Promise<void> {
  world.way.on();
  const [answered, until] = [findings.of('answers of REGISTRY'), performance.now() + DRAIN_TIMEOUT_MS];
  while (findings.of('answers of REGISTRY') === answered && performance.now() < until) {
    await checks.ask({ nik: nikOf(0) }, changes.callers[0] as Caller);
    await sleep(200);
  }
  while ((await world.journalLines()) > 0 && performance.now() < until) await sleep(200);
  const code = await world.stop();
  if (code !== 0) findings.broken('drained', { exit: code });
}
