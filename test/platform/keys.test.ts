import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, type JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeys } from '../../src/platform/keys.ts';
import { StartupError } from '../../src/platform/startup-error.ts';

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
    expect([await mode('keys'), await mode('keys', 'registry.key'), await mode('keys', 'signing.jwks.json')]).toEqual([
      0o700, 0o600, 0o600,
    ]);
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
    expect(keys.map(({ purpose }) => purpose).sort()).toEqual(['attestation', 'checkpoint', 'pack', 'token']);
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
    await expect(refusal).rejects.toThrow(/^HAKPILIH_SIGNING_KEYS is not a JSON Web Key Set with a private ES256 key$/);
  });

  it('are never made anew over a damaged file, which the message names', async () => {
    const path = join(dataDir, 'keys', 'registry.key');
    await mkdir(join(dataDir, 'keys'));
    await writeFile(path, 'half a k');
    await expect(loadKeys(dataDir, {})).rejects.toThrow(`${path} is not 32 bytes`);
    expect(await readFile(path, 'utf8')).toBe('half a k');
  });
});
