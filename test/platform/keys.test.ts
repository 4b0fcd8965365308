import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, type JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_LIMITS } from '../../src/access/access-limits.ts';
import { parseKeyring } from '../../src/access/keyring.ts';
import { loadKeys, readSigningJwks, rotateSigningKey } from '../../src/platform/keys.ts';
import { openRegistry } from '../../src/platform/registry.ts';
import { loadSettings } from '../../src/platform/settings.ts';
import { StartupError } from '../../src/platform/startup-error.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { createTestKeys } from '../support/server.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hakpilih-keys-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const mode = async (...path: string[]): Promise<number> => (await stat(join(dataDir, ...path))).mode & 0o777;
const bytes = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
const jwksOf = async (): Promise<string> => (await loadKeys(dataDir, {})).signingJwks;

describe('keys', () => {
  it('are made once, for the eyes of their owner only, and are the same at the next start', async () => {
    const first = await loadKeys(dataDir, {});
    expect(first.registryKey).toHaveLength(32);
    expect(first.made).toEqual([join(dataDir, 'keys', 'registry.key'), join(dataDir, 'keys', 'signing.jwks.json')]);
    expect([await mode('keys'), await mode('keys', 'registry.key'), await mode('keys', 'signing.jwks.json')]).toEqual(
      [0o700, 0o600, 0o600],
    );
    expect(await loadKeys(dataDir, {})).toEqual({ ...first, made: [] });
  });

  it('are the same for ten that start at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => loadKeys(dataDir, {})));
    expect(new Set(all.map(({ registryKey }) => Buffer.from(registryKey).toString('hex'))).size).toBe(1);
    expect(new Set(all.map(({ signingJwks }) => signingJwks)).size).toBe(1);
    expect(all.flatMap(({ made }) => made)).toHaveLength(2);
    expect(await readdir(join(dataDir, 'keys'))).toHaveLength(2);
  });

  it('sign with ES256, under the thumbprint as key id', async () => {
    const keys = JSON.parse(await jwksOf()).keys as (JWK & { purpose: string })[];
    expect(keys.map(({ purpose }) => purpose).sort()).toEqual(['checkpoint', 'token']);
    const key = keys.find(({ purpose }) => purpose === 'token');
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', kid: expect.stringMatching(/^[\w-]{43}$/) });
    await expect(importJWK(key as JWK, 'ES256')).resolves.toMatchObject({ type: 'private' });
  });

  it.each([
    ['hexadecimal', Buffer.from(bytes).toString('hex')],
    ['base64', Buffer.from(bytes).toString('base64')],
    ['base64url', Buffer.from(bytes).toString('base64url')],
    ['base64 with the line end of a file', `${Buffer.from(bytes).toString('base64')}\n`],
  ])('come from the environment as %s, and then no file is made', async (_, HAKPILIH_REGISTRY_KEY) => {
    const HAKPILIH_SIGNING_KEYS = await jwksOf();
    await rm(join(dataDir, 'keys'), { recursive: true });
    const keys = await loadKeys(dataDir, { HAKPILIH_REGISTRY_KEY, HAKPILIH_SIGNING_KEYS });
    expect(keys).toEqual({ registryKey: bytes, signingJwks: HAKPILIH_SIGNING_KEYS, made: [] });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it.each([
    ['a password', 'correct horse battery staple'],
    ['31 bytes', Buffer.alloc(31, 7).toString('base64')],
    ['33 bytes', Buffer.alloc(33, 7).toString('base64')],
    ['63 digits', 'a'.repeat(63)],
    ['a last character that 32 bytes cannot have', `${'A'.repeat(42)}B`],
  ])('are refused where the registry key is %s, by the name of the variable and not its value', async (_, value) => {
    const refusal = loadKeys(dataDir, { HAKPILIH_REGISTRY_KEY: value });
    await expect(refusal).rejects.toBeInstanceOf(StartupError);
    await expect(refusal).rejects.toThrow(/^HAKPILIH_REGISTRY_KEY is not 32 bytes/);
    await expect(refusal).rejects.not.toThrow(value);
  });

  it('are refused where the variable is set and empty, so that a forgotten secret makes no new key', async () => {
    await expect(loadKeys(dataDir, { HAKPILIH_REGISTRY_KEY: '' })).rejects.toThrow(/^HAKPILIH_REGISTRY_KEY is not/);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it.each([
    ['no JSON', 'secret'],
    ['no set', '{"kty":"EC","d":"secret"}'],
    ['an empty set', '{"keys":[]}'],
    ['a public key', '{"keys":[{"kty":"EC","crv":"P-256","x":"secret","y":"secret"}]}'],
    ['a key for another algorithm', '{"keys":[{"kty":"EC","crv":"P-384","x":"secret","y":"secret","d":"secret"}]}'],
  ])('are refused where the signing keys are %s', async (_, HAKPILIH_SIGNING_KEYS) => {
    const refusal = loadKeys(dataDir, { HAKPILIH_SIGNING_KEYS });
    await expect(refusal).rejects.toThrow(
      /^HAKPILIH_SIGNING_KEYS is not a JSON Web Key Set with a private ES256 key$/,
    );
  });

  it.each([
    ['registry.key', 'HAKPILIH_REGISTRY_KEY'],
    ['signing.jwks.json', 'HAKPILIH_SIGNING_KEYS'],
  ])('are never made anew where %s is lost, and the message says where it was expected', async (name, variable) => {
    await loadKeys(dataDir, {});
    const path = join(dataDir, 'keys', name);
    await rm(path);
    await expect(loadKeys(dataDir, {})).rejects.toThrow(`A key was expected in ${path} or in ${variable}`);
    await expect(readSigningJwks(join(dataDir, 'elsewhere'), {})).rejects.toThrow('A key was expected in');
    expect(await readdir(join(dataDir, 'keys'))).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(['keys']);
  });

  it('are never made anew beside a database, whose directory of keys was moved away', async () => {
    await mkdir(join(dataDir, 'postgres'));
    await expect(loadKeys(dataDir, {})).rejects.toThrow(
      `A key was expected in ${join(dataDir, 'keys', 'registry.key')}`,
    );
    expect(await readdir(dataDir)).toEqual(['postgres']);
  });

  it('are taken back where the registry turns out to be tagged with another key', async () => {
    const database = await createTestDatabase();
    try {
      const owner = { ...(await createTestKeys()), HAKPILIH_DATABASE_URL: database.url };
      await (await openRegistry(await loadSettings(owner, () => {}), 1, () => {})).close();
      const lost = await loadSettings({ HAKPILIH_DATABASE_URL: database.url, HAKPILIH_DATA_DIR: dataDir }, () => {});
      await expect(openRegistry(lost, 1, () => {})).rejects.toThrow(
        `Its key was expected there or in ${join(dataDir, 'keys', 'registry.key')}`,
      );
      expect(await readdir(dataDir)).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it('are rotated up to the number that can be read, and then not before an old one is spent', async () => {
    await loadKeys(dataDir, {});
    const inUse = Date.now() + 86_400_000;
    const jwks = async () => JSON.parse(await readSigningJwks(dataDir, {})).keys as JWK[];
    while ((await jwks()).length < ACCESS_LIMITS.maxKeys) await rotateSigningKey(dataDir, {}, 'token', inUse);
    const before = await jwks();
    await expect(rotateSigningKey(dataDir, {}, 'token', inUse)).rejects.toThrow(
      'rotate again when polling day is over',
    );
    expect(await jwks()).toEqual(before);
    // After polling day, and a day after it was retired, nobody accepts a token of the oldest.
    const retiredAt = new Date(Date.now() - 2 * 86_400_000).toISOString();
    const aged = before.map((key, i) =>
      i < ACCESS_LIMITS.maxKeys - 2 ? key : { ...key, ...('retiredAt' in key ? { retiredAt } : {}) },
    );
    await writeFile(join(dataDir, 'keys', 'signing.jwks.json'), JSON.stringify({ keys: aged }));
    await rotateSigningKey(dataDir, {}, 'token', Date.now() - 1);
    const after = await jwks();
    expect(after).toHaveLength(ACCESS_LIMITS.maxKeys);
    expect(after.filter(({ kid }) => !before.some((key) => key.kid === kid))).toHaveLength(1);
    await expect(parseKeyring(JSON.stringify({ keys: after }))).resolves.toBeDefined();
  });

  it('of earlier versions, for purposes that nothing uses yet, can still be read', async () => {
    const keys = JSON.parse(await jwksOf()).keys as JWK[];
    const old = ['attestation', 'pack'].map((purpose) => ({ ...keys[0], kid: purpose, purpose }));
    const keyring = await parseKeyring(JSON.stringify({ keys: [...old, ...keys] }));
    expect(keyring.publicJwks.keys).toHaveLength(4);
    expect(keyring.signing('token')?.kid).toBe(
      keys.find((key) => (key as { purpose?: string }).purpose === 'token')?.kid,
    );
  });

  it('are never made anew over a damaged file, which the message names', async () => {
    const path = join(dataDir, 'keys', 'registry.key');
    await mkdir(join(dataDir, 'keys'));
    await writeFile(path, 'half a k');
    await expect(loadKeys(dataDir, {})).rejects.toThrow(`${path} is not 32 bytes`);
    expect(await readFile(path, 'utf8')).toBe('half a k');
  });
});
