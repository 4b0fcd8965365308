import { describe, expect, it } from 'vitest';
import { isBlankText } from '../../src/intake/cell.ts';
import { type Column, columnNamed, isOwnName } from '../../src/intake/columns.ts';
import { type DateForm, provenBy, readDate } from '../../src/intake/dates.ts';
import {
  isCountPositive,
  isDeceased,
  isInactive,
  isTniPolri,
  maritalOf,
  nationalityOf,
  regionOfCells,
} from '../../src/intake/facts.ts';
import type { Layout } from '../../src/intake/head.ts';
import { lineKind } from '../../src/intake/lines.ts';
import { wholeNumber } from '../../src/intake/numbers.ts';
import { fileOf, HEADER, nikOf, read, refusal, rowOf } from './export-file.ts';

/** What a reader makes of each text. */
const each = <Value>(reader: (text: string) => Value, expected: [string, Value][]): void =>
  expect(expected.map(([text]) => [text, reader(text)])).toEqual(expected);

describe('a code with its word', () => {
  it('of marriage is believed where both agree', () => {
    each(maritalOf, [
      ['1 - BELUM KAWIN', 'NEVER'],
      ['1. Belum Kawin', 'NEVER'],
      ['2-KAWIN', 'IS_OR_WAS'],
      ['02 KAWIN', 'IS_OR_WAS'],
      ['3 CERAI HIDUP', 'IS_OR_WAS'],
      ['2 BELUM KAWIN', null],
      ['1 KAWIN', null],
      ['9 KAWIN', null],
      ['1 ???', 'NEVER'],
      ['0 ???', 'UNKNOWN'],
      ['5', null],
      ['B.K', null],
      ['LAJANG', 'NEVER'],
      ['TIDAK KAWIN', 'NEVER'],
      ['KAWIN TIDAK TERCATAT', 'IS_OR_WAS'],
      ['TIDAK DIKETAHUI', 'UNKNOWN'],
      ['2 TIDAK JELAS', 'UNKNOWN'],
    ]);
  });

  it('of an occupation is TNI or Polri by its number or by a word that serves, not by a word beside it', () => {
    each(isTniPolri, [
      ['6', true],
      ['07', true],
      ['6.0', true],
      ['15', false],
      ['99', false],
      ['100', null],
      ['6 - TNI', true],
      ['T.N.I', true],
      ['T.N.I. A.D.', true],
      ['TNI AD', true],
      ['ANGGOTA POLRI', true],
      ['PNS/TNI', true],
      ['PNS POLRI', false],
      ['PENSIUNAN TNI', false],
      ['PURN. POLRI', false],
      ['PEDAGANG', false],
      ['MATNI', false],
    ]);
  });

  it('of life, citizenship and activity says what its words say', () => {
    each(isDeceased, [
      ['0', false],
      ['2', false],
      ['HIDUP', false],
      ['BELUM MENINGGAL', false],
      ['TIDAK HIDUP', true],
      ['1 - WAFAT', true],
      ['ALM.', true],
      ['MATI?', null],
      ['XYZ', null],
    ]);
    each(nationalityOf, [
      ['0', 'CITIZEN'],
      ['W.N.I', 'CITIZEN'],
      ['1 - WNI', 'CITIZEN'],
      ['BUKAN WNI', null],
      ['EKS INDONESIA', null],
      ['JEPANG', 'FOREIGN'],
      ['1', null],
    ]);
    each(isInactive, [
      ['0', false],
      ['00', false],
      ['1', true],
      ['AKTIF', false],
      ['0 - AKTIF', false],
      ['TIDAK AKTIF', true],
      ['NON AKTIF', true],
      ['PINDAH', true],
      ['???', null],
    ]);
    each(isCountPositive, [
      ['0', false],
      ['0.0', false],
      ['1', true],
      ['02', true],
      ['dua', null],
    ]);
  });
});

describe('a number of a region', () => {
  const of = (...cells: string[]) => {
    const { region, kinds } = regionOfCells([...cells, '', '', '', ''].slice(0, 4));
    return `${region} ${kinds.join('')}`;
  };

  it('may stand alone, behind those above it, with dots, with its name or in brackets', () => {
    for (const regency of [
      '1',
      '01',
      '1.0',
      '3201',
      '32.01',
      '1 - BOGOR',
      '(1) BOGOR',
      '01.BOGOR',
      '1: Bogor',
      '1/Bogor',
      '3201 – KAB. BOGOR',
    ])
      expect([regency, of('32', regency)]).toEqual([regency, '32.01 1100']);
    for (const district of ['2', '02', '320102', '32.01.02', '2 CISARUA'])
      expect([district, of('32', '1', district)]).toEqual([district, '32.01.02 1110']);
    for (const village of ['2001', '3201022001', '32.01.02.2001', '2.001', '2,001.00'])
      expect([village, of('32', '1', '2', village)]).toEqual([village, '32.01.02.2001 1111']);
  });

  it('that contradicts those above it, or is none, cannot be read', () => {
    for (const regency of ['7101', '71.01', '13201', '132', 'BOGOR', '1 2', 'x1', '1x', '32.01.02'])
      expect([regency, of('32', regency)]).toEqual([regency, 'null 1200']);
    expect(of('32', '1', '320202')).toBe('32.01 1120');
    expect(of('32', '1', '32.02.02')).toBe('32.01 1120');
    expect(of('32', '1', '2', '3201032001')).toBe('32.01.02 1112');
    expect(of('3232', '1')).toBe('null 2100');
  });

  it('that is zero says nothing, and one that no region of 2018 has cannot be read', () => {
    expect(of('32', '1', '0')).toBe('32.01 1100');
    expect(of('0', '0')).toBe('null 0000');
    expect(of('32', '98')).toBe('null 1200');
  });
});

describe('a whole number', () => {
  it('is one with zeros, thousands and decimals of nothing', () => {
    each(wholeNumber, [
      ['32', '32'],
      ['032', '32'],
      ['0', '0'],
      ['000', '0'],
      ['32.0', '32'],
      ['32,00', '32'],
      ['2.001', '2001'],
      ['2,001', '2001'],
      ['2.001,00', '2001'],
      ['1.234.567', '1234567'],
      ['2001.000', '2001'],
      ['32.5', null],
      ['2.0012', null],
      ['-1', null],
      ['1e3', null],
      ['', null],
    ]);
  });
});

describe('a cell that says nothing', () => {
  it('is told from one that says something', () => {
    for (const text of [
      '',
      '-',
      '--',
      '.',
      'NULL',
      'null',
      '(null)',
      '\\N',
      'NaN',
      'None',
      '#N/A',
      '0000-00-00',
      '00/00/0000',
    ])
      expect([text, isBlankText(text)]).toEqual([text, true]);
    for (const time of ['00:00', '0:00', '00:00:00', '0:00:00', '00.00.00', '00:00:00.000', '00:00:00.0'])
      expect([time, isBlankText(`0000-00-00 ${time}`)]).toEqual([time, true]);
    for (const time of [
      '00:00:01',
      '00:00x',
      'x00:00',
      '000:00',
      '00:0',
      '00-00',
      '00:00:0',
      '00:00:00.',
      '00:00:00-0',
    ])
      expect([time, isBlankText(`0000-00-00 ${time}`)]).toEqual([time, false]);
    for (const text of ['0', 'NULLO', 'TIDAK ADA NAMA SAMA SEKALI', '1900-01-01'])
      expect([text, isBlankText(text)]).toEqual([text, false]);
  });
});

describe('a date', () => {
  const form: DateForm = { order: 'DMY', serial: false, epochIsBlank: false };
  const day = (text: string, more: Partial<DateForm> = {}, zoneHours = 7): string => {
    const found = readDate(text, { ...form, ...more }, zoneHours);
    return found.kind === 'DAY' ? found.date : found.kind === 'YEAR' ? `YEAR ${found.year}` : found.kind;
  };

  it.each([
    '19900112',
    '19900112000000',
    '12011990',
    '1990 JAN 12',
    '1990-Jan-12',
    '1990JAN12',
    '1990 . januari . 12',
    '12JAN1990',
    '12, Jan., 1990',
    '12-01-1990',
    '12 - 01 - 1990',
    '12- 01 -1990',
    '12/01/1990,',
    '12/01/1990, 10:00',
    '12/01/1990 10:00 AM',
    '12  Jan   1990',
    '12 Januari 1990 (Jumat)',
    'Jumat, 12 Januari 1990',
    "Jum'at 12 Januari 1990",
    '12th Jan 1990',
    'JAN 12, 1990',
    'January 12 1990',
    'Jan12-1990',
    'Fri Jan 12 00:00:00 WIB 1990',
    'Fri Jan 12 00:00:00 1990',
  ])('is read from %s', (text) => {
    expect(day(text)).toBe('1990-01-12');
  });

  it.each([
    'x12-01-1990',
    '12-01-1990x',
    '112-01-1990',
    '12-01-19900',
    '12-001-1990',
    '199001120',
    '1990011200',
    '19900112000',
    'x19900112',
    '1990-JAN-123',
    'x1990-JAN-12',
    '1990-JA-12',
    '112-JAN-1990',
    '12-JAN-19901',
    '12-JAN-199',
    'JAN-12-199',
    '1JAN-12-1990',
    'JAN 123 1990',
    'JAN 12 1990x',
    'JAN121990',
    'SENIN',
    'kemarin',
    '12--01-1990',
    '(12-01-1990',
  ])('is not guessed from %s', (text) => {
    expect(day(text)).toBe('UNREADABLE');
  });

  it('of numbers counts days only in a column of a spreadsheet, from the first of five digits on', () => {
    expect(day('32885', { serial: true })).toBe('1990-01-12');
    expect(day('32885.5', { serial: true })).toBe('1990-01-12');
    expect(day('9999', { serial: true })).toBe('1927-05-17');
    expect([day('10000'), day('9999'), day('32885')]).toEqual(['CONTRADICTS', 'UNREADABLE', 'CONTRADICTS']);
    expect([provenBy('10000'), provenBy('9999'), provenBy('1990')]).toEqual(['SERIAL', null, null]);
    expect([day('1990'), day('1799')]).toEqual(['YEAR 1990', 'UNREADABLE']);
  });

  it('with the year in front has a day of 31 at most behind it', () => {
    expect([day('90-12-31', { order: 'YMD' }), day('90-12-32', { order: 'YMD' })]).toEqual([
      '2090-12-31',
      'CONTRADICTS',
    ]);
    expect(day('12-01-1990', { order: 'YMD' })).toBe('1990-01-12');
  });

  it('proves an order only where one of two numbers can be no month', () => {
    each(provenBy, [
      ['13-01-1990', 'DMY'],
      ['31-12-1990', 'DMY'],
      ['01-13-1990', 'MDY'],
      ['12-12-1990', null],
      ['32-01-1990', null],
      ['13-13-1990', null],
      ['13-00-1990', null],
      ['00-13-1990', null],
      ['90-12-25', 'YMD'],
      ['90-13-25', null],
      ['1990-13-01', null],
      ['01-01-1970', 'EPOCH'],
      ['1970-01-01', 'EPOCH'],
      ['1/1/1970', 'EPOCH'],
      ['01-01-1971', null],
      ['02-01-1970', null],
      ['01-02-1970', null],
      ['1970-02-01', null],
      ['kemarin', null],
      ['', null],
    ]);
  });

  it('that contradicts the order of its column says so, and the epoch never does', () => {
    expect([day('01-13-1990'), day('13-01-1990', { order: 'MDY' })]).toEqual(['CONTRADICTS', 'CONTRADICTS']);
    expect([day('01-01-1970'), day('01-01-1970', { order: 'MDY' })]).toEqual(['1970-01-01', '1970-01-01']);
    expect(day('01-01-1970', { epochIsBlank: true })).toBe('BLANK');
  });
});

describe('a line that is no row', () => {
  const layout: Layout = {
    delimiter: ';',
    columnCount: HEADER.length,
    maxLineBytes: 64 * 1024,
    names: HEADER,
    columns: {
      ...Object.fromEntries(['NIK', 'NO_KK', 'NAMA_LGKP'].map((name, i) => [name, i])),
    } as Layout['columns'],
    headerLine: 1,
    titles: ['LAPORAN HALAMAN #'],
  };
  const kind = (text: string) => lineKind({ text, cells: text.split(';'), line: 7 }, layout);

  it.each<[string, string[]]>([
    ['EMPTY', ['', ' ', ';;;', '-;-;', ' ; NULL ;', '\x1a', ';\x1a;']],
    ['RULE', ['-----', '------;------', '=====', '+----+----+', '---- ----', '__|__']],
    ['NUMBERS', ['1;2;3;4;5;6', '(1);(2);(3)', '1;2;;;', ';1;2']],
    ['HEADER', [HEADER.join(';'), HEADER.join(';').toLowerCase()]],
    ['TITLE', ['LAPORAN HALAMAN 2', ' LAPORAN  HALAMAN 17 ']],
    [
      'FOOTER',
      [
        '12 rows selected.',
        '1.234 records returned',
        '3 baris terpilih',
        'rows affected 3',
        '(3 rows)',
        '3 rows',
        '1 record.',
        '5 baris',
        'SQL> spool off',
        'Elapsed: 00:00:01',
        'no rows selected',
        'input truncated to 3 characters',
        'Total;12',
        'SUB TOTAL;3',
        'Grand total;3',
        'Jumlah: 5',
        'Halaman;2;dari',
        'Page;3',
        'Hal. 3',
        'Dicetak;oleh',
        'Sumber: Disdukcapil',
        'Keterangan;x',
        'catatan;x',
        'data per 12 Januari 2018',
      ],
    ],
  ])('is %s', (expected, lines) => {
    for (const line of lines) expect([line, kind(line)]).toEqual([line, expected]);
  });

  it('is told from a row at fault', () => {
    const rows = [
      'BUDI',
      'BUDI;SANTOSO',
      '1',
      '1;2;4;5',
      '2;3',
      'KP. BARU 123456',
      `Total;${nikOf(1)}`,
      'LAPORAN BULANAN;x',
      'TOTALITAS;x'.replace('TOTALITAS', 'XTOTAL'),
      'HALIM;x',
      '-;x',
    ];
    for (const row of rows) expect([row, kind(row)]).toEqual([row, null]);
  });

  it('or is the beginning of another table, which refuses the file', () => {
    for (const line of ['NO_KK;NIK;NAMA_LGKP', `X;${HEADER.join(';')}`])
      expect(() => kind(line)).toThrow(expect.objectContaining({ code: 'HEADER_CHANGED', line: 7 }));
    for (const line of [HEADER.join(','), HEADER.join('|'), rowOf(1).join('\t'), rowOf(1).join(',')])
      expect(() => kind(line)).toThrow(expect.objectContaining({ code: 'DELIMITER_CHANGED', line: 7 }));
    expect(kind(rowOf(1).slice(0, 5).join(','))).toBeNull();
    expect(kind(`x,${nikOf(1)},c,d,e,f`)).toBeNull();
  });
});

describe('the name of a column', () => {
  it.each<[Column, string[]]>([
    ['NIK', ['nik', ' N.I.K. ', 'Nomor Induk Kependudukan', 'NO KTP']],
    ['EKTP_CURRENT_STATUS_CODE', ['STATUS_KTP', 'Status Perekaman', 'EKTP_CURRENT_STATUS_CO']],
    ['CURRENT_STATUS_CODE', ['CURRENT STATUS', 'kode status']],
    ['CURRENT_STATUS_CODE_EKTP', ['STATUS_CODE_EKTP']],
    ['NO_KK', ['KK', 'nkk', 'NO. KK', 'Kartu Keluarga', 'NOKK']],
    ['NAMA_LGKP', ['nama', 'Nama Lengkap', 'FULL NAME', 'NAMA_LGK']],
    ['TGL_LHR', ['Tanggal Lahir', 'TGL_LAHIR', 'TGL_LH']],
    ['STAT_KWN', ['STATUS KAWIN', 'perkawinan', 'STAT_KW']],
    ['JENIS_PKRJN', ['Pekerjaan', 'JENIS_PK']],
    ['NO_PROP', ['PROVINSI', 'kode_prov', 'NO_PRO']],
    ['NO_KAB', ['Kabupaten/Kota', 'KD_KAB']],
    ['NO_KEC', ['kecamatan', 'NO_KECAMATAN']],
    ['NO_KEL', ['Desa/Kelurahan', 'kode desa']],
    ['STAT_HIDUP', ['STATUS HIDUP', 'STAT_HID']],
    ['KEBANGSAAN', ['Kewarganegaraan', 'KEBANG']],
    ['FLAG_STATUS', ['FLA', 'FLAG', 'FLAG_ST']],
    ['TGL_CETAK_KTP', ['TGL_CETAK', 'Tanggal Cetak KTP', 'TGL_CETAK_KT']],
    ['COUNT_KTP', ['Jumlah KTP', 'COUNT_KT']],
    ['NO_SUKET', ['Nomor Suket', 'NO_SUK']],
    ['TGL_SUKET', ['Tanggal Suket', 'TGL TERBIT SUKET', 'TGL_SUK']],
    ['TGL_AKHIR_SUKET', ['BERLAKU SAMPAI', 'TGL_AKHIR_SU']],
  ])('%s is known in its other spellings, and cut short where it can be no other', (column, spellings) => {
    for (const name of [column, column.toLowerCase(), ...spellings])
      expect([name, columnNamed(name)]).toEqual([name, column]);
  });

  it('is not taken for another one that begins alike', () => {
    for (const name of [
      '',
      'X',
      'NAMA_KAB',
      'NAMA_PROP',
      'TGL_',
      'NO_K',
      'STAT',
      'STAT_HBKEL',
      'STAT_H',
      'JENIS',
      'JENIS_KLMIN',
      'TGL_CE',
      'FLAG_EKTP',
      'COUNT',
    ])
      expect([name, columnNamed(name)]).toEqual([name, undefined]);
  });

  it('is its own only under that name, however written', () => {
    expect([isOwnName('no kk', 'NO_KK'), isOwnName('KK', 'NO_KK')]).toEqual([true, false]);
  });

  it('of its own outweighs another name of it', async () => {
    const { residents } = await read(fileOf(['NIK;KK;NO_KK;STATUS_KTP', `${nikOf(1)};x;3201010101019001;PRR`]));
    expect(residents[0]?.kk).toBe('3201010101019001');
    expect(await refusal(fileOf(['NIK;KK;NKK;STATUS_KTP', `${nikOf(1)};x;y;PRR`]))).toBe('DUPLICATE_COLUMN NO_KK');
  });
});

describe('a file of another kind', () => {
  const bytes = (...parts: string[]) => Buffer.from(parts.join(''), 'latin1');
  const tar = bytes('export.csv'.padEnd(257, '\0'), 'ustar\x0000', '\0'.repeat(255));

  it.each<[string, Buffer]>([
    ['BINARY_FILE UTF-32 text', bytes('\xff\xfe\0\0N\0\0\0')],
    ['XLS_FILE', bytes('\xd0\xcf\x11\xe0')],
    ['PDF_FILE', bytes('%PDF-1.4')],
    ['ZIP_FILE', bytes('PK\x05\x06', '\0'.repeat(18))],
    ['BINARY_FILE a PNG image', bytes('\x89PNG\r\n')],
    ['BINARY_FILE a JPEG image', bytes('\xff\xd8\xff\xe0')],
    ['BINARY_FILE a GIF image', bytes('GIF89a')],
    ['BINARY_FILE a RAR archive', bytes('Rar!\x1a\x07')],
    ['BINARY_FILE a bzip2 archive', bytes('BZh91AY')],
    ['BINARY_FILE an xz archive', bytes('\xfd7zXZ\0')],
    ['BINARY_FILE a Zstandard archive', bytes('\x28\xb5\x2f\xfd')],
    ['BINARY_FILE an SQLite database', bytes('SQLite format 3\0')],
    ['BINARY_FILE a PostgreSQL dump', bytes('PGDMP\x01\x0e')],
    ['BINARY_FILE an RTF document', bytes('{\\rtf1\\ansi')],
    ['BINARY_FILE a Parquet file', bytes('PAR1\x15')],
    ['BINARY_FILE an Access database', bytes('\0\x01\0\0Standard Jet DB')],
    ['BINARY_FILE an Oracle dump', bytes('\x03\0\x01EXPORT:V11')],
    ['BINARY_FILE a tar archive', tar],
    ['HTML_FILE', bytes('\xef\xbb\xbf <!DOCTYPE html>')],
  ])('is refused as %s', async (code, file) => {
    expect(await refusal(file)).toBe(code);
  });

  it('is not what mentions one further on', async () => {
    const row = (name: string) => fileOf(['NIK;STATUS_KTP;NAMA', `${nikOf(1)};PRR;${name}`]);
    for (const name of ['PGDMP', '%PDF-', '<html>', 'ustar'])
      expect((await read(row(name))).residents).toHaveLength(1);
  });

  it('may be UTF-16 of either order, with or without a mark', async () => {
    const text = fileOf(['NIK;STATUS_KTP;NAMA', `${nikOf(1)};PRR;SITI`]);
    const little = Buffer.from(text, 'utf16le');
    for (const file of [
      little,
      Buffer.from(little).swap16(),
      Buffer.concat([bytes('\xff\xfe'), little]),
      Buffer.concat([bytes('\xfe\xff'), Buffer.from(little).swap16()]),
    ])
      expect((await read(file)).residents[0]?.name).toBe('SITI');
  });
});
