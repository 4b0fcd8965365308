import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { type Decision, decide } from '../../src/core/decide.ts';
import { findElection } from '../../src/core/election.ts';
import type { Facts } from '../../src/core/facts.ts';
import { normaliseName } from '../../src/core/names.ts';
import { IntakeRefusal } from '../../src/intake/refusal.ts';
import { AS_OF, type Outcome, read } from './export-file.ts';
import {
  BLANKS,
  CLEAN,
  DATE_FORMS,
  DELIMITERS,
  type Dialect,
  dateText,
  ENCODINGS,
  encode,
  exportLines,
  factsOfPerson,
  HEADERS,
  JUNK,
  LINE_ENDS,
  NIK_FORMS,
  NUMBER_FORMS,
  type Person,
  QUOTINGS,
  STATUS_COLUMNS,
  STATUS_SPELLINGS,
  somePeople,
  TAILS,
  WORDINGS,
  writeExport,
} from './export-writer.ts';

const ELECTION = findElection('pilkada-2018') as NonNullable<ReturnType<typeof findElection>>;
const TODAY = '2018-01-12' as CivilDate;
const SEED = 20_180_627;

const PEOPLE = somePeople(400);
const answerOf = (facts: Facts): Decision => decide({ kind: 'RESIDENT', facts }, ELECTION, TODAY);
const ANSWERS = new Map(PEOPLE.map((person) => [person.nik, answerOf(factsOfPerson(person, AS_OF))]));
const BY_NIK = new Map(PEOPLE.map((person) => [person.nik, person]));

/** What a file was read as, or the refusal. All that a file may do otherwise is a failure. */
async function readOrRefused(file: Uint8Array): Promise<Outcome | IntakeRefusal> {
  try {
    return await read(file, { guarded: true });
  } catch (error) {
    if (error instanceof IntakeRefusal) return error;
    throw error;
  }
}

const shown = ({ document, voter, reasons, suket }: Decision) => ({ document, voter, reasons, suket });

/** A proof may be missing where the file does not give it, but never be another one. */
const isOther = (got: string | null, own: string | null): boolean => got !== null && got !== own;

/** Everybody who is answered otherwise than he is, and everybody who is nobody. */
function wrongAnswers({ residents }: Outcome): unknown[] {
  const seen = new Set<string>();
  return residents.flatMap(({ nik, facts, kk, name, suketNumber }) => {
    const [person, answer] = [BY_NIK.get(nik), ANSWERS.get(nik)];
    if (!person || !answer) return [{ nik, is: 'nobody' }];
    const [got, own] = [JSON.stringify(shown(answerOf(facts))), JSON.stringify(shown(answer))];
    const wrong: unknown[] = got === own ? [] : [{ nik, got, own }];
    if (seen.has(nik)) wrong.push({ nik, is: 'read twice' });
    seen.add(nik);
    if (isOther(kk, person.kk)) wrong.push({ nik, kk, own: person.kk });
    if (isOther(suketNumber, person.suketNumber)) wrong.push({ nik, suketNumber, own: person.suketNumber });
    if (isOther(name && normaliseName(name), person.name && normaliseName(person.name)))
      wrong.push({ nik, name, own: person.name });
    return wrong;
  });
}

/** As many of them as show what is wrong. */
const few = (wrong: unknown[]): unknown[] => wrong.slice(0, 3);

describe('the clean file', () => {
  it('gives everybody the answer of the tables', async () => {
    const outcome = await read(writeExport(PEOPLE, CLEAN), { guarded: true });
    expect(outcome.rejects).toEqual([]);
    expect(outcome.residents).toHaveLength(PEOPLE.length);
    expect(few(wrongAnswers(outcome))).toEqual([]);
  });

  it('has every answer in it', () => {
    const answers = [...ANSWERS.values()];
    expect(new Set(answers.map(({ document }) => document)).size).toBe(4);
    expect(new Set(answers.map(({ voter }) => voter)).size).toBe(3);
    const reasons = new Set(answers.flatMap((answer) => answer.reasons));
    // All of them live in one regency, on record.
    expect([...reasons].sort()).toEqual(
      [
        ...['CARD_PRINTED', 'CARD_NOT_YET_HANDED_OVER', 'RECORDED_NOT_PRINTED', 'RECORDED_LOCALLY_NOT_ARRIVED'],
        ...['RECORD_HAS_PROBLEM', 'OLDER_CARD_MAY_EXIST', 'NOT_RECORDED', 'UNKNOWN_STATUS_CODE'],
        ...['SUKET_EXPIRES_BEFORE_ELECTION', 'UNDER_17', 'NOT_CITIZEN', 'TURNS_17_BY_ELECTION', 'BIRTH_DATE_UNKNOWN'],
        ...['NATIONALITY_UNCLEAR', 'MARITAL_STATUS_UNKNOWN', 'TNI_POLRI_ON_RECORD', 'DECEASED_ON_RECORD'],
        'INACTIVE_ON_RECORD',
      ].sort(),
    );
    expect(new Set(PEOPLE.map(({ nik }) => nik.slice(-1))).size).toBe(10);
  });
});

const dialect = (fields: Partial<Dialect>): Dialect => ({ ...CLEAN, ...fields });

describe('a file that differs from the clean one in one thing is read, and answers the same', () => {
  const each = <Name extends keyof Dialect>(
    name: Name,
    values: readonly Dialect[Name][],
    more: Partial<Dialect> = {},
  ) =>
    values.map((value): [string, Dialect] => [
      `${name} ${JSON.stringify(value)}${Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : ''}`,
      dialect({ ...more, [name]: value }),
    ]);

  it.each([
    ...each('delimiter', DELIMITERS),
    ...each('lineEnd', LINE_ENDS),
    ...each('encoding', ENCODINGS),
    ...each('quoting', QUOTINGS),
    ...each('quoting', ['ALL'], { delimiter: ',' }),
    ...each('dates', DATE_FORMS),
    ...each('blank', BLANKS),
    ...each('numbers', NUMBER_FORMS),
    ...each('niks', NIK_FORMS),
    ...each('niks', ['FORMULA'], { quoting: 'RAW' }),
    ...each('header', HEADERS),
    ...each('tail', ['FULL', 'DELIMITER', 'DELIMITER IN ALL']),
    ...each('wording', WORDINGS),
    ...each('statuses', STATUS_SPELLINGS),
    ...each('statusColumns', STATUS_COLUMNS),
    ...each(
      'junk',
      JUNK.map((kind) => [kind]),
    ),
    ...each('junk', [JUNK]),
    ...each('order', [1, 2, 3, 4, 5]),
    ...each('extra', [true]),
  ])('%s', async (_what, one) => {
    const outcome = await read(writeExport(PEOPLE, one), { guarded: true });
    expect(few(wrongAnswers(outcome))).toEqual([]);
    // Whose name holds the delimiter without quotes is lost, and nobody else.
    const torn =
      one.quoting === 'RAW' ? PEOPLE.filter(({ name, address }) => `${name}${address}`.includes(one.delimiter)) : [];
    expect(PEOPLE.length - outcome.residents.length).toBeLessThanOrEqual(torn.length);
    expect(outcome.rejects.length).toBeLessThanOrEqual(torn.length);
  });

  it('or is refused, where cells were left out', async () => {
    for (const order of [0, 1, 2, 3, 4, 5]) {
      const outcome = await readOrRefused(writeExport(PEOPLE, dialect({ tail: 'LEFT OUT', order })));
      if (!(outcome instanceof IntakeRefusal)) expect(few(wrongAnswers(outcome))).toEqual([]);
    }
  });
});

describe('a file in any combination of dialects', () => {
  const usually = <Value>(usual: Value, values: readonly Value[]) =>
    fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 3, arbitrary: fc.constantFrom(...values) });
  const anyDialect: fc.Arbitrary<Dialect> = fc.record({
    delimiter: fc.constantFrom(...DELIMITERS),
    lineEnd: fc.constantFrom(...LINE_ENDS),
    encoding: fc.constantFrom(...ENCODINGS),
    quoting: fc.constantFrom(...QUOTINGS),
    dates: usually('DD-MM-YYYY', DATE_FORMS),
    blank: usually('', BLANKS),
    numbers: usually('32', NUMBER_FORMS),
    niks: usually('PLAIN', NIK_FORMS),
    header: fc.constantFrom(...HEADERS),
    tail: fc.constantFrom<Dialect['tail']>('FULL', 'FULL', 'FULL', ...TAILS),
    wording: fc.constantFrom(...WORDINGS),
    statuses: fc.constantFrom(...STATUS_SPELLINGS),
    statusColumns: fc.constantFrom(...STATUS_COLUMNS),
    junk: fc.oneof(fc.constant([]), fc.subarray([...JUNK])),
    order: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 })),
    extra: fc.boolean(),
  });
  const anyStretch = fc.record({ from: fc.integer({ min: 2, max: 340 }), count: fc.integer({ min: 20, max: 60 }) });

  it('gives everybody the answer of the clean one, or rejects his row, or is refused; most are read', async () => {
    let files = 0;
    const refused = new Map<string, number>();
    const property = fc.asyncProperty(anyDialect, anyStretch, async (one, { from, count }) => {
      // Behind the two who prove the order of day and month.
      const people = [...PEOPLE.slice(0, 2), ...PEOPLE.slice(from, from + count)];
      const outcome = await readOrRefused(writeExport(people, one));
      files += 1;
      if (outcome instanceof IntakeRefusal) refused.set(outcome.code, (refused.get(outcome.code) ?? 0) + 1);
      else expect(few(wrongAnswers(outcome))).toEqual([]);
    });
    await fc.assert(property, { seed: SEED, numRuns: 300 });
    const count = [...refused.values()].reduce((sum, of) => sum + of, 0);
    expect(count / files, `refused of ${files}: ${JSON.stringify(Object.fromEntries(refused))}`).toBeLessThanOrEqual(
      0.4,
    );
  });
});

/** One way to spoil a line, at a place of it. */
type Damage = (line: string, at: number, delimiter: string) => string[];

const nthDelimiter = (line: string, nth: number, delimiter: string): number => {
  const places = [...line].flatMap((char, i) => (char === delimiter ? [i] : []));
  return places[nth % places.length] as number;
};

const DAMAGES: Record<string, Damage> = {
  'one delimiter more': (line, at, delimiter) => {
    const place = at % (line.length + 1);
    return [line.slice(0, place) + delimiter + line.slice(place)];
  },
  'one delimiter less': (line, at, delimiter) => {
    const place = nthDelimiter(line, at, delimiter);
    return [line.slice(0, place) + line.slice(place + 1)];
  },
  'its line broken in two': (line, at) => {
    const place = at % (line.length + 1);
    return [line.slice(0, place), line.slice(place)];
  },
};

/** Whose document is another one than in the clean file (not knowing is none), and who is nobody. */
function wrongDocuments({ residents }: Outcome): unknown[] {
  return residents.flatMap(({ nik, facts }) => {
    const own = ANSWERS.get(nik)?.document;
    const { document } = answerOf(facts);
    return document === 'UNDETERMINED' || document === own ? [] : [{ nik, document, own: own ?? 'is nobody' }];
  });
}

/** Residents whose rows can be damaged without a quote or a delimiter of their own in the way. */
const PLAIN_PEOPLE = PEOPLE.filter(({ name, address }) => !/[,;|\t"]/.test(`${name}${address}`));

/** The lines of a file of which every so many are spoilt, each at another place. */
function damaged(
  people: readonly Person[],
  one: Dialect,
  damage: Damage,
  every: number,
  at: (row: number) => number,
): string[] {
  return exportLines(people, one).flatMap((line, i) =>
    i > 0 && i % every === 0 ? damage(line, at(i / every), one.delimiter) : [line],
  );
}

describe.each(Object.entries(DAMAGES))('a row with %s', (_name, damage) => {
  it.each(TAILS)('gives nobody another document, wherever it is: %s', async (tail) => {
    const one = dialect({ tail, quoting: 'RAW' });
    const people = PLAIN_PEOPLE.slice(0, 126);
    const longest = Math.max(...exportLines(people, one).map(({ length }) => length));
    const wrong: unknown[] = [];
    let [files, read] = [0, 0];
    // Every place in three of the six rows.
    for (let at = 0; at <= longest; at += 2) {
      const lines = damaged(people, one, damage, 21, (row) => at + (row % 2));
      files += 1;
      const outcome = await readOrRefused(encode(lines, one));
      if (outcome instanceof IntakeRefusal) continue;
      read += 1;
      wrong.push(...wrongDocuments(outcome).map((found) => ({ at, found })));
    }
    expect({ wrong: wrong.length, first: few(wrong) }).toEqual({ wrong: 0, first: [] });
    if (tail !== 'LEFT OUT') expect(read / files).toBeGreaterThan(0.6);
  });

  it('gives nobody another document, with any delimiter and order of columns, in a file of any size', async () => {
    const anyFile = fc.record({
      delimiter: fc.constantFrom(...DELIMITERS),
      tail: fc.constantFrom(...TAILS),
      order: fc.integer({ min: 0, max: 1000 }),
      extra: fc.boolean(),
      statusColumns: fc.constantFrom(...STATUS_COLUMNS),
      wording: fc.constantFrom(...WORDINGS),
    });
    const places = fc.array(fc.nat(400), { minLength: 6, maxLength: 6 });
    const sizes = fc.constantFrom(25, 126);
    const property = fc.asyncProperty(anyFile, sizes, fc.nat(150), places, async (fields, size, from, at) => {
      const one = dialect({ ...fields, quoting: 'RAW' });
      const lines = damaged(PLAIN_PEOPLE.slice(from, from + size), one, damage, 21, (row) => at[row - 1] ?? 0);
      const outcome = await readOrRefused(encode(lines, one));
      if (!(outcome instanceof IntakeRefusal)) expect(few(wrongDocuments(outcome))).toEqual([]);
    });
    await fc.assert(property, { seed: SEED, numRuns: 200 });
  });
});

describe('a header', () => {
  it.each(
    Object.entries(DAMAGES).flatMap(([name, damage]) =>
      TAILS.map((tail): [string, string, Damage] => [name, tail, damage]),
    ),
  )('with %s gives nobody another document, wherever it is: %s', async (_name, tail, damage) => {
    const one = dialect({ tail: tail as Dialect['tail'], quoting: 'RAW' });
    const [header = '', ...rows] = exportLines(PLAIN_PEOPLE.slice(0, 100), one);
    const wrong: unknown[] = [];
    for (let at = 0; at <= header.length; at += 1) {
      const outcome = await readOrRefused(encode([...damage(header, at, one.delimiter), ...rows], one));
      if (!(outcome instanceof IntakeRefusal)) wrong.push(...wrongDocuments(outcome).map((found) => ({ at, found })));
    }
    expect({ wrong: wrong.length, first: few(wrong) }).toEqual({ wrong: 0, first: [] });
  });
});

describe('a date that contradicts the order of day and month proved a thousand rows above', () => {
  const many = somePeople(4600);
  const dateColumns = { TGL_LHR: 'born', TGL_SUKET: 'suketOn', TGL_AKHIR_SUKET: 'suketEnds' } as const;
  const day = '2017-11-23';

  it.each(
    Object.entries(dateColumns).flatMap(([column, field]) =>
      (['D/M/YYYY', 'M/D/YYYY'] as const).flatMap((dates) =>
        [1050, 4550].map((place): [string, Dialect['dates'], number, keyof Person] => [column, dates, place, field]),
      ),
    ),
  )(
    'refuses the file by column and line, and without the value: %s, %s, row %i',
    async (column, dates, place, field) => {
      const people = many.map((person, i) => (i === place ? { ...person, [field]: day } : person));
      const lines = exportLines(people, dialect({ dates }));
      const other = dateText(day, dates === 'D/M/YYYY' ? 'M/D/YYYY' : 'D/M/YYYY');
      lines[place + 1] = (lines[place + 1] as string).replace(dateText(day, dates), other);
      expect(lines[place + 1]).toContain(other);
      const outcome = await readOrRefused(encode(lines, CLEAN));
      expect(outcome).toBeInstanceOf(IntakeRefusal);
      const { message } = outcome as IntakeRefusal;
      expect(message).toContain(column);
      expect(message.replaceAll(/(?<=\d)[.,](?=\d{3})/g, '')).toMatch(new RegExp(`\\b${place + 2}\\b`));
      expect(message).not.toContain(other);
    },
  );
});
