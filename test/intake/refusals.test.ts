import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { INTAKE_LIMITS } from '../../src/intake/limits.ts';
import { readExport } from '../../src/intake/read-export.ts';
import { IntakeRefusal, type RefusalCode } from '../../src/intake/refusal.ts';
import { fileOf, linesOf, names, nikOf, read, refusal } from './export-file.ts';

const zip = (...entries: string[]): Buffer =>
  Buffer.concat(
    entries.map((name) => Buffer.from(`PK\x03\x04${'\0'.repeat(22)}\x10\0\0\0${name}\x9a\x01`, 'latin1')),
  );
const noise = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31 + i * 7) % 256));

describe('a file is refused by name', () => {
  it.each([
    ['XLSX_FILE', zip('[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml')],
    ['XLSX_FILE', zip('[Content_Types].xml')],
    ['ODS_FILE', zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet')],
    ['ZIP_FILE', zip('export.csv')],
    ['ZIP_FILE', zip('[Content_Types].xml', 'word/document.xml')],
    ['XLS_FILE', Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), noise])],
    ['PDF_FILE', Buffer.from('%PDF-1.4\n%âãÏÓ\n')],
    ['HTML_FILE', Buffer.from('\ufeff\n<table><tr><td>NIK</td></tr></table>')],
    ['HTML_FILE', Buffer.from('<?xml version="1.0"?><Workbook/>')],
    ['BINARY_FILE a PNG image', Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47]), noise])],
    ['BINARY_FILE', noise],
    ['BINARY_FILE', Buffer.from('NIK;\0\0\0\x01\0')],
    ['BINARY_FILE compressed twice', gzipSync(gzipSync('NIK;CURRENT_STATUS_CODE\n'))],
    ['EMPTY_FILE', Buffer.from('')],
    ['EMPTY_FILE', Buffer.from('\ufeff')],
    ['EMPTY_FILE', Buffer.from('\r\n \r\n')],
    ['EMPTY_FILE', gzipSync('')],
  ])('%s', async (code, file) => {
    expect(await refusal(file)).toBe(code);
    expect(await refusal(file, { chunkBytes: 1 })).toBe(code);
    if (file[0] !== 0x1f) expect(await refusal(gzipSync(file))).toBe(code);
  });

  it.each([
    ['MISSING_COLUMN NIK', 'NO_KK;NAMA_LGKP;CURRENT_STATUS_CODE'],
    [
      'MISSING_COLUMN status code (EKTP_CURRENT_STATUS_CODE, CURRENT_STATUS_CODE, CURRENT_STATUS_CODE_EKTP)',
      'NIK;NO_KK;NAMA_LGKP',
    ],
    ['NO_HEADER 3 cells', `${nikOf(1)};BUDI;CARD_ISSUED`],
    ['DUPLICATE_COLUMN NO_KK', 'NIK;NO_KK;CURRENT_STATUS_CODE;no_kk'],
    ['DUPLICATE_COLUMN CURRENT_STATUS_CODE', 'NIK;CURRENT_STATUS_CODE; "Current_Status_Code" '],
    ['TOO_MANY_COLUMNS', `NIK;CURRENT_STATUS_CODE;${'X;'.repeat(INTAKE_LIMITS.maxColumns)}`],
    ['HEADER_TOO_LONG', 'NIK;'.repeat(INTAKE_LIMITS.maxLineBytes)],
  ])('%s', async (code, header) => {
    expect(await refusal(`${header}\n`)).toBe(code);
    expect(await refusal(header)).toBe(code);
  });

  it('lets unused columns occur twice', async () => {
    const header = 'NIK;EKTP_CURRENT_STATUS_CODE;X;X';
    expect((await read(`${header}\n${nikOf(1)};PRR;;\n`)).residents).toHaveLength(1);
  });

  it('says in one line which, and never what it holds', async () => {
    const secret = `NIK;${nikOf(7)};${nikOf(7)}\n`;
    const error: unknown = await read(secret).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IntakeRefusal);
    expect((error as Error).message).toMatch(
      /^The file has no column status code \(EKTP_CURRENT_STATUS_CODE.*\) \(line 1\); .*export/,
    );
  });

  it('closes its source', async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield Buffer.from('NO_KK;X\n'.repeat(100));
      } finally {
        closed = true;
      }
    }
    await expect(readExport(source())).rejects.toThrow('NIK');
    expect(closed).toBe(true);
  });

  it('hands on the failure of its source, packed or not', async () => {
    async function* failing(start: Uint8Array) {
      yield start;
      throw new Error('the disk is gone');
    }
    const start = Buffer.from(fileOf(linesOf(5000)));
    for (const bytes of [start, gzipSync(start).subarray(0, 5000)]) {
      const reading = async () => {
        for await (const _ of (await readExport(failing(bytes))).blocks);
      };
      await expect(reading()).rejects.toThrow('the disk is gone');
    }
  });
});

describe('a file that breaks off', () => {
  const lines = linesOf(3);
  const whole = fileOf(lines);

  it.each([
    ['in the last record', whole.slice(0, -20)],
    ['in the first cell of the last record', `${whole}3201`],
    ['behind a delimiter', `${whole}${nikOf(8)};`],
    ['inside quotes', `${whole}${nikOf(8)};"3201`],
    ['inside quotes of the last column', `${whole}${nikOf(8)};;ANI;;;"CARD_`],
    ['inside quotes, behind a line end', `${whole}${nikOf(8)};;ANI;"KP. BARU\n`],
    ['in the middle of a UTF-16 character', Buffer.from(whole, 'utf16le').subarray(0, -1)],
    ['in its packing', gzipSync(whole).subarray(0, -9)],
    ['before the sum of its packing', gzipSync(whole).subarray(0, -3)],
  ])('is refused: %s', async (_where, file) => {
    expect(await refusal(file)).toBe('FILE_TRUNCATED');
    expect(await refusal(file, { chunkBytes: 1 })).toBe('FILE_TRUNCATED');
  });

  it('is read as far as it goes where that is wanted, and the broken record is rejected', async () => {
    const cut = (file: string | Uint8Array) => read(file, { allowTruncated: true });
    const missing = await cut(`${whole}3201;`);
    expect([names(missing), missing.rejects]).toEqual([
      ['BUDI 0', 'BUDI 1', 'BUDI 2'],
      [{ line: 5, column: null, reason: 'COLUMNS_MISSING' }],
    ]);
    expect((await cut(`${whole}${nikOf(8)};;ANI;;;"CARD_`)).rejects).toEqual([
      { line: 5, column: null, reason: 'QUOTE_NOT_CLOSED' },
    ]);
    const big = gzipSync(fileOf(linesOf(900).concat(nikOf(1))));
    const half = await cut(big.subarray(0, big.length >> 1));
    expect(half.residents.length).toBeGreaterThan(100);
    expect(half.rejects.length).toBeLessThan(2);
    expect((await cut(Buffer.from(whole, 'utf16le').subarray(0, -1))).residents).toHaveLength(3);
  });

  it('is not one whose last record is whole but for its line end', async () => {
    expect(names(await read(whole.slice(0, -1)))).toEqual(['BUDI 0', 'BUDI 1', 'BUDI 2']);
    expect(names(await read(`${whole}${nikOf(8)};;"ANI; S.E";;;"CARD_ISSUED"`))).toContain('ANI; S.E');
  });

  it('is one whose last record ends early without a line end, unless rows commonly do or it is no row', async () => {
    const ending = (...lines: string[]) => fileOf(['NIK;STATUS_KTP;NAMA;ALAMAT', ...lines]).slice(0, -1);
    const whole = `${nikOf(1)};PRR;BUDI;KP. BARU`;
    const short = (i: number) => `${nikOf(i)};PRR;BUDI`;
    expect(await refusal(ending(whole, short(2)))).toBe('FILE_TRUNCATED');
    expect(await refusal(ending(whole, `${nikOf(2)};PR`))).toBe('FILE_TRUNCATED');
    expect(await refusal(ending(short(1), nikOf(2)))).toBe('FILE_TRUNCATED');
    for (const lines of [
      [whole, whole],
      [short(1), short(2)],
      [whole, '1 row selected.'],
      [`${whole};`, whole],
    ])
      expect((await read(ending(...lines))).residents.length).toBeGreaterThan(0);
  });

  it('is not one with a stray quote near its end', async () => {
    const outcome = await read(fileOf([...lines, `${nikOf(8)};;"ANI;;;CARD_ISSUED`, ...linesOf(2).slice(1)]));
    expect(outcome.residents).toHaveLength(6);
  });

  it('is told from one whose packing is damaged', async () => {
    const packed = gzipSync(whole);
    packed.fill(0xff, 30, 60);
    expect(await refusal(packed)).toBe('FILE_DAMAGED');
    expect(await refusal(packed, { allowTruncated: true })).toBe('FILE_DAMAGED');
  });
});

describe('the sentence of a refusal', () => {
  /** Every code: one more does not compile until it is here. */
  const CODES = Object.keys({
    EMPTY_FILE: 0,
    XLSX_FILE: 0,
    XLS_FILE: 0,
    ODS_FILE: 0,
    PDF_FILE: 0,
    ZIP_FILE: 0,
    HTML_FILE: 0,
    BINARY_FILE: 0,
    NOT_A_TABLE: 0,
    FILE_TRUNCATED: 0,
    FILE_DAMAGED: 0,
    HEADER_TOO_LONG: 0,
    TOO_MANY_COLUMNS: 0,
    NO_HEADER: 0,
    UNKNOWN_DELIMITER: 0,
    UNKNOWN_QUOTE: 0,
    MISSING_COLUMN: 0,
    DUPLICATE_COLUMN: 0,
    HEADER_CHANGED: 0,
    DELIMITER_CHANGED: 0,
    NIK_SCIENTIFIC: 0,
    NIK_ROUNDED: 0,
    KK_ROUNDED: 0,
    DATES_CONTRADICT: 0,
    COLUMN_UNREADABLE: 0,
    OTHER_REGION: 0,
    TOO_MANY_REJECTED: 0,
  } satisfies Record<RefusalCode, 0>) as RefusalCode[];
  const sentence = (code: RefusalCode): string => new IntakeRefusal(code, { detail: 'THIS', line: 7 }).message;

  it('is one of its own for each code', () => {
    expect(new Set(CODES.map(sentence)).size).toBe(CODES.length);
  });

  it.each(CODES)('%s names a way out that is no option', (code) => {
    const withoutOptions = sentence(code).replace(/\([^)]*--[a-z-]+\)/g, '');
    expect(withoutOptions).toMatch(
      /: .*(export|save|unpack|copy|ask|look|put|leave|write)|\. (Import|Export|Choose|Look) /i,
    );
    expect(withoutOptions).not.toMatch(/--(?!source)/);
  });

  it.each<[string, string[], string]>([
    ['NO_HEADER', [`${nikOf(1)};BUDI;PRR`], 'The first line (line 1) looks like a row of 3 cells'],
    ['NO_HEADER', [`NIK;CURRENT_STATUS_CODE;X${nikOf(3)}`, `${nikOf(1)};PRR;`], 'looks like a row'],
    ['UNKNOWN_DELIMITER', ['NIK~NAMA_LGKP~CURRENT_STATUS_CODE', `${nikOf(1)}~B~PRR`], 'separated by "~"'],
    ['UNKNOWN_DELIMITER', ['NIK§CURRENT_STATUS_CODE'], 'separated by U+00A7'],
    ['UNKNOWN_DELIMITER', ['NIK               NAMA_LGKP   STATUS_CODE'], 'separated by blanks'],
    ['UNKNOWN_QUOTE', ["'NIK';'CURRENT_STATUS_CODE'", `'${nikOf(1)}';'PRR'`], "between ' marks"],
    ['NOT_A_TABLE', ['[{"nik":"1"}]'], 'JSON'],
    ['NOT_A_TABLE', ['-- MySQL dump 10.13', 'CREATE TABLE biodata (nik char(16));'], 'an SQL script'],
    ['HEADER_CHANGED', ['NIK;CURRENT_STATUS_CODE;X', `${nikOf(1)};PRR;`, 'NIK;X;CURRENT_STATUS_CODE'], '(line 3)'],
    ['DELIMITER_CHANGED', ['NIK;CURRENT_STATUS_CODE', `${nikOf(1)};PRR`, `${nikOf(2)},PRR`], '(line 3)'],
    ['DELIMITER_CHANGED', ['NIK;CURRENT_STATUS_CODE', `${nikOf(1)};PRR`, 'NIK,CURRENT_STATUS_CODE'], '(line 3)'],
    ['NIK_SCIENTIFIC', ['NIK;CURRENT_STATUS_CODE', ...Array(4).fill('3,20101E+15;PRR')], '3,2E+15'],
    [
      'NIK_ROUNDED',
      ['NIK;CURRENT_STATUS_CODE', ...[1, 2, 3, 4, 5].map((n) => `${nikOf(10 * n)};PRR`)],
      'sixteenth digit',
    ],
    [
      'DATES_CONTRADICT',
      ['NIK;TGL_LHR;KODE STATUS', `${nikOf(1)};13/06/1990;`, `${nikOf(2)};06/13/1990;`],
      'TGL_LHR',
    ],
    ['DATES_CONTRADICT', ['NIK;TGL_LHR;KODE STATUS', `${nikOf(1)};13/06/1990;`, `${nikOf(2)};32885;`], '(line 3)'],
  ])('%s says what the file looks like: %j', async (code, lines, said) => {
    const error = await read(fileOf(lines)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(said) });
    expect((error as Error).message).not.toMatch(/[0-9]{16}|BUDI/);
  });

  it('NIK_ROUNDED refuses also a part of a file whose other NIKs are sound', async () => {
    const sound = Array.from({ length: 5_000 }, (_, n) => `${nikOf(n % 1000)};PRR`);
    const rounded = Array.from({ length: 5_000 }, (_, n) => `${nikOf((n * 10) % 1000)};PRR`);
    expect(await refusal(fileOf(['NIK;CURRENT_STATUS_CODE', ...sound, ...rounded]))).toBe('NIK_ROUNDED');
    expect((await read(fileOf(['NIK;CURRENT_STATUS_CODE', ...sound, ...sound]))).residents).toHaveLength(10_000);
  });

  it('DATES_CONTRADICT comes also from far below what the columns were judged by', async () => {
    const rows = Array.from({ length: 6_000 }, (_, n) => `${nikOf(n % 1000)};13/06/1990;PRR`);
    const wrong = `${nikOf(1)};06/13/1990;PRR`;
    const error = await read(fileOf(['NIK;TGL_LHR;CURRENT_STATUS_CODE', ...rows, wrong])).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'DATES_CONTRADICT', detail: 'TGL_LHR', line: 6002 });
  });
});
