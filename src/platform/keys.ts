import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyPurpose, parsePrivateJwks, withAllPurposes, withNewKey } from '../access/keyring.ts';
import { makeDirectory, readOrMakeSecret } from './files.ts';
import { asStartupError, StartupError } from './startup-error.ts';

export type Keys = {
  /** 32 bytes; what the tags and proofs of the registry are made with. Without it the registry is unreadable for good. */
  registryKey: Uint8Array;
  /** Private JWKS (RFC 7517) as JSON; at least one ES256 key. */
  signingJwks: string;
  /** Files made by this call, for the operator to back up. */
  made: string[];
};

const REGISTRY_KEY_BYTES = 32;

/**
 * The keys from `HAKPILIH_REGISTRY_KEY` and `HAKPILIH_SIGNING_KEYS`; those that are not set come from `<dataDir>/keys`, where
 * they are made once. Set but empty is an error, not absent: a forgotten secret must not quietly give the registry a new
 * key. Throws `StartupError` naming variable or file, never what is in it.
 */
export async function loadKeys(dataDir: string, env: Record<string, string | undefined>): Promise<Keys> {
  const directory = join(dataDir, 'keys');
  const made: string[] = [];
  const load = async (variable: string, fileName: string, make: () => string | Promise<string>) => {
    const given = env[variable];
    if (given !== undefined) return { text: given, from: variable };
    const path = join(directory, fileName);
    try {
      await makeDirectory(dataDir);
      await makeDirectory(directory, 0o700);
      const secret = await readOrMakeSecret(path, make);
      if (secret.made) made.push(path);
      return { text: secret.text, from: path };
    } catch (error) {
      throw asStartupError(`cannot keep a key in ${path}`, error);
    }
  };
  const registry = await load('HAKPILIH_REGISTRY_KEY', 'registry.key', makeRegistryKey);
  const registryKey = parseRegistryKey(registry.text.trim());
  if (!registryKey) throw new StartupError(`${registry.from} is not 32 bytes as base64, base64url or 64 hexadecimal digits`);
  const signing = await load('HAKPILIH_SIGNING_KEYS', 'signing.jwks.json', makeSigningJwks);
  if (!hasSigningKey(signing.text))
    throw new StartupError(`${signing.from} is not a JSON Web Key Set with a private ES256 key`);
  return { registryKey, signingJwks: signing.text, made };
}

const makeRegistryKey = (): string => `${randomBytes(REGISTRY_KEY_BYTES).toString('base64url')}\n`;

/** The key, or null for anything but exactly 32 bytes in one of the three spellings. */
function parseRegistryKey(text: string): Uint8Array | null {
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.from(Buffer.from(text, 'hex'));
  if (!/^([A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/.test(text)) return null;
  const key = Buffer.from(text, 'base64url');
  // 43 characters have two bits to spare: where they are not zero, characters were lost or mistyped.
  const spelt = text.replace('=', '').replaceAll('+', '-').replaceAll('/', '_');
  return key.toString('base64url') === spelt ? Uint8Array.from(key) : null;
}

const makeSigningJwks = async (): Promise<string> => `${JSON.stringify({ keys: await withAllPurposes([], Date.now()) })}\n`;

/**
 * Puts a new key for a purpose in front of the signing keys and retires those before it. Returns the new JWKS where it is the
 * environment's, which only the operator can change; null where the file was replaced, which running servers notice.
 */
export async function rotateSigningKey(
  dataDir: string,
  env: Record<string, string | undefined>,
  purpose: KeyPurpose,
): Promise<string | null> {
  const { signingJwks } = await loadKeys(dataDir, env);
  const keys = await withAllPurposes(await withNewKey(await parsePrivateJwks(signingJwks), purpose, Date.now()), Date.now());
  const text = `${JSON.stringify({ keys })}\n`;
  if (env.HAKPILIH_SIGNING_KEYS !== undefined) return text;
  const path = join(dataDir, 'keys', 'signing.jwks.json');
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
  return null;
}

/** A light look, so that a wrong file is noticed at the door; `access` judges the keys one by one. */
function hasSigningKey(text: string): boolean {
  let jwks: unknown;
  try {
    jwks = JSON.parse(text);
  } catch {
    return false;
  }
  const keys = isObject(jwks) && Array.isArray(jwks.keys) ? jwks.keys.filter(isObject) : [];
  return keys.some(
    ({ kty, crv, alg = 'ES256', x, y, d }) =>
      kty === 'EC' && crv === 'P-256' && alg === 'ES256' && [x, y, d].every((part) => typeof part === 'string'),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
