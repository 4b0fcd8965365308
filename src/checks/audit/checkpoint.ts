import { type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Keyring } from '../../access/keyring.ts';
import { ISSUER } from '../../access/tokens.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Sql } from '../../registry/sql.ts';
import { admitted, barred } from '../../registry/standing.ts';
import { sha256 } from '../answer.ts';
import type { InTurn } from '../group.ts';
import { LIMITS } from '../limits.ts';
import { recent } from '../recent.ts';
import { onceMore } from '../unavailable.ts';
import { FIRST_XID } from './chain.ts';

const checkpoint = z.object({
  block: z.int().positive(),
  /** Of the block; through the chain it stands for all blocks before as well. */
  hash: sha256,
  rows: z.int().positive(),
  sealedAt: z.iso.datetime(),
});

/** Of the chain's last block; `rows` are those of all blocks so far. */
export type Checkpoint = z.infer<typeof checkpoint>;
export type SignCheckpoint = (payload: Checkpoint) => Promise<string>;

const TYPE = 'checkpoint+jwt';

/** Signs as JWS (RFC 7515, ES256) with the key for checkpoints or, in a JWKS that has none, that for tokens. */
export function createCheckpointSigner(keyring: () => Keyring): SignCheckpoint {
  return async (payload) => {
    const signing = keyring().signing('checkpoint') ?? keyring().signing('token');
    const { key, kid } = signing as NonNullable<typeof signing>;
    const jws = new SignJWT({ iss: ISSUER, ...payload });
    return await jws.setProtectedHeader({ alg: 'ES256', typ: TYPE, kid }).sign(key);
  };
}

/** Reads a checkpoint that one of the keys has signed. Never rejects. */
export async function readCheckpoint(
  jws: string,
  keys: JWTVerifyGetKey,
): Promise<Result<Checkpoint, 'CHECKPOINT_INVALID'>> {
  try {
    const { payload } = await jwtVerify(jws.trim(), keys, { algorithms: ['ES256'], typ: TYPE, issuer: ISSUER });
    return ok(checkpoint.parse(payload));
  } catch {
    return fail('CHECKPOINT_INVALID');
  }
}

/** The last checkpoint, signed, null before the first seal; and how many rows no block holds yet. */
export const auditState = z
  .object({
    checkpoint: z.string().nullable().meta({ description: 'JWS (RFC 7515, ES256) over `sealed`; keep it elsewhere' }),
    sealed: checkpoint.nullable(),
    unsealed: z.int(),
  })
  .meta({ id: 'AuditState' });
export type AuditState = z.infer<typeof auditState>;
/** Rejects with `Refused` or `Unavailable`. */
export type ReadAuditState = (client: string) => Promise<AuditState>;

/** The counts go over many rows: they are made once in a while, and anew behind a new block. */
export function createAuditState(
  { sql, inTurn }: { sql: Sql; inTurn: InTurn },
  sign: SignCheckpoint,
): ReadAuditState {
  const read = async (): Promise<AuditState> => {
    const [row] = await onceMore(() => inTurn(async () => await sql.unsafe(STATE)));
    const { unsealed, ...last } = row as unknown as { unsealed: number; block: number | null };
    if (last.block === null) return { checkpoint: null, sealed: null, unsealed };
    const sealed = checkpoint.parse(last);
    return { checkpoint: await sign(sealed), sealed, unsealed };
  };
  const state = recent(read, { ttlMs: LIMITS.checkpointTtlMs, now: Date.now });
  return async (client) => {
    const [asked] = await onceMore(() => inTurn(async () => await sql.unsafe(ASKED, [client])));
    admitted({ refusal: asked?.refusal });
    return await state(asked?.block as string);
  };
}

const STATE = `
SELECT b.id::float8 AS block, encode(b.hash, 'hex') AS hash,
  to_char(b.sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "sealedAt",
  (SELECT sum(rows) FROM audit_blocks WHERE id <= b.id)::float8 AS rows,
  (SELECT count(*) FROM audit WHERE xid >= coalesce(b.to_xid, ${FIRST_XID}))::float8 AS unsealed
FROM (SELECT) one LEFT JOIN LATERAL (SELECT * FROM audit_blocks ORDER BY id DESC LIMIT 1) b ON true`;

const ASKED = `
SELECT (SELECT ${barred('audit')} FROM clients k WHERE name = $1) AS refusal,
  (SELECT max(id) FROM audit_blocks)::text AS block`;
