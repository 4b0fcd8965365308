import { createHmac } from 'node:crypto';
import { exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importResidents, nikOf, resident } from '../support/registry.ts';
import { answerIn, check, RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';

describe.each(RUNTIMES)('a check on %s', (name) => {
  let runtime: Runtime;
  let authorization: string;
  const [known, unmarked, elsewhere, stranger] = [nikOf(1), nikOf(2), nikOf(3), nikOf(4)] as [
    string,
    string,
    string,
    string,
  ];
  beforeAll(async () => {
    runtime = await startRuntime(name);
    authorization = await runtime.bearer();
    await importResidents(runtime.registry, [
      resident(
        known,
        { suket: { issuedOn: '2018-01-02' as never, validUntil: '2018-07-02' as never } },
        { suketNumber: '471.13/9/2018' },
      ),
      resident(unmarked, {}, { name: null, kk: null }),
    ]);
    const moved = resident(elsewhere, { region: '33.01.01.2001' });
    await importResidents(runtime.registry, [moved], { source: '33.01', asOf: '2018-01-10T12:00:00+07:00' });
  }, 120_000);
  afterAll(() => runtime.stop());

  it('answers in the agreed shape, once and for nobody to keep', async () => {
    const response = await check(runtime, authorization, { nik: known, name: 'Neneng Nurhasanah' });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('x-request-id')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(await response.json()).toEqual({
      election: { id: 'pilkada-2018', date: '2018-06-27' },
      document: 'SUKET',
      voter: 'ELIGIBLE',
      reasons: [{ code: 'RECORDED_NOT_PRINTED', basis: 'DG Dukcapil 471.13/10231 (2016)' }],
      actions: ['CHECK_DPT', 'BRING_SUKET'],
      contests: [
        { office: 'GOVERNOR', region: '32' },
        { office: 'REGENT', region: '32.01' },
      ],
      statusCode: 'PRINT_READY_RECORD',
      region: '32.01.01.1001',
      suket: { issuedOn: '2018-01-02', validUntil: '2018-07-02', validOnElectionDay: true },
      matches: { name: true, kk: null, suketNumber: null },
      source: 'REGISTRY',
      asOf: '2018-01-12T17:00:00+07:00',
    });
  });

  it('compares only what is asked and on record', async () => {
    const matchesOf = async (question: object) =>
      (await answerIn(await check(runtime, authorization, question))).matches;
    expect(await matchesOf({ nik: known })).toEqual({ name: null, kk: null, suketNumber: null });
    expect(
      await matchesOf({ nik: known, name: 'ANOTHER', kk: '3201010503119001', suketNumber: '471.13/9/2018' }),
    ).toEqual({
      name: false,
      kk: true,
      suketNumber: true,
    });
    expect(await matchesOf({ nik: unmarked, name: 'ANY', kk: '3201010503119001' })).toEqual({
      name: null,
      kk: null,
      suketNumber: null,
    });
  });

  it('of nobody is a 200 that says NOT_FOUND, of the oldest copy the caller may see', async () => {
    const response = await check(runtime, authorization, { nik: stranger });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      document: 'UNDETERMINED',
      voter: 'UNDETERMINED',
      reasons: [{ code: 'NOT_FOUND', basis: 'Not found in the registry of the region you may see' }],
      actions: ['SEE_DISDUKCAPIL', 'CHECK_DPT'],
      contests: [],
      statusCode: null,
      region: null,
      suket: null,
      asOf: '2018-01-10T12:00:00+07:00',
    });
  });

  it('of a resident outside the region gives the very bytes of a miss', async () => {
    for (const region of ['33', '33.01', '32.02', '32.01.02', '32.01.01.1002']) {
      const bounded = await runtime.bearer({ region });
      const [outside, miss] = await Promise.all(
        [known, stranger].map(async (nik) => await (await check(runtime, bounded, { nik })).text()),
      );
      expect(outside).toBe(miss);
    }
    for (const region of ['32', '32.01', '32.01.01', '32.01.01.1001']) {
      expect(await (await check(runtime, await runtime.bearer({ region }), { nik: known })).json()).toMatchObject({
        document: 'SUKET',
      });
    }
    const nowhere = await check(runtime, await runtime.bearer({ region: '91' }), { nik: known });
    expect(await nowhere.json()).toMatchObject({ reasons: [{ code: 'NOT_FOUND' }], asOf: null });
  });

  it('writes one audit row, without the NIK', async () => {
    const bounded = await runtime.bearer({ client: 'auditee', region: '32.01' });
    const hit = await check(runtime, bounded, { nik: known, name: 'ANOTHER', kk: '3201010503119001' });
    const miss = await check(runtime, bounded, { nik: stranger });
    const rows = await runtime.registry.sql`
      SELECT id, claim, found, asked, matched, status, copy IS NOT NULL AS has_copy, source, tag FROM audit WHERE client = 'auditee' ORDER BY found DESC`;
    expect(rows).toMatchObject([
      {
        id: hit.headers.get('x-request-id'),
        claim: '32.01',
        found: true,
        asked: 3,
        matched: 2,
        status: 6,
        has_copy: true,
        source: 'REGISTRY',
      },
      { id: miss.headers.get('x-request-id'), found: false, asked: 0, matched: 0, status: null, has_copy: false },
    ]);
    expect(JSON.stringify(rows)).not.toContain(known);
  });

  it('needs a token that is ours, of now, for this, and says what is wrong with it', async () => {
    const { keys } = JSON.parse(runtime.keys.HAKPILIH_SIGNING_KEYS);
    const key = await importJWK({ ...keys[0], alg: 'ES256' }, 'ES256');
    const other = await generateKeyPair('ES256');
    const publicPem = await exportSPKI(
      (await importJWK({ ...keys[0], d: undefined, alg: 'ES256' }, 'ES256', { extractable: true })) as never,
    );
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      scope: 'check',
      iss: 'hakpilih',
      aud: 'hakpilih',
      sub: 'test',
      jti: 'id',
      iat: now,
      exp: now + 60,
    };
    const sign = async (changes: object = {}, header: object = {}, by: unknown = key) =>
      await new SignJWT({ ...claims, ...changes })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
        .sign(by as never);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hs256 = `${part({ alg: 'HS256', typ: 'at+jwt' })}.${part(claims)}`;
    expect((await check(runtime, `Bearer ${await sign()}`, { nik: known })).status).toBe(200);
    const refused: Record<string, [string, string]> = {
      none: ['', 'TOKEN_MISSING'],
      basic: ['Basic dGVzdA==', 'TOKEN_MALFORMED'],
      malformed: ['Bearer a.b', 'TOKEN_MALFORMED'],
      oversize: [`Bearer ${'a'.repeat(5000)}.b.c`, 'TOKEN_MALFORMED'],
      'alg none': [`Bearer ${new UnsecuredJWT(claims).encode()}x`, 'TOKEN_INVALID'],
      'HS256 with the public key': [
        `Bearer ${hs256}.${createHmac('sha256', publicPem).update(hs256).digest('base64url')}`,
        'TOKEN_INVALID',
      ],
      'another key': [`Bearer ${await sign({}, {}, other.privateKey as never)}`, 'TOKEN_INVALID'],
      'another kid': [`Bearer ${await sign({}, { kid: '../../etc' })}`, 'TOKEN_INVALID'],
      'a key of its own': [
        `Bearer ${await sign({}, { jku: 'http://127.0.0.1:9/', jwk: keys[0] }, other.privateKey as never)}`,
        'TOKEN_INVALID',
      ],
      'wrong typ': [`Bearer ${await sign({}, { typ: 'JWT' })}`, 'TOKEN_INVALID'],
      'wrong aud': [`Bearer ${await sign({ aud: 'other' })}`, 'TOKEN_INVALID'],
      'wrong iss': [`Bearer ${await sign({ iss: 'other' })}`, 'TOKEN_INVALID'],
      'not yet valid': [`Bearer ${await sign({ nbf: now + 600 })}`, 'TOKEN_INVALID'],
      'no expiry': [`Bearer ${await sign({ exp: undefined })}`, 'TOKEN_INVALID'],
      'unreadable region': [`Bearer ${await sign({ region: '32.99' })}`, 'TOKEN_INVALID'],
      expired: [`Bearer ${await sign({ exp: now - 1 })}`, 'TOKEN_EXPIRED'],
    };
    for (const [what, [header, code]] of Object.entries(refused)) {
      const headers = { 'Content-Type': 'application/json', ...(header === '' ? {} : { Authorization: header }) };
      const response = await fetch(`${runtime.url}/v1/checks`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ nik: known }),
      });
      expect([what, response.status, await response.json()]).toMatchObject([
        what,
        401,
        { errors: [{ pointer: '', code }] },
      ]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    const scopeless = await check(runtime, await runtime.bearer({ scopes: [] }), { nik: known });
    expect(scopeless.status).toBe(403);
    expect(scopeless.headers.get('www-authenticate')).toContain('insufficient_scope');
  });
});

describe('many checks at once on Node', () => {
  it('share statements, and leave as many audit rows as answers', async () => {
    const runtime = await startRuntime('Node');
    try {
      const niks = Array.from({ length: 50 }, (_, i) => nikOf(100 + i));
      await importResidents(
        runtime.registry,
        niks.map((nik, i) => resident(nik, { status: i % 2 ? 'CARD_ISSUED' : 'UNREGISTERED' })),
      );
      const authorization = await runtime.bearer();
      const answers = await Promise.all(
        Array.from({ length: 500 }, async (_, i) => {
          const response = await check(runtime, authorization, { nik: niks[i % 50] });
          return {
            status: response.status,
            document: (await answerIn(response)).document,
            expected: (i % 50) % 2 ? 'EKTP' : 'NEITHER',
          };
        }),
      );
      expect(answers.filter(({ status, document, expected }) => status !== 200 || document !== expected)).toEqual([]);
      const [counted] = await runtime.registry
        .sql`SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS statements FROM audit`;
      expect(counted?.rows).toBe(500);
      expect(counted?.statements).toBeLessThan(250);
    } finally {
      await runtime.stop();
    }
  });
});
