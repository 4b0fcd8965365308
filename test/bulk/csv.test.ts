import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
  const ask = async (text: string | Uint8Array<ArrayBuffer>) =>
    (await server.ask(text, { type: 'text/csv; charset=utf-8' })).text();
  /** The lines behind the header, without their ends, and the summary. */
  const answersOf = async (text: string | Uint8Array<ArrayBuffer>) => {
    const [head, ...lines] = (await ask(text)).split('\r\n').slice(0, -1);
    const summary = JSON.parse((lines.pop() as string).replace('# summary ', ''));
    return { head, lines, summary };
  };
  const codesOf = (lines: string[]) => lines.map((line) => line.split(';').at(-1));

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
      // A stray quote before a NIK is taken off, as by an import.
      ['5', ''],
    ]);
  });

  it.each([
    ['titles above it', (nik: string) => `DAFTAR PEMILIH\nKecamatan Cibinong;;\n\nNo;NIK;TPS\n1;${nik};004\n`],
    ['sep= above it', (nik: string) => `sep=;\r\nNo;NIK;TPS\r\n1;${nik};004\r\n`],
    ['line ends inside its quotes', (nik: string) => `"No";"NIK\r\n";"TPS"\r\n1;${nik};004\r\n`],
    ['UTF-16', (nik: string) => Uint8Array.from(Buffer.from(`\ufeffNo;NIK;TPS\r\n1;${nik};004\r\n`, 'utf16le'))],
    ['a cell less than each row, which ends in a delimiter', (nik: string) => `No;NIK;TPS\n1;${nik};004;\n`],
  ])('is answered where the header has %s', async (_, textOf) => {
    const { lines, head } = await answersOf(textOf(nikOf(2)));
    expect(head).toMatch(/^No;TPS;document;/);
    expect(lines).toEqual([expect.stringMatching(/^1;004;EKTP;/)]);
  });

  it.each([
    [',', 'NAMA', 'no_kk'],
    [';', 'Nama Lengkap', 'NKK'],
    ['|', 'nama', 'No. KK'],
    ['\t', 'NAME', 'kk'],
  ])('compares name and family card under other names, with cells parted by "%s"', async (delimiter, name, kk) => {
    const rows = [
      ['x', 'nik', name, kk],
      ['a', nikOf(1), 'Neneng Nurhasanah', '3201010503119001'],
    ];
    const { head, lines, summary } = await answersOf(rows.map((cells) => `${cells.join(delimiter)}\n`).join(''));
    expect(head).toBe(['x', ...RESULTS.split(';')].join(delimiter));
    const cells = (lines[0] as string).split(delimiter);
    expect([cells[1], cells[10], cells[11]]).toEqual(['SUKET', 'true', 'true']);
    expect(summary).toMatchObject({ lines: 1, warnings: [] });
  });

  it('reads a number of sixteen digits as an import does', async () => {
    const nik = nikOf(2);
    const parts = [nik.slice(0, 6), nik.slice(6, 12), nik.slice(12)];
    const written = [
      ` ${nik} `,
      parts.join(' '),
      parts.join('.'),
      parts.join('-'),
      `'${nik}`,
      `${nik}.0`,
      `\u00a0${nik}\u200b`,
    ];
    written.push(`="${nik}"`);
    const spoilt = ['3,20101E+15', '9103014508789001.0', 'NULL', '-', nik.slice(1)];
    const { lines, summary } = await answersOf(
      `no;nik\n${[...written, ...spoilt].map((cell) => `x;${cell}\n`).join('')}`,
    );
    expect(lines.slice(0, written.length).map((line) => line.slice(0, 7))).toEqual(written.map(() => 'x;EKTP;'));
    expect(codesOf(lines.slice(written.length))).toEqual([
      '/nik SCIENTIFIC',
      '/nik ROUNDED',
      '/nik EMPTY',
      '/nik EMPTY',
      '/nik NOT_16_DIGITS',
    ]);
    expect(summary.errors).toEqual({ SCIENTIFIC: 1, ROUNDED: 1, EMPTY: 2, NOT_16_DIGITS: 1 });
  });

  it('does not ask about a cell that says nothing, and takes a bad family card for a fault', async () => {
    const nik = nikOf(1);
    const asked = [
      `${nik};NULL;-`,
      `${nik};-;0000000000000000`,
      `${nik};;3201 0105 0311 9002`,
      `${nik};;3,2E+15`,
      `${nik};;12`,
    ];
    const { lines } = await answersOf(`nik;nama;kk\n${asked.join('\n')}\n`);
    expect(lines.map((line) => line.split(';').slice(9, 11).join())).toEqual([',', ',', ',false', ',', ',']);
    expect(codesOf(lines)).toEqual(['', '', '', '/kk SCIENTIFIC', '/kk NOT_16_DIGITS']);
  });

  it('passes over lines that are no rows, and counts them in the summary', async () => {
    const row = `1;${nikOf(2)}\n`;
    const { lines, summary } = await answersOf(
      `Laporan 1\nno;nik\n------;------\n${row}\n;\n1;2\nNO;No. KTP\n${row}Laporan 2\n${row}3 rows selected.\n\x1a`,
    );
    expect(lines.map((line) => line.slice(0, 7))).toEqual(Array(3).fill('1;EKTP;'));
    expect(summary).toMatchObject({ lines: 3, errors: {} });
    expect(summary.passedOver).toEqual({ RULE: 1, EMPTY: 3, NUMBERS: 1, HEADER: 1, TITLE: 2, FOOTER: 1 });
  });

  it('gives a row that has lost its NIK a code', async () => {
    const { lines, summary } = await answersOf(`no;nik;nama\n1;;\n;;ASEP\n2;;ASEP\n`);
    expect(codesOf(lines)).toEqual(Array(3).fill('/nik EMPTY'));
    expect(summary.passedOver).toEqual({});
  });

  it.each([
    ['a header in another order', 'HEADER_CHANGED', 'no;kk;nik\n'],
    ['a header with other columns', 'HEADER_CHANGED', 'no;NIK;passport\n'],
    ['another delimiter', 'DELIMITER_CHANGED', `2,${nikOf(2)},3201010503119001\n`],
  ])('answers nothing from %s on', async (_, code, change) => {
    const row = `1;${nikOf(2)};3201010503119001\n`;
    const { lines, summary } = await answersOf(`no;nik;kk\n${row}${change}${row}${row}`);
    expect(lines[0]).toMatch(/^1;EKTP;/);
    expect(lines.slice(1)).toEqual(Array(3).fill(`${';'.repeat(13)}${code}`));
    expect(summary).toMatchObject({ lines: 4, errors: { [code]: 3 } });
  });

  it('answers no row that may have been shifted', async () => {
    const nik = nikOf(2);
    const full = `${nik};ASEP;;x`;
    const rows = [full, `${nik};;ASEP;;`, `${nik};ASEP`, `${nik};ASEP;3201010503119001`, `${nik};;`, full];
    const { lines } = await answersOf(`nik;nama;kk;catatan\n${rows.join('\n')}\n`);
    expect(codesOf(lines)).toEqual(['', 'COLUMNS_SURPLUS', 'COLUMNS_MISSING', '', 'COLUMNS_MISSING', '']);
    expect(lines[3]).toMatch(/^;EKTP;/);
  });

  it.each([
    ['names under another header', 'nama_pemilih', 'ASEP', ['NAME_NOT_COMPARED']],
    ['names by their cells', 'pemilih', 'ASEP HIDAYAT', ['NAME_NOT_COMPARED']],
    ['family cards under another header', 'NOMOR KARTU KELUARGA (KK)', '1', ['KK_NOT_COMPARED']],
    ['family cards by their cells', 'kartu', '3201 0105 0311 9001', ['KK_NOT_COMPARED']],
    ['names of villages', 'nama_kel', 'SUKA MAJU', []],
    ['trades', 'jenis pekerjaan', 'KARYAWAN SWASTA', []],
    ['numbers of polling stations', 'tps', '004', []],
    ['names that it compared', 'nama', 'ASEP HIDAYAT', []],
  ])('says in the summary what was not compared: a column of %s', async (_, header, cell, warnings) => {
    const { summary } = await answersOf(`nik;${header}\n${nikOf(1)};${cell}\n${nikOf(2)};${cell}\n`);
    expect(summary.warnings).toEqual(warnings);
  });

  it('says in the summary that a spreadsheet has eaten the last digit of the NIKs', async () => {
    const sound = Array.from({ length: 40 }, (_, i) => nikOf(i));
    expect((await answersOf(`nik\n${sound.join('\n')}\n`)).summary.warnings).toEqual([]);
    const rounded = sound.map((nik) => nik.replace(/.$/, '0'));
    expect((await answersOf(`nik\n${rounded.join('\n')}\n`)).summary.warnings).toEqual(['NIKS_ROUNDED']);
  });

  it('of windows-1252 is answered in UTF-8', async () => {
    const { head, lines } = await answersOf(
      Uint8Array.from(Buffer.from(`d\xe9sa;nik\nCaf\xe9;${nikOf(2)}\n`, 'latin1')),
    );
    expect(head).toMatch(/^désa;/);
    expect(lines[0]).toMatch(/^Café;EKTP;/);
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
    const tabs = join(directory, 'list.txt');
    await copyFile(join(import.meta.dirname, '../data/real-exports/B2.csv'), tabs);
    const read = withoutSummary((await runCli(['check', tabs], env)).out);
    expect(read).toEqual([`no\t${RESULTS.replaceAll(';', '\t')}`, expect.stringMatching(/^1\t[A-Z]+\t/)]);
    await writeFile(tabs, `nik;pemilih\n${nikOf(1)};ASEP HIDAYAT\n\nJumlah;1\n`);
    const warned = await runCli(['check', tabs], env);
    expect(warned.err).toContain('WARNING: No name was compared');
    expect(warned.err).toContain('lines that are no rows: EMPTY 1, FOOTER 1');
    expect((await runCli(['check', join(directory, 'none')], env)).code).toBe(1);
    await rm(directory, { recursive: true });
  });
});
