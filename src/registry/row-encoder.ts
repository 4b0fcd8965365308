import type { CivilDate } from '../core/dates.ts';
import type { Facts } from '../core/facts.ts';
import type { Nik } from '../core/nik.ts';
import type { RegistryKeys } from './registry-keys.ts';
import { FACT_COLUMNS, FLAG, storedFacts } from './row.ts';
import { kkProofBytes, nameProofBytes, PROOF_BYTES, suketProofBytes, TAG_BYTES, tagBytes } from './tags.ts';

/** A resident as an export describes them. It lives only until it is encoded. */
export type Resident = { nik: Nik; name: string | null; kk: string | null; suketNumber: string | null; facts: Facts };

const COLUMNS = 1 + FACT_COLUMNS.length;
const MAX_ROW_BYTES = 2 + COLUMNS * 4 + TAG_BYTES + 4 * 8 + 3 * 4 + 2 * 2;

/** Opens and closes a stream of rows in Postgres' binary COPY format (its manual, "COPY, Binary Format"). */
export const COPY_HEADER: Uint8Array = Buffer.from('5047434f50590aff0d0a00' + '00000000' + '00000000', 'hex');
export const COPY_TRAILER: Uint8Array = Buffer.from('ffff', 'hex');

/**
 * Encodes residents as rows of the binary COPY into `incoming`: tag, proofs, facts, no more. The buffer grows as
 * needed; `take()` hands over what was written and begins anew.
 */
export class RowEncoder {
  readonly #keys: RegistryKeys;
  #buffer: Buffer;
  #at = 0;

  constructor(keys: RegistryKeys, sizeBytes = 128 * 1024) {
    this.#keys = keys;
    this.#buffer = Buffer.allocUnsafeSlow(sizeBytes);
  }

  write(resident: Resident): void {
    if (this.#buffer.length - this.#at < MAX_ROW_BYTES) this.#grow();
    const { nik, name, kk, suketNumber } = resident;
    const row = storedFacts(resident.facts);
    this.#int16(COLUMNS);
    this.#bytes(tagBytes(this.#keys, nik), TAG_BYTES);
    this.#bytes(name === null ? null : nameProofBytes(this.#keys, nik, name), PROOF_BYTES);
    this.#bytes(kk === null ? null : kkProofBytes(this.#keys, nik, kk), PROOF_BYTES);
    this.#bytes(suketNumber === null ? null : suketProofBytes(this.#keys, nik, suketNumber), PROOF_BYTES);
    this.#region(row.region);
    this.#date(row.suketIssued);
    this.#date(row.suketEnds);
    this.#date(row.ofAgeOn);
    this.#smallint(row.status);
    this.#smallint(row.flags);
  }

  /** The mark of a resident whose row was rejected: nothing but the tag, so that the resident is not marked absent. */
  writeKept(nik: string): void {
    if (this.#buffer.length - this.#at < MAX_ROW_BYTES) this.#grow();
    this.#int16(COLUMNS);
    this.#bytes(tagBytes(this.#keys, nik as Nik), TAG_BYTES);
    for (let column = 1; column < COLUMNS - 2; column += 1) this.#length(-1);
    this.#smallint(0);
    this.#smallint(FLAG.KEPT);
  }

  /** The rows written since the last call. The memory is the caller's: it may be transferred to another thread. */
  take(): Uint8Array<ArrayBuffer> {
    const rows = new Uint8Array(this.#buffer.buffer as ArrayBuffer, 0, this.#at);
    this.#buffer = Buffer.allocUnsafeSlow(this.#buffer.length);
    this.#at = 0;
    return rows;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }

  #int16(value: number): void {
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  #length(bytes: number): void {
    this.#at = this.#buffer.writeInt32BE(bytes, this.#at);
  }

  #smallint(value: number): void {
    this.#length(2);
    this.#int16(value);
  }

  #bytes(value: string | null, length: number): void {
    this.#length(value === null ? -1 : length);
    if (value !== null) this.#at += this.#buffer.write(value, this.#at, length, 'latin1');
  }

  #region(value: number | null): void {
    this.#length(value === null ? -1 : 8);
    if (value === null) return;
    this.#at = this.#buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), this.#at);
    this.#at = this.#buffer.writeUInt32BE(value % 0x1_0000_0000, this.#at);
  }

  #date(value: CivilDate | null): void {
    this.#length(value === null ? -1 : 4);
    if (value !== null) this.#at = this.#buffer.writeInt32BE(daysSince2000(value), this.#at);
  }
}

/** Postgres counts dates in days from 1 January 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const daysSince2000 = (date: CivilDate): number => (Date.parse(date) - EPOCH_MS) / 86_400_000;
