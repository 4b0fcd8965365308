import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { decide } from '../../src/core/decide.ts';
import { findElection } from '../../src/core/election.ts';
import type { ReasonCode } from '../../src/core/reasons.ts';
import type { ResidentRecord } from '../../src/intake/record.ts';
import { IntakeRefusal } from '../../src/intake/refusal.ts';
import { AS_OF, fileOf, type Outcome, read } from './export-file.ts';

const ELECTION = findElection('pilkada-2018') as NonNullable<ReturnType<typeof findElection>>;
const ROWS = 200;
/** Of each share, so many rows: two, more than a tenth, all. */
const SHARES = { '1 %': 2, '12 %': 24, '100 %': ROWS };

type Cells = Record<string, string>;

/** Somebody of whom everything is known: every cell of every used column is filled. */
const resident = (i: number, cells: Cells): Cells => ({
  NIK: `320101${String(2 + (i % 27)).padStart(2, '0')}0385${9000 + i}`,
  NO_KK: `320101010109${9000 + i}`,
  NAMA_LGKP: 'BUDI SANTOSO',
  TGL_LHR: `${String(2 + (i % 27)).padStart(2, '0')}-03-1985`,
  STAT_KWN: '1',
  JENIS_PKRJN: '9',
  NO_PROP: '32',
  NO_KAB: '1',
  NO_KEC: '1',
  NO_KEL: '2001',
  STAT_HIDUP: 'HIDUP',
  KEBANGSAAN: 'WNI',
  FLAG_STATUS: '0',
  TGL_CETAK_KTP: '14-06-2012',
  COUNT_KTP: '0',
  EKTP_CURRENT_STATUS_CODE: 'PRINT_READY_RECORD',
  NO_SUKET: `471.13/${8000 + i}`,
  TGL_SUKET: '14-11-2017',
  TGL_AKHIR_SUKET: '30-06-2018',
  ...cells,
});

const isTouched = (i: number, count: number): boolean =>
  i % Math.floor(ROWS / count) === 0 && i / Math.floor(ROWS / count) < count;

/** Two hundred residents, in so many of whose rows one column holds the text. */
function fileWith(column: string, text: string, count: number, cells: Cells): { file: string; touched: Set<string> } {
  const touched = new Set<string>();
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const own = resident(i, cells);
    if (!isTouched(i, count)) return own;
    touched.add(own.NIK as string);
    return { ...own, [column]: text };
  });
  expect(touched.size).toBe(count);
  const header = Object.keys(rows[0] as Cells);
  return {
    file: fileOf([header.join(';'), ...rows.map((row) => header.map((name) => row[name]).join(';'))]),
    touched,
  };
}

async function readOrRefused(file: string): Promise<Outcome | IntakeRefusal> {
  try {
    return await read(file, { guarded: true });
  } catch (error) {
    if (error instanceof IntakeRefusal) return error;
    throw error;
  }
}

const answerOf = ({ facts }: ResidentRecord) => decide({ kind: 'RESIDENT', facts }, ELECTION, AS_OF);

/** What is said of a column: the same for all whose cell cannot be read, or what went wrong, in one line to be compared. */
type Verdict = {
  column: string;
  share: string;
  outcome: string;
  rejected?: number;
  others?: string[];
  documents?: string[];
  voters?: string[];
  reasons?: ReasonCode[][];
};

const distinct = <Value>(values: Value[]): Value[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

async function verdictOf(column: string, text: string, share: keyof typeof SHARES, cells: Cells): Promise<Verdict> {
  const { file, touched } = fileWith(column, text, SHARES[share], cells);
  const outcome = await readOrRefused(file);
  if (outcome instanceof IntakeRefusal) {
    expect(outcome.message).not.toContain(text);
    return { column, share, outcome: refusalOf(outcome, column) };
  }
  const [unread, others] = [true, false].map((is) => outcome.residents.filter(({ nik }) => touched.has(nik) === is));
  const answers = (unread ?? []).map(answerOf);
  return {
    column,
    share,
    outcome: 'READ',
    rejected: outcome.rejects.length,
    others: distinct(
      (others ?? []).map(answerOf).map(({ document, voter, reasons }) => `${document} ${voter} ${reasons}`),
    ),
    documents: distinct(answers.map(({ document }) => document)),
    voters: distinct(answers.map(({ voter }) => voter)),
    reasons: distinct(answers.map(({ reasons }) => reasons)),
  };
}

/** Refused by the name of the column, or for too many rejected rows; anything else as it stands. */
function refusalOf({ code, message }: IntakeRefusal, column: string): string {
  if (code === 'TOO_MANY_REJECTED' && column === 'NIK') return 'REFUSED';
  const names = column === 'EKTP_CURRENT_STATUS_CODE' ? /STATUS[ _]CODE/i : new RegExp(`\\b${column}\\b`, 'i');
  return names.test(message) ? 'REFUSED' : `${code}: ${message}`;
}

const MINOR = { TGL_LHR: '14-08-2005', EKTP_CURRENT_STATUS_CODE: 'UNREGISTERED' };
const SOON_17 = { TGL_LHR: '14-05-2001' };
/** Jakarta, where nobody votes that day. */
const NO_CONTEST = { NO_PROP: '31', NO_KAB: '71' };

/**
 * Per column: who it is (for each reason that rests on the column), and what is said of him where the cell cannot be read:
 * document, voter, a reason that must be among those given, and those that must not.
 */
const CASES: [
  column: string,
  who: Cells,
  document: string,
  voter: string,
  given: ReasonCode | null,
  not: ReasonCode[],
][] = [
  [
    'EKTP_CURRENT_STATUS_CODE',
    {},
    'UNDETERMINED',
    'ELIGIBLE',
    'UNKNOWN_STATUS_CODE',
    ['NOT_RECORDED', 'RECORDED_NOT_PRINTED'],
  ],
  [
    'EKTP_CURRENT_STATUS_CODE',
    { EKTP_CURRENT_STATUS_CODE: 'CARD_SHIPPED' },
    'UNDETERMINED',
    'ELIGIBLE',
    'UNKNOWN_STATUS_CODE',
    ['NOT_RECORDED', 'CARD_PRINTED', 'CARD_NOT_YET_HANDED_OVER'],
  ],
  [
    'EKTP_CURRENT_STATUS_CODE',
    { EKTP_CURRENT_STATUS_CODE: 'UNREGISTERED' },
    'UNDETERMINED',
    'ELIGIBLE',
    'UNKNOWN_STATUS_CODE',
    ['NOT_RECORDED'],
  ],
  ['NO_KK', {}, 'SUKET', 'ELIGIBLE', null, []],
  ['TGL_LHR', {}, 'SUKET', 'UNDETERMINED', 'BIRTH_DATE_UNKNOWN', ['UNDER_17']],
  ['TGL_LHR', MINOR, 'NEITHER', 'UNDETERMINED', 'BIRTH_DATE_UNKNOWN', ['UNDER_17']],
  ['TGL_LHR', SOON_17, 'SUKET', 'UNDETERMINED', 'BIRTH_DATE_UNKNOWN', ['TURNS_17_BY_ELECTION', 'UNDER_17']],
  ['TGL_LHR', { STAT_KWN: '2' }, 'SUKET', 'ELIGIBLE', null, ['BIRTH_DATE_UNKNOWN', 'UNDER_17']],
  ['STAT_KWN', {}, 'SUKET', 'ELIGIBLE', null, ['MARITAL_STATUS_UNKNOWN']],
  ['STAT_KWN', MINOR, 'NEITHER', 'UNDETERMINED', 'MARITAL_STATUS_UNKNOWN', ['UNDER_17']],
  ['STAT_KWN', { ...MINOR, STAT_KWN: '2' }, 'NEITHER', 'UNDETERMINED', 'MARITAL_STATUS_UNKNOWN', ['UNDER_17']],
  ['NO_PROP', {}, 'SUKET', 'UNDETERMINED', 'REGION_UNKNOWN', ['NO_CONTEST']],
  ['NO_PROP', NO_CONTEST, 'SUKET', 'UNDETERMINED', 'REGION_UNKNOWN', ['NO_CONTEST']],
  ['NO_KAB', {}, 'SUKET', 'UNDETERMINED', 'REGION_UNKNOWN', ['NO_CONTEST']],
  ['NO_KAB', NO_CONTEST, 'SUKET', 'UNDETERMINED', 'REGION_UNKNOWN', ['NO_CONTEST']],
  ['NO_KEC', {}, 'SUKET', 'ELIGIBLE', null, ['REGION_UNKNOWN']],
  ['NO_KEL', {}, 'SUKET', 'ELIGIBLE', null, ['REGION_UNKNOWN']],
  ['STAT_HIDUP', {}, 'SUKET', 'ELIGIBLE', null, ['DECEASED_ON_RECORD']],
  ['STAT_HIDUP', { STAT_HIDUP: 'MENINGGAL' }, 'SUKET', 'ELIGIBLE', null, ['DECEASED_ON_RECORD']],
  ['KEBANGSAAN', {}, 'SUKET', 'UNDETERMINED', 'NATIONALITY_UNCLEAR', ['NOT_CITIZEN']],
  ['KEBANGSAAN', { KEBANGSAAN: 'MALAYSIA' }, 'SUKET', 'UNDETERMINED', 'NATIONALITY_UNCLEAR', ['NOT_CITIZEN']],
  ['FLAG_STATUS', {}, 'SUKET', 'UNDETERMINED', 'INACTIVE_ON_RECORD', []],
  ['FLAG_STATUS', { FLAG_STATUS: '2' }, 'SUKET', 'UNDETERMINED', 'INACTIVE_ON_RECORD', []],
  ['TGL_CETAK_KTP', {}, 'SUKET', 'ELIGIBLE', null, []],
  ['COUNT_KTP', { TGL_CETAK_KTP: '' }, 'SUKET', 'ELIGIBLE', null, []],
  ['COUNT_KTP', { TGL_CETAK_KTP: '', COUNT_KTP: '1' }, 'SUKET', 'ELIGIBLE', null, []],
  ['TGL_SUKET', { TGL_AKHIR_SUKET: '' }, 'SUKET', 'ELIGIBLE', null, ['SUKET_EXPIRES_BEFORE_ELECTION']],
  ['TGL_SUKET', {}, 'SUKET', 'ELIGIBLE', null, []],
  ['TGL_AKHIR_SUKET', {}, 'SUKET', 'ELIGIBLE', null, []],
];

const whoIs = (cells: Cells): string =>
  Object.entries(cells)
    .map(([name, text]) => `${name} ${text || 'blank'}`)
    .join(', ') || 'anybody';

describe.each(['???', 'X#1'])('a cell that says %s', (text) => {
  it.each(CASES.map((of): [string, string, { of: (typeof CASES)[number] }] => [of[0], whoIs(of[1]), { of }]))(
    'in one row of a hundred is read as not known, and leaves the others alone: %s of %s',
    async (column, _who, { of: [, cells, document, voter, given, not] }) => {
      const untouched = await verdictOf('NAMA_LGKP', 'ANI', '1 %', cells);
      const verdict = await verdictOf(column, text, '1 %', cells);
      expect(verdict).toMatchObject({
        ...{ column, share: '1 %', outcome: 'READ', rejected: 0 },
        ...{ others: untouched.others, documents: [document], voters: [voter] },
      });
      const reasons = verdict.reasons?.flat() ?? [];
      if (given !== null) expect({ column, reasons }).toEqual({ column, reasons: expect.arrayContaining([given]) });
      expect({ column, wrongly: reasons.filter((reason) => not.includes(reason)) }).toEqual({ column, wrongly: [] });
    },
  );

  it.each(
    distinct(CASES.map(([column]) => column)).flatMap((column) => [
      [column, '12 %'] as const,
      [column, '100 %'] as const,
    ]),
  )('refuses the file by the name of the column: %s, in %s of the rows', async (column, share) => {
    for (const [, cells] of CASES.filter(([of]) => of === column))
      expect({ who: whoIs(cells), ...(await verdictOf(column, text, share, cells)) }).toEqual({
        who: whoIs(cells),
        ...{ column, share, outcome: 'REFUSED' },
      });
  });

  it('for a NIK rejects its row, and the file where there are many', async () => {
    expect(await verdictOf('NIK', text, '1 %', {})).toMatchObject({ outcome: 'READ', rejected: 2, documents: [] });
    for (const share of ['12 %', '100 %'] as const)
      expect(await verdictOf('NIK', text, share, {})).toEqual({ column: 'NIK', share, outcome: 'REFUSED' });
  });

  it.each(['NAMA_LGKP', 'NO_SUKET'])('is a text like any other in %s', async (column) => {
    const untouched = await verdictOf('NAMA_LGKP', 'ANI', '1 %', {});
    for (const share of Object.keys(SHARES) as (keyof typeof SHARES)[])
      expect(await verdictOf(column, text, share, {})).toMatchObject({
        ...{ column, share, outcome: 'READ', rejected: 0 },
        ...{ documents: ['SUKET'], voters: ['ELIGIBLE'], reasons: untouched.reasons },
      });
  });
});

describe('what is rare, or says that nothing is known, is no reason to refuse a file', () => {
  it.each([
    ['JENIS_PKRJN', 'TUKANG TAMBAL BAN', 'ELIGIBLE'],
    ['JENIS_PKRJN', 'PENSIUNAN TNI', 'ELIGIBLE'],
    ['JENIS_PKRJN', '88', 'ELIGIBLE'],
    ['JENIS_PKRJN', 'ANGGOTA TNI', 'UNDETERMINED'],
    ['STAT_KWN', 'TIDAK DIKETAHUI', 'ELIGIBLE'],
    ['STAT_KWN', '-', 'ELIGIBLE'],
    // What its numbers mean nobody has confirmed.
    ['STAT_HIDUP', '1', 'ELIGIBLE'],
    ['KEBANGSAAN', 'NULL', 'ELIGIBLE'],
    ['KEBANGSAAN', 'BELANDA', 'NOT_ELIGIBLE'],
    ['FLAG_STATUS', '(null)', 'ELIGIBLE'],
    ['FLAG_STATUS', '2', 'UNDETERMINED'],
    ['TGL_LHR', '00-00-0000', 'UNDETERMINED'],
    ['TGL_SUKET', '00-00-0000', 'ELIGIBLE'],
    ['TGL_AKHIR_SUKET', '0000-00-00', 'ELIGIBLE'],
    ['TGL_CETAK_KTP', '-', 'ELIGIBLE'],
  ])('%s %s: %s', async (column, text, voter) => {
    for (const share of Object.keys(SHARES) as (keyof typeof SHARES)[])
      expect(await verdictOf(column, text, share, {})).toMatchObject({
        ...{ column, share, outcome: 'READ', rejected: 0 },
        ...{ documents: ['SUKET'], voters: [voter] },
      });
  });

  it('where it is four cells, more than a tenth of the filled ones of a column', async () => {
    const lines = (unreadable: number) => {
      const rows = Array.from({ length: ROWS }, (_, i) =>
        resident(i, { TGL_SUKET: i < unreadable ? '???' : i < 12 ? '14-11-2017' : '', TGL_AKHIR_SUKET: '' }),
      );
      const header = Object.keys(rows[0] as Cells);
      return fileOf([header.join(';'), ...rows.map((row) => header.map((name) => row[name]).join(';'))]);
    };
    const few = await read(lines(4), { guarded: true });
    expect(few.residents.filter(({ facts }) => facts.suket !== null)).toHaveLength(8);
    const many = await readOrRefused(lines(5));
    expect(many instanceof IntakeRefusal && refusalOf(many, 'TGL_SUKET')).toBe('REFUSED');
  });
});

describe('a mark that cannot be read', () => {
  it('is never what makes somebody not eligible or recorded nowhere, whatever the column and the share', async () => {
    const wrong: unknown[] = [];
    const today: CivilDate = AS_OF;
    for (const text of ['???', 'X#1', '#REF!', '?', '9'.repeat(40), '%s'])
      for (const column of Object.keys(resident(0, {})))
        for (const share of Object.keys(SHARES) as (keyof typeof SHARES)[]) {
          const { file } = fileWith(column, text, SHARES[share], {});
          const outcome = await readOrRefused(file);
          if (outcome instanceof IntakeRefusal) continue;
          const answers = outcome.residents.map(({ facts }) => decide({ kind: 'RESIDENT', facts }, ELECTION, today));
          if (answers.some(({ document, voter }) => document === 'NEITHER' || voter === 'NOT_ELIGIBLE'))
            wrong.push({ column, share, text });
        }
    expect(wrong).toEqual([]);
  });
});
