import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { jsonLines, linesOf, NDJSON, startBulkServer } from './service.ts';

describe('a bulk check of JSON lines', () => {
  let registry: TestRegistry;
  let server: Awaited<ReturnType<typeof startBulkServer>>;
  const suket = { issuedOn: null, validUntil: '2018-07-02' } as never;
  beforeAll(async () => {
    registry = await createTestRegistry();
    const facts = [
      { status: 'CARD_ISSUED' },
      { status: 'PRINT_READY_RECORD', suket },
      { status: 'UNREGISTERED', tniPolri: true },
      { status: 'CARD_SHIPPED', region: '32.01.02.2001' },
      { status: 'UNKNOWN', region: null },
    ] as const;
    await importResidents(registry, [
      ...Array.from({ length: 3_000 }, (_, i) => resident(nikOf(i), facts[i % facts.length])),
      resident(nikOf(4_000)),
      resident(nikOf(4_000), { status: 'CARD_ISSUED' }),
    ]);
    await importResidents(registry, [resident(nikOf(5_000), { region: '32.71.01.1001' })], { source: '32.71' });
    server = await startBulkServer(registry);
  });
  afterAll(async () => {
    await server?.stop();
    await registry.close();
  });
  const question = (n: number, more = {}) => ({ ref: `r${n}`, nik: nikOf(n), ...more });
  const audited = async () =>
    await registry.sql`SELECT id, client, claim, tag, detail FROM audit WHERE kind = 'BULK' ORDER BY id`;

  it('answers a line for a line in the same order, and ends with a summary', async () => {
    const body = jsonLines(Array.from({ length: 7_000 }, (_, i) => question((i * 7_919) % 3_500)));
    const response = await server.ask(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(NDJSON);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { lines, summary } = await linesOf(response);
    expect(lines.map(({ ref }) => ref)).toEqual(Array.from({ length: 7_000 }, (_, i) => `r${(i * 7_919) % 3_500}`));
    const found = (document: string) => lines.filter((line) => line.document === document).length;
    expect(summary).toMatchObject({
      id: response.headers.get('x-request-id'),
      election: 'pilkada-2018',
      lines: 7_000,
      document: {
        EKTP: found('EKTP'),
        SUKET: found('SUKET'),
        NEITHER: found('NEITHER'),
        UNDETERMINED: found('UNDETERMINED'),
      },
      errors: {},
      asOf: { '32.01': '2018-01-12T17:00:00+07:00', '32.71': '2018-01-12T17:00:00+07:00' },
      sha256: createHash('sha256').update(body).digest('hex'),
    });
    expect(summary.voter.ELIGIBLE + summary.voter.NOT_ELIGIBLE + summary.voter.UNDETERMINED).toBe(7_000);
  });

  it.each([null, '32.01', '32.01.02', '32.71', '33'])(
    'says what single checks say, to a client of the region %s',
    async (region) => {
      const numbers = [0, 1, 2, 3, 4, 9, 3_200, 4_000, 5_000];
      const facts = [
        {},
        { name: 'Hj. Neneng Nurhasanah' },
        { name: 'ASEP', kk: '3201010503119001' },
        { kk: '3201010503119002' },
        { name: 'No. KK: 3201 0105 0311 9001' },
      ];
      const questions = numbers.flatMap((n) => facts.map((fact) => question(n, fact)));
      const { lines } = await linesOf(await server.ask(jsonLines(questions), { region }));
      await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES ('single', '{check}', 90000, 900000) ON CONFLICT DO NOTHING`;
      await registry.sql`DELETE FROM client_misses`;
      const authorization = `Bearer ${await server.token({ client: 'single', scopes: ['check'], region })}`;
      for (const [i, { ref, ...asked }] of questions.entries()) {
        await registry.sql`DELETE FROM client_misses`;
        const response = await fetch(`${server.url}/v1/checks`, {
          method: 'POST',
          headers: { Authorization: authorization, 'Content-Type': 'application/json' },
          body: JSON.stringify(asked),
        });
        const { election, contests, source, reasons, matches, ...rest } =
          (await response.json()) as (typeof lines)[0];
        const { suketNumber, ...matched } = matches;
        expect(lines[i]).toEqual({
          ref,
          ...rest,
          matches: matched,
          reasons: reasons.map(({ code }: { code: string }) => code),
        });
      }
    },
  );

  it('asks a family-card number given for a name as one', async () => {
    const KK = '3201010503119001';
    const facts = [{ name: `KK ${KK}` }, { name: KK }, { name: KK, kk: KK }, { name: KK, kk: '3201010503119002' }];
    const { lines } = await linesOf(await server.ask(jsonLines(facts.map((fact) => question(0, fact)))));
    const asCard = lines[0]?.matches.kk;
    expect(asCard).not.toBeNull();
    expect(lines.map(({ matches }) => matches)).toEqual([
      { name: null, kk: asCard },
      { name: null, kk: asCard },
      { name: null, kk: asCard },
      { name: false, kk: false },
    ]);
  });

  it('gives a bad line a code and goes on', async () => {
    const nik = nikOf(0);
    const bad: [string, string | null, string, string][] = [
      ['{"ref":"a"', null, 'NOT_JSON', ''],
      ['[1]', null, 'NOT_AN_OBJECT', ''],
      [JSON.stringify({ nik }), null, 'REQUIRED', '/ref'],
      [JSON.stringify({ ref: 7, nik }), null, 'NOT_A_STRING', '/ref'],
      [JSON.stringify({ ref: 'a b', nik }), null, 'NOT_A_REFERENCE', '/ref'],
      [JSON.stringify({ ref: nik, nik }), null, 'NOT_A_REFERENCE', '/ref'],
      [JSON.stringify({ ref: 'x'.repeat(33), nik }), null, 'NOT_A_REFERENCE', '/ref'],
      [JSON.stringify({ ref: 'b' }), 'b', 'REQUIRED', '/nik'],
      [JSON.stringify({ ref: 'b', nik: 3201 }), 'b', 'NOT_A_STRING', '/nik'],
      [JSON.stringify({ ref: 'b', nik: '' }), 'b', 'EMPTY', '/nik'],
      [JSON.stringify({ ref: 'b', nik: '3,2E+15' }), 'b', 'SCIENTIFIC', '/nik'],
      [JSON.stringify({ ref: 'b', nik: `${nik}1` }), 'b', 'NOT_16_DIGITS', '/nik'],
      [JSON.stringify({ ref: 'b', nik, name: ' ' }), 'b', 'EMPTY', '/name'],
      [JSON.stringify({ ref: 'b', nik, name: 'A'.repeat(101) }), 'b', 'TOO_LONG', '/name'],
      [JSON.stringify({ ref: 'b', nik, kk: '12' }), 'b', 'NOT_16_DIGITS', '/kk'],
      [JSON.stringify({ ref: 'b', nik, alamat: 'SECRET' }), 'b', 'UNKNOWN_MEMBER', ''],
      [`{"ref":"b","nik":"${nik}","name":"${'A'.repeat(20_000)}"}`, null, 'LINE_TOO_LONG', ''],
      [`{"ref":"b","nik":"${nik}","name":"\u00ff"}`, null, 'NOT_UTF8', ''],
    ];
    const text = bad.map(([line]) => `${line}\n{"ref":"good","nik":"${nik}"}\r\n\n`).join('');
    const response = await server.ask(Buffer.from(text, 'latin1'));
    const { lines, summary } = await linesOf(response);
    expect(lines.filter((_, i) => i % 2 === 0)).toEqual(
      bad.map(([, ref, code, pointer]) => ({ ref, error: { code, pointer } })),
    );
    expect(lines.filter((_, i) => i % 2 === 1).every((line) => line.ref === 'good' && line.document === 'EKTP')).toBe(
      true,
    );
    expect(summary).toMatchObject({
      lines: bad.length * 2,
      errors: { REQUIRED: 2, NOT_A_REFERENCE: 3, NOT_16_DIGITS: 2 },
    });
    expect(JSON.stringify(lines)).not.toMatch(/SECRET|[0-9]{16}|AAAA/);
    expect(server.log()).not.toMatch(/SECRET|[0-9]{16}/);
  });

  it('reads gzip, says so of what is broken, and refuses what is no text of lines', async () => {
    const text = jsonLines(Array.from({ length: 5_000 }, (_, i) => question(i)));
    const packed = gzipSync(text);
    const { lines, summary } = await linesOf(await server.ask(packed, { headers: { 'Content-Encoding': 'gzip' } }));
    expect(lines).toHaveLength(5_000);
    expect(summary.sha256).toBe(createHash('sha256').update(packed).digest('hex'));
    const cases: [string | Uint8Array<ArrayBuffer>, Parameters<typeof server.ask>[1], number, string?][] = [
      [packed.subarray(0, 5_000), { headers: { 'Content-Encoding': 'gzip' } }, 400, 'FILE_TRUNCATED'],
      ['', {}, 400, 'EMPTY_FILE'],
      [Buffer.concat([Buffer.from('PK\x03\x04xl/'), Buffer.alloc(500)]), {}, 400, 'XLSX_FILE'],
      ['{}', { type: 'application/json' }, 415],
      ['{}', { headers: { 'Content-Encoding': 'br' } }, 415, 'CONTENT_ENCODING'],
    ];
    for (const [body, options, status, code] of cases) {
      const response = await server.ask(body, options);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(((await response.json()) as { errors?: { code: string }[] }).errors?.[0]?.code).toBe(code);
    }
  });

  it('asks for the scope, takes no account of quota, and refuses a revoked client', async () => {
    const line = jsonLines([question(1)]);
    expect((await server.ask(line, { scopes: ['check'] })).status).toBe(403);
    const bare = await fetch(`${server.url}/v1/checks/bulk`, {
      method: 'POST',
      headers: { 'Content-Type': NDJSON },
      body: line,
    });
    expect(bare.status).toBe(401);
    expect((await fetch(`${server.url}/v1/checks/bulk`)).headers.get('allow')).toBe('POST');
    expect(
      (await server.ask(jsonLines(Array.from({ length: 500 }, (_, i) => question(i))), { client: 'not-on-record' }))
        .status,
    ).toBe(200);
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day, revoked_at) VALUES ('gone', '{bulk}', 1, 1, now())`;
    const before = (await audited()).length;
    const gone = await server.ask(line, { client: 'gone' });
    expect(gone.status).toBe(401);
    expect(await gone.json()).toMatchObject({ errors: [{ code: 'TOKEN_REVOKED' }] });
    expect(await audited()).toHaveLength(before);
  });

  it('leaves one audit row a request, under its id, with digest and lines and nobody in it', async () => {
    const before = (await audited()).length;
    const body = jsonLines([question(1), question(2)]);
    const response = await server.ask(body, { client: 'kpud-bogor', region: '32.01' });
    await response.arrayBuffer();
    const rows = await audited();
    expect(rows).toHaveLength(before + 1);
    const detail = {
      format: 'ndjson',
      bytes: body.length,
      lines: 2,
      sha256: createHash('sha256').update(body).digest('hex'),
    };
    expect(rows.find(({ id }) => id === response.headers.get('x-request-id'))).toMatchObject({
      client: 'kpud-bogor',
      claim: '32.01',
      tag: null,
      detail,
    });
  });
});
