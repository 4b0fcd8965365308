import { Hono } from 'hono';
import type { Env } from './env.ts';
import type { OpenApiDocument } from './openapi.ts';

/** `GET /openapi.json`: every route of this service (OpenAPI 3.1). */
export function documentRoutes(document: () => OpenApiDocument): Hono<Env> {
  return new Hono<Env>().get('/openapi.json', (c) =>
    c.json(document(), 200, { 'Cache-Control': 'public, max-age=300', 'Access-Control-Allow-Origin': '*' }),
  );
}
