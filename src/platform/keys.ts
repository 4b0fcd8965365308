import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type KeyPurpose,
  MAX_KEYS,
  parsePrivateJwks,
  withAllPurposes,
  withNewKey,
  withoutSpent,
} from '../access/keyring.ts';
import { errorCode } from '../registry/error-code.ts';
import { makeDirectory, readIfPresent, readOrMakeSecret, syncDirectory } from './files.ts';
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

type Environment = Readonly<Record<string, string | undefined>>;
const FILES = { registry: 'registry.key', signing: 'signing.jwks.json' } as const;
const VARIABLES = { registry: 'HAKPILIH_REGISTRY_KEY', signing: 'HAKPILIH_SIGNING_KEYS' } as const;
type Secret = keyof typeof FILES;
const pathOf = (dataDir: string, secret: Secret): string => join(dataDir, 'keys', FILES[secret]);

/**
 * The keys from `HAKPILIH_REGISTRY_KEY` and `HAKPILIH_SIGNING_KEYS`; those that are not set come from `<dataDir>/keys`, which is
 * made once, whole, where the data directory holds neither keys nor a database: a lost file is never made anew. Set but empty is
 * an error, not absent. Throws `StartupError` naming variable or file, never what is in it.
 */
export async function loadKeys(dataDir: string, env: Environment): Promise<Keys> {
  const missing = (['registry', 'signing'] as const).filter((secret) => env[VARIABLES[secret]] === undefined);
  if (env.HAKPILIH_REGISTRY_KEY !== undefined) parseRegistryKey(env.HAKPILIH_REGISTRY_KEY, VARIABLES.registry);
  const made = missing.length > 0 && (await isFresh(dataDir)) ? await makeKeys(dataDir, missing) : [];
  const key = await readSecret(dataDir, env, 'registry');
  return {
    registryKey: parseRegistryKey(key.text, key.from),
    signingJwks: await readSigningJwks(dataDir, env),
    made,
  };
}

/** The signing keys as they are now; makes none. Throws `StartupError`. */
export async function readSigningJwks(dataDir: string, env: Environment): Promise<string> {
  const { text, from } = await readSecret(dataDir, env, 'signing');
  await parsePrivateJwks(text).catch(() => {
    throw new StartupError(`${from} is not a JSON Web Key Set with a private ES256 key`);
  });
  return text;
}

async function readSecret(
  dataDir: string,
  env: Environment,
  secret: Secret,
): Promise<{ text: string; from: string }> {
  const given = env[VARIABLES[secret]];
  if (given !== undefined) return { text: given, from: VARIABLES[secret] };
  const path = pathOf(dataDir, secret);
  const text = await readIfPresent(path).catch((error: unknown) => {
    throw asStartupError(`cannot read a key in ${path}`, error);
  });
  if (text !== null) return { text, from: path };
  throw new StartupError(
    `A key was expected in ${path} or in ${VARIABLES[secret]}: only an empty data directory is given new ones`,
  );
}

const isFresh = async (dataDir: string): Promise<boolean> =>
  !(await readdir(dataDir).catch(() => [])).some((name) => name === 'keys' || name === 'postgres');

/** Makes the directory of keys under another name, then gives it its own: of several at once one wins, and all read the same. */
async function makeKeys(dataDir: string, missing: readonly Secret[]): Promise<string[]> {
  const directory = join(dataDir, 'keys');
  const draft = `${directory}.${randomUUID()}`;
  try {
    await makeDirectory(dataDir);
    await makeDirectory(draft, 0o700);
    for (const secret of missing) await readOrMakeSecret(join(draft, FILES[secret]), MAKERS[secret]);
    await rename(draft, directory);
    await syncDirectory(dataDir);
    return missing.map((secret) => pathOf(dataDir, secret));
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error)) && !(await isFresh(dataDir))) return [];
    throw asStartupError(`cannot keep a key in ${directory}`, error);
  }
}

/** Takes back the keys that this process made, where the registry turns out to have one. */
export async function forgetKeys(made: readonly string[]): Promise<void> {
  for (const path of made) await rm(path, { force: true });
  if (made[0] !== undefined) await rmdir(dirname(made[0]));
}

/** The key. Throws `StartupError` for anything but exactly 32 bytes in one of the three spellings. */
function parseRegistryKey(given: string, from: string): Uint8Array {
  const text = given.trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.from(Buffer.from(text, 'hex'));
  const key = /^([A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/.test(text) ? Buffer.from(text, 'base64url') : null;
  // 43 characters have two bits to spare: where they are not zero, characters were lost or mistyped.
  const spelt = text.replace('=', '').replaceAll('+', '-').replaceAll('/', '_');
  if (key?.toString('base64url') === spelt) return Uint8Array.from(key);
  throw new StartupError(`${from} is not 32 bytes as base64, base64url or 64 hexadecimal digits`);
}

const MAKERS: Record<Secret, () => string | Promise<string>> = {
  registry: () => `${randomBytes(REGISTRY_KEY_BYTES).toString('base64url')}\n`,
  signing: async () => `${JSON.stringify({ keys: await withAllPurposes([], Date.now()) })}\n`,
};

/**
 * Puts a new key for a purpose in front of the signing keys and retires those before it. Returns the new JWKS where it is the
 * environment's, which only the operator can change; null where the file was replaced, which running servers notice. Throws
 * `StartupError`, and changes nothing, where there would be too many.
 */
export async function rotateSigningKey(
  dataDir: string,
  env: Environment,
  purpose: KeyPurpose,
  pollingDayEndMs: number,
): Promise<string | null> {
  const present = await parsePrivateJwks(await readSigningJwks(dataDir, env));
  const now = Date.now();
  const keys = withoutSpent(
    await withAllPurposes(await withNewKey(present, purpose, now), now),
    now,
    pollingDayEndMs,
  );
  if (keys.length > MAX_KEYS)
    throw new StartupError(
      `There would be more than ${MAX_KEYS} signing keys, and tokens of each may still be in use: rotate again when polling day is over`,
    );
  const text = `${JSON.stringify({ keys })}\n`;
  if (env.HAKPILIH_SIGNING_KEYS !== undefined) return text;
  const path = pathOf(dataDir, 'signing');
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
  return null;
}
