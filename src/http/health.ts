import { Hono } from 'hono';
import type { JWK } from 'jose';
import { isReady, type RegistryState } from '../registry/readiness.ts';
import type { Env } from './env.ts';

/** `/healthz` (the process answers), `/readyz` (so do its parts), `/.well-known/jwks.json` (RFC 7517). */
export function healthRoutes(readiness: () => Promise<RegistryState>, publicJwks: () => { keys: JWK[] }): Hono<Env> {
  return new Hono<Env>()
    .get('/healthz', (c) => c.json({ status: 'ok' }, 200, { 'Cache-Control': 'no-store' }))
    .get('/readyz', async (c) => {
      const state = await readiness();
      return c.json({ status: isReady(state) ? 'ready' : 'not ready', ...state }, isReady(state) ? 200 : 503, {
        'Cache-Control': 'no-store',
      });
    })
    .get('/.well-known/jwks.json', (c) => c.json(publicJwks(), 200, { 'Cache-Control': 'public, max-age=300' }));
}
