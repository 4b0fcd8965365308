import { narrower } from '../access/grant.ts';
import type { Nik } from '../core/nik.ts';
import { residentRequest } from '../intake/dukcapil/request.ts';
import { processResidentResponse } from '../intake/dukcapil/response.ts';
import type { UpstreamSettings } from '../intake/dukcapil/settings.ts';
import type { Asked } from '../registry/asked.ts';
import { isOutage } from '../registry/error-code.ts';
import type { Finding } from '../registry/find.ts';
import { recordOutage } from '../registry/outages.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Sql } from '../registry/sql.ts';
import { takeUpstreamCall } from '../registry/upstream-usage.ts';
import { createBreaker, type Outage } from './breaker.ts';
import type { Rules } from './check.ts';
import type { Take } from './shares.ts';
import { inTime, monotonicMs, Unavailable } from './unavailable.ts';
import { isOpen, liftedBy } from './upstream-lift.ts';

export const UPSTREAM_LIMITS = {
  /** What the web service may add to a check; of it, what is kept for the audit row. */
  totalMs: 1_500,
  recordMs: 300,
  /** Checks that wait for it at once, in all and of one client; others go without. */
  atOnce: { all: 16, each: 8 },
} as const;

/** Does work when a connection is free. Rejects as the database does. */
export type InDatabase = <Value>(work: (sql: Sql) => Promise<Value>) => Promise<Value>;

type Dependencies = {
  settings: UpstreamSettings;
  fetch: typeof fetch;
  keys: RegistryKeys;
  rules: Rules;
  inDatabase: InDatabase;
  /** Resolves once the audit row of a lifted answer is durable. */
  record(asked: Asked, lifted: Finding, timeoutMs: number): Promise<void>;
  /** A place in the bulkhead. */
  take: Take;
  /** Hears why nobody is told of, once for each reason in a row. */
  failed(checkId: string, reason: string): void;
};

/** With quota, login, address or user at fault it says something of nobody. */
const ANSWERS: readonly string[] = ['FOUND', 'NOT_FOUND', 'INACTIVE_RECORD'];

export type Upstream = ReturnType<typeof createUpstream>;

/**
 * The last source: the Dukcapil web service, asked on a miss, whatever made it one, and where the status code is not
 * known. It can lift the document to SUKET and do nothing else: whatever it says or fails to say, the finding stands.
 * A miss was recorded, and counted as one, by then. Calls are counted in the database: while that is away, and a
 * snapshot answers, nobody is asked for.
 */
export function createUpstream({ settings, keys, rules, inDatabase, take, ...others }: Dependencies) {
  const over: Outage[] = [];
  const breaker = createBreaker(rules.now, (outage) => over.push(outage));
  let lastReason: string | null = null;
  const tell = (checkId: string, reason: string): void => {
    if (reason !== lastReason) others.failed(checkId, reason);
    lastReason = reason;
  };

  const lift = async (asked: Asked, nik: Nik, finding: Finding): Promise<Finding> => {
    const endMs = monotonicMs() + UPSTREAM_LIMITS.totalMs;
    const leftMs = (): number => endMs - UPSTREAM_LIMITS.recordMs - monotonicMs();
    if (!breaker.admits()) return finding;
    const taken = inDatabase((sql) => takeUpstreamCall(sql, asked.client, settings.perDay));
    const { isTaken, region } = await inTime(taken, leftMs());
    if (!isTaken) tell(asked.id, 'DAY_QUOTA');
    const claim = narrower(asked.claim, region);
    if (!isTaken || claim === undefined) return finding;

    const body = await residentRequest(settings, nik, { fetch: others.fetch, timeoutMs: leftMs() });
    const reply = body.ok ? processResidentResponse(body.value, nik) : ({ kind: body.code } as const);
    if (!ANSWERS.includes(reply.kind)) {
      tell(asked.id, reply.kind);
      breaker.failed();
      return finding;
    }
    lastReason = null;
    breaker.answered();
    // What cannot be recorded now is recorded after the next answer.
    for (const outage of over.splice(0)) {
      const recorded = inDatabase((sql) => recordOutage(sql, { server: 'upstream', ...outage }));
      await inTime(recorded, leftMs()).catch(() => over.push(outage));
    }

    const seen = { ...asked, claim };
    const lifted =
      reply.kind === 'FOUND' ? liftedBy(reply.resident, { asked: seen, finding }, { keys, rules }) : null;
    if (lifted === null) return finding;
    await others.record(seen, lifted, endMs - monotonicMs());
    return lifted;
  };

  return {
    /** The same finding, or the lifted one once that is recorded. Never rejects. */
    async improve(asked: Asked, nik: Nik, finding: Finding): Promise<Finding> {
      const giveBack = finding.source === 'SNAPSHOT' || !isOpen(finding) ? null : take(asked.client);
      if (giveBack === null) return finding;
      try {
        return await lift(asked, nik, finding);
      } catch (error) {
        if (!(error instanceof Unavailable) && !isOutage(error)) tell(asked.id, (error as Error).constructor.name);
        return finding;
      } finally {
        giveBack();
      }
    },
    /** When it last told this process of anybody, null where never; and since when it does not. */
    seen: breaker.seen,
  };
}
