import { randomBytes } from 'node:crypto';
import { readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ACCESS_LIMITS } from '../access/access-limits.ts';
import { type KeyPurpose, parsePrivateJwks, withAllPurposes, withNewKey, withoutSpent } from '../access/keyring.ts';
import { makeDirectory, makeDirectoryOnce, readIfPresent, replaceFile } from './files.ts';
import { asStartupError, StartupError } from './startup-error.ts';

export type Keys = {
  /** 32 bytes, of which the tags and proofs are made. Without it the registry is unreadable for good. */
  registryKey: Uint8Array;
  /** Private JWKS (RFC 7517) as JSON; at least one ES256 key. */
  signingJwks: string;
  /** Files made by this call, for the operator to back up. */
  made: string[];
};

type SavedKeys = Omit<Keys, 'made'>;

export type Environment = Readonly<Record<string, string | undefined>>;
type Secret = { variable: string; file: string; make(): Promise<string> };

const REGISTRY: Secret = {
  variable: 'HAKPILIH_REGISTRY_KEY',
  file: 'registry.key',
  make: async () => `${randomBytes(32).toString('base64url')}\n`,
};
const SIGNING: Secret = {
  variable: 'HAKPILIH_SIGNING_KEYS',
  file: 'signing.jwks.json',
  make: async () => `${JSON.stringify({ keys: await withAllPurposes([], Date.now()) })}\n`,
};
const directoryOf = (dataDir: string): string => join(dataDir, 'keys');
const pathOf = (dataDir: string, { file }: Secret): string => join(directoryOf(dataDir), file);

/**
 * The keys of the environment; those not set come from `<dataDir>/keys`, made once, whole, where the data directory
 * holds neither keys nor a database: a lost file is never made anew. Set but empty is an error. Throws
 * `StartupError` naming variable or file, never what is in it.
 */
export async function loadKeys(dataDir: string, env: Environment): Promise<Keys> {
  const missing = [REGISTRY, SIGNING].filter(({ variable }) => env[variable] === undefined);
  // A wrong one in the environment is refused before any is made.
  if (!missing.includes(REGISTRY)) await readRegistryKey(dataDir, env);
  const made = missing.length > 0 && (await isFresh(dataDir)) ? await makeKeys(dataDir, missing) : [];
  return { registryKey: await readRegistryKey(dataDir, env), signingJwks: await readSigningJwks(dataDir, env), made };
}

/** The signing keys as they are now; makes none. Throws `StartupError`. */
export async function readSigningJwks(dataDir: string, env: Environment): Promise<string> {
  const { text, from } = await readSecret(dataDir, env, SIGNING);
  await parsePrivateJwks(text).catch(() => {
    throw new StartupError(`${from} is not a JSON Web Key Set with a private ES256 key`);
  });
  return text;
}

async function readRegistryKey(dataDir: string, env: Environment): Promise<Uint8Array> {
  const { text, from } = await readSecret(dataDir, env, REGISTRY);
  const given = text.trim();
  if (/^[0-9a-f]{64}$/i.test(given)) return Uint8Array.from(Buffer.from(given, 'hex'));
  const key = /^([A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/.test(given) ? Buffer.from(given, 'base64url') : null;
  // 43 characters have two bits to spare: where they are not zero, characters were lost or mistyped.
  const spelt = given.replace('=', '').replaceAll('+', '-').replaceAll('/', '_');
  if (key?.toString('base64url') === spelt) return Uint8Array.from(key);
  throw new StartupError(`${from} is not 32 bytes as base64, base64url or 64 hexadecimal digits`);
}

async function readSecret(
  dataDir: string,
  env: Environment,
  secret: Secret,
): Promise<{ text: string; from: string }> {
  const given = env[secret.variable];
  if (given !== undefined) return { text: given, from: secret.variable };
  const path = pathOf(dataDir, secret);
  const text = await readIfPresent(path).catch((error: unknown) => {
    throw asStartupError(`cannot read a key in ${path}`, error);
  });
  if (text !== null) return { text, from: path };
  const places = `${path} or in ${secret.variable}`;
  throw new StartupError(`A key was expected in ${places}: only an empty data directory is given new ones`);
}

const isFresh = async (dataDir: string): Promise<boolean> =>
  !(await readdir(dataDir).catch(() => [])).some((name) => name === 'keys' || name === 'postgres');

async function makeKeys(dataDir: string, missing: readonly Secret[]): Promise<string[]> {
  const directory = directoryOf(dataDir);
  try {
    await makeDirectory(dataDir);
    const isOurs = await makeDirectoryOnce(directory, async (draft) => {
      for (const { file, make } of missing)
        await writeFile(join(draft, file), await make(), { mode: 0o600, flush: true });
    });
    return isOurs ? missing.map((secret) => pathOf(dataDir, secret)) : [];
  } catch (error) {
    throw asStartupError(`cannot keep a key in ${directory}`, error);
  }
}

/**
 * Puts keys into `<place>/keys`, of which a data directory and a backup of keys both consist. Returns the files; none
 * where keys are there already. Throws `StartupError`.
 */
export async function saveKeys(place: string, { registryKey, signingJwks }: SavedKeys): Promise<string[]> {
  const texts = new Map([
    [REGISTRY, `${Buffer.from(registryKey).toString('base64url')}\n`],
    [SIGNING, `${signingJwks.trim()}\n`],
  ]);
  const given = [...texts].map(([secret, text]) => ({ ...secret, make: async () => text }));
  return await makeKeys(place, given);
}

/** The keys that `saveKeys` put there. Throws `StartupError`. */
export const readSavedKeys = async (place: string): Promise<SavedKeys> => ({
  registryKey: await readRegistryKey(place, {}),
  signingJwks: await readSigningJwks(place, {}),
});

/** Takes back the keys that this process made, where the registry turns out to have one. */
export async function forgetKeys(made: readonly string[]): Promise<void> {
  for (const path of made) await rm(path, { force: true });
  if (made[0] !== undefined) await rmdir(dirname(made[0]));
}

/**
 * Puts a new key for a purpose in front of the signing keys and retires those before it. Returns the new JWKS where
 * it is the environment's, which only the operator can change; null where the file was replaced, which running
 * servers notice. Throws `StartupError`, and changes nothing, where there would be too many.
 */
export async function rotateSigningKey(
  dataDir: string,
  env: Environment,
  purpose: KeyPurpose,
  pollingDayEndMs: number,
): Promise<string | null> {
  const present = await parsePrivateJwks(await readSigningJwks(dataDir, env));
  const now = Date.now();
  const all = await withAllPurposes(await withNewKey(present, purpose, now), now);
  const keys = withoutSpent(all, now, pollingDayEndMs);
  if (keys.length > ACCESS_LIMITS.maxKeys)
    throw new StartupError(
      `There would be more than ${ACCESS_LIMITS.maxKeys} signing keys, and tokens of each may still be in use: ` +
        'rotate again when polling day is over',
    );
  const text = `${JSON.stringify({ keys })}\n`;
  if (env[SIGNING.variable] !== undefined) return text;
  await replaceFile(pathOf(dataDir, SIGNING), text);
  return null;
}
