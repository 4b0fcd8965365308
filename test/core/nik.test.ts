import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { isSixteenDigits, kkIn, type Nik, nikHints, parseNik, withKkOutOfName } from '../../src/core/nik.ts';

const TODAY = '2018-01-12' as CivilDate;
const nik = (text: string): Nik => text as Nik;

describe('parseNik', () => {
  it('accepts any sixteen digits, even with an impossible date or region in them', () => {
    for (const text of [
      '3171011708450001',
      '3171013002001234',
      '0000000000000000',
      '9999999999999999',
      '9103011012889495',
    ]) {
      expect(parseNik(text)).toEqual({ ok: true, value: text });
    }
  });

  it('ignores blanks around it', () => {
    expect(parseNik(' 3171011708450001\r\n')).toEqual({ ok: true, value: '3171011708450001' });
  });

  it.each([
    ['', 'NIK_EMPTY'],
    [' \t', 'NIK_EMPTY'],
    ['317101170845000', 'NIK_NOT_16_DIGITS'],
    ['31710117084500011', 'NIK_NOT_16_DIGITS'],
    ['3171 0117 0845 0001', 'NIK_NOT_16_DIGITS'],
    ['317101170845000O', 'NIK_NOT_16_DIGITS'],
    ['-171011708450001', 'NIK_NOT_16_DIGITS'],
    ["'3171011708450001", 'NIK_NOT_16_DIGITS'],
    ['3171011708450001\n3171011708450001', 'NIK_NOT_16_DIGITS'],
    ['３１７１０１１７０８４５０００１', 'NIK_NOT_16_DIGITS'],
    ['٣١٧١٠١١٧٠٨٤٥٠٠٠١', 'NIK_NOT_16_DIGITS'],
    ['1e', 'NIK_NOT_16_DIGITS'],
    ['3E155', 'NIK_NOT_16_DIGITS'],
    ['3E15 KK', 'NIK_NOT_16_DIGITS'],
    ['NIK 3E15', 'NIK_NOT_16_DIGITS'],
    ['3,20101E+15', 'NIK_SCIENTIFIC'],
    ['3.17101170845E+15', 'NIK_SCIENTIFIC'],
    ['3e15', 'NIK_SCIENTIFIC'],
  ])('refuses %j as %s', (text, code) => {
    expect(parseNik(text)).toEqual({ ok: false, code });
  });

  it('never echoes what it refuses', () => {
    expect(JSON.stringify(parseNik('32010145087890011'))).not.toContain('32010145');
  });
});

describe('kkIn', () => {
  const KK = '3201010506070001';
  it.each([
    KK,
    ` ${KK}\n`,
    `KK ${KK}`,
    `kk${KK}`,
    `KK: ${KK}`,
    `No. KK : 3201 0105 0607 0001`,
    `NO KK 3201-0105-0607-0001`,
    `Nomor KK. 3201.0105.0607.0001`,
    `Kartu Keluarga ${KK}`,
    `No. Kartu Keluarga: ${KK}`,
    `KK No. ${KK}`,
    `KK \u200e3201\u00a00105\u200b0607\u20110001\u2069`,
  ])('finds the number in %j', (text) => {
    expect(kkIn(text)).toBe(KK);
  });

  it.each([
    '',
    'KK',
    'ASEP HIDAYAT',
    'KK ASEP',
    KK.slice(1),
    `KK ${KK}1`,
    `NIK ${KK}`,
    `No. ${KK}`,
    `KK ${KK} ASEP`,
    `KK ${KK} ${KK}`,
    '٣٢٠١٠١٠٥٠٦٠٧٠٠٠١',
  ])('finds none in %j', (text) => {
    expect(kkIn(text)).toBeNull();
  });

  it('is asked as a family card when it is given for a name, and as a name beside another number', () => {
    const asked = (name?: string, kk?: string) => withKkOutOfName({ name, kk });
    expect(asked(`KK ${KK}`)).toEqual({ name: undefined, kk: KK });
    expect(asked(KK)).toEqual({ name: undefined, kk: KK });
    expect(asked(`KK ${KK}`, KK)).toEqual({ name: undefined, kk: KK });
    expect(asked(`KK ${KK}`, '3201010506070002')).toEqual({ name: `KK ${KK}`, kk: '3201010506070002' });
    expect(asked('ASEP', KK)).toEqual({ name: 'ASEP', kk: KK });
    expect(asked('ASEP')).toEqual({ name: 'ASEP', kk: undefined });
    expect(asked()).toEqual({ name: undefined, kk: undefined });
  });
});

describe('nikHints', () => {
  it.each([
    ['3171011708450001', 'MAN', '1945-08-17', '31.71.01', '0001'],
    ['3171015708450001', 'WOMAN', '1945-08-17', '31.71.01', '0001'],
    ['3171012902001234', 'MAN', '2000-02-29', '31.71.01', '1234'],
    ['3171013002001234', 'MAN', null, '31.71.01', '1234'],
    ['3171017113991234', 'WOMAN', null, '31.71.01', '1234'],
    ['3171014001991234', 'MAN', null, '31.71.01', '1234'],
    ['3171014101991234', 'WOMAN', '1999-01-01', '31.71.01', '1234'],
  ])('takes %s apart', (text, sex, birthDate, region, serial) => {
    expect(nikHints(nik(text), TODAY)).toEqual({ sex, birthDate, region, serial });
  });

  it('takes the latest century that does not lie in the future', () => {
    expect(nikHints(nik('3201011201180001'), TODAY).birthDate).toBe('2018-01-12');
    expect(nikHints(nik('3201011301180001'), TODAY).birthDate).toBe('1918-01-13');
    expect(nikHints(nik('3201012902360001'), TODAY).birthDate).toBe('1936-02-29');
    expect(nikHints(nik('3201015201180001'), TODAY)).toMatchObject({ sex: 'WOMAN', birthDate: '2018-01-12' });
  });
});

describe('isSixteenDigits', () => {
  it('knows the form that NIK and family-card number share', () => {
    expect(['3201010103119001', ' 3201010103119001', 'ASEP HIDAYAT', ''].map(isSixteenDigits)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
