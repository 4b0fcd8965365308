import { normaliseName } from '../core/names.ts';
import type { Nik } from '../core/nik.ts';
import { networkOf } from './network.ts';
import type { Mac, RegistryKeys } from './registry-keys.ts';

/** A keyed tag as Postgres writes a uuid. */
export type Tag = string;
/** Eight bytes of a MAC as a signed decimal, as Postgres writes a bigint. */
export type Proof = string;

export const TAG_BYTES = 16;
export const PROOF_BYTES = 8;

/** The first 16 bytes of HMAC-SHA-256(k_nik, NIK), one character a byte. */
export const tagBytes = (keys: RegistryKeys, nik: Nik): string => keys.nik(nik).slice(0, TAG_BYTES);

/**
 * Proofs are MACs bound to the NIK, so that equal names or families do not show. Eight bytes, one character a byte.
 * The name is normalised first; a KK or Suket number counts without blanks and in upper case.
 */
export const nameProofBytes = (keys: RegistryKeys, nik: Nik, name: string): string =>
  proof(keys.name, nik, normaliseName(name));
export const kkProofBytes = (keys: RegistryKeys, nik: Nik, kk: string): string => proof(keys.kk, nik, kk);
export const suketProofBytes = (keys: RegistryKeys, nik: Nik, number: string): string =>
  proof(keys.suket, nik, number.replace(/\s+/g, '').toUpperCase());

const proof = (mac: Mac, nik: Nik, fact: string): string => mac(`${nik}\n${fact}`).slice(0, PROOF_BYTES);

const asUuid = (bytes: string): Tag => {
  const hex = Buffer.from(bytes, 'latin1').toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
};
export const asBigint = (bytes: string): Proof => Buffer.from(bytes, 'latin1').readBigInt64BE().toString();

/** What a question carries of a person: never the NIK, name or numbers themselves. */
export type Tags = {
  tag: Tag;
  /** Tag under a key of its own, so that the audit does not join to the registry without the key. */
  auditTag: Tag;
  nameProof: Proof | null;
  kkProof: Proof | null;
  suketProof: Proof | null;
  /** Of the key: a registry of another one answers nothing. */
  keyCheck: Proof;
};

export function tagsOf(
  keys: RegistryKeys,
  nik: Nik,
  asked: { name?: string | undefined; kk?: string | undefined; suketNumber?: string | undefined },
): Tags {
  return {
    tag: asUuid(tagBytes(keys, nik)),
    auditTag: asUuid(keys.audit(nik).slice(0, TAG_BYTES)),
    nameProof: asked.name === undefined ? null : asBigint(nameProofBytes(keys, nik, asked.name)),
    kkProof: asked.kk === undefined ? null : asBigint(kkProofBytes(keys, nik, asked.kk)),
    suketProof: asked.suketNumber === undefined ? null : asBigint(suketProofBytes(keys, nik, asked.suketNumber)),
    keyCheck: keyCheck(keys),
  };
}

/** Tag of a client address, for limits: an address is personal data too. Addresses of one network have one tag. */
export const addressTag = (keys: RegistryKeys, address: string): Tag =>
  asUuid(keys.address(networkOf(address)).slice(0, TAG_BYTES));

/** What a database remembers of its key, to refuse another one. */
export function keyCheck(keys: RegistryKeys): Proof {
  const check = CHECKS.get(keys) ?? asBigint(keys.check('registry').slice(0, PROOF_BYTES));
  CHECKS.set(keys, check);
  return check;
}
const CHECKS = new WeakMap<RegistryKeys, Proof>();
