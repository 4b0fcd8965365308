import { type Context, Hono } from 'hono';
import { Unavailable } from '../checks/unavailable.ts';
import { Refused } from '../registry/standing.ts';
import type { auditRoutes } from './audit.ts';
import { refused } from './authorize.ts';
import type { checkRoutes } from './checks.ts';
import type { listRoutes } from './lists.ts';
import { faultEvent, type LogEvent, methodOf, routeOf } from './log.ts';
import type { Metrics } from './metrics.ts';
import { documentRoutes } from './openapi.ts';
import { type Env, Problem, problemResponse } from './problem.ts';
import { uuidV7 } from './request-id.ts';
import { type Enter, tooMuch } from './rooms.ts';

export type AppDependencies = {
  log(event: LogEvent): void;
  metrics: Metrics;
  enter: Enter;
  checks: ReturnType<typeof checkRoutes>;
  bulk: Hono<Env>;
  lists: ReturnType<typeof listRoutes>;
  audit: ReturnType<typeof auditRoutes>;
  health: Hono<Env>;
  pages: Hono<Env>;
};

/** A year, for whoever came over TLS. */
export const HSTS = 'max-age=31536000';

/** The whole service as one Hono app, the same behind every door. */
export function createApp({ log, metrics, enter, ...routes }: AppDependencies) {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const start = performance.now();
    const id = uuidV7(Date.now(), crypto.randomUUID());
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
  const refuseCheck = (c: Context<Env>) => problemResponse(c, tooMuch(c));
  app.use('/v1/checks', enter('checks', refuseCheck));
  app.notFound((c) => {
    const allow = allowedAt(app, c.req.path);
    const found = allow === '' ? new Problem('not-found') : new Problem('method-not-allowed', [], { Allow: allow });
    return problemResponse(c, found);
  });
  app.onError((error, c) => problemResponse(c, problemOf(error, c, log)));
  return app
    .route('/', routes.checks)
    .route('/', routes.bulk)
    .route('/', routes.lists)
    .route('/', routes.audit)
    .route('/', routes.health)
    .route('/', documentRoutes(app))
    .route('/', routes.pages);
}

/** What `hc` of hono/client needs to know of the routes. */
export type App = ReturnType<typeof createApp>;

/** The methods of the routes that a path fits, as the Allow header has them; empty where there are none. */
const allowedAt = (app: Hono<Env>, path: string): string =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .filter((asked) => app.router.match(asked, path)[0].some(([[, { method }]]) => method === asked))
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ');

function problemOf(error: unknown, c: Context<Env>, log: AppDependencies['log']): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refused) return refused(error.refusal);
  log(faultEvent(c.get('requestId'), error));
  if (!(error instanceof Unavailable)) return new Problem('internal');
  return new Problem('unavailable', [], { 'Retry-After': String(error.retryAfterSeconds) });
}
