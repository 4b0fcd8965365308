import { type Context, Hono } from 'hono';
import type { JWK } from 'jose';
import type { VerifyToken } from '../access/tokens.ts';
import type { Check } from '../checks/checks.ts';
import type { Take } from '../checks/shares.ts';
import { Unavailable } from '../checks/unavailable.ts';
import type { RegistryState } from '../registry/readiness.ts';
import { Refused } from '../registry/standing.ts';
import type { auditRoutes } from './audit.ts';
import { refused } from './authorize.ts';
import { checkRoutes } from './checks.ts';
import { documentRoutes } from './docs.ts';
import type { Env } from './env.ts';
import { healthRoutes } from './health.ts';
import type { listRoutes } from './lists.ts';
import { faultEvent, type LogEvent, methodOf, routeOf } from './log.ts';
import { type Metrics, metricsRoutes } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { Problem, problemResponse } from './problem.ts';
import { type Enter, tooMuch } from './rooms.ts';

export type AppDependencies = {
  verify: VerifyToken;
  check: Check;
  readiness(): Promise<RegistryState>;
  /** For the metrics: may be some seconds old. */
  copies(): Promise<RegistryState['copies']>;
  publicJwks(): { keys: JWK[] };
  /** A fresh UUID version 7. */
  newId(): string;
  log(event: LogEvent): void;
  metrics: Metrics;
  mayReadMetrics(c: Context<Env>): boolean;
  enter: Enter;
  /** For checks at once of one client. */
  takeCheck: Take;
  bulk: Hono<Env>;
  lists: ReturnType<typeof listRoutes>;
  audit: ReturnType<typeof auditRoutes>;
  pages: Hono<Env>;
};

/** A year, for whoever came over TLS. */
export const HSTS = 'max-age=31536000';

/** The whole service as one Hono app, the same behind every door. */
export function createApp(dependencies: AppDependencies) {
  const { verify, check, readiness, publicJwks, newId, log, metrics } = dependencies;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const start = performance.now();
    const id = newId();
    c.set('requestId', id);
    await next();
    c.res.headers.set('X-Request-Id', id);
    c.res.headers.set('X-Content-Type-Options', 'nosniff');
    if (c.req.url.startsWith('https:')) c.res.headers.set('Strict-Transport-Security', HSTS);
    const ms = performance.now() - start;
    const [method, route, { status }] = [methodOf(c), routeOf(c), c.res];
    metrics.request(method, route, status, ms / 1000);
    if (!c.get('isShed')) log({ event: 'request', requestId: id, method, route, status, ms });
  });
  app.use(
    '/v1/checks',
    dependencies.enter('checks', (c) => problemResponse(c, tooMuch(c))),
  );
  const routes = app
    .route('/', checkRoutes(verify, check, dependencies.takeCheck))
    .route('/', dependencies.bulk)
    .route('/', dependencies.lists)
    .route('/', dependencies.audit)
    .route('/', healthRoutes(readiness, publicJwks))
    .route('/', metricsRoutes(metrics, dependencies.copies, dependencies.mayReadMetrics))
    .route('/', documentRoutes(openApiDocument))
    .route('/', dependencies.pages);
  app.notFound((c) => {
    const allow = allowedAt(app, c.req.path);
    return problemResponse(
      c,
      allow ? new Problem('method-not-allowed', [], { Allow: allow }) : new Problem('not-found'),
    );
  });
  app.onError((error, c) => problemResponse(c, problemOf(error, c, log)));
  return routes;
}

/** What `hc` of hono/client needs to know of the routes. */
export type App = ReturnType<typeof createApp>;

/** The methods of the routes that a path fits, as the Allow header has them; empty where there are none. */
function allowedAt(app: Hono<Env>, path: string): string {
  const fits = (pattern: string): boolean =>
    new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/:[^/]+/g, '[^/]+')}$`).test(path);
  const methods = app.routes
    .filter(({ method, path: pattern }) => method !== 'ALL' && fits(pattern))
    .map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].join(', ');
}

function problemOf(error: unknown, c: Context<Env>, log: AppDependencies['log']): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refused) return refused(error.refusal);
  log(faultEvent(c.get('requestId'), error));
  if (!(error instanceof Unavailable)) return new Problem('internal');
  return new Problem('unavailable', [], { 'Retry-After': String(error.retryAfterSeconds) });
}
