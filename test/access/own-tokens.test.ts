import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_LIMITS } from '../../src/access/access-limits.ts';
import { type Keyring, parseKeyring } from '../../src/access/keyring.ts';
import { createVerifier, issueToken, type TokenRequest } from '../../src/access/tokens.ts';

const NOW = Date.parse('2018-06-27T07:00:00+07:00');
const REQUEST: TokenRequest = { client: 'tps-014', scopes: ['check'], region: '32.01', ttlSeconds: 600 };

async function makeKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return await exportJWK(privateKey);
}
const keyringOf = (...keys: JWK[]): Promise<Keyring> => parseKeyring(JSON.stringify({ keys }));

const verifierOf = (ring: Keyring, now: () => number) =>
  createVerifier({ keyring: () => ring, issuers: [], now, pollingDayEndMs: NOW + 86_400_000 });

let jwk: JWK;
let keyring: Keyring;
beforeAll(async () => {
  jwk = await makeKey();
  keyring = await keyringOf(jwk);
});

const issue = (request: Partial<TokenRequest> = {}): Promise<string> =>
  issueToken(keyring, { ...REQUEST, ...request }, NOW, 'jti-1');

/** A token of ours in all but what is changed; undefined leaves a claim out. */
async function forge(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
  const iat = NOW / 1000;
  const all = {
    iss: 'hakpilih',
    aud: 'hakpilih',
    sub: 'tps-014',
    jti: '1',
    scope: 'check',
    iat,
    exp: iat + 600,
    ...claims,
  };
  return await new SignJWT(all as JWTPayload)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
    .sign(await importJWK(jwk, 'ES256'), { crit: { x: true } });
}
/** What a verifier that has not seen it says to a token. */
const judge = (token: string, nowMs = NOW) => verifierOf(keyring, () => nowMs)(`Bearer ${token}`);
const part = (token: string, i: number) => JSON.parse(Buffer.from(token.split('.')[i] ?? '', 'base64url').toString());

describe('a token that is issued', () => {
  it('is an ES256 access token with what was asked for, and no more', async () => {
    const token = await issue();
    expect(part(token, 0)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keyring.signing('token')?.kid });
    expect(part(token, 1)).toEqual({
      iss: 'hakpilih',
      aud: 'hakpilih',
      sub: 'tps-014',
      jti: 'jti-1',
      scope: 'check',
      region: '32.01',
      iat: NOW / 1000,
      exp: NOW / 1000 + 600,
    });
    expect(part(await issue({ region: null }), 1)).not.toHaveProperty('region');
  });

  it('grants just that', async () => {
    const grant = { client: 'tps-014', scopes: ['check'], region: '32.01', expiresAtMs: NOW + 600_000 };
    expect(await judge(await issue())).toEqual({ ok: true, value: grant });
    expect(await judge(await issue({ region: null }))).toEqual({ ok: true, value: { ...grant, region: null } });
  });

  it('holds to the second it expires, whether or not it was seen before', async () => {
    const token = await issue();
    let nowMs = NOW;
    const verify = verifierOf(keyring, () => nowMs);
    expect(await verify(`Bearer ${token}`)).toMatchObject({ ok: true });
    nowMs = NOW + 599_999;
    expect(await verify(`Bearer ${token}`)).toMatchObject({ ok: true });
    expect(await judge(token, nowMs)).toMatchObject({ ok: true });
    nowMs = NOW + 600_000;
    expect(await judge(token, nowMs)).toEqual({ ok: false, code: 'TOKEN_EXPIRED' });
    for (let i = 0; i < 3; i += 1)
      expect(await verify(`Bearer ${token}`)).toEqual({ ok: false, code: 'TOKEN_EXPIRED' });
  });

  it('holds no longer where a character of it is another', async () => {
    const token = await issue();
    // The last character of a signature has four bits that mean nothing.
    for (let i = 0; i < token.length - 1; i += 1) {
      if (token[i] === '.') continue;
      const other = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      expect([i, (await judge(other)).ok]).toEqual([i, false]);
    }
  });
});

describe('an Authorization header', () => {
  it.each([
    ['', 'TOKEN_MALFORMED'],
    ['Bearer', 'TOKEN_MALFORMED'],
    ['Bearer ', 'TOKEN_MALFORMED'],
    ['Bearer a.b', 'TOKEN_MALFORMED'],
    ['Bearer a.b.c.d.e', 'TOKEN_MALFORMED'],
    ['Bearer a.b.c d', 'TOKEN_MALFORMED'],
    ['Bearer a.b.c, Bearer a.b.c', 'TOKEN_MALFORMED'],
    ['Bearer å.b.c', 'TOKEN_MALFORMED'],
    ['Basic dGVzdDp0ZXN0', 'TOKEN_MALFORMED'],
    ['Bearer a.b.c', 'TOKEN_INVALID'],
    ['Bearer e30.e30.e30', 'TOKEN_INVALID'],
  ])('"%s" is %s', async (header, code) => {
    expect(await verifierOf(keyring, () => NOW)(header)).toEqual({ ok: false, code });
  });

  it('that is not there is a token that is missing', async () => {
    expect(await verifierOf(keyring, () => NOW)(undefined)).toEqual({ ok: false, code: 'TOKEN_MISSING' });
  });

  it('may write its scheme as it likes', async () => {
    expect(await verifierOf(keyring, () => NOW)(`bearer  ${await issue()}`)).toMatchObject({ ok: true });
  });

  it('of more than 4 KiB is not read, even where its token is ours', async () => {
    expect(await judge(await forge({ more: 'x'.repeat(4_096) }))).toEqual({ ok: false, code: 'TOKEN_MALFORMED' });
    expect(await judge(await forge({ more: 'x'.repeat(2_000) }))).toMatchObject({ ok: true });
  });
});

describe('the limits of a token and its keys', () => {
  const { maxKeys: MAX_KEYS } = ACCESS_LIMITS;
  /** Of the header, its scheme included. */
  const MAX_TOKEN_CHARS = 4_096;

  it.each([MAX_TOKEN_CHARS - 1, MAX_TOKEN_CHARS, MAX_TOKEN_CHARS + 1])(
    'a header may be of %i characters, or not',
    async (chars) => {
      const token = await issue();
      const header = `${'Bearer'.padEnd(chars - token.length)}${token}`;
      expect(header).toHaveLength(chars);
      const verdict = await verifierOf(keyring, () => NOW)(header);
      expect(verdict).toMatchObject(chars > MAX_TOKEN_CHARS ? { ok: false, code: 'TOKEN_MALFORMED' } : { ok: true });
    },
  );

  it.each([64, 65])('a client may have a name of %i characters, or not', async (chars) => {
    expect((await judge(await forge({ sub: 'a'.repeat(chars) }))).ok).toBe(chars <= 64);
  });

  it.each([MAX_KEYS - 1, MAX_KEYS, MAX_KEYS + 1])('a keyring may be of %i keys, or not', async (count) => {
    const ring = keyringOf(...Array.from({ length: count }, (_, i) => ({ ...jwk, kid: `key-${i}` })));
    if (count > MAX_KEYS) await expect(ring).rejects.toThrow('the signing keys are not a JWKS');
    else expect((await ring).publicJwks.keys).toHaveLength(count);
  });
});

describe('a token of ours', () => {
  const refused: [string, Record<string, unknown>, Record<string, unknown>?][] = [
    ['another issuer', { iss: 'other' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['no client', { sub: undefined }],
    ['an empty client', { sub: '' }],
    ['a client that is a number', { sub: 14 }],
    ['a list of clients', { sub: ['tps-014'] }],
    ['a client that is no name', { sub: 'tps 014' }],
    ['a client that would end a literal', { sub: `a",'` }],
    ['a client of 65 characters', { sub: 'a'.repeat(65) }],
    ['no scope', { scope: undefined }],
    ['a list of scopes', { scope: ['check'] }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is no number', { exp: '2030-01-01' }],
    ['no time of issue', { iat: undefined }],
    ['no id', { jti: undefined }],
    ['a start that lies ahead', { nbf: NOW / 1000 + 1 }],
    ['a region that is none', { region: '32.99' }],
    ['an empty region', { region: '' }],
    ['a region with a blank', { region: ' 32.01' }],
    ['a region of null', { region: null }],
    ['a region that is a number', { region: 32 }],
    ['a list of regions', { region: ['32.01'] }],
    ['a type that is not of an access token', {}, { typ: 'JWT' }],
    ['no type', {}, { typ: undefined }],
    ['the id of another key', {}, { kid: 'other' }],
    ['a header that must be understood', {}, { crit: ['x'], x: 1 }],
  ];
  it.each(refused)('with %s is invalid', async (_, claims, header) => {
    expect(await judge(await forge(claims, header))).toEqual({ ok: false, code: 'TOKEN_INVALID' });
  });

  it.each(['32', '32.01', '32.01.01', '32.01.01.2001'])('with the region %s grants that region', async (region) => {
    expect(await judge(await forge({ region }))).toMatchObject({ ok: true, value: { region } });
  });

  it.each([
    ['check', ['check']],
    ['read check write', ['check']],
    ['checks check-more CHECK', []],
    ['', []],
  ])('with the scope "%s" grants what is known of it', async (scope, scopes) => {
    expect(await judge(await forge({ scope }))).toMatchObject({ ok: true, value: { scopes } });
  });
});

describe('a keyring', () => {
  it('signs with its first key, and verifies with each until it is taken out', async () => {
    const [old, next] = [await makeKey(), await makeKey()];
    const before = await keyringOf(old);
    const both = await keyringOf(next, old);
    const after = await keyringOf(next);
    const oldToken = await issueToken(before, REQUEST, NOW, '1');
    const newToken = await issueToken(both, REQUEST, NOW, '2');
    const accepts = async (ring: Keyring, token: string): Promise<boolean> =>
      (await verifierOf(ring, () => NOW)(`Bearer ${token}`)).ok;
    expect([await accepts(both, oldToken), await accepts(both, newToken)]).toEqual([true, true]);
    expect([await accepts(after, oldToken), await accepts(after, newToken)]).toEqual([false, true]);
    expect(await accepts(before, newToken)).toBe(false);
  });

  it('publishes nothing private', () => {
    const [key, ...others] = keyring.publicJwks.keys;
    expect(others).toEqual([]);
    expect(key).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: jwk.x,
      y: jwk.y,
      kid: keyring.signing('token')?.kid,
      alg: 'ES256',
      use: 'sig',
    });
  });

  it('keeps a name that a key has', async () => {
    expect((await keyringOf({ ...jwk, kid: '2018-06' })).signing('token')?.kid).toBe('2018-06');
  });

  it('that cannot be read is refused in a line that holds nothing of it', async () => {
    const { d: _, ...halved } = jwk;
    const texts = ['', 'rahasia', '{}', '{"keys":[]}', '{"keys":["rahasia"]}'].concat(
      [halved, { ...jwk, crv: 'P-384' }, { ...jwk, kty: 'oct', k: 'rahasia' }, { ...jwk, d: 'rahasia' }].map((key) =>
        JSON.stringify({ keys: [key] }),
      ),
    );
    for (const text of texts) {
      await expect(parseKeyring(text)).rejects.toThrow(
        /^the signing keys are not a JWKS of private ES256 keys \(EC, P-256\)$/,
      );
    }
  });
});
