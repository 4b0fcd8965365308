import { describe, expect, it } from 'vitest';
import { INTAKE_LIMITS } from '../../src/intake/limits.ts';
import { faults, fileOf, HEADER, linesOf, names, nikOf, read, SMALL_LIMITS } from './export-file.ts';

const row = (nik: string, name = 'ANI', address = 'KP. BARU'): string =>
  `${nik};;${name};${address};12-01-1990;CARD_ISSUED`;
const readLines = (lines: string[]) => read(fileOf([HEADER.join(';'), ...lines]), { limits: SMALL_LIMITS });
const whole = (count: number): string[] => linesOf(count).slice(1);

describe('a row is rejected', () => {
  it.each([
    ['NIK_EMPTY', ''],
    ['NIK_EMPTY', " '"],
    ['NIK_NOT_16_DIGITS', '320101010190900'],
    ['NIK_NOT_16_DIGITS', '32010101019090011'],
    ['NIK_NOT_16_DIGITS', '３２０１０１０１０１９０９００１'],
    ['NIK_NOT_16_DIGITS', '32010101O1909001'],
    ['NIK_SCIENTIFIC', '3,20101E+15'],
    ['NIK_SCIENTIFIC', '3.20101E15'],
  ])('%s', async (reason, nik) => {
    expect((await readLines([row(nik)])).rejects).toEqual([{ line: 2, column: 'NIK', reason }]);
  });

  it('with line and reason, and never with what it says', async () => {
    const { rejects } = await readLines([...whole(2), 'RAHASIA', `${row('RAHASIA')};RAHASIA`, row('RAHASIA')]);
    expect(rejects).toEqual([
      { line: 4, column: null, reason: 'COLUMNS_MISSING' },
      { line: 5, column: null, reason: 'COLUMNS_SURPLUS' },
      { line: 6, column: 'NIK', reason: 'NIK_NOT_16_DIGITS' },
    ]);
  });

  it('for a surplus cell, an empty one too: the row may have been shifted', async () => {
    const outcome = await readLines([
      `${row(nikOf(1))};;; `,
      `${row(nikOf(2))};"" ;`,
      `${row(nikOf(3))};;x`,
      `${row(nikOf(4))};"x"`,
      row(nikOf(5)),
    ]);
    expect(outcome.residents.map(({ nik }) => nik)).toEqual([nikOf(5)]);
    expect(faults(outcome)).toEqual([2, 3, 4, 5].map((line) => `${line} COLUMNS_SURPLUS`));
  });

  it('not for empty cells at its end that the header or nearly every row has too', async () => {
    const trailing = whole(20).map((line) => `${line};`);
    expect((await readLines(trailing)).residents).toHaveLength(20);
    expect(
      (await read(fileOf([`${HEADER.join(';')};;`, ...whole(3).map((line) => `${line};;`)]))).residents,
    ).toHaveLength(3);
    const shifted = `${row(nikOf(100), 'ANI; S.PD')};`;
    expect(faults(await readLines([...trailing, shifted]))).toEqual(['22 COLUMNS_SURPLUS']);
  });

  it('not where all its cells are empty: such lines are passed over and counted', async () => {
    const outcome = await readLines([';;;;;', ...whole(2), ';;;;;']);
    expect([outcome.rejects, outcome.report?.passedOver]).toEqual([[], { EMPTY: 2 }]);
  });

  it('for a line beyond the limit, and the next is read', async () => {
    const fitting = row(nikOf(1), 'ANI', 'x'.repeat(INTAKE_LIMITS.maxLineBytes - row(nikOf(1), 'ANI', '').length));
    const lines = [
      fitting,
      `${fitting.slice(0, 40)}x${fitting.slice(40)}`,
      row(nikOf(2)),
      'x'.repeat(2_000_000),
      row(nikOf(3)),
    ];
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const outcome = await read(fileOf([HEADER.join(';'), ...lines], lineEnd));
      expect(outcome.residents.map(({ nik }) => nik)).toEqual([nikOf(1), nikOf(2), nikOf(3)]);
      expect(faults(outcome)).toEqual(['3 LINE_TOO_LONG', '5 LINE_TOO_LONG']);
    }
  });
});

describe('a stray quote', () => {
  it.each([
    ['in the middle of a cell', 'AN"I', 'AN"I'],
    ['at the beginning of a cell', '"ANI', '"ANI'],
    ['around part of a cell', '"ANI" SARI', '"ANI" SARI'],
    ['behind blanks', ' "ANI" ', 'ANI'],
    ['at the end of a cell', 'ANI"', 'ANI"'],
  ])('%s takes no neighbour along', async (_where, cell, name) => {
    for (const after of [0, 1, 5, 40]) {
      const outcome = await readLines([...whole(3), row(nikOf(100), cell), ...whole(after)]);
      expect(names(outcome)).toEqual([
        ...whole(3).map((_, i) => `BUDI ${i}`),
        name,
        ...whole(after).map((_, i) => `BUDI ${i}`),
      ]);
      expect(outcome.rejects).toEqual([]);
    }
  });

  it('that another one seems to close parts two whole lines nevertheless', async () => {
    const outcome = await readLines([row(nikOf(1), '"ANI'), row(nikOf(2), 'SITI"'), row(nikOf(3), '"RINA"')]);
    expect(names(outcome)).toEqual(['"ANI', 'SITI"', 'RINA']);
  });

  it('that another one far below seems to close swallows nobody', async () => {
    const outcome = await readLines([row('3201', '"ANI'), row(nikOf(2)), row(nikOf(3), 'SITI"')]);
    expect([names(outcome), faults(outcome)]).toEqual([['ANI', 'SITI"'], ['2 NIK_NOT_16_DIGITS']]);
    const broken = await readLines([`${nikOf(1)};"ANI`, row('3201'), row(nikOf(2)), row(nikOf(3), 'SITI"')]);
    expect([names(broken), faults(broken)]).toEqual([
      ['ANI', 'SITI"'],
      ['2 QUOTE_NOT_CLOSED', '3 NIK_NOT_16_DIGITS'],
    ]);
  });

  it('is none where a text over two lines comes before the NIK', async () => {
    const file = `NAMA_LGKP;NIK;CURRENT_STATUS_CODE\n"BUDI\nSANTOSO";${nikOf(1)};PRR\n`;
    expect(names(await read(file))).toEqual(['BUDI\nSANTOSO']);
  });

  it('in the last column parts lines, where a text over two lines does not', async () => {
    const file = (last: string, next: string) =>
      read(fileOf(['NIK;CURRENT_STATUS_CODE;ALAMAT', `${nikOf(1)};PRR;${last}`, next, `${nikOf(3)};PRR;C`]));
    expect((await file('"A', `${nikOf(2)};PRR;B"`)).residents).toHaveLength(3);
    expect((await file('"A', 'B; RT 01"')).residents).toHaveLength(2);
  });

  it('costs the line it is on where that is not whole, and no other', async () => {
    const outcome = await readLines([
      ...whole(2),
      `${nikOf(8)};"ANI`,
      ...whole(40),
      `"${'x\n'.repeat(300)}`,
      ...whole(1),
    ]);
    expect(outcome.residents).toHaveLength(43);
    expect(faults(outcome).slice(0, 2)).toEqual(['4 QUOTE_NOT_CLOSED', '45 QUOTE_NOT_CLOSED']);
    expect(faults(outcome).slice(2)).toEqual(Array.from({ length: 299 }, (_, i) => `${46 + i} COLUMNS_MISSING`));
  });
});
