import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { decide } from '../../src/core/decide.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { createBlockReader } from '../../src/intake/read-block.ts';
import { readExport } from '../../src/intake/read-export.ts';
import { all, factsOf, fileOf, nikOf, read, residentOf, spelled } from './export-file.ts';

describe('a row becomes a resident', () => {
  it('of whom nothing is known but a NIK', async () => {
    expect(await residentOf({})).toEqual({
      nik: nikOf(1),
      kk: null,
      name: null,
      suketNumber: null,
      facts: {
        status: 'EMPTY',
        region: null,
        suket: null,
        ofAgeOn: null,
        birthDateUnknown: true,
        marital: 'UNKNOWN',
        nationality: 'CITIZEN',
        tniPolri: false,
        deceased: false,
        inactive: false,
        olderCard: false,
      },
    });
  });

  it('without what spreadsheets put around cells', async () => {
    const wrapped = (text: string) => [
      `'${text}`,
      `="${text}"`,
      `\u00a0 ${text}\t`,
      `’${text}`,
      `"${text}"`,
      `'"${text}"`,
    ];
    for (const nik of wrapped(nikOf(5)).slice(0, 5)) expect((await residentOf({ NIK: nik })).nik).toBe(nikOf(5));
    for (const NO_KK of wrapped('3201010101099001').slice(0, 5))
      expect((await residentOf({ NO_KK })).kk).toBe('3201010101099001');
    for (const NAMA_LGKP of wrapped('ZOË').slice(0, 5)) expect((await residentOf({ NAMA_LGKP })).name).toBe('ZOË');
  });

  it('with a family card only of sixteen digits, and no text of a mere dash', async () => {
    const none = { kk: null, name: null, suketNumber: null };
    for (const text of ['', '-', ' - ', "'"])
      expect(await residentOf({ NO_KK: text, NAMA_LGKP: text, NO_SUKET: text })).toMatchObject(none);
    for (const NO_KK of ['3,20101E+15', '320101010109900', '0'])
      expect(await residentOf({ NO_KK })).toMatchObject(none);
    expect(await residentOf({ NO_SUKET: '471.13/8144/DISDUKCAPIL/2017', NAMA_LGKP: "NUR'AINI, S.PD" })).toMatchObject(
      {
        suketNumber: '471.13/8144/DISDUKCAPIL/2017',
        name: "NUR'AINI, S.PD",
      },
    );
  });

  it('whose status is in the first column that says one, and in doubt where two stand for different documents', async () => {
    const status = async (...codes: string[]) => {
      const columns = ['EKTP_CURRENT_STATUS_CODE', 'CURRENT_STATUS_CODE', 'CURRENT_STATUS_CODE_EKTP'];
      return (await factsOf(Object.fromEntries(columns.map((column, i) => [column, codes[i] ?? ''])))).status;
    };
    expect([await status('', 'PRR', ''), await status('', '-', 'CARD_ISSUED')]).toEqual([
      'PRINT_READY_RECORD',
      'CARD_ISSUED',
    ]);
    expect(await status('PRR', 'SFE', 'PRINT_READY_RECORD')).toBe('PRINT_READY_RECORD');
    expect([await status('PRR', 'CARD_ISSUED'), await status('CARD_ISSUED', '', 'PRR')]).toEqual([
      'UNKNOWN',
      'UNKNOWN',
    ]);
    expect([await status('PRR', '???'), await status('???', 'PRR')]).toEqual(['UNKNOWN', 'UNKNOWN']);
    expect(await status('', '', '')).toBe('EMPTY');
  });

  it('whose status is read in any spelling', async () => {
    expect(await spelled('status', 'EKTP_CURRENT_STATUS_CODE', ['PRR', ' print-ready-record', '', 'XYZ'])).toEqual([
      ...all('PRINT_READY_RECORD', ['', '']),
      'EMPTY',
      'UNKNOWN',
    ]);
  });
});

describe('the region', () => {
  const region = async (...codes: string[]) => {
    const [NO_PROP = '', NO_KAB = '', NO_KEC = '', NO_KEL = ''] = codes;
    const sideBySide = (await factsOf({ NO_PROP, NO_KAB, NO_KEC, NO_KEL })).region;
    expect((await factsOf({ NO_KEL, NO_PROP, NO_KEC, NO_KAB })).region).toBe(sideBySide);
    return sideBySide;
  };

  it('regains the zeros that numbers lose', async () => {
    expect(await region('32', '1', '2', '2001')).toBe('32.01.02.2001');
    expect(await region(' 32', '01', '"2"', "'2001")).toBe('32.01.02.2001');
  });

  it('is told apart from another one of the same digits, wherever its columns stand', async () => {
    const regions = async (header: string, rows: string[]) => {
      const file = fileOf([header, ...rows.map((row, i) => `${nikOf(i)};PRR;${row}`)]);
      return (await read(file)).residents.map(({ facts }) => facts.region);
    };
    const apart = 'NIK;STATUS_KTP;NO_PROP;X;NO_KAB;NO_KEC';
    expect(await regions(apart, ['32;;1;11', '32;;11;1', '32;;1;11'])).toEqual(['32.01.11', '32.11.01', '32.01.11']);
    const turned = 'NIK;STATUS_KTP;NO_KEC;NO_KAB;NO_PROP';
    expect(await regions(turned, ['11;1;32', '1;11;32'])).toEqual(['32.01.11', '32.11.01']);
  });

  it('is shorter without a village or district, and unknown outside those of 2018', async () => {
    expect(await region('32', '1', '2')).toBe('32.01.02');
    expect(await region('32', '1', '', '2001')).toBe('32.01');
    expect([await region('32'), await region('', '1'), await region('32', '99'), await region('0', '0')]).toEqual(
      all(null, ['', '', '', '']),
    );
  });
});

describe('a date of two digits or of a year alone', () => {
  it('is of the century before for somebody who would be under 16 and is recorded', async () => {
    const ofAge = async (status: string) =>
      (await factsOf({ EKTP_CURRENT_STATUS_CODE: status, TGL_LHR: '12-JAN-04' })).ofAgeOn;
    expect([await ofAge('UNREGISTERED'), await ofAge('PRR'), await ofAge('CARD_ISSUED'), await ofAge('??')]).toEqual([
      '2021-01-12',
      null,
      null,
      '2021-01-12',
    ]);
  });

  it('settles who is of age only where each of its days would', async () => {
    const known = async (text: string) => !(await factsOf({ TGL_LHR: text })).birthDateUnknown;
    const years = ['1999', '2000', '2001', '2017', '1901', '1900', '1850', '00-00-2000'];
    expect(await Promise.all(years.map(known))).toEqual([true, true, false, false, true, false, false, true]);
  });

  it('of 1 January 1970 prints no card and issues no Suket, however rare it is', async () => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => `${nikOf(i)};PRR;${i === 7 ? '01-01-1970;01-01-1970' : '02-01-1970;'}`,
    );
    const { residents } = await read(fileOf(['NIK;STATUS_KTP;TGL_CETAK_KTP;TGL_SUKET', ...rows]));
    expect(residents.filter(({ facts }) => !facts.olderCard).map(({ nik }) => nik)).toEqual([nikOf(7)]);
    expect(residents.every(({ facts }) => facts.suket === null)).toBe(true);
  });

  it('shows that a card was printed, where it is no date of a database', async () => {
    const texts = ['2012', '00-00-2012', '14-06-2012', '01-01-1970', '01-01-1900', '0000-00-00', ''];
    expect(await spelled('olderCard', 'TGL_CETAK_KTP', texts)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('an export at large', () => {
  it('gives the decision of each of its residents', async () => {
    const header = 'NIK,NO_PROP,NO_KAB,TGL_LHR,STAT_KWN,JENIS_PKRJN,KEBANGSAAN,EKTP_CURRENT_STATUS_CODE,TGL_SUKET';
    const rows: [string, string][] = [
      ['32,1,12-01-1990,2,15,WNI,CARD_ISSUED,', 'EKTP ELIGIBLE CARD_PRINTED'],
      ['32,1,12-01-1990,2,15,,PRR,01-11-2017', 'SUKET ELIGIBLE RECORDED_NOT_PRINTED SUKET_EXPIRES_BEFORE_ELECTION'],
      ['32,1,27-06-2001,1,15,,,', 'NEITHER ELIGIBLE NOT_RECORDED TURNS_17_BY_ELECTION'],
      [
        '32,1,28-06-2001,1,15,,BIO_CAPTURED,',
        'SUKET NOT_ELIGIBLE RECORDED_NOT_PRINTED RECORDED_LOCALLY_NOT_ARRIVED UNDER_17',
      ],
      [
        '32,1,12-01-1990,2,7,JEPANG,XYZ,',
        'UNDETERMINED NOT_ELIGIBLE UNKNOWN_STATUS_CODE NOT_CITIZEN TNI_POLRI_ON_RECORD',
      ],
      [
        '99,1,,,,?,CARD_SHIPPED,',
        'EKTP UNDETERMINED CARD_PRINTED CARD_NOT_YET_HANDED_OVER BIRTH_DATE_UNKNOWN NATIONALITY_UNCLEAR REGION_UNKNOWN',
      ],
    ];
    const { residents } = await read(fileOf([header, ...rows.map(([cells], i) => `${nikOf(i)},${cells}`)]));
    const decisions = residents.map(({ facts }) =>
      decide({ kind: 'RESIDENT', facts }, PILKADA_2018, '2018-01-12' as CivilDate),
    );
    expect(decisions.map(({ document, voter, reasons }) => [document, voter, ...reasons].join(' '))).toEqual(
      rows.map(([, said]) => said),
    );
  });

  it('of ever new spellings is read right, however few its caches hold', async () => {
    async function* chunks() {
      yield Buffer.from('NIK;CURRENT_STATUS_CODE;KEBANGSAAN;NO_PROP;TGL_LHR\n');
      for (let i = 0; i < 300; i += 1) {
        const rows = Array.from(
          { length: 500 },
          (_, j) => `${nikOf(j)};S ${i * 500 + j};MALAYSIA;${i * 500 + j};${j}\n`,
        );
        yield Buffer.from(rows.join(''));
      }
    }
    const { layout, profile, blocks } = await readExport(chunks());
    const readBlock = createBlockReader({ layout, profile, asOf: '2018-01-12' as CivilDate });
    let residents = 0;
    for await (const block of blocks)
      readBlock(block, {
        resident: ({ facts }) => {
          if (facts.status === 'UNKNOWN' && facts.nationality === 'FOREIGN') residents += 1;
        },
        reject: () => expect.unreachable(),
      });
    expect(residents).toBe(150_000);
  });
});
