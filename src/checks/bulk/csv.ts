import { cellText, decodeText } from '../../intake/cell.ts';
import type { Layout } from '../../intake/head.ts';
import { digitsOf } from '../../intake/numbers.ts';
import type { Answer } from '../answer.ts';
import type { Question } from '../check.ts';
import { type Fault, type Format, fault } from './format.ts';
import { questionFrom } from './ndjson.ts';
import { notCompared } from './not-compared.ts';
import { openTable } from './table.ts';

const RESULT_COLUMNS: Record<string, (answer: Answer) => string | boolean | null | undefined> = {
  document: ({ document }) => document,
  voter: ({ voter }) => voter,
  reasons: ({ reasons }) => reasons.map(({ code }) => code).join(' '),
  actions: ({ actions }) => actions.join(' '),
  status_code: ({ statusCode }) => statusCode,
  region: ({ region }) => region,
  suket_issued_on: ({ suket }) => suket?.issuedOn,
  suket_valid_until: ({ suket }) => suket?.validUntil,
  suket_valid_on_election_day: ({ suket }) => suket?.validOnElectionDay,
  name_matches: ({ matches }) => matches.name,
  kk_matches: ({ matches }) => matches.kk,
  as_of: ({ asOf }) => asOf,
  error: () => null,
};
const READERS = Object.values(RESULT_COLUMNS);

/** What nearly all names and family cards are; the others need cleaning. */
const PLAIN = /^(?:[A-Za-z][ -~]{6,}[A-Za-z.]|[0-9]{16})$/;

/** Columns of the NIK, and perhaps of the name and the KK number, under any of the names that an import knows too. */
const usedIn = ({ columns }: Layout): number[] =>
  [columns.NIK, columns.NAMA_LGKP, columns.NO_KK].filter((column) => column >= 0);

/** A table with a column of NIKs. Columns that are not used come back before the results. Throws `IntakeRefusal`. */
export async function openCsv(text: AsyncGenerator<Uint8Array>): Promise<Format> {
  const table = await openTable(text, usedIn);
  const { names, columns, delimiter } = table.layout;
  const used = usedIn(table.layout);
  const echoed = [...names.keys()].filter((column) => !used.includes(column));
  const beginningOf = (cells: readonly string[]): string => {
    let beginning = '';
    for (const column of echoed) beginning += echo(utf8(cells[column] ?? ''), delimiter) + delimiter;
    return beginning;
  };
  const tailOf = (cells: readonly string[]): string => `${cells.join(delimiter)}\r\n`;
  const questionOf = (nik: string, cells: readonly string[]): Question | Fault => {
    const [name, kk] = [textOf(cells[columns.NAMA_LGKP]), textOf(cells[columns.NO_KK])];
    // A family card of zeros is none.
    const digits = /^0*$/.test(kk) ? null : digitsOf(kk);
    if (digits !== null && !digits.ok) return fault(digits.code, '/kk');
    return questionFrom(nik, name || undefined, digits?.value);
  };
  return {
    blocks: table.blocks,
    *read(block) {
      for (const row of table.read(block)) {
        if (row === null) yield null;
        else yield [beginningOf(row.cells), typeof row.nik === 'string' ? questionOf(row.nik, row.cells) : row.nik];
      }
    },
    head: beginningOf(names.map(latin1)) + tailOf(Object.keys(RESULT_COLUMNS)),
    tail: (answer) => tailOf(READERS.map((valueIn) => String(valueIn(answer) ?? ''))),
    faultTail: ({ code, pointer }) => tailOf([...READERS.slice(1).map(() => ''), `${pointer} ${code}`.trim()]),
    passedOver: table.passedOver,
    warnings: notCompared(table),
    summary: (json) => `# summary ${json}\r\n`,
  };
}

/** What a cell says, given one character a byte; undefined for a column that is not there. */
const textOf = (cell = ''): string => (PLAIN.test(cell) ? cell : cellText(cell));

/** Text as one character a byte of its UTF-8. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const NON_ASCII = /[\u0080-\u00ff]/;
/** The answer is UTF-8, whatever the upload was. */
const utf8 = (byteText: string): string => (NON_ASCII.test(byteText) ? latin1(decodeText(byteText)) : byteText);

// NBSP, zero-width blank and byte-order mark are two or three bytes of UTF-8, and so are the wide forms of = + - @.
const FORMULA = /^(?:[\s\0]|\xc2\xa0|\xe2\x80\x8b|\xef\xbb\xbf)*(?:[=+\-@]|\xef\xbc[\x9d\x8b\x8d\xa0])|^[\t\r]/;

/** A cell as it came, but no formula to a spreadsheet, and quoted where it has to be. */
function echo(cell: string, delimiter: string): string {
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell;
  if (!/["\r\n]/.test(harmless) && !harmless.includes(delimiter)) return harmless;
  return `"${harmless.replaceAll('"', '""')}"`;
}
