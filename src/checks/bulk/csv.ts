import { afterLineEnd, isBlank } from '../../intake/bytes.ts';
import { cleanCell, decodeText } from '../../intake/cell.ts';
import { IntakeRefusal } from '../../intake/refusal.ts';
import { RecordScanner } from '../../intake/scanner.ts';
import type { RecordShape } from '../../intake/shape.ts';
import type { Answer } from '../answer.ts';
import type { Fault, Format } from './format.ts';
import { BULK_LIMITS } from './limits.ts';
import { questionFrom } from './ndjson.ts';

const USED = ['nik', 'name', 'kk'] as const;
const RESULT_COLUMNS =
  'document voter reasons actions status_code region suket_issued_on suket_valid_until suket_valid_on_election_day name_matches kk_matches as_of error'.split(
    ' ',
  );

type Layout = { delimiter: string; names: string[]; places: Record<(typeof USED)[number], number> };

/**
 * A table with a column `nik` and perhaps `name` and `kk`, in any case, separated by comma or semicolon; `header` is its first
 * line. Every other column comes back in front of the results. Throws `IntakeRefusal` where there is no such header.
 */
export function csvFormat(header: Uint8Array): { format: Format; shape: RecordShape } {
  const { delimiter, names, places } = layoutOf(header);
  const shape = shapeOf(delimiter, names.length, places.nik, BULK_LIMITS.maxLineBytes);
  const scanner = new RecordScanner(shape);
  const echoed = names.flatMap((_, place) => (Object.values(places).includes(place) ? [] : [place]));
  const nothingEchoed = delimiter.repeat(echoed.length);
  const tailOf = (cells: readonly string[]): string => `${cells.join(delimiter)}\r\n`;
  const format: Format = {
    head: echoed.map((place) => `${echo(names[place] as string, delimiter)}${delimiter}`).join('') + tailOf(RESULT_COLUMNS),
    read({ bytes }, take) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      for (let start = 0; start < bytes.length; ) {
        const lineEnd = scanner.scan(bytes, start, bytes.length);
        const code = faultOf(scanner);
        if (code === null) {
          let beginning = '';
          for (const place of echoed) beginning += `${echo(cellOf(text, scanner, place), delimiter)}${delimiter}`;
          const used = (place: number): string => (place < 0 ? '' : cleanCell(decodeText(cellOf(text, scanner, place))));
          take(beginning, questionFrom(used(places.nik), used(places.name) || undefined, used(places.kk) || undefined));
        } else if (!isBlank(bytes, start, lineEnd)) take(nothingEchoed, { code, pointer: '' });
        start = afterLineEnd(bytes, lineEnd);
      }
    },
    tail: (answer) => tailOf(cellsOf(answer)),
    faultTail: (fault) => tailOf([...Array(RESULT_COLUMNS.length - 1).fill(''), textOf(fault)]),
    summary: (json) => `# summary ${json}\r\n`,
  };
  return { format, shape };
}

const textOf = ({ code, pointer }: Fault): string => (pointer === '' ? code : `${pointer} ${code}`);

const shapeOf = (delimiter: string, columnCount: number, nikPlace: number, maxLineBytes: number): RecordShape => ({
  delimiter: delimiter.charCodeAt(0),
  columnCount,
  nikPlace,
  maxLineBytes,
});

function layoutOf(header: Uint8Array): Layout {
  const text = Buffer.from(header.buffer, header.byteOffset, header.length).toString('latin1');
  const readings = [';', ','].map((delimiter) => {
    const scanner = new RecordScanner(shapeOf(delimiter, header.length + 1, 0, header.length));
    scanner.scan(header, 0, header.length);
    return { delimiter, names: Array.from({ length: scanner.count }, (_, place) => cellOf(text, scanner, place)) };
  });
  const nameOf = (name: string): string => cleanCell(decodeText(name)).toLowerCase();
  const found = readings.find(({ names }) => names.some((name) => nameOf(name) === 'nik'));
  if (found === undefined) throw new IntakeRefusal('MISSING_COLUMN', 'nik');
  const names = found.names.map(nameOf);
  if (names.length > BULK_LIMITS.maxColumns) throw new IntakeRefusal('TOO_MANY_COLUMNS');
  const placeOf = (name: string): number => {
    if (names.indexOf(name) !== names.lastIndexOf(name)) throw new IntakeRefusal('DUPLICATE_COLUMN', name);
    return names.indexOf(name);
  };
  return { ...found, places: { nik: placeOf('nik'), name: placeOf('name'), kk: placeOf('kk') } };
}

function cellOf(text: string, { starts, ends, doubled }: RecordScanner, place: number): string {
  const cell = text.slice(starts[place], ends[place]);
  return doubled[place] === 0 ? cell : cell.replaceAll('""', '"');
}

function faultOf(scanner: RecordScanner): string | null {
  if (scanner.outcome === 'TOO_LONG') return 'LINE_TOO_LONG';
  if (scanner.outcome === 'QUOTE_NOT_CLOSED') return scanner.outcome;
  if (scanner.fits) return null;
  return scanner.surplus ? 'COLUMNS_SURPLUS' : 'COLUMNS_MISSING';
}

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
