import { createHash } from 'node:crypto';
import type { Sql, Transaction } from '../../registry/sql.ts';

/** A sealed stretch: the rows of transactions from `fromXid` up to, not including, `toXid`, in order of xid and id. */
export type AuditBlock = {
  fromXid: bigint;
  toXid: bigint;
  rows: number;
  /** For each row its id (16 bytes) and the first 16 bytes of the SHA-256 of its canonical form. */
  entries: Uint8Array;
  previousHash: Uint8Array;
  /** Seconds since 1970 with six decimals, as Postgres writes them. */
  sealedAt: string;
};

export const ENTRY_BYTES = 32;
export const ID_BYTES = 16;
/** Before the first block: no transaction, so that it holds all that is older, and no hash. */
export const FIRST_XID = -(2n ** 63n);
export const FIRST_HASH: Uint8Array = new Uint8Array(32);

/** SHA-256(previous hash, then "from_xid LF to_xid LF rows LF sealed_at LF" in ASCII, then entries). */
export function blockHash({ previousHash, fromXid, toXid, rows, sealedAt, entries }: AuditBlock): Buffer {
  const head = `${fromXid}\n${toXid}\n${rows}\n${sealedAt}\n`;
  return createHash('sha256').update(previousHash).update(head, 'ascii').update(entries).digest();
}

/** Every column of `audit`, in this order; times as seconds since 1970, so that no setting changes the text. */
export const CANONICAL_COLUMNS = [
  ...['id', 'at', 'xid', 'tag', 'region', 'copy', 'suket_ends', 'of_age_on', 'status', 'flags'],
  ...['asked', 'matched', 'found', 'source', 'client', 'claim', 'kind', 'detail'],
] as const;
const TIMES: readonly string[] = ['at', 'suket_ends', 'of_age_on'];

const canonical = CANONICAL_COLUMNS.map((name) =>
  TIMES.includes(name) ? `extract(epoch FROM "${name}")` : `"${name}"`,
);
/** SQL of a row's entry. Its canonical form is Postgres' text of the record of its columns. */
const ENTRY = `uuid_send(id) || substr(sha256(convert_to(ROW(${canonical.join(', ')})::text, 'UTF8')), 1, 16)`;

/** SQL that gives, for each transaction of a stretch in order, its xid and its rows' entries. */
export const entriesByTransaction = (fromXid: bigint, toXid: bigint): string => `
  SELECT xid::text, string_agg(${ENTRY}, ''::bytea ORDER BY id) AS entries
  FROM audit WHERE xid >= ${fromXid} AND xid < ${toXid} GROUP BY audit.xid ORDER BY audit.xid`;

/** The entries of the rows that now stand in a stretch. */
export async function readEntries(sql: Sql | Transaction, fromXid: bigint, toXid: bigint): Promise<Buffer> {
  const rows = await sql.unsafe(entriesByTransaction(fromXid, toXid));
  return Buffer.concat(rows.map((row) => row.entries as Uint8Array));
}

/** SQL of an instant as `AuditBlock.sealedAt` has it. */
export const secondsOf = (instant: string): string => `extract(epoch FROM ${instant})::text`;
