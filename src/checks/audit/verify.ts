import type { Sql, Transaction } from '../../registry/sql.ts';
import { inTransaction } from '../../registry/transaction.ts';
import {
  type Block,
  blockHash,
  ENTRY_BYTES,
  FIRST_HASH,
  FIRST_XID,
  ID_BYTES,
  readEntries,
  secondsOf,
} from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';

/** The first thing found wrong: a row, by its id, or a block. */
export type AuditFault = { block: string } & (
  | { code: 'ROW_ALTERED' | 'ROW_MISSING' | 'ROW_INSERTED' | 'ROW_REORDERED'; row: string }
  | { code: 'BLOCK_ALTERED' | 'BLOCK_MISSING' | 'CHAIN_BROKEN' | 'CHECKPOINT_NOT_IN_CHAIN'; row: null }
);
export type AuditVerdict = { fault: AuditFault | null; blocks: number; rows: number; unsealed: number };

/**
 * Computes everything anew from the rows, as of one moment, and stops at the first fault. With a checkpoint, which somebody
 * kept elsewhere, a chain that was written anew as a whole shows too. Memory holds one block. Rejects as the database does.
 */
export async function verifyAudit(sql: Sql, checkpoint: Checkpoint | null): Promise<AuditVerdict> {
  return await inTransaction(sql, 'isolation level repeatable read read only', async (tx) => {
    const done = { fault: null as AuditFault | null, blocks: 0, rows: 0 };
    let before: Link = { id: 0n, toXid: FIRST_XID, hash: FIRST_HASH };
    let isInChain = checkpoint === null;
    for (let found = await nextBlock(tx, 0n); found !== null; found = await nextBlock(tx, before.id)) {
      const { hash, ...block } = found;
      done.fault = linkFault(before, block, hash) ?? (await rowFault(tx, block));
      if (done.fault !== null) break;
      before = { id: block.id, toXid: block.toXid, hash };
      done.blocks += 1;
      done.rows += block.rows;
      if (checkpoint?.block !== done.blocks) continue;
      isInChain = checkpoint.hash === Buffer.from(hash).toString('hex') && checkpoint.rows === done.rows;
      if (!isInChain) break;
    }
    if (!isInChain) done.fault ??= { code: 'CHECKPOINT_NOT_IN_CHAIN', row: null, block: String(checkpoint?.block) };
    const [last] = await tx.unsafe(`SELECT count(*)::float8 AS unsealed FROM audit WHERE xid >= ${before.toXid}`);
    return { ...done, unsealed: last?.unsealed };
  });
}

type Link = { id: bigint; toXid: bigint; hash: Uint8Array };

async function nextBlock(tx: Transaction, after: bigint): Promise<(Block & { hash: Uint8Array }) | null> {
  const [row] = await tx.unsafe(`SELECT id::text, from_xid::text, to_xid::text, rows, entries, previous_hash, hash,
    ${secondsOf('sealed_at')} AS sealed_at FROM audit_blocks WHERE id > ${after} ORDER BY audit_blocks.id LIMIT 1`);
  if (row === undefined) return null;
  return {
    ...{ id: BigInt(row.id), fromXid: BigInt(row.from_xid), toXid: BigInt(row.to_xid), rows: row.rows },
    ...{ entries: row.entries, previousHash: row.previous_hash, hash: row.hash, sealedAt: row.sealed_at },
  };
}

/** Whether the block is what was sealed, and follows the one before it. */
function linkFault(before: Link, block: Block, hash: Uint8Array): AuditFault | null {
  const fault = (code: 'BLOCK_ALTERED' | 'BLOCK_MISSING' | 'CHAIN_BROKEN', id: bigint): AuditFault => ({
    ...{ code, row: null, block: String(id) },
  });
  if (block.id !== before.id + 1n) return fault('BLOCK_MISSING', before.id + 1n);
  if (block.entries.byteLength !== block.rows * ENTRY_BYTES || !blockHash(block).equals(hash))
    return fault('BLOCK_ALTERED', block.id);
  if (block.fromXid !== before.toXid || !Buffer.from(before.hash).equals(block.previousHash))
    return fault('CHAIN_BROKEN', block.id);
  return null;
}

/** The first row, in the order of the block, that is not as it was sealed. */
async function rowFault(tx: Transaction, block: Block): Promise<AuditFault | null> {
  const sealed = Buffer.from(block.entries);
  const present = await readEntries(tx, block.fromXid, block.toXid);
  if (sealed.equals(present)) return null;
  const fault = (code: 'ROW_ALTERED' | 'ROW_MISSING' | 'ROW_INSERTED' | 'ROW_REORDERED', id: string): AuditFault => ({
    ...{ code, row: asUuid(id), block: String(block.id) },
  });
  let at = 0;
  while (sealed.subarray(at, at + ENTRY_BYTES).equals(present.subarray(at, at + ENTRY_BYTES))) at += ENTRY_BYTES;
  const [expected, actual] = [idAt(sealed, at), idAt(present, at)];
  if (expected === actual) return fault('ROW_ALTERED', expected);
  if (actual !== '' && !idsOf(sealed).has(actual)) return fault('ROW_INSERTED', actual);
  if (idsOf(present).has(expected)) return fault('ROW_REORDERED', expected);
  // It may stand elsewhere, under the number of another transaction.
  const [moved] = await tx`SELECT 1 FROM audit WHERE id = ${asUuid(expected)}`;
  return fault(moved ? 'ROW_REORDERED' : 'ROW_MISSING', expected);
}

const idAt = (entries: Buffer, at: number): string => entries.toString('hex', at, at + ID_BYTES);
const idsOf = (entries: Buffer): Set<string> =>
  new Set(Array.from({ length: entries.byteLength / ENTRY_BYTES }, (_, i) => idAt(entries, i * ENTRY_BYTES)));
const asUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
