import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { JWK } from 'jose';
import { isReady, type RegistryState } from '../registry/readiness.ts';
import { json, one, operation } from './describe.ts';
import type { Env } from './problem.ts';
import { health, jwks, readiness } from './schemas.ts';

const HEALTH = operation('operations', 'health', 'The process answers', {
  answer: json(health, one({ status: 'ok' })),
});
const READINESS = operation(
  'operations',
  'readiness',
  'So do its parts: database, migrations, key, and the copies with their age',
  {
    answer: json(readiness, one({ status: 'ready', database: 'ok', migrations: 'ok', key: 'ok', copies: [] })),
    also: { 503: 'Not ready: what is missing' },
  },
);
const KEYS = operation('operations', 'keys', 'The public keys of tokens and signatures (RFC 7517)', {
  answer: json(jwks, one({ keys: [] })),
});

/** `/healthz` (the process answers), `/readyz` (so do its parts), `/.well-known/jwks.json` (RFC 7517). */
export function healthRoutes(state: () => Promise<RegistryState>, publicJwks: () => { keys: JWK[] }): Hono<Env> {
  const noStore = { 'Cache-Control': 'no-store' };
  return new Hono<Env>()
    .get('/healthz', describeRoute(HEALTH), (c) => c.json({ status: 'ok' }, 200, noStore))
    .get('/readyz', describeRoute(READINESS), async (c) => {
      const found = await state();
      const [status, code] = isReady(found) ? (['ready', 200] as const) : (['not ready', 503] as const);
      return c.json({ status, ...found }, code, noStore);
    })
    .get('/.well-known/jwks.json', describeRoute(KEYS), (c) =>
      c.json(publicJwks(), 200, { 'Cache-Control': 'public, max-age=300' }),
    );
}
