import type { Context, Hono } from 'hono';
import { type Keyring, parseKeyring } from './access/keyring.ts';
import { createVerifier, type VerifyToken } from './access/tokens.ts';
import type { Rules } from './checks/check.ts';
import { createCheck } from './checks/checks.ts';
import { createSelfCheck } from './checks/self-check.ts';
import { parseIsoDate } from './core/dates.ts';
import { ELECTION_IDS, findElection } from './core/election.ts';
import { createApp, type LogEvent } from './http/app.ts';
import type { Env } from './http/env.ts';
import { PROBLEMS, Problem, problemResponse } from './http/problem.ts';
import { uuidV7 } from './http/request-id.ts';
import type { Asked, FoundRow } from './registry/find.ts';
import { deriveKeys, type RegistryKeys } from './registry/keys.ts';
import { registryState, sampleDate, UNREACHABLE } from './registry/readiness.ts';
import type { Sql } from './registry/sql.ts';
import { createPages } from './web/pages.ts';

/** What stands behind every door: keys, rules and the verifier of tokens. Holds no connection, so that a Worker may keep it. */
export type Service = { keys: RegistryKeys; keyring: Keyring; rules: Rules; verify: VerifyToken };

export type ServiceSettings = { registryKey: Uint8Array; signingJwks: string; election: string; today: string | null };

/** Throws Error with one line where a setting cannot be read; it never holds a key. */
export async function openService(settings: ServiceSettings): Promise<Service> {
  const election = findElection(settings.election);
  if (election === null) throw new Error(`HAKPILIH_ELECTION must be one of: ${ELECTION_IDS.join(', ')}`);
  const todayOverride = settings.today === null ? null : parseIsoDate(settings.today);
  if (settings.today !== null && todayOverride === null) throw new Error('HAKPILIH_TODAY must be a day as YYYY-MM-DD');
  const keyring = await parseKeyring(settings.signingJwks);
  return {
    keys: deriveKeys(settings.registryKey),
    keyring,
    rules: { election, todayOverride, now: Date.now },
    verify: createVerifier(keyring, Date.now),
  };
}

/** How a runtime reaches the registry and its callers. */
export type Connection = {
  sql: Sql;
  find(asked: Asked): Promise<FoundRow>;
  clientAddress(c: Context): string;
  log(event: LogEvent): void;
};

/** Longest waits for the registry where it is not asked for a resident: nothing must hang on a database that does not answer. */
const SAMPLE_DATE_TIMEOUT_MS = 500;
const READINESS_TIMEOUT_MS = 2_000;

/** The app over one connection: made once on Node, once a request on Workers. */
export function appOf(service: Service, connection: Connection): Hono<Env> {
  const { keys, keyring, rules, verify } = service;
  const { sql, find, clientAddress, log } = connection;
  const newId = (): string => uuidV7(Date.now(), crypto.randomUUID());
  const selfCheck = createSelfCheck({ keys, rules, sql });
  return createApp({
    verify,
    check: createCheck({ keys, rules, find }),
    readiness: async () => (await within(READINESS_TIMEOUT_MS, registryState(sql, keys, Date.now()))) ?? UNREACHABLE,
    publicJwks: keyring.publicJwks,
    newId,
    log,
    pages: createPages({
      election: rules.election,
      selfCheck: (question) => selfCheck(question, (code) => log({ event: 'unavailable', requestId: question.id, code })),
      sampleDate: () => within(SAMPLE_DATE_TIMEOUT_MS, sampleDate(sql)),
      clientAddress,
      problems: PROBLEMS,
      problem: (c, slug, errors, headers) => problemResponse(c, new Problem(slug, errors, headers)),
      broken: (c, error) =>
        log({
          event: 'internal',
          requestId: c.get('requestId'),
          code: error instanceof Error ? error.constructor.name : 'UNKNOWN',
        }),
    }),
  });
}

const within = <Value>(timeoutMs: number, value: Promise<Value>): Promise<Value | null> =>
  Promise.race([value.catch(() => null), new Promise<null>((resolve) => setTimeout(() => resolve(null), timeoutMs))]);
