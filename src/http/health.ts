import { type Context, Hono } from 'hono';
import type { JWK } from 'jose';
import { isReady, type RegistryState } from '../registry/readiness.ts';
import { described, json, one, plain } from './describe.ts';
import { HTTP_LIMITS } from './limits.ts';
import { type Env, Problem } from './problem.ts';
import { health, jwks, readyState } from './schemas.ts';

const HEALTH = described('operations', 'health', 'The process answers', {
  answer: json(health, one({ status: 'ok' })),
});
const PARTS = `So do its parts: database, migrations, key, and the copies with their age. Degraded: the database is away,
and answers come from a snapshot`;
const READINESS = described('operations', 'readiness', PARTS, {
  answer: json(readyState, one({ status: 'ready', database: 'ok', migrations: 'ok', key: 'ok', copies: [] })),
  also: { 503: 'Not ready: what is missing' },
});
const METRICS = described('operations', 'metrics', 'Figures of this process in the Prometheus text format 0.0.4', {
  answer: plain('text/plain', 'hakpilih_http_requests_total{method="GET",route="/healthz",status="200"} 1\n'),
  problems: ['unauthorized'],
});
const KEYS = described('operations', 'keys', 'The public keys of tokens and signatures (RFC 7517)', {
  answer: json(jwks, one({ keys: [] })),
});
const NO_STORE = { 'Cache-Control': 'no-store' };

type HealthDependencies = {
  readiness(): Promise<RegistryState>;
  /** Whether there is a snapshot that answers while the database is away. */
  hasSnapshot(): boolean;
  /** Figures in the Prometheus text format. */
  metrics(): Promise<string>;
  mayReadMetrics(c: Context): boolean;
  publicJwks(): { keys: JWK[] };
};

/** Whether the service runs, and how; and the keys by which others trust what it signs. */
export function healthRoutes(asked: HealthDependencies): Hono<Env> {
  return new Hono<Env>()
    .get('/healthz', HEALTH, (c) => c.json({ status: 'ok' }, 200, NO_STORE))
    .get('/readyz', READINESS, async (c) => {
      const state = await asked.readiness();
      const isDegraded = state.database === 'unreachable' && asked.hasSnapshot();
      const status = isReady(state) ? 'ready' : isDegraded ? 'degraded' : 'not ready';
      return c.json({ status, ...state }, status === 'not ready' ? 503 : 200, NO_STORE);
    })
    .get('/metrics', METRICS, async (c) => {
      if (!asked.mayReadMetrics(c)) throw new Problem('unauthorized', [], { 'WWW-Authenticate': 'Bearer' });
      const type = 'text/plain; version=0.0.4; charset=utf-8';
      return c.body(await asked.metrics(), 200, { 'Content-Type': type, ...NO_STORE });
    })
    .get('/.well-known/jwks.json', KEYS, (c) => {
      return c.json(asked.publicJwks(), 200, { 'Cache-Control': `public, max-age=${HTTP_LIMITS.keptSeconds}` });
    });
}
