import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { runCli } from '../support/server.ts';
import { startBulkServer } from './service.ts';

const RESULTS =
  'document;voter;reasons;actions;status_code;region;suket_issued_on;suket_valid_until;suket_valid_on_election_day;name_matches;kk_matches;as_of;error';

describe('a bulk check of a table', { timeout: 120_000 }, () => {
  let registry: TestRegistry;
  let server: Awaited<ReturnType<typeof startBulkServer>>;
  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, [resident(nikOf(1)), resident(nikOf(2), { status: 'CARD_ISSUED' })]);
    server = await startBulkServer(registry);
  });
  afterAll(async () => {
    await server?.stop();
    await registry.close();
  });
  const ask = async (text: string) => (await server.ask(text, { type: 'text/csv; charset=utf-8' })).text();

  it('echoes every other column in front of the results, and never the NIK, name or KK', async () => {
    const text = `\ufeffNo;Nik;TPS;NAME;kk;Catatan\r\n1;${nikOf(1)};004;neneng nurhasanah;;a\r\n2;'${nikOf(3)};"0;5";;3201010503119001;"dua ""kata"""\r\n`;
    const [head, first, second, last, end] = (await ask(text)).split('\r\n');
    expect(head).toBe(`No;TPS;Catatan;${RESULTS}`);
    expect(first).toBe(
      '1;004;a;SUKET;ELIGIBLE;RECORDED_NOT_PRINTED;OBTAIN_SUKET CHECK_DPT BRING_SUKET;PRINT_READY_RECORD;32.01.01.1001;;;;true;;2018-01-12T17:00:00+07:00;',
    );
    expect(second).toBe(
      '2;"0;5";"dua ""kata""";UNDETERMINED;UNDETERMINED;NOT_FOUND;SEE_DISDUKCAPIL CHECK_DPT;;;;;;;;2018-01-12T17:00:00+07:00;',
    );
    expect(JSON.parse((last as string).replace('# summary ', ''))).toMatchObject({
      lines: 2,
      document: { SUKET: 1, UNDETERMINED: 1 },
    });
    expect(end).toBe('');
  });

  it('makes no formula of a cell that it echoes', async () => {
    const cells = ['=1+1', ' +1', '-2', '@SUM(A1)', '\u00a0=1', '\uff1d1', '"\t1"', 'a-b', "'=1"];
    const echoed = (await ask(`x,=y,nik\n${cells.map((cell) => `${cell},,${nikOf(2)}\n`).join('')}`))
      .split('\r\n')
      .slice(0, -2);
    expect(echoed[0]).toMatch(/^x,'=y,document/);
    expect(echoed.slice(1).map((line) => line.split(',,EKTP')[0])).toEqual([
      "'=1+1",
      "' +1",
      "'-2",
      "'@SUM(A1)",
      "'\u00a0=1",
      "'\uff1d1",
      "'\t1",
      'a-b',
      "'=1",
    ]);
  });

  it('gives a bad line a code at its end', async () => {
    const lines = [`1;${nikOf(2)}`, '2;123', '3', `4;${nikOf(2)};surplus`, '', `5;"${nikOf(2)}`];
    const answers = (await ask(`no;nik\n${lines.join('\n')}\n`)).split('\r\n').slice(1, -2);
    expect(answers.map((line) => [line.split(';')[0], line.split(';').at(-1)])).toEqual([
      ['1', ''],
      ['2', '/nik NOT_16_DIGITS'],
      ['', 'COLUMNS_MISSING'],
      ['', 'COLUMNS_SURPLUS'],
      ['5', '/nik NOT_16_DIGITS'],
    ]);
  });

  it.each([
    ['no header', `${nikOf(1)}\n`, 'MISSING_COLUMN'],
    ['two columns of NIKs', 'nik,NIK\n', 'DUPLICATE_COLUMN'],
    ['nothing', '\n\n', 'EMPTY_FILE'],
  ])('refuses %s', async (_, text, code) => {
    const response = await server.ask(text, { type: 'text/csv' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ code }] });
  });

  it('is answered by the command line too', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hakpilih-check-'));
    const [file, out] = [join(directory, 'list.csv'), join(directory, 'answers.csv')];
    const text = `no,nik\n1,${nikOf(1)}\n2,${nikOf(2)}\n`;
    await writeFile(file, text);
    const env = { ...server.env, HAKPILIH_DATA_DIR: directory };
    const toFile = await runCli(['check', file, '--out', out, '--json'], env);
    expect(toFile.code).toBe(0);
    const withoutSummary = (answer: string) => answer.split('\r\n').slice(0, -2);
    expect(withoutSummary(await readFile(out, 'utf8'))).toEqual(withoutSummary(await ask(text)));
    expect(JSON.parse(toFile.out)).toMatchObject({ lines: 2, document: { EKTP: 1, SUKET: 1 } });
    const elsewhere = await runCli(['check', file, '--region', '33'], env);
    expect(withoutSummary(elsewhere.out)[1]).toMatch(/^1,UNDETERMINED,UNDETERMINED,NOT_FOUND,/);
    expect(elsewhere.err).toContain('Answered 2 lines');
    expect((await runCli(['check', join(directory, 'none')], env)).code).toBe(1);
    await rm(directory, { recursive: true });
  });
});
