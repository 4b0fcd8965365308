import { hkdfSync } from 'node:crypto';
import { createMac, type Mac } from './mac.ts';

/** What a derived key is for; each purpose has a key of its own, so that a tag of one says nothing about another. */
const PURPOSES = ['nik', 'name', 'kk', 'suket', 'audit', 'address', 'check', 'work', 'login'] as const;
export type Purpose = (typeof PURPOSES)[number];
export type RegistryKeys = Readonly<Record<Purpose, Mac>>;

export const REGISTRY_KEY_BYTES = 32;

/**
 * Derives the keys of every purpose from the one registry key (HKDF-SHA-256, RFC 5869). The key itself never enters the
 * database. Throws RangeError where the key is not 32 bytes.
 */
export function deriveKeys(registryKey: Uint8Array): RegistryKeys {
  if (registryKey.byteLength !== REGISTRY_KEY_BYTES) throw new RangeError('the registry key must be 32 bytes');
  const derive = (purpose: Purpose): Mac =>
    createMac(new Uint8Array(hkdfSync('sha256', registryKey, new Uint8Array(0), `hakpilih/1/${purpose}`, 32)));
  return Object.fromEntries(PURPOSES.map((purpose) => [purpose, derive(purpose)])) as Record<Purpose, Mac>;
}
