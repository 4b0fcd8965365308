import type { Sql, Transaction } from '../../registry/sql.ts';
import { inTransaction } from '../../registry/transaction.ts';
import { LIMITS } from '../limits.ts';
import {
  type Block,
  blockHash,
  ENTRY_BYTES,
  entriesByTransaction,
  FIRST_HASH,
  FIRST_XID,
  secondsOf,
} from './chain.ts';

/** Of the database: one seals at a time, whichever process it is of. */
const SEAL_LOCK = 20_180_628;
const TRANSACTIONS_A_FETCH = 256;

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
 * Chains the rows committed since the last seal. Only transactions older than every one still open are sealed, so that none
 * can commit a row behind the seal. Stops after `maxBlocks`: the next call goes on. Rejects as the database does, and with
 * `AuditMoved`.
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
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, ${secondsOf('now()')} AS now, b.id::text, b.to_xid::text, b.hash
    FROM (SELECT) one LEFT JOIN LATERAL (SELECT * FROM audit_blocks ORDER BY id DESC LIMIT 1) b ON true`);
  const horizon = BigInt(start?.horizon);
  let id = BigInt(start?.id ?? 0);
  let fromXid = BigInt(start?.to_xid ?? FIRST_XID);
  let previousHash: Uint8Array = start?.hash ?? FIRST_HASH;
  if (horizon < fromXid) throw new AuditMoved('the audit was sealed by another server');
  const done = { blocks: 0, rows: 0 };
  for await (const { toXid, entries } of stretches(tx, fromXid, horizon, maxBlockRows)) {
    id += 1n;
    const rows = entries.byteLength / ENTRY_BYTES;
    previousHash = await recordBlock(tx, { id, fromXid, toXid, rows, entries, previousHash, sealedAt: start?.now });
    fromXid = toXid;
    done.blocks += 1;
    done.rows += rows;
    if (done.blocks === maxBlocks) break;
  }
  return done;
}

/** Entries up to the horizon in stretches of whole transactions: at most `maxRows`, unless one transaction alone has more. */
async function* stretches(tx: Transaction, fromXid: bigint, horizon: bigint, maxRows: number) {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let lastXid = fromXid;
  // A cursor of SQL, not of the driver, lets blocks be written on the same connection between its fetches.
  await tx.unsafe(`DECLARE unsealed NO SCROLL CURSOR FOR ${entriesByTransaction(fromXid, horizon)}`);
  for (;;) {
    const transactions = await tx.unsafe(`FETCH ${TRANSACTIONS_A_FETCH} FROM unsealed`);
    for (const { xid, entries } of transactions) {
      if (heldBytes > 0 && heldBytes + entries.byteLength > maxRows * ENTRY_BYTES) {
        yield { toXid: lastXid + 1n, entries: Buffer.concat(held) };
        held = [];
        heldBytes = 0;
      }
      lastXid = BigInt(xid);
      held.push(entries);
      heldBytes += entries.byteLength;
    }
    if (transactions.length > 0) continue;
    if (heldBytes > 0) yield { toXid: horizon, entries: Buffer.concat(held) };
    return;
  }
}

async function recordBlock(tx: Transaction, block: Block): Promise<Buffer> {
  const hash = blockHash(block);
  const [id, fromXid, toXid] = [block.id, block.fromXid, block.toXid].map(String) as [string, string, string];
  await tx`INSERT INTO audit_blocks (id, from_xid, to_xid, rows, entries, previous_hash, hash, sealed_at)
    VALUES (${id}, ${fromXid}, ${toXid}, ${block.rows}, ${block.entries}, ${block.previousHash}, ${hash}, now())`;
  return hash;
}
