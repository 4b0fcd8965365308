import { createHmac, hash, hkdfSync } from 'node:crypto';

/** HMAC-SHA-256 under one key: 32 bytes of the message's UTF-8, one character a byte. */
export type Mac = (message: string) => string;

/** What a derived key is for; each purpose has a key of its own, so that a tag of one says nothing about another. */
const PURPOSES = ['nik', 'name', 'kk', 'suket', 'audit', 'address', 'check', 'work', 'login', 'snapshot'] as const;
export type Purpose = (typeof PURPOSES)[number];
export type RegistryKeys = Readonly<Record<Purpose, Mac>>;

export const REGISTRY_KEY_BYTES = 32;

/**
 * Derives the keys of every purpose from the one registry key (HKDF-SHA-256, RFC 5869). The key itself never enters
 * the database. Throws RangeError where the key is not 32 bytes.
 */
export function deriveKeys(registryKey: Uint8Array): RegistryKeys {
  if (registryKey.byteLength !== REGISTRY_KEY_BYTES) throw new RangeError('the registry key must be 32 bytes');
  const derive = (purpose: Purpose): Mac =>
    createMac(new Uint8Array(hkdfSync('sha256', registryKey, new Uint8Array(0), `hakpilih/1/${purpose}`, 32)));
  return Object.fromEntries(PURPOSES.map((purpose) => [purpose, derive(purpose)])) as Record<Purpose, Mac>;
}

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const ROOM_BYTES = 512;

/**
 * HMAC (RFC 2104) out of two one-shot hashes with the padded key laid out beforehand: an import makes three or four a
 * row, and this takes half the time of `createHmac`, which serves where a message is too long for the room. `key` is
 * at most 64 bytes.
 */
function createMac(key: Uint8Array): Mac {
  const inner = Buffer.alloc(BLOCK_BYTES + ROOM_BYTES, 0);
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES, 0);
  for (let i = 0; i < BLOCK_BYTES; i += 1) {
    inner[i] = (key[i] ?? 0) ^ 0x36;
    outer[i] = (key[i] ?? 0) ^ 0x5c;
  }
  return (message) => {
    // A character takes at most three bytes of UTF-8.
    if (message.length * 3 > ROOM_BYTES) return createHmac('sha256', key).update(message, 'utf8').digest('binary');
    const end = BLOCK_BYTES + inner.write(message, BLOCK_BYTES, 'utf8');
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', outer, 'binary');
  };
}
