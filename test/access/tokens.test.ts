import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIssuers } from '../../src/access/issuers.ts';
import {
  type Keyring,
  parseKeyring,
  parsePrivateJwks,
  withAllPurposes,
  withNewKey,
} from '../../src/access/keyring.ts';
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
    const verify = createVerifier({
      keyring: () => keyring,
      issuers: [],
      now: () => now,
      pollingDayEndMs: POLLING_DAY_END,
    });
    const token = bearer(await issueToken(keyring, { ...request, ttlSeconds: 60 }, now, 'id'));
    expect(await verify(token)).toMatchObject({
      ok: true,
      value: { client: 'tps-01', scopes: ['check'], region: '32.01' },
    });
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
    const verify = createVerifier({
      keyring: () => keyring,
      issuers: [],
      now: () => START,
      pollingDayEndMs: POLLING_DAY_END,
    });
    expect(await verify(bearer(await issueToken(forged, request, START, 'id')))).toEqual({
      ok: false,
      code: 'TOKEN_INVALID',
    });
    expect(new Set((['token', 'checkpoint'] as const).map((purpose) => keyring.signing(purpose)?.kid)).size).toBe(2);
  });

  it('is verified anew once its key is removed or replaced, seen before or not', async () => {
    const [old, next] = [
      await keyringOf(await withAllPurposes([], START)),
      await keyringOf(await withAllPurposes([], START)),
    ];
    let keyring = old;
    const verify = createVerifier({
      keyring: () => keyring,
      issuers: [],
      now: () => START,
      pollingDayEndMs: POLLING_DAY_END,
    });
    const token = bearer(await issueToken(old, request, START, 'id'));
    expect(await verify(token)).toMatchObject({ ok: true });
    keyring = next;
    expect(await verify(token)).toEqual({ ok: false, code: 'TOKEN_INVALID' });
    keyring = old;
    expect(await verify(token)).toMatchObject({ ok: true });
  });

  it('of a retired key that was seen before is refused when polling day is over', async () => {
    const first = await withAllPurposes([], START);
    const keyring = await keyringOf(await withNewKey(first, 'token', START));
    let now = POLLING_DAY_END - 60_000;
    const verify = createVerifier({
      keyring: () => keyring,
      issuers: [],
      now: () => now,
      pollingDayEndMs: POLLING_DAY_END,
    });
    const token = bearer(await issueToken(await keyringOf(first), request, START, 'id'));
    expect(await verify(token)).toMatchObject({ ok: true });
    now = POLLING_DAY_END + 10 * 60_000;
    expect(await verify(token)).toEqual({ ok: false, code: 'TOKEN_INVALID' });
  });

  it.each(['self-check', 'command-line'])(
    'in the name of %s, whom the audit means otherwise, is invalid',
    async (client) => {
      const keyring = await keyringOf(await withAllPurposes([], START));
      const verify = createVerifier({
        keyring: () => keyring,
        issuers: [],
        now: () => START,
        pollingDayEndMs: POLLING_DAY_END,
      });
      const token = bearer(await issueToken(keyring, { ...request, client }, START, 'id'));
      expect(await verify(token)).toEqual({ ok: false, code: 'TOKEN_INVALID' });
    },
  );

  it('keys that cannot be read are refused without a word of them', async () => {
    const [key] = await withAllPurposes([], START);
    for (const keys of [
      [],
      [{ ...key, d: 'short' }],
      [{ ...key, crv: 'P-384' }],
      [{ ...key, purpose: 'checkpoint' }],
      'no',
    ]) {
      const error = await parsePrivateJwks(JSON.stringify({ keys })).catch((caught: Error) => caught.message);
      expect(error).toMatch(/^the signing keys/);
      expect(error).not.toContain(key?.d);
    }
  });
});

describe('a trusted issuer', () => {
  let server: Server;
  let up = true;
  let garbage: string | null = null;
  let jwks: { keys: JWK[] };
  let privateKey: CryptoKey;
  let fetched = 0;
  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    privateKey = pair.privateKey;
    jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'kpu-1', alg: 'RS256' }] };
    server = createServer((_, response) => {
      fetched += 1;
      if (garbage !== null) response.setHeader('Content-Type', 'application/json').end(garbage);
      else if (up) response.setHeader('Content-Type', 'application/json').end(JSON.stringify(jwks));
      else response.writeHead(502).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(() => server.close());

  let now = START;
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
      () => now,
    );
  const token = async (claims: object, header: object = {}, seconds = 600): Promise<string> =>
    await new SignJWT({ sub: 'officer-7', scope: 'check audit', region: '32.01', ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'kpu-1', ...header })
      .setIssuer('https://login.kpu.example')
      .setAudience('hakpilih')
      .setIssuedAt(START / 1000)
      .setExpirationTime(START / 1000 + seconds)
      .sign(privateKey);
  const verifier = async (extra: object = {}) => {
    const keyring = await keyringOf(await withAllPurposes([], START));
    return createVerifier({
      keyring: () => keyring,
      issuers: issuers(extra),
      now: () => now,
      pollingDayEndMs: POLLING_DAY_END,
    });
  };

  it('grants no more than its ceiling of scopes and regions', async () => {
    const verify = await verifier();
    expect(await verify(bearer(await token({})))).toMatchObject({
      ok: true,
      value: { client: 'kpu.officer-7', scopes: ['check'], region: '32.01' },
    });
    expect(await verify(bearer(await token({ region: undefined })))).toMatchObject({
      ok: true,
      value: { region: '32' },
    });
    expect(await verify(bearer(await token({ region: '33.01' })))).toEqual({ ok: false, code: 'TOKEN_INVALID' });
  });

  it('may name its claims otherwise', async () => {
    const verify = await verifier({ claims: { client: 'azp', scope: 'permissions', region: 'wilayah' } });
    const granted = await verify(
      bearer(await token({ azp: 'a b', permissions: 'bulk', wilayah: '32.71', region: 7 })),
    );
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

  it.each([
    ['answers 502', null],
    ['sends what is no JSON', '<html>'],
    ['sends what is no JWKS', '{"error":"maintenance"}'],
  ])('that %s on a cold start makes a token unverifiable, not invalid, until it is well', async (_, sent) => {
    const verify = await verifier();
    const good = bearer(await token({ exp: START / 1000 + 86_400 }));
    [up, garbage] = [sent !== null, sent];
    try {
      const all = await Promise.all([verify(good), verify(good), verify(good)]);
      for (const one of [...all, await verify(good)]) expect(one).toEqual({ ok: false, code: 'TOKEN_UNVERIFIABLE' });
    } finally {
      [up, garbage] = [true, null];
    }
    expect(await verify(good)).toEqual({ ok: false, code: 'TOKEN_UNVERIFIABLE' });
    now = START + 30_000;
    try {
      expect(await verify(good)).toMatchObject({ ok: true });
    } finally {
      now = START;
    }
  });

  it('that withdrew a key has its tokens refused ten minutes later at most, also where they were seen before', async () => {
    const verify = await verifier();
    const [known, unseen, late] = (await Promise.all(
      ['32.01', '32.02', '32.03'].map(async (region) => bearer(await token({ region }, {}, 7_200))),
    )) as [string, string, string];
    const kept = jwks;
    expect(await verify(known)).toMatchObject({ ok: true });
    try {
      jwks = { keys: [{ ...kept.keys[0], kid: 'kpu-2' } as JWK] };
      now = START + 5 * 60_000 - 1;
      expect(await verify(known)).toMatchObject({ ok: true });
      // Verified at the last moment before the keys are read again.
      expect(await verify(late)).toMatchObject({ ok: true });
      now = START + 10 * 60_000 - 1;
      expect(await verify(late)).toEqual({ ok: false, code: 'TOKEN_INVALID' });
      expect(await verify(known)).toEqual({ ok: false, code: 'TOKEN_INVALID' });
      expect(await verify(unseen)).toEqual({ ok: false, code: 'TOKEN_INVALID' });
    } finally {
      [jwks, now] = [kept, START];
    }
  });

  it('that is away for long is believed on its last keys for a day, and asked again meanwhile', async () => {
    const verify = await verifier();
    const long = bearer(await token({}, {}, 2 * 86_400));
    expect(await verify(long)).toMatchObject({ ok: true });
    up = false;
    try {
      for (const hours of [1, 12]) {
        now = START + hours * HOUR_MS;
        const before = fetched;
        expect(await verify(long)).toMatchObject({ ok: true });
        expect(fetched).toBe(before + 1);
        expect(await verify(bearer(await token({ region: `32.0${hours % 9}` }, {}, 2 * 86_400)))).toMatchObject({
          ok: true,
        });
        expect(fetched).toBe(before + 1);
      }
      now = START + 24 * HOUR_MS;
      expect(await verify(long)).toEqual({ ok: false, code: 'TOKEN_UNVERIFIABLE' });
    } finally {
      [up, now] = [true, START];
    }
  });

  it.each([[7], [null], [['a']], [{}]])(
    'is not believed a client or a subject that is no text: %j',
    async (subject) => {
      expect(await (await verifier())(bearer(await token({ sub: subject })))).toEqual({
        ok: false,
        code: 'TOKEN_INVALID',
      });
      const other = await verifier({ claims: { client: 'azp' } });
      expect(await other(bearer(await token({ azp: subject })))).toEqual({ ok: false, code: 'TOKEN_INVALID' });
      expect(await other(bearer(await token({ azp: 'a', sub: subject })))).toEqual({
        ok: false,
        code: 'TOKEN_INVALID',
      });
    },
  );

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
