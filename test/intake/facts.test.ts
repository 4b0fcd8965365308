import { describe, expect, it } from 'vitest';
import { isOtherCountry } from '../../src/core/countries.ts';
import { all, factsOf, spelled } from './export-file.ts';

describe('the facts', () => {
  it('tell who never married from who is or was, by number or word', async () => {
    const never = ['1', '01', 'BELUM KAWIN', ' Belum  kawin ', "'1"];
    const married = [
      '2',
      '3',
      '4',
      '04',
      'Kawin',
      'KAWIN TERCATAT',
      'Kawin Belum Tercatat',
      'cerai hidup',
      'CERAI MATI',
      'CERAI',
      'JANDA',
      'Duda',
    ];
    const unknown = ['', '-', '0', '5', '9', 'TIDAK DIKETAHUI', 'K'];
    expect(await spelled('marital', 'STAT_KWN', never)).toEqual(all('NEVER', never));
    expect(await spelled('marital', 'STAT_KWN', married)).toEqual(all('IS_OR_WAS', married));
    expect(await spelled('marital', 'STAT_KWN', unknown)).toEqual(all('UNKNOWN', unknown));
  });

  it('know soldiers and police by number or word, and nobody else', async () => {
    const yes = [
      '6',
      '07',
      'TNI',
      'Polri',
      'TENTARA NASIONAL INDONESIA',
      'TENTARA NASIONAL INDONESIA (TNI)',
      'KEPOLISIAN RI',
      'Kepolisian RI (POLRI)',
      'KEPOLISIAN REPUBLIK INDONESIA',
    ];
    const no = ['', '5', '16', '67', 'PENSIUNAN TNI', 'PELAJAR/MAHASISWA'];
    expect(await spelled('tniPolri', 'JENIS_PKRJN', yes)).toEqual(all(true, yes));
    expect(await spelled('tniPolri', 'JENIS_PKRJN', no)).toEqual(all(false, no));
  });

  it('believe a death by word only', async () => {
    expect(await spelled('deceased', 'STAT_HIDUP', ['MENINGGAL', 'Meninggal dunia', ' mati '])).toEqual([
      true,
      true,
      true,
    ]);
    expect(await spelled('deceased', 'STAT_HIDUP', ['', '0', '1', '2', 'HIDUP', 'MATI?X'])).toEqual(
      all(false, ['', '', '', '', '', '']),
    );
  });

  it('take for a foreigner only whom another country claims', async () => {
    const citizen = ['', '-', '0', 'WNI', 'Indonesia', ' INDONESIA'];
    const foreign = [
      'MALAYSIA',
      'Amerika Serikat',
      'belanda',
      'UNITED KINGDOM',
      'TIMOR-LESTE',
      "Côte d'Ivoire",
      'Papua Nugini',
    ];
    const unclear = ['LAINNYA', 'XX', '?', 'WNA', '1', 'ASING', 'REPUBLIK'];
    expect(await spelled('nationality', 'KEBANGSAAN', citizen)).toEqual(all('CITIZEN', citizen));
    expect(await spelled('nationality', 'KEBANGSAAN', foreign)).toEqual(all('FOREIGN', foreign));
    expect(await spelled('nationality', 'KEBANGSAAN', unclear)).toEqual(all('UNCLEAR', unclear));
  });

  it('take a flag other than nought for inactive, a blank for nothing', async () => {
    expect(await spelled('inactive', 'FLAG_STATUS', ['', ' ', '0', '00', '-', '1', '2', 'X'])).toEqual([
      ...all(false, ['', '', '', '', '']),
      ...all(true, ['', '', '']),
    ]);
  });

  it('see an older card in a date of printing or a count above nought', async () => {
    expect(await spelled('olderCard', 'TGL_CETAK_KTP', ['', '-', '00-00-0000', '04-03-2012', '04-MAR-12'])).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(await spelled('olderCard', 'COUNT_KTP', ['', '-', '0', '00', '1', '2', '02'])).toEqual([
      ...all(false, ['', '', '', '']),
      true,
      true,
      true,
    ]);
  });

  const AGE_DATES = [
    '14-06-2001',
    '14/06/2001',
    '2001-06-14',
    '14-JUN-01',
    '14 Jun 2001',
    '14.06.2001',
    '14-Juni-2001',
    '2001-06-14 00:00:00',
  ];

  it('keep a 17th birthday to come, from a date in any form', async () => {
    expect(await spelled('ofAgeOn', 'TGL_LHR', AGE_DATES)).toEqual(all('2018-06-14', AGE_DATES));
    expect(await spelled('birthDateUnknown', 'TGL_LHR', AGE_DATES)).toEqual(all(false, AGE_DATES));
    expect(await spelled('ofAgeOn', 'TGL_LHR', ['12-01-2001', '13-01-2001', '29-02-2004'])).toEqual([
      null,
      '2018-01-13',
      '2021-03-01',
    ]);
  });

  it('complete a birth year of two digits to the latest not after the copy', async () => {
    expect(await spelled('ofAgeOn', 'TGL_LHR', ['12-JAN-18', '13-JAN-18', '12-JAN-90'])).toEqual([
      '2035-01-12',
      null,
      null,
    ]);
  });

  it('know no birth date that is missing, impossible or still to come', async () => {
    const bad = [
      '',
      '-',
      '00-00-0000',
      '31-02-2001',
      '13-13-2001',
      '13-01-2018',
      '2001',
      'ENTAH',
      '28-12-1899',
      '01-01-1000',
    ];
    expect(await spelled('birthDateUnknown', 'TGL_LHR', bad)).toEqual(all(true, bad));
    expect(await spelled('ofAgeOn', 'TGL_LHR', bad)).toEqual(all(null, bad));
    const good = ['29-02-2000', '31-01-1960', '31-02-1990', '1990'];
    expect(await spelled('birthDateUnknown', 'TGL_LHR', good)).toEqual(all(false, good));
  });

  it('hold a Suket for six months unless the book says otherwise, its years of two digits all of this century', async () => {
    const suket = async (TGL_SUKET: string, TGL_AKHIR_SUKET = '') =>
      (await factsOf({ TGL_SUKET, TGL_AKHIR_SUKET })).suket;
    expect(await suket('28-12-2017')).toEqual({ issuedOn: '2017-12-28', validUntil: '2018-06-28' });
    expect(await suket('28-DEC-17', '30-JUN-18')).toEqual({ issuedOn: '2017-12-28', validUntil: '2018-06-30' });
    expect(await suket('', '30-JUN-99')).toEqual({ issuedOn: null, validUntil: '2099-06-30' });
    expect([await suket('-', '-'), await suket('31-02-2018'), await suket('31-12-9999')]).toEqual([null, null, null]);
  });
});

describe('isOtherCountry', () => {
  it('knows countries in Indonesian and English, Indonesia not among them', () => {
    const others =
      'JEPANG JAPAN TIONGKOK CHINA CINA TAIWAN INGGRIS USA U.S.A. BELANDA NETHERLANDS SURIAH MYANMAR'.split(' ');
    for (const name of [
      ...others,
      'Korea Selatan',
      'south korea',
      'ARAB SAUDI',
      'Bosnia dan Herzegovina',
      'Bosnia & Herzegovina',
      'Türkiye',
    ])
      expect([name, isOtherCountry(name)]).toEqual([name, true]);
    for (const name of [
      '',
      '-',
      'INDONESIA',
      'Republik Indonesia',
      'WNI',
      'WNA',
      'LAINNYA',
      'XX',
      'JAWA',
      'ARAB',
      'BOGOR',
    ])
      expect([name, isOtherCountry(name)]).toEqual([name, false]);
  });
});
