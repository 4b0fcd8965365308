import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { Env } from './env.ts';
import type { OpenApiDocument } from './openapi.ts';

/** `GET /openapi.json`: every route of this service (OpenAPI 3.1), written once. */
export function documentRoutes(document: () => OpenApiDocument): Hono<Env> {
  let kept: { text: string; tag: string } | undefined;
  const write = () => {
    const text = JSON.stringify(document());
    return { text, tag: `"${createHash('sha256').update(text).digest('base64url')}"` };
  };
  return new Hono<Env>().get('/openapi.json', (c) => {
    kept ??= write();
    const headers = { ETag: kept.tag, 'Cache-Control': 'public, max-age=300', 'Access-Control-Allow-Origin': '*' };
    if (c.req.header('If-None-Match')?.includes(kept.tag)) return c.body(null, 304, headers);
    return c.body(kept.text, 200, { 'Content-Type': 'application/json', ...headers });
  });
}
