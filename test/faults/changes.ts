import { setTimeout as sleep } from 'node:timers/promises';
import { formatInstant } from '../../src/core/dates.ts';
import { revokeClient } from '../../src/registry/clients.ts';
import { exportOf, importBytes } from '../support/exports.ts';
import type { Caller } from './checks.ts';
import type { Findings } from './invariants.ts';
import { type History, SOURCE_NAMES, type SourceName } from './oracle.ts';
import { personsOf } from './population.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

const FIRST_AS_OF_MS = Date.parse('2018-01-12T17:00:00+07:00');
const MINUTE_MS = 60_000;
const WIB_HOURS = 7;
/** A JWKS has room for so many. */
const MAX_ROTATIONS = 50;
const KEPT_REVOKED = 6;
/** How long a client that will be revoked is good. */
const GOOD_FOR_MS = 500;

type Dependencies = {
  world: World;
  history: History;
  findings: Findings;
  lookAtPublished(): Promise<void>;
};

/** What operators do: to the real service and to the oracle. */
export async function createChanges({ world, history, findings, lookAtPublished }: Dependencies) {
  let copies = 0;
  const callers = await openCallers(world);
  const revoked: Caller[] = [];
  return {
    callers: callers as readonly Caller[],
    revoked: revoked as readonly Caller[],
    async importCopy(random: Random, source: SourceName, isFull: boolean): Promise<void> {
      copies += 1;
      const asOfMs = FIRST_AS_OF_MS + copies * MINUTE_MS;
      const persons = personsOf(random, history.now().rows, source, isFull);
      const state = history.begin({ source, asOfMs, isFull, persons });
      const options = { partial: !isFull, maxLost: 1, maxUnreadable: 1 };
      const asOf = formatInstant(asOfMs, WIB_HOURS);
      const { dataset } = await importBytes(world, exportOf(persons), { source, asOf, ...options });
      state.committed(dataset as number);
      findings.count(isFull ? 'imports' : 'partial imports');
    },
    async publish(): Promise<void> {
      await world.publish();
      await lookAtPublished();
      findings.count('publications');
    },
    async revoke(): Promise<void> {
      const client = `gone-${findings.of('clients revoked')}`;
      findings.count('clients revoked');
      await world.addClient(client);
      const caller: Caller = { client, region: null, authorization: await world.bearer(client) };
      revoked.push(caller);
      if (revoked.length > KEPT_REVOKED) revoked.shift();
      await sleep(GOOD_FOR_MS);
      caller.isRevoking = true;
      await revokeClient(world.sql, client);
      caller.revoked = { doneMs: performance.now(), doneAt: Date.now() };
    },
    /** Tokens of the old key are used until the server must have taken up the new one. */
    async rotate(): Promise<void> {
      if (findings.of('keys rotated') === MAX_ROTATIONS) return;
      findings.count('keys rotated');
      await world.rotate();
      const fresh = await openCallers(world);
      for (const [i, { authorization }] of fresh.entries()) (callers[i] as Caller).authorization = authorization;
    },
  };
}

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
