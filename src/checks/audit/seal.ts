import type { Sql, Transaction } from '../../registry/sql.ts';
import { inTransaction } from '../../registry/transaction.ts';
import { LIMITS } from '../limits.ts';
import { blockHash, ENTRY_BYTES, FIRST_HASH, FIRST_XID, readEntries, secondsOf } from './chain.ts';

/** Of the database: one seals at a time, whichever process it is of. */
const SEAL_LOCK = 20_180_628;

type SealLimits = { maxBlockRows: number; maxBlocks: number };
/** A block is one statement, in which a row takes two digits for each byte of its entry. */
export const SEAL_LIMITS = {
  anySize: { maxBlockRows: 50_000, maxBlocks: 40 },
  smallStatements: { maxBlockRows: Math.floor(LIMITS.maxStatementBytes / (2 * ENTRY_BYTES)), maxBlocks: 400 },
} as const satisfies Record<string, SealLimits>;

/** What was sealed; null where another sealer is at work. */
export type Sealed = { blocks: number; rows: number } | null;

/** The transaction numbers of this server are behind the last seal's: the database was moved here from another one. */
class AuditMoved extends Error {
  readonly code = 'AUDIT_MOVED';
}

/**
 * Chains the rows committed since the last seal. Only transactions older than every one still open are sealed, so
 * that none can commit a row behind the seal. Stops after `maxBlocks`: the next call goes on. Rejects as the database
 * does, and with `AuditMoved`.
 */
export async function sealAudit(sql: Sql, limits: SealLimits = SEAL_LIMITS.anySize): Promise<Sealed> {
  return await inTransaction(sql, '', async (tx) => {
    const [lock] = await tx.unsafe(`SELECT pg_try_advisory_xact_lock(${SEAL_LOCK}) AS taken`);
    return lock?.taken ? await sealBlocks(tx, limits) : null;
  });
}

async function sealBlocks(tx: Transaction, { maxBlockRows, maxBlocks }: SealLimits): Promise<Sealed> {
  // A statement of its own: its snapshot must be younger than the lock, or it would miss the last sealer's blocks.
  const [start] = await tx.unsafe(`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, ${secondsOf('now()')} AS now,
      b.id::text, b.to_xid::text, b.hash
    FROM (SELECT) one LEFT JOIN LATERAL (SELECT * FROM audit_blocks ORDER BY id DESC LIMIT 1) b ON true`);
  const horizon = BigInt(start?.horizon);
  let id = BigInt(start?.id ?? 0);
  let fromXid = BigInt(start?.to_xid ?? FIRST_XID);
  let previousHash: Uint8Array = start?.hash ?? FIRST_HASH;
  if (horizon < fromXid) throw new AuditMoved('the audit was sealed by another server');
  const done = { blocks: 0, rows: 0 };
  while (done.blocks < maxBlocks) {
    const toXid = await endOfBlock(tx, fromXid, horizon, maxBlockRows);
    const entries = await readEntries(tx, fromXid, toXid);
    const rows = entries.byteLength / ENTRY_BYTES;
    if (rows === 0) break;
    const hash = blockHash({ fromXid, toXid, rows, entries, previousHash, sealedAt: start?.now });
    id += 1n;
    const numbers = [id, fromXid, toXid].map(String);
    await tx.unsafe(RECORD, [...numbers, rows, entries, previousHash, hash]);
    [fromXid, previousHash] = [toXid, hash];
    done.blocks += 1;
    done.rows += rows;
  }
  return done;
}

const RECORD = `INSERT INTO audit_blocks (id, from_xid, to_xid, rows, entries, previous_hash, hash, sealed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, now())`;

/** Where a block of whole transactions ends: of at most `maxRows`, unless one alone has more. */
async function endOfBlock(tx: Transaction, fromXid: bigint, horizon: bigint, maxRows: number): Promise<bigint> {
  const [row] = await tx.unsafe(`
    SELECT greatest(xid, (SELECT min(xid) + 1 FROM audit WHERE xid >= ${fromXid}))::text AS end
    FROM audit WHERE xid >= ${fromXid} AND xid < ${horizon} ORDER BY xid OFFSET ${maxRows} LIMIT 1`);
  return row === undefined ? horizon : BigInt(row.end);
}
