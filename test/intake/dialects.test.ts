import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AS_OF, faults, fileOf, HEADER, linesOf, names, nikOf, read, rowOf, SMALL_LIMITS } from './export-file.ts';

const utf16 = (text: string, mark = true): Buffer => Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
const bigEndian = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const quoted = (cells: string[], delimiter: string): string =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter);

const plain = fileOf(linesOf(20));

describe('an export', () => {
  it.each([',', ';', '|', '\t'])('is read with the delimiter %j, which it finds by itself', async (delimiter) => {
    const file = fileOf(linesOf(20, delimiter));
    expect(await read(file)).toEqual(await read(plain));
  });

  it('is read the same with every cell in quotes', async () => {
    const file = fileOf(
      [HEADER, ...Array.from({ length: 20 }, (_, i) => rowOf(i))].map((cells) => quoted(cells, ',')),
    );
    expect(await read(file)).toEqual(await read(plain));
  });

  it.each(['\n', '\r\n', '\r'])('is read with the line end %j, with and without one at the end', async (lineEnd) => {
    const file = fileOf(linesOf(20), lineEnd);
    expect(await read(file)).toEqual(await read(plain));
    expect(await read(file.slice(0, -lineEnd.length))).toEqual(await read(plain));
  });

  it('is read with line ends of every kind mixed, and numbers lines as they stand', async () => {
    const [header = '', first = '', second = '', third = ''] = linesOf(3);
    const outcome = await read(`${header}\r\n${first}\r${second}\n\r\n\rbad\r\n${third}\n`);
    expect(names(outcome)).toEqual(['BUDI 0', 'BUDI 1', 'BUDI 2']);
    expect(faults(outcome)).toEqual(['6 COLUMNS_MISSING']);
  });

  it('skips blank lines, the end-of-file mark of DOS and the line "sep=;" of Excel', async () => {
    const outcome = await read(`sep=;\r\n\r\n${fileOf(linesOf(2), '\r\n \t\r\n')}\x1a`);
    expect(names(outcome)).toEqual(['BUDI 0', 'BUDI 1']);
    expect(outcome.rejects).toEqual([]);
  });

  const accented = fileOf(linesOf(40).map((line) => line.replace('BUDI', 'ANDRÉ “É”')));

  it.each([
    ['UTF-8', Buffer.from(accented)],
    ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${accented}`)],
    ['UTF-16 LE', utf16(accented)],
    ['UTF-16 BE', bigEndian(utf16(accented))],
    ['UTF-16 LE without a mark', utf16(accented, false)],
    ['UTF-16 BE without a mark', bigEndian(utf16(accented, false))],
    ['windows-1252', Buffer.from(accented.replaceAll('“', '\x93').replaceAll('”', '\x94'), 'latin1')],
    ['gzip', gzipSync(accented)],
    ['gzip of UTF-16', gzipSync(utf16(accented))],
    ['gzip in two members', Buffer.concat([gzipSync(accented.slice(0, 500)), gzipSync(accented.slice(500))])],
  ])('is read in %s', async (_encoding, file) => {
    const outcome = await read(file);
    expect(names(outcome)).toEqual(Array.from({ length: 40 }, (_, i) => `ANDRÉ “É” ${i}`));
    expect(outcome.rejects).toEqual([]);
  });

  it('takes one bad byte for windows-1252 and leaves its neighbours UTF-8', async () => {
    const lines = linesOf(3).map((line) => line.replace('BUDI', 'ZOË').replace('KP. BARU', 'JALAN É'));
    const bytes = Buffer.from(fileOf(lines));
    const bad = Buffer.concat([bytes.subarray(0, -14), Buffer.from([0xe9]), bytes.subarray(-14)]);
    const outcome = await read(Buffer.from(bad.toString('latin1').replace('ZO\xc3\x8b 1', 'ZO\xcb 1'), 'latin1'));
    expect(names(outcome)).toEqual(['ZOË 0', 'ZOË 1', 'ZOË 2']);
  });

  it('keeps delimiters, quotes and line ends inside quotes', async () => {
    const row = (name: string, address: string) => [nikOf(1), '', name, address, '', 'CARD_ISSUED'];
    const lines = [
      HEADER,
      row('BUDI "UDIN"; S.PD', 'KP. BARU\r\nRT 01; RW 02\n'),
      row('ANI', 'A\nB'),
      ['bad'],
      rowOf(2),
    ];
    const outcome = await read(fileOf(lines.map((cells) => quoted(cells, ';'))));
    expect(names(outcome)).toEqual(['BUDI "UDIN"; S.PD', 'ANI', 'BUDI 2']);
    expect(faults(outcome)).toEqual(['7 COLUMNS_MISSING']);
  });

  it('may have blanks behind a closing quote', async () => {
    const outcome = await read(fileOf([...linesOf(0), `${nikOf(1)};;"ANI; S.E" ;;;"CARD_ISSUED"  `]));
    expect(names(outcome)).toEqual(['ANI; S.E']);
    expect(outcome.residents[0]?.facts.status).toBe('CARD_ISSUED');
  });

  it('may name its columns in any case and order, with blanks and quotes around, among unknown ones', async () => {
    const header = ' "tmpt_lhr" ,current_status_code,Nama_Lgkp,nik ,X,';
    const outcome = await read(`\ufeff${header}\nBOGOR,prr,ANI,${nikOf(3)},1,\nBOGOR,prr,ANI,${nikOf(4)},1\n`);
    expect(outcome.residents.map(({ nik, name, facts }) => [nik, name, facts.status])).toEqual([
      [nikOf(3), 'ANI', 'PRINT_READY_RECORD'],
      [nikOf(4), 'ANI', 'PRINT_READY_RECORD'],
    ]);
  });

  it('takes the status from the first status column it has', async () => {
    const statusOf = async (columns: string) => {
      const cells = columns
        .split(',')
        .map((name) => (name === 'NIK' ? nikOf(1) : name.startsWith('EKTP') ? 'PRR' : 'DUP'));
      const { residents } = await read(`${columns}\n${cells.join(',')}\n`);
      return residents[0]?.facts.status;
    };
    expect(await statusOf('NIK,CURRENT_STATUS_CODE_EKTP,CURRENT_STATUS_CODE,EKTP_CURRENT_STATUS_CODE')).toBe(
      'PRINT_READY_RECORD',
    );
    expect(await statusOf('CURRENT_STATUS_CODE_EKTP,NIK')).toBe('DUPLICATE_RECORD');
  });

  it('is read the same however it is cut into chunks and blocks', async () => {
    const lines = linesOf(60).map((line, i) => line.replace('KP. BARU', `"KP. ""BARU"";${i % 7 ? '' : '\r\n'} É"`));
    lines.splice(20, 0, `"${'x'.repeat(2000)}`, 'bad', `${nikOf(1)};;"ANI;;;CARD_ISSUED`, `${'y'.repeat(450)};"`);
    for (const lineEnd of ['\r\n', '\n', '\r']) {
      const text = fileOf(lines, lineEnd);
      for (const file of [Buffer.from(text), utf16(text), gzipSync(text)]) {
        const whole = await read(file, { limits: SMALL_LIMITS });
        expect(whole.residents).toHaveLength(61);
        expect(whole.rejects).toHaveLength(3);
        for (const chunkBytes of [1, 2, 3, 7, 999, 1000])
          expect(await read(file, { limits: SMALL_LIMITS, chunkBytes })).toEqual(whole);
        for (const blockBytes of [810, 1001, 1500, 5000])
          expect(await read(file, { limits: { ...SMALL_LIMITS, blockBytes } })).toEqual(whole);
      }
    }
  });

  it('is measured against the day of the copy', async () => {
    const dates = ['12-01-2001', '13-01-2001', '13-01-18'];
    const rows = dates.map((born, i) => `${nikOf(i)};${born};`);
    const { residents } = await read(fileOf(['NIK;TGL_LHR;CURRENT_STATUS_CODE', ...rows]));
    expect(AS_OF).toBe('2018-01-12');
    expect(residents.map(({ facts }) => facts.ofAgeOn)).toEqual([null, '2018-01-13', null]);
  });
});
