import { type Context, Hono } from 'hono';
import type { JWK } from 'jose';
import type { VerifyToken } from '../access/tokens.ts';
import type { Check } from '../checks/checks.ts';
import { Unavailable } from '../checks/group.ts';
import type { RegistryState } from '../registry/readiness.ts';
import { checkRoutes } from './checks.ts';
import type { Env } from './env.ts';
import { healthRoutes } from './health.ts';
import { Problem, problemResponse } from './problem.ts';

/** An event for the operator: codes and the request's id, never a value of a request. */
export type LogEvent = { event: 'unavailable' | 'internal'; requestId: string; code: string };

export type AppDependencies = {
  verify: VerifyToken;
  check: Check;
  readiness(): Promise<RegistryState>;
  publicJwks: { keys: JWK[] };
  /** A fresh UUID version 7. */
  newId(): string;
  log(event: LogEvent): void;
  pages: Hono<Env>;
};

const METHODS: Record<string, string> = {
  '/': 'GET, HEAD, POST',
  '/v1/checks': 'POST',
  '/healthz': 'GET, HEAD',
  '/readyz': 'GET, HEAD',
  '/.well-known/jwks.json': 'GET, HEAD',
};

/** The whole service as one Hono app, the same behind every door. */
export function createApp(dependencies: AppDependencies): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const id = dependencies.newId();
    c.set('requestId', id);
    await next();
    c.res.headers.set('X-Request-Id', id);
  });
  app.route('/', checkRoutes(dependencies.verify, dependencies.check));
  app.route('/', healthRoutes(dependencies.readiness, dependencies.publicJwks));
  app.route('/', dependencies.pages);
  app.notFound((c) => {
    const allow = METHODS[c.req.path];
    return problemResponse(c, allow ? new Problem('method-not-allowed', [], { Allow: allow }) : new Problem('not-found'));
  });
  app.onError((error, c) => problemResponse(c, problemOf(error, c, dependencies.log)));
  return app;
}

function problemOf(error: unknown, c: Context<Env>, log: AppDependencies['log']): Problem {
  if (error instanceof Problem) return error;
  const requestId = c.get('requestId');
  if (error instanceof Unavailable) {
    log({ event: 'unavailable', requestId, code: error.code });
    return new Problem('unavailable', [], { 'Retry-After': String(error.retryAfterSeconds) });
  }
  // The name of the class and no more: messages of drivers and validators hold values.
  log({ event: 'internal', requestId, code: error instanceof Error ? error.constructor.name : 'UNKNOWN' });
  return new Problem('internal');
}
