import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { VerifyToken } from '../access/tokens.ts';
import type { ReadAuditState } from '../checks/audit/checkpoint.ts';
import { authorize } from './authorize.ts';
import { json, one, operation } from './describe.ts';
import type { Env } from './problem.ts';
import { auditState } from './schemas.ts';

const DESCRIPTION = operation('audit', 'auditCheckpoint', 'The last checkpoint of the audit', {
  scope: 'audit',
  answer: json(auditState, one({ checkpoint: null, sealed: null, unsealed: 0 })),
});

/** `GET /v1/audit/checkpoint`: the last checkpoint, to be kept elsewhere, and the count of rows not sealed yet. */
export function auditRoutes(verify: VerifyToken, read: ReadAuditState) {
  return new Hono<Env>().get('/v1/audit/checkpoint', describeRoute(DESCRIPTION), async (c) => {
    const { client } = await authorize(verify, c, 'audit');
    return c.json(await read(client), 200, { 'Cache-Control': 'no-store' });
  });
}
