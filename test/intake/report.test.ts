import { describe, expect, it } from 'vitest';
import { COLUMNS, type Column } from '../../src/intake/columns.ts';
import { ReadingSum } from '../../src/intake/report.ts';
import { newTally } from '../../src/intake/tally.ts';
import { fileOf, HEADER, linesOf, nikOf, type Outcome, read, refusal, rowOf } from './export-file.ts';

const columnOf = ({ report }: Outcome, column: Column) => report?.columns.find((one) => one.column === column);

/** A file of one column more than a NIK and a status. */
const fileWith = (column: string, cells: string[]): string =>
  fileOf([`NIK;STATUS_KTP;${column}`, ...cells.map((cell, i) => `${nikOf(i)};PRR;${cell}`)]);
const formOf = async (column: Column, cells: string[]) => columnOf(await read(fileWith(column, cells)), column)?.form;

describe('the report of a file', () => {
  it('says of each used column where it was found, in which form, and what became of its cells', async () => {
    const file = fileOf([
      'DAFTAR PENDUDUK',
      '',
      'NIK;Nama Lengkap;NO. KK;KODE 320101 RAHASIA;Tanggal Lahir;STATUS KTP;STATUS KAWIN',
      `${nikOf(1)};BUDI;3201010101019001;x;12-01-1990;PRR;KAWIN`,
      `${nikOf(2)};-;12;x;kemarin;PRR;??`,
      '',
      `${nikOf(3)};;3201010101019001;x;25-01-1990;;!!`,
      'bukan nik;SITI;3201010101019001;x;25-01-1990;PRR;1',
      '2 rows selected.',
    ]);
    const outcome = await read(file);
    const named = { form: null, firstUnreadableLine: null, unreadable: 0 };
    expect(columnOf(outcome, 'NAMA_LGKP')).toEqual({
      ...named,
      column: 'NAMA_LGKP',
      header: 'Nama Lengkap',
      blank: 2,
      read: 1,
    });
    expect(columnOf(outcome, 'NO_KK')).toMatchObject({
      header: 'NO. KK',
      blank: 0,
      read: 2,
      unreadable: 1,
      firstUnreadableLine: 5,
    });
    expect(columnOf(outcome, 'STAT_KWN')).toMatchObject({
      header: 'STATUS KAWIN',
      read: 1,
      unreadable: 2,
      firstUnreadableLine: 5,
    });
    expect(columnOf(outcome, 'TGL_LHR')).toMatchObject({
      header: 'Tanggal Lahir',
      form: '99-99-9999, day first',
      read: 2,
      unreadable: 1,
      firstUnreadableLine: 5,
    });
    expect(columnOf(outcome, 'EKTP_CURRENT_STATUS_CODE')).toMatchObject({ header: 'STATUS KTP', blank: 1, read: 2 });
    expect(columnOf(outcome, 'NO_SUKET')).toEqual({ ...named, column: 'NO_SUKET', header: null, blank: 0, read: 0 });
    expect(outcome.report).toMatchObject({
      headerLine: 3,
      rows: 4,
      rejected: 1,
      byReason: { NIK_NOT_16_DIGITS: 1 },
      unusedHeaders: ['KODE # RAHASIA'],
      passedOver: { TITLE: 1, EMPTY: 2, FOOTER: 1 },
      warnings: ['REGIONS_MISSING'],
    });
  });

  it('shows no control mark of a header name, and no more than its beginning', async () => {
    const long = `A\u0007B  C${'x'.repeat(60)}`;
    const { report } = await read(fileOf([`NIK;STATUS_KTP;${long};;123456;12345`, `${nikOf(1)};PRR;;;;`]));
    expect(report?.unusedHeaders).toEqual([`A B C${'x'.repeat(35)}`, '#', '12345']);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['nothing', { NAMA: 'BUDI', KK: '3201010101019001', TGL_LAHIR: '12-01-1990', PROV: '32', KAB: '1' }, []],
    [
      'a name column that says nothing',
      { NAMA: '-', KK: '3201010101019001', TGL_LAHIR: '12-01-1990', PROV: '32', KAB: '1' },
      ['NAMES_MISSING'],
    ],
    ['no family cards', { NAMA: 'BUDI', TGL_LAHIR: '12-01-1990', PROV: '32', KAB: '1' }, ['KK_MISSING']],
    [
      'birth dates nobody can read',
      { NAMA: 'BUDI', KK: '3201010101019001', TGL_LAHIR: 'x', PROV: '32', KAB: '1' },
      ['BIRTH_DATES_MISSING'],
    ],
    [
      'a province only',
      { NAMA: 'BUDI', KK: '3201010101019001', TGL_LAHIR: '12-01-1990', PROV: '32' },
      ['REGIONS_MISSING'],
    ],
    [
      'a regency only',
      { NAMA: 'BUDI', KK: '3201010101019001', TGL_LAHIR: '12-01-1990', KAB: '1' },
      ['REGIONS_MISSING'],
    ],
  ])('warns of what is known of nobody: %s', async (_, cells, warnings) => {
    const all = { NIK: nikOf(1), STATUS_KTP: 'PRR', ...cells };
    const { report } = await read(fileOf([Object.keys(all).join(';'), Object.values(all).join(';')]));
    expect(report?.warnings).toEqual(warnings);
  });

  it('names the first line of each fault, in whatever order the blocks come', async () => {
    const { layout, profile } = {
      layout: { columns: Object.fromEntries(COLUMNS.map((column) => [column, -1])), names: [], headerLine: 1 },
      profile: { forms: {} },
    };
    const sum = new ReadingSum({ layout, profile, passedOver: { TITLE: 1 } } as never);
    const tallyOf = (line: number) => {
      const tally = newTally();
      tally.firstLines[0] = line;
      tally.cells[2] = 1;
      tally.rows = 10;
      tally.passedOver = { TITLE: 1, EMPTY: 2 };
      tally.regencies['32.01'] = 4;
      return tally;
    };
    const at = (line: number) => [{ line, column: null, reason: 'COLUMNS_SURPLUS' as const }];
    sum.add(tallyOf(30), at(31));
    sum.add(tallyOf(0), []);
    sum.add(tallyOf(20), [...at(25), ...at(21)]);
    sum.add(tallyOf(40), []);
    expect(sum.rows).toBe(40);
    expect(sum.report()).toMatchObject({ rows: 40, rejected: 3, passedOver: { TITLE: 5, EMPTY: 8 } });
    expect(sum.report().columns[0]).toMatchObject({ unreadable: 4, firstUnreadableLine: 20 });
    expect(() => sum.refuse({ maxRejected: 0.05, maxUnreadable: 1, region: null })).toThrow(
      '3 of 40: COLUMNS_SURPLUS 3 (first in line 21)',
    );
    expect(() => sum.refuse({ maxRejected: 0.075, maxUnreadable: 1, region: null })).not.toThrow();
    expect(() => sum.refuse({ maxRejected: 1, maxUnreadable: 1, region: '32.71' })).toThrow(/32\.01/);
    for (const region of ['32', '32.01', '32.01.05'])
      expect(() => sum.refuse({ maxRejected: 1, maxUnreadable: 1, region })).not.toThrow();
  });

  it.each([
    [4, 0, true],
    [5, 0, false],
    [5, 45, true],
    [5, 44, false],
    [6, 53, false],
  ])(
    'trusts a column of which few cells cannot be read: %i beside %i sound ones',
    async (unreadable, sound, isTrusted) => {
      const cells = [...Array<string>(unreadable).fill('??'), ...Array<string>(sound).fill('KAWIN')];
      const outcome = read(fileWith('STAT_KWN', cells), { guarded: true });
      if (isTrusted) expect((await outcome).residents).toHaveLength(cells.length);
      else await expect(outcome).rejects.toMatchObject({ code: 'COLUMN_UNREADABLE', line: 2 });
    },
  );
});

describe('the form of a column of dates', () => {
  it.each<[string, string[]]>([
    ['99-99-9999, day first', ['12-01-1990', '12-01-1991']],
    ['9-9-9999, day first', ['1-2-1990']],
    ['99/99/9999, month first', ['12/25/1990', '01/02/1990']],
    ['99.99.99, year first', ['90.12.25', '91.01.02']],
    ['99.99.99, day first', ['25.12.90']],
    ['9999-99-99', ['1990-12-25']],
    ['99-AAA-99', ['12-JAN-90', '13-FEB-91', '14 Mei 1992']],
    ['99 AAA 9999', ['12-JAN-90', '14 Mei 1992', '14 Mei 1993']],
    ['99999, days of a spreadsheet', ['33250', '33251', '33252']],
    ['99-99-9999 99:99:99, da', ['12-01-1990 00:00:00']],
  ])('is told in place of any cell: %s', async (form, cells) => {
    const shown = await formOf('TGL_CETAK_KTP', cells);
    if (form.endsWith(', da')) expect(shown).toBe('99-99-9999 99:99:99, day first');
    else expect(shown).toBe(form);
  });

  it('is none where no cell says anything', async () => {
    expect(await formOf('TGL_CETAK_KTP', ['', '-', '00-00-0000'])).toBeNull();
  });

  it('is what another column proves, where it proves nothing itself', async () => {
    const header = 'NIK;STATUS_KTP;TGL_LHR;TGL_CETAK_KTP';
    const born = async (printed: string) =>
      (await read(fileOf([header, `${nikOf(1)};;02-03-2001;${printed}`]))).residents[0]?.facts.ofAgeOn;
    expect(await born('12/25/2012')).toBe('2018-02-03');
    expect(await born('25/12/2012')).toBe('2018-03-02');
    expect(await born('')).toBe('2018-03-02');
  });

  it('is nobody’s guess where two others prove two', async () => {
    const file = (born: string) =>
      fileOf([
        'NIK;STATUS_KTP;TGL_LHR;TGL_CETAK_KTP;TGL_SUKET',
        `${nikOf(1)};;${born};12/25/2012;14/11/2017`,
        `${nikOf(2)};;13 Mei 1990;;`,
      ]);
    expect(await refusal(file('02-03-1990'))).toBe('DATES_CONTRADICT TGL_LHR');
    expect((await read(file('2 Maret 1990'))).residents).toHaveLength(2);
    expect((await read(file('1990-03-02'))).residents).toHaveLength(2);
  });

  it('is refused where a column proves two, with the line of the second', async () => {
    const file = fileWith('TGL_LHR', ['25-01-1990', '26-01-1990', '01-25-1990', '01-26-1990']);
    await expect(read(file)).rejects.toMatchObject({ code: 'DATES_CONTRADICT', detail: 'TGL_LHR', line: 4 });
  });

  it('takes 1 January 1970 for no date only where more than one cell in a hundred is it', async () => {
    const unknown = async (count: number) => {
      const cells = Array.from({ length: 200 }, (_, i) => (i < count ? '01-01-1970' : '12-01-1990'));
      return (await read(fileWith('TGL_LHR', cells))).residents.filter(({ facts }) => facts.birthDateUnknown).length;
    };
    expect(await unknown(2)).toBe(0);
    expect(await unknown(3)).toBe(3);
  });
});

describe('a column of family cards', () => {
  const cards = async (kks: string[]) => read(fileWith('NO_KK', kks));
  const card = (i: number, last: string) => `32010101010${1000 + i}${last}`;

  it('of which all end in 0 is stored of nobody, and the report says so', async () => {
    const outcome = await cards(Array.from({ length: 20 }, (_, i) => card(i, '0')));
    expect(outcome.residents.map(({ kk }) => kk)).toEqual(Array(20).fill(null));
    expect(outcome.report?.warnings).toContain('KK_ROUNDED');
  });

  it('that a spreadsheet shows with decimals is judged by the digits before them', async () => {
    for (const decimals of [',00', '.0']) {
      const outcome = await cards(Array.from({ length: 20 }, (_, i) => `${card(i, '0')}${decimals}`));
      expect(outcome.report?.warnings).toContain('KK_ROUNDED');
    }
  });

  it('of which a few end in 0, or all of one family, is stored', async () => {
    for (const kks of [
      Array.from({ length: 20 }, (_, i) => card(i, i < 9 ? '0' : '1')),
      Array<string>(40).fill(card(1, '0')),
    ]) {
      const outcome = await cards(kks);
      expect(outcome.residents.map(({ kk }) => kk)).toEqual(kks);
      expect(outcome.report?.warnings).not.toContain('KK_ROUNDED');
    }
  });

  it('that is spoilt in a part of the file refuses it, with a line of that part', async () => {
    const count = 9_000;
    const kks = Array.from({ length: count }, (_, i) => card(i, i > 6_000 ? '0' : String(i % 10)));
    const rows = kks.map(
      (kk, i) => `320101${String(1 + (i % 28)).padStart(2, '0')}0190${9000 + (i % 1000)};PRR;${kk}`,
    );
    await expect(read(fileOf(['NIK;STATUS_KTP;NO_KK', ...rows]))).rejects.toMatchObject({
      code: 'KK_ROUNDED',
      line: expect.any(Number),
    });
    const families = kks.map((_, i) => (i > 6_000 ? card(1, '0') : card(i, String(i % 10))));
    const sound = rows.map((row, i) => `${row.slice(0, 20)};${families[i]}`);
    expect((await read(fileOf(['NIK;STATUS_KTP;NO_KK', ...sound]))).residents).toHaveLength(count);
  });

  it('of zeros says nothing', async () => {
    const outcome = await cards(['0', '0000000000000000', '000', '3201010101019001']);
    expect(outcome.residents.map(({ kk }) => kk)).toEqual([null, null, null, '3201010101019001']);
    expect(columnOf(outcome, 'NO_KK')).toMatchObject({ blank: 3, read: 1, unreadable: 0 });
  });
});

describe('rows that end before their last column', () => {
  const header = 'NIK;NO_KK;STATUS_KTP;NAMA;ALAMAT';
  const row = (i: number, isShort: boolean) => `${nikOf(i)};3201010101019001;${isShort ? '' : 'PRR;BUDI;KP. BARU'}`;
  const statuses = async (short: number) => {
    const { residents, rejects } = await read(
      fileOf([header, ...Array.from({ length: 40 }, (_, i) => row(i, i % 10 === 9 && i < short * 10))]),
    );
    return [residents.length, rejects.length];
  };

  it('and lack a status may be shifted, unless rows commonly end so', async () => {
    expect(await statuses(0)).toEqual([40, 0]);
    expect(await statuses(3)).toEqual([37, 3]);
    expect(await statuses(4)).toEqual([36, 4]);
    const many = Array.from({ length: 40 }, (_, i) => row(i, i % 8 === 0));
    const { residents, rejects } = await read(fileOf([header, ...many]));
    expect([residents.length, rejects.length]).toEqual([40, 0]);
  });

  it('are read where they have one', async () => {
    const { residents } = await read(fileOf([header, row(1, false), `${nikOf(2)};3201010101019001;PRR`]));
    expect(residents.map(({ facts }) => facts.status)).toEqual(['PRINT_READY_RECORD', 'PRINT_READY_RECORD']);
  });
});

describe('a row that a line end has broken in two', () => {
  const header = 'NIK;STATUS_KTP;NAMA;ALAMAT;PEKERJAAN';
  const whole = (i: number) => `${nikOf(i)};PRR;BUDI;KP. BARU;9`;
  const outcome = async (...lines: string[]) => {
    const { residents, rejects } = await read(fileOf([header, whole(1), whole(2), whole(3), ...lines]));
    return [residents.length - 3, ...rejects.map(({ line, reason }) => `${line} ${reason}`)];
  };
  const short = `${nikOf(4)};PRR;BUDI`;

  it('is not believed, nor is its rest, though its status can be read', async () => {
    expect(await outcome(short, 'SANTOSO;KP. BARU;9')).toEqual([0, '5 COLUMNS_SHIFTED', '6 NIK_NOT_16_DIGITS']);
    expect(await outcome(short, ';;9')).toEqual([0, '5 COLUMNS_SHIFTED', '6 NIK_EMPTY']);
  });

  it('is told from one that ends early: what follows is another row, no row, or nothing', async () => {
    expect(await outcome(short, whole(5))).toEqual([2]);
    expect(await outcome(short, '', whole(5))).toEqual([2]);
    expect(await outcome(short, '4 rows selected.')).toEqual([1]);
    expect(await outcome(short)).toEqual([1]);
  });

  it('leaves a next row without a status in doubt, which alone is believed', async () => {
    const recordedNowhere = `${nikOf(6)};;SITI;KP. BARU;9`;
    expect(await outcome(recordedNowhere)).toEqual([1]);
    expect(await outcome(nikOf(5), recordedNowhere)).toEqual([0, '5 COLUMNS_MISSING', '6 COLUMNS_SHIFTED']);
    expect(await outcome('bukan;PRR;BUDI;x;9', recordedNowhere)).toEqual([1, '5 NIK_NOT_16_DIGITS']);
    expect(await outcome(nikOf(5), '', recordedNowhere)).toEqual([1, '5 COLUMNS_MISSING']);
  });
});

describe('a row whose status stands one column aside', () => {
  it('is rejected as shifted', async () => {
    const header = 'NIK;NAMA;STATUS_KTP;KETERANGAN;LAIN';
    const sound = [1, 2, 3].map((i) => `${nikOf(i)};BUDI;PRR;;`);
    const { rejects } = await read(
      fileOf([header, ...sound, `${nikOf(4)};SITI;AMINAH;CARD_ISSUED;`, `${nikOf(5)};Card Printed;;;`]),
    );
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [5, 'COLUMNS_SHIFTED'],
      [6, 'COLUMNS_SHIFTED'],
    ]);
  });

  it('is not, where that column holds status codes itself', async () => {
    const header = 'NIK;NAMA;STATUS_KTP;STATUS_CETAK_LAMA';
    const { residents } = await read(fileOf([header, ...[1, 2, 3].map((i) => `${nikOf(i)};BUDI;PRR;CARD_ISSUED`)]));
    expect(residents).toHaveLength(3);
  });
});

describe('the head of a table', () => {
  const under = (lines: number) => fileOf([...Array<string>(lines).fill('LAPORAN HARIAN'), ...linesOf(2)]);

  it('is looked for in twenty lines and no more', async () => {
    const { residents, report } = await read(under(19));
    expect([residents.length, report?.headerLine, report?.passedOver]).toEqual([2, 20, { TITLE: 19 }]);
    expect(await refusal(under(20))).toBe('MISSING_COLUMN NIK');
  });

  it('is found however its file is cut, and however long the titles are', async () => {
    const file = fileOf([...Array<string>(19).fill('x '.repeat(2_000)), ...linesOf(2)], '\r\n');
    for (const chunkBytes of [700, 20_000, 1 << 20])
      expect((await read(file, { chunkBytes })).residents).toHaveLength(2);
  });

  it('may have five hundred columns, and not one more', async () => {
    const wide = (columns: number) =>
      fileOf([[...HEADER, ...Array(columns - HEADER.length).fill('X')].join(';'), rowOf(1).join(';')]);
    expect((await read(wide(500))).report?.unusedHeaders).toHaveLength(495);
    expect(await refusal(wide(501))).toBe('TOO_MANY_COLUMNS');
  });

  it('is the line with the most names that are known, and of two alike the first', async () => {
    const known = [
      'Kecamatan;Cibinong;Kabupaten',
      'Nama;Petugas',
      ...linesOf(3),
      linesOf(0)[0] as string,
      ...linesOf(5).slice(4),
    ];
    const { residents, report } = await read(fileOf(known));
    expect([residents.length, report?.headerLine, report?.passedOver]).toEqual([5, 3, { TITLE: 2, HEADER: 1 }]);
  });

  it('may stand alone, without the end of its line', async () => {
    for (const end of ['', '\n', '\r\n']) expect((await read(`NIK;STATUS_KTP${end}`)).residents).toEqual([]);
    expect((await read(`  NIK ; STATUS_KTP \n${nikOf(1)};PRR\n`)).report?.columns[0]?.header).toBe('NIK');
  });

  it.each<[string, string[]]>([
    ['UNKNOWN_DELIMITER blanks', ['NIK              NAMA_LGKP      STATUS_KTP', `${nikOf(1)} BUDI           PRR`]],
    ['UNKNOWN_DELIMITER blanks', ['NIK STATUS_KTP NAMA', `${nikOf(1)} PRR BUDI`]],
    ['UNKNOWN_DELIMITER ":"', ['NIK:STATUS_KTP:NAMA', `${nikOf(1)}:PRR:BUDI`]],
    ['MISSING_COLUMN NIK', ['NIK dan nama penduduk', 'tanpa tabel']],
    ['NO_HEADER 3 cells', [`'320101010190900;BUDI;PRR`]],
    ['NO_HEADER 2 cells', [`"${nikOf(1)}";PRR`]],
    ['MISSING_COLUMN NIK', ['KTP3201010101909001X;BUDI;PRR']],
    ['MISSING_COLUMN NIK', ['32010101;BUDI;PRR']],
    ['UNKNOWN_QUOTE ~', ['~NIK~;~STATUS_KTP~', `~${nikOf(1)}~;~PRR~`]],
  ])('that is none is told by what it looks like: %s', async (code, lines) => {
    expect(await refusal(fileOf(lines))).toBe(code);
  });

  it('that holds a number of a person is none, and its cells are counted under the delimiter that parts it', async () => {
    expect(await refusal(fileOf([`NIK,STATUS_KTP,${nikOf(1)}`]))).toBe('NO_HEADER 3 cells');
    expect(await refusal(fileOf([`${nikOf(1)}|BUDI, SH|x|PRR`, `${nikOf(2)}|SITI|x|PRR`]))).toBe('NO_HEADER 4 cells');
  });
});
