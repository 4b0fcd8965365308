import type { Context } from 'hono';
import { parseIssuers } from './access/issuers.ts';
import { parseKeyring } from './access/keyring.ts';
import { createVerifier } from './access/tokens.ts';
import { createAuditState, createCheckpointSigner } from './checks/audit/checkpoint.ts';
import { guarded } from './checks/breaker.ts';
import { createBulk } from './checks/bulk/bulk.ts';
import type { UploadLimits } from './checks/bulk/limits.ts';
import type { OpenSpool } from './checks/bulk/upload.ts';
import { createCheck } from './checks/check.ts';
import { type FormSource, registryForForm } from './checks/form-source.ts';
import { atOnce, type InTurn } from './checks/group.ts';
import { LIMITS } from './checks/limits.ts';
import { LIST_LIMITS } from './checks/lists/limits.ts';
import { createLists } from './checks/lists/lists.ts';
import { recent } from './checks/recent.ts';
import { createSelfCheck, proofForForm } from './checks/self-check.ts';
import { createShares, UNCOUNTED } from './checks/shares.ts';
import type { ResidentSource } from './checks/sources.ts';
import { orNull } from './checks/unavailable.ts';
import { createUpstream, type InDatabase, UPSTREAM_LIMITS } from './checks/upstream.ts';
import { parseIsoDate } from './core/dates.ts';
import { ELECTION_IDS, findElection } from './core/election.ts';
import { type App, createApp } from './http/app.ts';
import { auditRoutes } from './http/audit.ts';
import { bulkRoutes } from './http/bulk.ts';
import { checkRoutes } from './http/checks.ts';
import { healthRoutes } from './http/health.ts';
import { HTTP_LIMITS } from './http/limits.ts';
import { listRoutes } from './http/lists.ts';
import { faultEvent, type LogEvent } from './http/log.ts';
import { createMetrics, metricsGuard } from './http/metrics.ts';
import { openApiDocument } from './http/openapi.ts';
import { PROBLEMS, Problem, problemResponse } from './http/problem.ts';
import { type Enter, room } from './http/rooms.ts';
import { parseUpstream } from './intake/dukcapil/settings.ts';
import type { Asked } from './registry/asked.ts';
import { networkOf } from './registry/network.ts';
import { recentOutages } from './registry/outages.ts';
import { copyStates, registryState, sampleDate, sampleDateIn, UNREACHABLE } from './registry/readiness.ts';
import { deriveKeys } from './registry/registry-keys.ts';
import type { Sql } from './registry/sql.ts';
import { snapshotForForm } from './snapshot/form-source.ts';
import { liftedRow, recordLifted } from './snapshot/journal.ts';
import { type Fallback, snapshotSource } from './snapshot/source.ts';
import { createStatus } from './snapshot/status.ts';
import type { ApiDocument } from './web/docs-page.ts';
import { createPages } from './web/pages.ts';

/** What stands behind every door: keys, rules, the verifier. Holds no connection, so that a Worker may keep it. */
export type Service = Awaited<ReturnType<typeof openService>>;

export type ServiceSettings = {
  registryKey: Uint8Array;
  signingJwks: string;
  election: string;
  today: string | null;
  /** JSON of `HAKPILIH_TRUSTED_ISSUERS`. */
  trustedIssuers: string | null;
  /** JSON of `HAKPILIH_UPSTREAM`. */
  upstream?: string | null;
};

const DAY_MS = 86_400_000;
/** Midnight in WIB, the last zone to reach it. */
export const pollingDayEnd = (date: string): number => Date.parse(`${date}T00:00:00+07:00`) + DAY_MS;

/** Throws Error with one line where a setting cannot be read; it never holds a key. */
export async function openService(settings: ServiceSettings) {
  const election = findElection(settings.election);
  if (election === null) throw new Error(`HAKPILIH_ELECTION must be one of: ${ELECTION_IDS.join(', ')}`);
  const todayOverride = settings.today === null ? null : parseIsoDate(settings.today);
  if (settings.today !== null && todayOverride === null)
    throw new Error('HAKPILIH_TODAY must be a day as YYYY-MM-DD');
  let keyring = await parseKeyring(settings.signingJwks);
  let jwksInUse = settings.signingJwks;
  const issuers = parseIssuers(settings.trustedIssuers);
  const pollingDayEndMs = pollingDayEnd(election.date);
  const upstream = parseUpstream(settings.upstream ?? null);
  return {
    upstream,
    keys: deriveKeys(settings.registryKey),
    /** The signing keys of now: `useSigningKeys` replaces them while we run. */
    keyring: () => keyring,
    async useSigningKeys(jwks: string): Promise<void> {
      if (jwks === jwksInUse) return;
      keyring = await parseKeyring(jwks);
      jwksInUse = jwks;
    },
    metrics: createMetrics(),
    rules: { election, todayOverride, now: Date.now },
    verify: createVerifier({ keyring: () => keyring, issuers, now: Date.now, pollingDayEndMs }),
  };
}

/** How a runtime reaches the registry and its callers. */
export type Connection = {
  /** For answers; what is asked beside checks waits for its turn. */
  sql: Sql;
  inTurn?: InTurn;
  /** For long work, which answers never wait for. */
  long?: { sql: Sql; inTurn: InTurn };
  find: ResidentSource['find'];
  /** What stands in for the database where that does not answer; see snapshot/. */
  fallback?: Fallback | undefined;
  /** Where uploads are kept, how large they may be, and whether answers are made whole before they are sent. */
  bulk: { openSpool: OpenSpool; limits: UploadLimits; whole: boolean };
  clientAddress(c: Context): string;
  /** One process serves all, and ends what it began: what requests take at once can be counted. Not so on Workers. */
  countsRequests?: boolean;
  /** Who may read the metrics, and who may post the form from pages of his own; see README.md. */
  metricsToken: string | null;
  embedders: readonly string[];
  log(event: LogEvent): void;
};

/** The app: made once. On Workers `sql` and `find` of the connection are getters: others for each request. */
export function appOf(service: Service, connection: Connection): App {
  const { keys, keyring, rules, verify, metrics } = service;
  const {
    inTurn = atOnce,
    bulk,
    clientAddress,
    log,
    countsRequests = false,
    metricsToken = null,
    fallback,
  } = connection;
  const hasSnapshot = (): boolean => fallback?.snapshot.manifest() != null;
  const soon = <Value>(timeoutMs: number, work: () => Promise<Value>) => orNull(timeoutMs, inTurn(work));
  const kept = { ttlMs: HTTP_LIMITS.copiesTtlMs, now: Date.now };
  const networkOfCaller = (c: Context): string => networkOf(clientAddress?.(c) ?? 'unknown');
  const enter: Enter = (kind, refuse) =>
    countsRequests ? room(HTTP_LIMITS.rooms[kind], networkOfCaller, refuse) : (_, next) => next();
  const shares = (limits: { each: number; all: number }) => (countsRequests ? createShares(limits) : UNCOUNTED);
  const inDatabase: InDatabase = (work) => inTurn(() => work(connection.sql));
  const upstream =
    service.upstream === null
      ? undefined
      : createUpstream({
          settings: service.upstream,
          fetch: (...asked) => fetch(...asked),
          keys,
          rules,
          inDatabase,
          record: (asked, lifted, timeoutMs) =>
            recordLifted({ inDatabase, journal: fallback?.journal }, liftedRow(asked, lifted, Date.now()), timeoutMs),
          take: shares(UPSTREAM_LIMITS.atOnce),
          failed: (requestId, kind) => log({ event: 'upstream', requestId, code: `UPSTREAM_${kind}` }),
        });
  const verbs = perConnection(connection, (sql) => {
    const long = connection.long ?? { sql, inTurn: (work) => work() };
    const state = () => soon(HTTP_LIMITS.readinessTimeoutMs, () => registryState(sql, keys, Date.now()));
    const away = () => ({
      ...UNREACHABLE,
      copies: copyStates(fallback?.snapshot.manifest()?.sources ?? [], Date.now()),
    });
    const found = async () => {
      const known = await state();
      return known?.database === 'ok' ? known : away();
    };
    const readiness = recent(found, {
      ttlMs: HTTP_LIMITS.readinessTtlMs,
      now: Date.now,
      keeps: ({ database }) => database === 'ok',
    });
    return {
      bulk: createBulk({ keys, rules, sql: long.sql, ...bulk }),
      lists: createLists({ keys, rules, ...long }),
      readAudit: createAuditState(long, createCheckpointSigner(keyring)),
      selfCheck: createSelfCheck({ keys, rules, sources: formSources(sql) }),
      readiness,
      copies: recent(async () => (await readiness()).copies, kept),
      sampleDate: recent(async () => {
        const asked = soon(HTTP_LIMITS.sampleDateTimeoutMs, async () => ({ date: await sampleDate(sql) }));
        const sources = fallback?.snapshot.manifest()?.sources ?? [];
        return ((await asked) ?? { date: sampleDateIn(sources) }).date;
      }, kept),
      status: createStatus({
        readiness,
        outages: recent(() => soon(HTTP_LIMITS.readinessTimeoutMs, () => recentOutages(sql)), kept),
        fallback,
        upstream,
        now: Date.now,
      }),
    };
  });
  const registry: ResidentSource = { name: 'REGISTRY', find: (...asked) => connection.find(...asked) };
  const guard = <Question extends Asked, Admitted>(source: ResidentSource<Question, Admitted>) =>
    fallback === undefined ? source : guarded(source, fallback.breaker, hasSnapshot);
  const sources = [guard(registry), ...(fallback ? [snapshotSource(fallback)] : [])];
  const formSnapshot = fallback ? [snapshotForForm(fallback)] : [];
  const formSources = (sql: Sql): FormSource[] => [guard(registryForForm(sql, inTurn)), ...formSnapshot];
  const takeCheck = shares({ each: HTTP_LIMITS.checksPerClient, all: HTTP_LIMITS.rooms.checks.atOnce });
  const app: App = createApp({
    log,
    metrics,
    enter,
    checks: checkRoutes(verify, createCheck({ keys, rules, sources, upstream }), takeCheck),
    bulk: bulkRoutes(verify, (...asked) => verbs().bulk(...asked), {
      whole: bulk.whole,
      brokenOff: (requestId, error) => log(faultEvent(requestId, error)),
    }),
    lists: listRoutes(verify, () => verbs().lists, shares(LIST_LIMITS.made)),
    audit: auditRoutes(verify, (client) => verbs().readAudit(client)),
    health: healthRoutes({
      readiness: () => verbs().readiness(),
      hasSnapshot,
      metrics: async () => metrics.text(await verbs().copies()),
      mayReadMetrics: metricsGuard(metricsToken, clientAddress),
      publicJwks: () => keyring().publicJwks,
    }),
    pages: createPages({
      election: rules.election,
      selfCheck: (question) =>
        verbs().selfCheck(question, (code) => log({ event: 'unavailable', requestId: question.id, code })),
      proofForForm: (sent) =>
        soon(LIMITS.proofTimeoutMs, () => proofForForm({ keys, rules, sql: connection.sql }, sent)),
      sampleDate: () => verbs().sampleDate(),
      status: () => verbs().status(),
      clientAddress,
      embedders: connection.embedders,
      enter,
      problems: PROBLEMS,
      document: async () => (await openApiDocument(app)).document as object as ApiDocument,
      problem: (c, slug, errors, headers) => problemResponse(c, new Problem(slug, errors, headers)),
      broken: (c, error) => log(faultEvent(c.get('requestId'), error)),
    }),
  });
  return app;
}

/** What is made over a connection, and kept as long as that is used. */
function perConnection<Made>(connection: Connection, make: (sql: Sql) => Made): () => Made {
  const kept = new WeakMap<Sql, Made>();
  return () => {
    const { sql } = connection;
    const made = kept.get(sql) ?? make(sql);
    kept.set(sql, made);
    return made;
  };
}

/** The entries of a setting that is a list. */
export const listOf = (text: string | null | undefined): string[] =>
  (text ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
