import type { Sql, Transaction } from '../../registry/sql.ts';
import { inTransaction } from '../../registry/transaction.ts';
import {
  type AuditBlock,
  blockHash,
  ENTRY_BYTES,
  FIRST_HASH,
  FIRST_XID,
  ID_BYTES,
  readEntries,
  secondsOf,
} from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';

type RowFault = 'ROW_ALTERED' | 'ROW_MISSING' | 'ROW_INSERTED' | 'ROW_REORDERED';
type BlockFault = 'BLOCK_ALTERED' | 'BLOCK_MISSING' | 'CHAIN_BROKEN';
/** The first thing found wrong, and where: of a block `row` is null. */
export type AuditFault = {
  code: RowFault | BlockFault | 'CHECKPOINT_NOT_IN_CHAIN';
  row: string | null;
  block: string;
};
export type AuditVerdict = { fault: AuditFault | null; blocks: number; rows: number; unsealed: number };

/**
 * Computes everything anew from the rows, as of one moment, and stops at the first fault. With a checkpoint, which
 * somebody kept elsewhere, a chain that was written anew as a whole shows too. Memory holds one block. Rejects as the
 * database does.
 */
export async function verifyAudit(sql: Sql, checkpoint: Checkpoint | null): Promise<AuditVerdict> {
  return await inTransaction(sql, 'isolation level repeatable read read only', async (tx) => {
    const done = { fault: null as AuditFault | null, blocks: 0, rows: 0 };
    let before: Link = { id: 0n, toXid: FIRST_XID, hash: FIRST_HASH };
    let isInChain = checkpoint === null;
    for (let block = await nextBlock(tx, 0n); block !== null; block = await nextBlock(tx, before.id)) {
      const code = blockFault(before, block);
      const found = code === null ? await rowFault(tx, block) : { code, row: null };
      if (found !== null) {
        done.fault = { ...found, block: String(before.id + 1n) };
        break;
      }
      before = block;
      done.blocks += 1;
      done.rows += block.rows;
      if (checkpoint?.block !== done.blocks) continue;
      isInChain = checkpoint.hash === Buffer.from(block.hash).toString('hex') && checkpoint.rows === done.rows;
      if (!isInChain) break;
    }
    if (!isInChain) done.fault ??= { code: 'CHECKPOINT_NOT_IN_CHAIN', row: null, block: String(checkpoint?.block) };
    const [last] = await tx.unsafe(`SELECT count(*)::float8 AS unsealed FROM audit WHERE xid >= ${before.toXid}`);
    return { ...done, unsealed: last?.unsealed };
  });
}

type SealedBlock = AuditBlock & { id: bigint; hash: Uint8Array };
type StoredBlock = Omit<SealedBlock, 'id' | 'fromXid' | 'toXid'> & { id: string; fromXid: string; toXid: string };
type Link = Pick<SealedBlock, 'id' | 'toXid' | 'hash'>;

async function nextBlock(tx: Transaction, after: bigint): Promise<SealedBlock | null> {
  const query = `SELECT id::text, from_xid::text AS "fromXid", to_xid::text AS "toXid", rows, entries,
    previous_hash AS "previousHash", hash, ${secondsOf('sealed_at')} AS "sealedAt"
    FROM audit_blocks WHERE id > ${after} ORDER BY audit_blocks.id LIMIT 1`;
  const [row] = await tx.unsafe<StoredBlock[]>(query);
  if (row === undefined) return null;
  return { ...row, id: BigInt(row.id), fromXid: BigInt(row.fromXid), toXid: BigInt(row.toXid) };
}

/** Whether the block is what was sealed, and follows the one before it. */
function blockFault(before: Link, block: SealedBlock): BlockFault | null {
  if (block.id !== before.id + 1n) return 'BLOCK_MISSING';
  if (block.entries.byteLength !== block.rows * ENTRY_BYTES) return 'BLOCK_ALTERED';
  if (!blockHash(block).equals(block.hash)) return 'BLOCK_ALTERED';
  if (block.fromXid !== before.toXid || !Buffer.from(before.hash).equals(block.previousHash)) return 'CHAIN_BROKEN';
  return null;
}

/** The first row, in the order of the block, that is not as it was sealed. */
async function rowFault(tx: Transaction, block: AuditBlock): Promise<{ code: RowFault; row: string } | null> {
  const sealed = Buffer.from(block.entries);
  const present = await readEntries(tx, block.fromXid, block.toXid);
  if (sealed.equals(present)) return null;
  let at = 0;
  while (sealed.subarray(at, at + ENTRY_BYTES).equals(present.subarray(at, at + ENTRY_BYTES))) at += ENTRY_BYTES;
  const [expected, actual] = [idAt(sealed, at), idAt(present, at)];
  if (expected === actual) return { code: 'ROW_ALTERED', row: asUuid(expected) };
  if (actual !== '' && !idsOf(sealed).has(actual)) return { code: 'ROW_INSERTED', row: asUuid(actual) };
  // It may stand elsewhere, also under the number of a transaction of another block.
  const [moved] = await tx`SELECT 1 FROM audit WHERE id = ${asUuid(expected)}`;
  return { code: moved ? 'ROW_REORDERED' : 'ROW_MISSING', row: asUuid(expected) };
}

const idAt = (entries: Buffer, at: number): string => entries.toString('hex', at, at + ID_BYTES);
const idsOf = (entries: Buffer): Set<string> =>
  new Set(Array.from({ length: entries.byteLength / ENTRY_BYTES }, (_, i) => idAt(entries, i * ENTRY_BYTES)));
const asUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
