import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX } from '../../src/intake/sample-sandbox.ts';
import { recordClient, revokeClient } from '../../src/registry/clients.ts';
import { type SampleServer, startSampleServer } from '../openapi/service.ts';
import { earlyInMinute } from '../support/registry.ts';

const [resident] = SANDBOX;
const SECONDS = Math.floor(Date.now() / 1000);
const CLAIMS = {
  iss: 'hakpilih',
  aud: 'hakpilih',
  sub: 'unlimited',
  jti: 'id',
  scope: 'check',
  iat: SECONDS,
  exp: SECONDS + 600,
};
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token over HTTP', () => {
  let service: SampleServer;
  let ours: { key: CryptoKey; kid: string };
  let theirs: { privateKey: CryptoKey; publicKey: CryptoKey };
  beforeAll(async () => {
    service = await startSampleServer();
    ours = service.keyring.signing('token') as typeof ours;
    theirs = await generateKeyPair('ES256', { extractable: true });
  });
  afterAll(() => service?.stop());

  const ask = (authorization?: string, nik = resident?.nik) =>
    fetch(`${service.server.url}/v1/checks`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      },
      body: JSON.stringify({ nik }),
    });
  const signed = async (
    claims: Record<string, unknown> = {},
    header: object = {},
    key: CryptoKey | Uint8Array = ours.key,
  ) =>
    await new SignJWT({ ...CLAIMS, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: ours.kid, ...header })
      .sign(key);
  const publicKey = () => service.keyring.publicJwks.keys[0];

  const forged: Record<string, () => Promise<string>> = {
    'no token at all': async () => '',
    'another scheme': async () => `Basic ${Buffer.from('unlimited:check').toString('base64')}`,
    'no three parts': async () => 'Bearer e30.e30',
    'a token without a signature (alg none)': async () =>
      `Bearer ${base64url({ alg: 'none', typ: 'at+jwt' })}.${base64url(CLAIMS)}.`,
    'alg none with the signature of a good one': async () =>
      `Bearer ${base64url({ alg: 'none', typ: 'at+jwt' })}.${(await signed()).split('.').slice(1).join('.')}`,
    'HS256 with the public key as its secret': async () =>
      `Bearer ${await signed({}, { alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(publicKey())))}`,
    'HS256 with a coordinate of the public key': async () =>
      `Bearer ${await signed({}, { alg: 'HS256' }, Buffer.from(publicKey()?.x as string, 'base64url'))}`,
    'somebody else’s key under our kid': async () => `Bearer ${await signed({}, {}, theirs.privateKey)}`,
    'somebody else’s key, sent along (jwk)': async () =>
      `Bearer ${await signed({}, { kid: 'mine', jwk: await exportJWK(theirs.publicKey) }, theirs.privateKey)}`,
    'an address to fetch the key from (jku)': async () =>
      `Bearer ${await signed({}, { kid: 'mine', jku: 'http://127.0.0.1:9/jwks.json' }, theirs.privateKey)}`,
    'a kid that is a path': async () =>
      `Bearer ${await signed({}, { kid: '../../../../dev/null' }, theirs.privateKey)}`,
    'a kid that is SQL': async () => `Bearer ${await signed({}, { kid: "' OR 1=1 --" })}`,
    'an unknown critical header': async () =>
      `Bearer ${base64url({ alg: 'ES256', typ: 'at+jwt', kid: ours.kid, crit: ['x'], x: 1 })}.${(await signed()).split('.').slice(1).join('.')}`,
    'changed claims under an old signature': async () => {
      const [header, , signature] = (await signed()).split('.');
      return `Bearer ${header}.${base64url({ ...CLAIMS, scope: 'check audit' })}.${signature}`;
    },
    'another audience': async () => `Bearer ${await signed({ aud: 'other' })}`,
    'no audience': async () => `Bearer ${await signed({ aud: undefined })}`,
    'another issuer': async () => `Bearer ${await signed({ iss: 'https://hakpilih.example' })}`,
    'another typ': async () => `Bearer ${await signed({}, { typ: 'JWT' })}`,
    'a token that has expired': async () => `Bearer ${await signed({ exp: SECONDS - 60 })}`,
    'a token that never expires': async () => `Bearer ${await signed({ exp: undefined })}`,
    'a token not valid yet': async () => `Bearer ${await signed({ nbf: SECONDS + 3_600 })}`,
    'a token longer than any of ours': async () => `Bearer ${await signed({ pad: 'x'.repeat(5_000) })}`,
    'a client that is no name': async () => `Bearer ${await signed({ sub: '"},{"' })}`,
    'a region that cannot be read': async () => `Bearer ${await signed({ region: '32.01; DROP' })}`,
    'a region that is no text': async () => `Bearer ${await signed({ region: null })}`,
  };

  it('is accepted where nothing is wrong with it', async () => {
    expect((await ask(`Bearer ${await signed()}`)).status).toBe(200);
  });

  it.each(Object.keys(forged))('is refused: %s', async (name) => {
    const authorization = (await forged[name]?.()) as string;
    const response = await ask(authorization === '' ? undefined : authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      authorization === '' ? 'Bearer' : 'Bearer error="invalid_token"',
    );
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ type: '/problems/unauthorized', status: 401 });
    if (authorization !== '') expect(text).not.toContain(authorization.slice(-20));
  });

  it('of a client that is revoked is refused from then on', async () => {
    await recordClient(service.registry.sql, {
      name: 'gone',
      scopes: ['check'],
      region: null,
      perMinute: 60,
      perDay: 60,
    });
    const token = `Bearer ${await signed({ sub: 'gone' })}`;
    expect((await ask(token)).status).toBe(200);
    await revokeClient(service.registry.sql, 'gone');
    const response = await ask(token);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ pointer: '', code: 'TOKEN_REVOKED' }] });
  });

  it('for another region sees what it would see of a NIK that is nobody’s', async () => {
    const token = `Bearer ${await signed({ region: '33.01' })}`;
    const [there, nowhere] = await Promise.all([ask(token), ask(token, '3301010101019999')]);
    const text = await there.text();
    expect(text).toBe(await nowhere.text());
    expect(JSON.parse(text)).toMatchObject({ document: 'UNDETERMINED', reasons: [{ code: 'NOT_FOUND' }] });
  });

  it('tells its client what is left of the minute, and when to ask again', async () => {
    await recordClient(service.registry.sql, {
      name: 'small',
      scopes: ['check'],
      region: null,
      perMinute: 2,
      perDay: 60,
    });
    const token = `Bearer ${await signed({ sub: 'small' })}`;
    const left = async () => {
      const { status, headers } = await ask(token);
      const numbers = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'].map((name) =>
        headers.get(name),
      );
      return { status, numbers };
    };
    await earlyInMinute();
    const seconds = expect.stringMatching(/^([1-9]|[1-5][0-9]|60)$/);
    expect(await left()).toEqual({ status: 200, numbers: ['2', '1', seconds, null] });
    expect(await left()).toEqual({ status: 200, numbers: ['2', '0', seconds, null] });
    expect(await left()).toEqual({ status: 429, numbers: ['2', '0', seconds, seconds] });
  });
});
