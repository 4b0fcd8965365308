import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetSelfChecks } from '../../src/checks/form-source.ts';
import { revokeClient } from '../../src/registry/clients.ts';
import { QUOTA } from '../../src/registry/quota.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createListsApp, type ListsApp, listOf } from './service.ts';

describe('a followed list', () => {
  let registry: TestRegistry;
  let app: ListsApp;
  const [printed, recorded, without, stranger] = [nikOf(1), nikOf(2), nikOf(3), nikOf(4)];
  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, [
      resident(printed, { status: 'CARD_ISSUED' }),
      resident(recorded),
      resident(without, { status: 'UNREGISTERED', region: '32.01.02.2001' }),
    ]);
    app = await createListsApp(registry);
  });
  afterAll(async () => {
    await app?.close();
    await registry?.close();
  });
  const rowsOf = async (table: 'lists' | 'list_refs', client: string): Promise<number> => {
    const from = table === 'lists' ? 'lists l' : 'list_refs r JOIN lists l ON l.id = r.list';
    const [row] = await registry.sql.unsafe(`SELECT count(*)::int AS count FROM ${from} WHERE l.client = $1`, [
      client,
    ]);
    return row?.count;
  };
  const everything = listOf({ a: printed, b: recorded, c: without, d: stranger, e: printed });

  it('is kept as references and tags, in the order of the tags', async () => {
    const { status, body, headers } = await app.create(`\n${everything}`, { client: 'keeper' });
    expect([status, body]).toEqual([201, { id: expect.any(String), rows: 5, cursor: 'c1' }]);
    expect(headers.get('location')).toBe(`/v1/lists/${body.id}`);
    expect(headers.get('cache-control')).toBe('no-store');
    const kept = await registry.sql`SELECT * FROM list_refs WHERE list = ${body.id} ORDER BY ctid`;
    expect(kept.map(({ tag }) => tag)).toEqual(kept.map(({ tag }) => tag).sort());
    expect(JSON.stringify(kept)).not.toMatch(/\d{16}/);
  });

  it('counts what a check would show now, within the region of who asks', async () => {
    const { body: list } = await app.create(everything);
    const { status, body } = await app.ask(`/v1/lists/${list.id}`);
    expect([status, body]).toEqual([
      200,
      {
        ...list,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        documents: { EKTP: 2, SUKET: 1, NEITHER: 1, UNDETERMINED: 1 },
        asOf: '2018-01-12T17:00:00+07:00',
      },
    ]);
    const countedIn = async (region: string) => {
      const { body: own } = await app.create(everything, { region });
      return await app.ask(`/v1/lists/${own.id}`, {}, { region });
    };
    const district = await countedIn('32.01.02');
    expect(district.body.documents).toEqual({ EKTP: 0, SUKET: 0, NEITHER: 1, UNDETERMINED: 4 });
    const elsewhere = await countedIn('33');
    expect(elsewhere.body).toMatchObject({ documents: { UNDETERMINED: 5 }, asOf: null });
  });

  it('comes once for one idempotency key, also when it comes many times at once', async () => {
    const who = { client: 'twice', key: 'k-1' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.create(everything, who)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    await importResidents(registry, [resident(nikOf(99), { region: '32.71.01.1001' })], { source: '32.71' });
    const again = await app.create(everything, who);
    expect(again.status).toBe(200);
    expect(new Set([...answers, again].map(({ text }) => text)).size).toBe(1);
    expect([await rowsOf('lists', 'twice'), await rowsOf('list_refs', 'twice')]).toEqual([1, 5]);
    const other = await app.create(listOf({ a: printed }), who);
    expect([other.status, other.body]).toMatchObject([
      409,
      { type: '/problems/conflict', errors: [{ code: 'KEY_USED' }] },
    ]);
    expect((await app.create(listOf({ a: printed }), { ...who, client: 'another' })).status).toBe(201);
    expect((await app.app.request('/problems/conflict')).status).toBe(200);
  });

  it.each([
    ['no key', ''],
    ['a long key', 'k'.repeat(65)],
    ['a key of other characters', 'a b'],
  ])('is refused with %s', async (_what, key) => {
    expect(await app.create(everything, { key })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '', code: 'IDEMPOTENCY_KEY' }] },
    });
  });

  it.each([
    ['no JSON', 'RAHASIA', '/2', 'NOT_JSON'],
    ['no object', '["RAHASIA"]', '/2', 'NOT_AN_OBJECT'],
    ['another member', `{"ref":"x","nik":"${printed}","RAHASIA":1}`, '/2', 'UNKNOWN_MEMBER'],
    ['no reference', `{"nik":"${printed}"}`, '/2/ref', 'REQUIRED'],
    ['a reference that may be a NIK', `{"ref":"a-${printed}","nik":"${printed}"}`, '/2/ref', 'NOT_A_REFERENCE'],
    ['a reference of other characters', `{"ref":"RAHA SIA","nik":"${printed}"}`, '/2/ref', 'NOT_A_REFERENCE'],
    ['a reference that is long', `{"ref":"${'x'.repeat(33)}","nik":"${printed}"}`, '/2/ref', 'NOT_A_REFERENCE'],
    ['a reference of the line before', `{"ref":"ok","nik":"${recorded}"}`, '/2/ref', 'REPEATED'],
    ['no NIK', '{"ref":"x"}', '/2/nik', 'REQUIRED'],
    ['a NIK as a number', `{"ref":"x","nik":${printed}}`, '/2/nik', 'NOT_A_STRING'],
    ['a short NIK', `{"ref":"x","nik":"${printed.slice(1)}"}`, '/2/nik', 'NOT_16_DIGITS'],
    ['a long line', `{"ref":"x","nik":"${printed}"${' '.repeat(1_024)}}`, '/2', 'LINE_TOO_LONG'],
  ])('is refused whole for a line with %s, which is not repeated', async (_what, line, pointer, code) => {
    const { status, body, text } = await app.create(`${listOf({ ok: printed })}${line}\n${listOf({ z: printed })}`, {
      client: 'careless',
    });
    expect([status, body.errors]).toEqual([422, [{ pointer, code }]]);
    expect(text).not.toMatch(/RAHA|\d{16}/);
    expect(await rowsOf('lists', 'careless')).toBe(0);
  });

  const table = { headers: { 'Content-Type': 'text/csv' } };

  it.each([
    [
      'titles above and other columns',
      `DAFTAR\n\nREF;Nama;No. NIK\na;X;${printed}\nb;Y;'${recorded}\n;;\n2 rows selected.\n`,
    ],
    [
      'tabs, in UTF-16',
      Uint8Array.from(Buffer.from(`\ufeffref\tNIK KTP\r\na\t${printed}\r\nb\t${recorded}\r\n`, 'utf16le')),
    ],
  ])('may come as a table with %s', async (what, text) => {
    const who = { client: 'table', key: what.replaceAll(/\W/g, '-'), ...table };
    const { status, body } = await app.create(text, who);
    expect([status, body.rows]).toEqual([201, 2]);
    expect((await app.ask(`/v1/lists/${body.id}`, {}, who)).body.documents).toMatchObject({ EKTP: 1, SUKET: 1 });
    expect(await app.create(text, who)).toMatchObject({ status: 200, body: { id: body.id } });
    const other = await app.create(`ref;nik\na;${printed}\n`, who);
    expect([other.status, other.body.errors]).toEqual([409, [{ pointer: '', code: 'KEY_USED' }]]);
  });

  it('is refused whole for the faults of a table, told at line and column', async () => {
    const rows = [
      `a;${printed}`,
      `b;${printed};`,
      'c',
      `a;${printed}`,
      `x y;${printed}`,
      `;${printed}`,
      'd;3,2E+15',
      'e;',
      '',
    ];
    const text = `judul\nref;nik\n${rows.join('\n')}\nnik;ref\n${printed};f\n`;
    const told = await app.create(text, table);
    expect(told.status).toBe(422);
    expect(told.body.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`)).toEqual([
      '/4 COLUMNS_SURPLUS',
      '/5 COLUMNS_MISSING',
      '/6/ref REPEATED',
      '/7/ref NOT_A_REFERENCE',
      '/8/ref REQUIRED',
      '/9/nik SCIENTIFIC',
      '/10/nik EMPTY',
      '/12 HEADER_CHANGED',
      '/13 HEADER_CHANGED',
    ]);
    expect(told.text).not.toMatch(/\d{16}/);
  });

  it.each([
    ['no column ref', `no;nik\n1;${nikOf(1)}\n`, 400, 'MISSING_COLUMN'],
    ['no column of NIKs', 'ref;nama\n1;X\n', 400, 'MISSING_COLUMN'],
    ['nothing', '', 400, 'EMPTY_FILE'],
    ['a header only', 'ref;nik\n', 422, 'EMPTY'],
    [
      'rounded NIKs',
      `ref;nik\n${[0, 1, 2, 3, 4].map((i) => `${i};3201014508789000\n`).join('')}`,
      400,
      'NIK_ROUNDED',
    ],
    ['too many lines', `ref;nik\n${'\n'.repeat(100_001)}`, 413, 'TOO_MANY_LINES'],
    ['a workbook', 'PK\x03\x04xl/', 400, 'XLSX_FILE'],
  ])('is refused as a table with %s', async (_what, text, status, code) => {
    expect(await app.create(text, table)).toMatchObject({ status, body: { errors: [{ code }] } });
  });

  it('is refused where it is empty, too large, too long or of another type', async () => {
    expect(await app.create('\n \n')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '', code: 'EMPTY' }] },
    });
    expect((await app.create('\n'.repeat(8 * 1024 ** 2 + 1))).status).toBe(413);
    expect(await app.create('\n'.repeat(100_001))).toMatchObject({
      status: 413,
      body: { errors: [{ code: 'TOO_MANY_LINES' }] },
    });
    expect((await app.create(everything, { headers: { 'Content-Type': 'application/json' } })).status).toBe(415);
    expect((await app.create(everything, { headers: { 'Content-Encoding': 'gzip' } })).status).toBe(415);
    const many = await app.create('x\n'.repeat(200));
    expect([many.status, many.body.errors.length]).toEqual([422, 100]);
  });

  it('of as many voters as may be is kept in one go', async () => {
    const all = Array.from({ length: 100_000 }, (_, i) => `{"ref":"r${i}","nik":"${nikOf(i)}"}\n`).join('');
    const { status, body } = await app.create(all, { client: 'large' });
    expect([status, body.rows]).toEqual([201, 100_000]);
    expect((await app.ask(`/v1/lists/${body.id}`, {}, { client: 'large' })).body.documents.EKTP).toBe(1);
    expect((await app.ask(`/v1/lists/${body.id}`, { method: 'DELETE' }, { client: 'large' })).status).toBe(204);
    expect(await registry.sql`SELECT 1 FROM list_refs WHERE list = ${body.id} LIMIT 1`).toHaveLength(0);
  });

  it('of an upload that breaks off leaves nothing', async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(everything));
        controller.error(new Error('gone'));
      },
    });
    const { status } = await app.create(broken, { client: 'cut', key: 'k' });
    expect(status).toBe(400);
    expect(await rowsOf('lists', 'cut')).toBe(0);
    expect((await app.create(everything, { client: 'cut', key: 'k' })).status).toBe(201);
  });

  it('is forgotten when its client says so, and its key is free again', async () => {
    const who = { client: 'forgetful', key: 'k' };
    const { body } = await app.create(everything, who);
    const gone = await app.ask(`/v1/lists/${body.id}`, { method: 'DELETE' }, who);
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect(await registry.sql`SELECT 1 FROM list_refs WHERE list = ${body.id}`).toHaveLength(0);
    for (const [path, method] of [
      ['', 'GET'],
      ['', 'DELETE'],
      ['/changes', 'GET'],
    ] as const)
      expect((await app.ask(`/v1/lists/${body.id}${path}`, { method }, who)).status).toBe(404);
    expect((await app.create(listOf({ a: printed }), who)).status).toBe(201);
  });

  it('is nothing to another client, nor to one without the scope', async () => {
    const { body } = await app.create(everything);
    const count = await registry.sql`SELECT 1 FROM audit WHERE client = 'stranger'`;
    for (const [path, method] of [
      ['', 'GET'],
      ['', 'DELETE'],
      ['/changes', 'GET'],
    ] as const) {
      const address = `/v1/lists/${body.id}${path}`;
      expect((await app.ask(address, { method }, { client: 'stranger' })).status).toBe(404);
      expect((await app.ask(address, { method }, { scopes: ['check', 'bulk'] })).status).toBe(403);
    }
    expect((await app.ask('/v1/lists/no-uuid')).status).toBe(404);
    expect(await registry.sql`SELECT 1 FROM audit WHERE client = 'stranger'`).toHaveLength(count.length);
    expect((await app.ask(`/v1/lists/${body.id}`)).status).toBe(200);
    const put = await app.ask('/v1/lists', { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('is closed to a revoked client at once', async () => {
    const who = { client: 'fired' };
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES ('fired', '{lists}', 60, 3000)`;
    const { body } = await app.create(everything, who);
    await registry.sql`UPDATE clients SET revoked_at = now() WHERE name = 'fired'`;
    const address = `/v1/lists/${body.id}`;
    for (const { status, body: problem } of [
      await app.create(everything, who),
      await app.ask(address, {}, who),
      await app.ask(`${address}/changes`, {}, who),
      await app.ask(address, { method: 'DELETE' }, who),
    ])
      expect([status, problem.errors]).toEqual([401, [{ pointer: '', code: 'TOKEN_REVOKED' }]]);
    expect([await rowsOf('lists', 'fired'), await rowsOf('list_refs', 'fired')]).toEqual([1, 5]);
  });

  it('is nothing to a token of a narrower region than it was made with', async () => {
    const { body: wide } = await app.create(everything);
    const { body: narrow } = await app.create(everything, { region: '32.01' });
    const { body: apart } = await app.create(everything, { region: '33' });
    for (const { id } of [wide, apart])
      for (const [path, method] of [
        ['', 'GET'],
        ['/changes', 'GET'],
        ['', 'DELETE'],
      ] as const)
        expect((await app.ask(`/v1/lists/${id}${path}`, { method }, { region: '32.01' })).status).toBe(404);
    expect((await app.ask(`/v1/lists/${narrow.id}`, { method: 'DELETE' }, { region: '32.01.02' })).status).toBe(404);
    expect((await app.ask(`/v1/lists/${narrow.id}`, {}, { region: '32.01' })).status).toBe(200);
    expect((await app.ask(`/v1/lists/${narrow.id}`, {}, { region: '32' })).status).toBe(200);
    expect((await app.ask(`/v1/lists/${narrow.id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('is made and read within a quota of lines a day, to the line', async () => {
    const who = { client: 'metered', key: 'first' };
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day, lines_per_day) VALUES ('metered', '{lists}', 60, 3000, 16)`;
    const used = async () => (await registry.sql`SELECT lines FROM list_usage WHERE client = 'metered'`)[0]?.lines;
    const { body } = await app.create(everything, who);
    expect((await app.ask(`/v1/lists/${body.id}`, {}, who)).status).toBe(200);
    expect((await app.create(everything, who)).status).toBe(200);
    // Where no copy came since, changes have nothing to tell.
    expect((await app.ask(`/v1/lists/${body.id}/changes`, {}, who)).status).toBe(200);
    expect(await used()).toBe(10);
    const tooLong = await app.create(
      listOf({ a: printed, b: recorded, c: without, d: stranger, e: '3201014508789001', f: printed, g: printed }),
      { client: 'metered' },
    );
    expect([tooLong.status, tooLong.body.errors]).toEqual([429, [{ pointer: '', code: 'DAY_QUOTA' }]]);
    expect(Number(tooLong.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await used()).toBe(10);
    expect((await app.ask(`/v1/lists/${body.id}`, {}, who)).status).toBe(200);
    expect((await app.create(listOf({ a: printed }), { client: 'metered' })).status).toBe(201);
    expect(await used()).toBe(16);
    expect((await app.create(listOf({ a: printed }), { client: 'metered' })).status).toBe(429);
    expect((await app.ask(`/v1/lists/${body.id}`, {}, who)).status).toBe(429);
    await registry.sql`UPDATE list_usage SET day = current_date - 1 WHERE client = 'metered'`;
    expect((await app.ask(`/v1/lists/${body.id}`, {}, who)).status).toBe(200);
    expect(await used()).toBe(5);
    expect((await app.ask(`/v1/lists/${body.id}`, { method: 'DELETE' }, who)).status).toBe(204);
  });

  it('of a client that has no quota of its own is held to the one by default, changes included', async () => {
    const who = { client: 'by-default' };
    const { body } = await app.create(listOf({ a: printed }), who);
    await importResidents(registry, [resident(nikOf(98), { region: '32.72.01.1001' })], { source: '32.72' });
    await registry.sql`UPDATE list_usage SET lines = ${QUOTA.linesPerDay - 1} WHERE client = 'by-default'`;
    expect((await app.ask(`/v1/lists/${body.id}/changes`, {}, who)).status).toBe(200);
    expect((await app.ask(`/v1/lists/${body.id}/changes`, {}, who)).status).toBe(429);
  });

  it('with more strangers than residents pauses its client, as checks do', async () => {
    const strangers = (n: number) =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`s${i}`, nikOf(5_000 + i)]));
    const read = async (client: string, rows: Record<string, string>): Promise<number> => {
      const { body } = await app.create(listOf(rows), { client });
      return (await app.ask(`/v1/lists/${body.id}`, {}, { client })).status;
    };
    expect([await read('guesser', strangers(19)), await read('guesser', strangers(1))]).toEqual([200, 200]);
    const paused = await app.create(listOf({ a: printed }), { client: 'guesser' });
    expect([paused.status, paused.body.errors]).toEqual([429, [{ pointer: '', code: 'PAUSED' }]]);
    // Each resident makes up for a stranger.
    const mostly = { ...strangers(20), a: printed, b: recorded };
    expect([await read('registrar', mostly), await read('registrar', mostly)]).toEqual([200, 200]);
    expect((await app.create(listOf({ a: printed }), { client: 'registrar' })).status).toBe(429);
    expect(await read('mixer', { ...strangers(3), a: printed, b: recorded, c: without })).toBe(200);
    expect(await registry.sql`SELECT run, hit FROM client_misses WHERE client = 'mixer'`).toEqual([
      { run: 0, hit: true },
    ]);
  });

  it('of a client that is revoked is forgotten, at once and by whoever cleans up', async () => {
    const who = { client: 'leaver' };
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES ('leaver', '{lists}', 60, 3000)`;
    await app.create(everything, who);
    await revokeClient(registry.sql, 'leaver');
    expect([await rowsOf('lists', 'leaver'), await rowsOf('list_refs', 'leaver')]).toEqual([0, 0]);
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES ('left', '{lists}', 60, 3000)`;
    const { body } = await app.create(everything, { client: 'left' });
    await registry.sql`UPDATE clients SET revoked_at = now() WHERE name = 'left'`;
    await forgetSelfChecks(app.sql);
    expect(await rowsOf('lists', 'left')).toBe(0);
    expect(await registry.sql`SELECT 1 FROM list_refs WHERE list = ${body.id}`).toHaveLength(0);
  });

  it('is one of a hundred at most of its client', async () => {
    const who = { client: 'collector' };
    for (let i = 0; i < 100; i += 1)
      expect((await app.create(listOf({ a: printed }), { ...who, key: `k${i}` })).status).toBe(201);
    expect(await app.create(listOf({ a: printed }), who)).toMatchObject({
      status: 409,
      body: { errors: [{ code: 'TOO_MANY_LISTS' }] },
    });
    expect((await app.create(listOf({ a: printed }), { ...who, key: 'k7' })).status).toBe(200);
  });

  it('leaves an audit record of each reading, in which nobody is named', async () => {
    const who = { client: 'audited', region: '32' };
    const { body } = await app.create(everything, who);
    await app.ask(`/v1/lists/${body.id}`, {}, who);
    await app.ask(`/v1/lists/${body.id}/changes?after=c1.a`, {}, who);
    const rows = await registry.sql`SELECT kind, tag, claim, detail FROM audit WHERE client = 'audited' ORDER BY id`;
    expect(rows).toEqual([
      { kind: 'LIST', tag: null, claim: '32', detail: { list: body.id } },
      { kind: 'LIST', tag: null, claim: '32', detail: { list: body.id, after: 'c1.a' } },
    ]);
  });
});
