import type { CivilDate } from '../core/dates.ts';
import { daysLater } from '../core/dates.ts';
import type { StoredFacts } from '../registry/row.ts';

/**
 * A shard: the residents whose tags begin with the same bits, as records of one size in the order of their tags, behind
 * a header. All numbers are big-endian. That it is whole and ours is for the manifest to say, which has its digest.
 */

export const FORMAT_VERSION = 1;
const MAGIC = 'hpsn';
export const HEADER_BYTES = 32;
/** tag 16, proofs of name, KK and Suket number 8 each, region 5, copy 3, Suket's end 4, its issue 2, of age 2, flags 2, status 1. */
export const RECORD_BYTES = 59;
const TAG_BYTES = 16;

/** Days are counted from here; a date that is not there has a number that no date has. */
const DAY_ZERO = '2000-01-01' as CivilDate;
const NO_INT16_DATE = -32_768;
const NO_INT32_DATE = -2_147_483_648;
/** A proof that is not there; one in 2^64 that is there reads like it. */
const NO_PROOF = 0n;

/**
 * SQL of a record of `residents r`, written by Postgres itself. A date or a copy that its bytes cannot hold fails the
 * statement (22003): nothing is cut.
 */
export const RECORD_SQL = `uuid_send(r.tag)
  || int8send(coalesce(r.name_proof, 0)) || int8send(coalesce(r.kk_proof, 0)) || int8send(coalesce(r.suket_proof, 0))
  || substr(int8send(coalesce(r.region, 0)), 4, 5)
  || substr(int4send(r.copy), 2, 3)
  || int4send(coalesce(r.suket_ends - '${DAY_ZERO}'::date, ${NO_INT32_DATE}))
  || int2send(coalesce(r.suket_issued - '${DAY_ZERO}'::date, ${NO_INT16_DATE})::int2)
  || int2send(coalesce(r.of_age_on - '${DAY_ZERO}'::date, ${NO_INT16_DATE})::int2)
  || int2send(r.flags)
  || substr(int2send(r.status), 2, 1)`;

/** What a shard says of itself: the key that it was tagged with, when its registry was read, and how many records follow. */
export type ShardHeader = { keyCheck: string; publishedAtMs: number; records: number };

/** A shard as it is kept. `records` are whole records in the order of their tags. */
export function encodeShard({ keyCheck, publishedAtMs }: Omit<ShardHeader, 'records'>, records: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt16BE(FORMAT_VERSION, 4);
  header.writeUInt16BE(RECORD_BYTES, 6);
  header.writeBigInt64BE(BigInt(keyCheck), 8);
  header.writeBigInt64BE(BigInt(publishedAtMs), 16);
  header.writeUInt32BE(records.byteLength / RECORD_BYTES, 24);
  return Buffer.concat([header, records]);
}

/** The header of a shard; null for bytes that are none of this version, or not as long as they say. */
export function parseShardHeader(shard: Buffer): ShardHeader | null {
  if (shard.byteLength < HEADER_BYTES || shard.toString('latin1', 0, 4) !== MAGIC) return null;
  const records = shard.readUInt32BE(24);
  const isOurs = shard.readUInt16BE(4) === FORMAT_VERSION && shard.readUInt16BE(6) === RECORD_BYTES;
  if (!isOurs || shard.byteLength !== HEADER_BYTES + records * RECORD_BYTES) return null;
  return {
    keyCheck: shard.readBigInt64BE(8).toString(),
    publishedAtMs: Number(shard.readBigInt64BE(16)),
    records,
  };
}

/** A resident's row as a shard has it. Proofs are null where there is none on record. */
export type ShardRow = {
  facts: StoredFacts;
  copy: number;
  nameProof: string | null;
  kkProof: string | null;
  suketProof: string | null;
};

/** The row of a tag (16 bytes) in a shard that was found whole; null where nobody has that tag. */
export function findRow(shard: Buffer, tag: Buffer): ShardRow | null {
  let from = 0;
  let to = (shard.byteLength - HEADER_BYTES) / RECORD_BYTES;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const at = HEADER_BYTES + middle * RECORD_BYTES;
    const order = shard.compare(tag, 0, TAG_BYTES, at, at + TAG_BYTES);
    if (order === 0) return rowAt(shard, at + TAG_BYTES);
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return null;
}

function rowAt(shard: Buffer, at: number): ShardRow {
  const region = shard.readUIntBE(at + 24, 5);
  return {
    nameProof: proofAt(shard, at),
    kkProof: proofAt(shard, at + 8),
    suketProof: proofAt(shard, at + 16),
    copy: shard.readUIntBE(at + 29, 3),
    facts: {
      region: region === 0 ? null : region,
      suketEnds: dateOf(shard.readInt32BE(at + 32), NO_INT32_DATE),
      suketIssued: dateOf(shard.readInt16BE(at + 36), NO_INT16_DATE),
      ofAgeOn: dateOf(shard.readInt16BE(at + 38), NO_INT16_DATE),
      flags: shard.readInt16BE(at + 40),
      status: shard.readInt8(at + 42),
    },
  };
}

function proofAt(shard: Buffer, at: number): string | null {
  const proof = shard.readBigInt64BE(at);
  return proof === NO_PROOF ? null : proof.toString();
}

const dateOf = (day: number, none: number): CivilDate | null => (day === none ? null : daysLater(DAY_ZERO, day));

/** How many first bits of a tag name its shard: about a thousand and a half residents share one. */
export function shardBits(residents: number): number {
  const bits = Math.ceil(Math.log2(Math.max(1, residents / RESIDENTS_PER_SHARD)));
  return Math.min(MAX_SHARD_BITS, Math.max(0, bits));
}
const RESIDENTS_PER_SHARD = 1_500;
export const MAX_SHARD_BITS = 16;

/** The number of the shard that a tag is in. */
export const shardOf = (tag: Buffer, bits: number): number => tag.readUInt16BE(0) >>> (MAX_SHARD_BITS - bits);

/** The first and the last tag that a shard may have, as UUIDs. */
export function tagRange(shard: number, bits: number): { first: string; last: string } {
  const free = MAX_SHARD_BITS - bits;
  const start = shard << free;
  const tag = (begin: number, digit: string): string =>
    `${begin.toString(16).padStart(4, '0')}xxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.replaceAll('x', digit);
  return { first: tag(start, '0'), last: tag(start + 2 ** free - 1, 'f') };
}

/** Bytes of a tag as the statements have it (a UUID). */
export const tagBytesOf = (tag: string): Buffer => Buffer.from(tag.replaceAll('-', ''), 'hex');
