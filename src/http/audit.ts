import { Hono } from 'hono';
import type { VerifyToken } from '../access/tokens.ts';
import { auditState, type ReadAuditState } from '../checks/audit/checkpoint.ts';
import { authorize } from './authorize.ts';
import { described, json, one } from './describe.ts';
import type { Env } from './problem.ts';

const CHECKPOINT = described('audit', 'auditCheckpoint', 'The last checkpoint of the audit', {
  scope: 'audit',
  answer: json(auditState, one({ checkpoint: null, sealed: null, unsealed: 0 })),
});

/** The last checkpoint, to be kept elsewhere, and the count of rows not sealed yet. */
export function auditRoutes(verify: VerifyToken, read: ReadAuditState) {
  return new Hono<Env>().get('/v1/audit/checkpoint', CHECKPOINT, async (c) => {
    const { client } = await authorize(verify, c, 'audit');
    return c.json(await read(client), 200, { 'Cache-Control': 'no-store' });
  });
}
