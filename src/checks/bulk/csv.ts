import { cellText, decodeText } from '../../intake/cell.ts';
import type { Layout } from '../../intake/layout.ts';
import { digitsOf } from '../../intake/numbers.ts';
import type { Answer } from '../answer.ts';
import type { Question } from '../check.ts';
import type { Fault, Format } from './format.ts';
import { questionFrom } from './ndjson.ts';
import { notCompared } from './not-compared.ts';
import type { Table } from './table.ts';

const RESULT_COLUMNS =
  'document voter reasons actions status_code region suket_issued_on suket_valid_until suket_valid_on_election_day name_matches kk_matches as_of error'.split(
    ' ',
  );

/** What nearly all names and family cards are; the others need cleaning. */
const PLAIN = /^(?:[A-Za-z][ -~]{6,}[A-Za-z.]|[0-9]{16})$/;

/** Columns of the NIK, and perhaps of the name and the KK number, under any of the names that an import knows too. */
export const usedIn = ({ columns }: Layout): number[] =>
  [columns.NIK, columns.NAMA_LGKP, columns.NO_KK].filter((place) => place >= 0);

/** A table with a column of NIKs. Every column that is not used comes back in front of the results. */
export function csvFormat(table: Table): Format {
  const { names, columns, ...layout } = table.layout;
  const delimiter = String.fromCharCode(layout.delimiter);
  const used = usedIn(table.layout);
  const echoed = names.flatMap((_, place) => (used.includes(place) ? [] : [place]));
  const nothingEchoed = delimiter.repeat(echoed.length);
  const tailOf = (cells: readonly string[]): string => `${cells.join(delimiter)}\r\n`;
  const echoOf = (cell: string): string => `${echo(utf8(cell), delimiter)}${delimiter}`;
  const textAt = (place: number): string => {
    const cell = place < 0 ? '' : table.cell(place);
    return PLAIN.test(cell) ? cell : cellText(cell);
  };
  const questionOf = (nik: string): Question | Fault => {
    const [name, kk] = [textAt(columns.NAMA_LGKP), textAt(columns.NO_KK)];
    // A family card of zeros is none.
    const digits = /^0*$/.test(kk) ? null : digitsOf(kk);
    if (digits !== null && !digits.ok) return { code: digits.code, pointer: '/kk' };
    return questionFrom(nik, name || undefined, digits?.value);
  };
  return {
    head: echoed.map((place) => echoOf(latin1(names[place] as string))).join('') + tailOf(RESULT_COLUMNS),
    *read(block) {
      for (const row of table.read(block)) {
        if (row === null) yield null;
        else if (typeof row.nik !== 'string' && row.nik.pointer === '') yield [nothingEchoed, row.nik];
        else {
          let beginning = '';
          for (const place of echoed) beginning += echoOf(table.cell(place));
          yield [beginning, typeof row.nik === 'string' ? questionOf(row.nik) : row.nik];
        }
      }
    },
    tail: (answer) => tailOf(cellsOf(answer)),
    faultTail: (fault) => tailOf([...Array(RESULT_COLUMNS.length - 1).fill(''), textOf(fault)]),
    found: () => ({ passedOver: table.passedOver, warnings: notCompared(table) }),
    summary: (json) => `# summary ${json}\r\n`,
  };
}

const textOf = ({ code, pointer }: Fault): string => (pointer === '' ? code : `${pointer} ${code}`);

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

const cellsOf = ({ document, voter, reasons, actions, statusCode, region, suket, matches, asOf }: Answer): string[] =>
  [
    document,
    voter,
    reasons.map(({ code }) => code).join(' '),
    actions.join(' '),
    statusCode,
    region,
    suket?.issuedOn,
    suket?.validUntil,
    suket?.validOnElectionDay,
    matches.name,
    matches.kk,
    asOf,
    null,
  ].map((value) => String(value ?? ''));
