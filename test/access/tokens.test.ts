import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIssuers } from '../../src/access/issuers.ts';
import { type Keyring, parseKeyring, parsePrivateJwks, withAllPurposes, withNewKey } from '../../src/access/keyring.ts';
import { createVerifier, issueToken } from '../../src/access/tokens.ts';

const START = Date.parse('2018-05-01T00:00:00+07:00');
const HOUR_MS = 3_600_000;
const POLLING_DAY_END = Date.parse('2018-06-28T00:00:00+07:00');
const request = { client: 'tps-01', scopes: ['check'] as const, region: '32.01', ttlSeconds: 90 * 86_400 };
const keyringOf = async (keys: unknown): Promise<Keyring> => await parseKeyring(JSON.stringify({ keys }));
const bearer = (token: string): string => `Bearer ${token}`;

describe('a token', () => {
  it('grants what it says until it expires', async () => {
    const keyring = await keyringOf(await withAllPurposes([], START));
    let now = START;
    const verify = createVerifier({ keyring: () => keyring, issuers: [], now: () => now, pollingDayEndMs: POLLING_DAY_END });
    const token = bearer(await issueToken(keyring, { ...request, ttlSeconds: 60 }, now, 'id'));
    expect(await verify(token)).toMatchObject({ ok: true, value: { client: 'tps-01', scopes: ['check'], region: '32.01' } });
    now += 59_000;
    expect(await verify(token)).toMatchObject({ ok: true });
    now += 2_000;
    expect(await verify(token)).toEqual({ ok: false, code: 'TOKEN_EXPIRED' });
    expect(await verify(token)).toEqual({ ok: false, code: 'TOKEN_EXPIRED' });
  });

  it('of a retired key is accepted until polling day is over, and signed with no more', async () => {
    const first = await withAllPurposes([], START);
    const before = await keyringOf(first);
    const after = await keyringOf(await withNewKey(first, 'token', START + HOUR_MS));
    const old = await issueToken(before, request, START, 'id');
    let now = START + 2 * HOUR_MS;
    const verifier = () =>
      createVerifier({ keyring: () => after, issuers: [], now: () => now, pollingDayEndMs: POLLING_DAY_END });
    expect(await verifier()(bearer(old))).toMatchObject({ ok: true });
    expect(after.signing('token')?.kid).not.toBe(before.signing('token')?.kid);
    expect(await verifier()(bearer(await issueToken(after, request, now, 'id')))).toMatchObject({ ok: true });
    now = POLLING_DAY_END + 1;
    expect(await verifier()(bearer(old))).toEqual({ ok: false, code: 'TOKEN_INVALID' });
  });

  it('is not signed with, nor verified by, a key for another purpose', async () => {
    const keys = await withAllPurposes([], START);
    const keyring = await keyringOf(keys);
    const [checkpoint] = keys.filter(({ purpose }) => purpose === 'checkpoint');
    const forged = await keyringOf([{ ...checkpoint, purpose: 'token' }]);
    const verify = createVerifier({ keyring: () => keyring, issuers: [], now: () => START, pollingDayEndMs: POLLING_DAY_END });
    expect(await verify(bearer(await issueToken(forged, request, START, 'id')))).toEqual({ ok: false, code: 'TOKEN_INVALID' });
    expect(
      new Set(['token', 'checkpoint', 'attestation', 'pack'].map((purpose) => keyring.signing(purpose as never)?.kid)).size,
    ).toBe(4);
  });

  it('keys that cannot be read are refused without a word of them', async () => {
    const [key] = await withAllPurposes([], START);
    for (const keys of [[], [{ ...key, d: 'short' }], [{ ...key, crv: 'P-384' }], [{ ...key, purpose: 'checkpoint' }], 'no']) {
      const error = await parsePrivateJwks(JSON.stringify({ keys })).catch((caught: Error) => caught.message);
      expect(error).toMatch(/^the signing keys/);
      expect(error).not.toContain(key?.d);
    }
  });
});

describe('a trusted issuer', () => {
  let server: Server;
  let up = true;
  let jwks: { keys: JWK[] };
  let privateKey: CryptoKey;
  let fetched = 0;
  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    privateKey = pair.privateKey;
    jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'kpu-1', alg: 'RS256' }] };
    server = createServer((_, response) => {
      fetched += 1;
      if (up) response.setHeader('Content-Type', 'application/json').end(JSON.stringify(jwks));
      else response.writeHead(500).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(() => server.close());

  const issuers = (extra: object = {}) =>
    parseIssuers(
      JSON.stringify([
        {
          name: 'kpu',
          issuer: 'https://login.kpu.example',
          jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
          scopes: ['check', 'bulk'],
          region: '32',
          ...extra,
        },
      ]),
    );
  const token = async (claims: object, header: object = {}): Promise<string> =>
    await new SignJWT({ scope: 'check audit', region: '32.01', ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'kpu-1', ...header })
      .setIssuer('https://login.kpu.example')
      .setAudience('hakpilih')
      .setSubject('officer-7')
      .setIssuedAt(START / 1000)
      .setExpirationTime(START / 1000 + 600)
      .sign(privateKey);
  const verifier = async (extra: object = {}) => {
    const keyring = await keyringOf(await withAllPurposes([], START));
    return createVerifier({
      keyring: () => keyring,
      issuers: issuers(extra),
      now: () => START,
      pollingDayEndMs: POLLING_DAY_END,
    });
  };

  it('grants no more than its ceiling of scopes and regions', async () => {
    const verify = await verifier();
    expect(await verify(bearer(await token({})))).toMatchObject({
      ok: true,
      value: { client: 'kpu.officer-7', scopes: ['check'], region: '32.01' },
    });
    expect(await verify(bearer(await token({ region: undefined })))).toMatchObject({ ok: true, value: { region: '32' } });
    expect(await verify(bearer(await token({ region: '33.01' })))).toEqual({ ok: false, code: 'TOKEN_INVALID' });
  });

  it('may name its claims otherwise', async () => {
    const verify = await verifier({ claims: { client: 'azp', scope: 'permissions', region: 'wilayah' } });
    const granted = await verify(bearer(await token({ azp: 'a b', permissions: 'bulk', wilayah: '32.71', region: 7 })));
    expect(granted).toMatchObject({ ok: true, value: { scopes: ['bulk'], region: '32.71' } });
    expect(granted.ok && granted.value.client).toMatch(/^kpu\.[0-9a-f]{32}$/);
  });

  it('that is away does not stop tokens whose keys are known', async () => {
    const verify = await verifier();
    await verify(bearer(await token({})));
    up = false;
    try {
      const before = fetched;
      expect(await verify(bearer(await token({ region: '32.02' })))).toMatchObject({ ok: true });
      expect(fetched).toBe(before);
      const unknown = await (await verifier())(bearer(await token({})));
      expect(unknown.ok).toBe(false);
    } finally {
      up = true;
    }
  });

  it('cannot speak for us, nor with a typ, audience or algorithm that is not agreed', async () => {
    const verify = await verifier();
    for (const header of [{ typ: 'JWT' }, { kid: 'other' }]) {
      expect((await verify(bearer(await token({}, header)))).ok).toBe(false);
    }
    const own = await new SignJWT({ scope: 'check' })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'kpu-1' })
      .setIssuer('hakpilih')
      .setAudience('hakpilih')
      .setSubject('tps-01')
      .setJti('id')
      .setIssuedAt(START / 1000)
      .setExpirationTime(START / 1000 + 600)
      .sign(privateKey);
    expect(await verify(bearer(own))).toEqual({ ok: false, code: 'TOKEN_INVALID' });
  });
});
