import { Hono } from 'hono';
import type { VerifyToken } from '../access/tokens.ts';
import type { ReadAuditState } from '../checks/audit/checkpoint.ts';
import { authorize } from './authorize.ts';
import type { Env } from './env.ts';

/** `GET /v1/audit/checkpoint`: the last checkpoint of the audit, to be kept elsewhere, and the count of rows not sealed yet. */
export function auditRoutes(verify: VerifyToken, read: ReadAuditState) {
  return new Hono<Env>().get('/v1/audit/checkpoint', async (c) => {
    const { client } = await authorize(verify, c.req.header('authorization'), 'audit');
    return c.json(await read(client), 200, { 'Cache-Control': 'no-store' });
  });
}
