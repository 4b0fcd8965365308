import { cellText } from '../../intake/cell.ts';
import { columnNamed } from '../../intake/columns.ts';
import { sixteenDigits } from '../../intake/numbers.ts';
import type { Warning } from './format.ts';
import { BULK_LIMITS } from './limits.ts';
import type { Table } from './table.ts';

const NAME_HEADER = /NAMA|NAME|\bNM\b/;
const KK_HEADER = /\bN?KK\b|KELUARGA/;
/** Columns of words and numbers that are not the voter's own name or family card. */
const OTHER_WORDS = [
  'NIK|TPS|RT|RW|PROP\\w*|PROV\\w*|KAB\\w*|KOTA|KEC\\w*|KEL|KELURAHAN|DESA|DUSUN|DISTRI\\w*|VILLAGE|ALAMAT|ADDRESS',
  'TEMPAT|TMPT|TMP|LAHIR|IBU|AYAH|SUAMI|ISTRI|KEPALA|HUB\\w*|STAT\\w*|PEKERJAAN|AGAMA|CATATAN|KET\\w*|REMARKS?|NOTES?',
  'FILE\\w*|USER\\w*',
];
const OTHER_HEADER = new RegExp(`\\b(${OTHER_WORDS.join('|')})\\b`);
const ONE_WORD = /^\p{L}[\p{L}.,'’`-]*$/u;
const WORDS = /^\p{L}[\p{L}.,'’`-]*(\s+\p{L}[\p{L}.,'’`-]*)+$/u;

/** What a table seems to hold and is not asked: a column like names or family cards, by its header or its cells. */
export function notCompared({ layout: { names, columns }, sample }: Table): Warning[] {
  const headers = names.map((name) => name.toUpperCase().replace(/[^A-Z0-9]+/g, ' '));
  const like = (header: RegExp, areLike: (cells: string[]) => boolean): boolean =>
    headers.some((other, column) => {
      if (columnNamed(other) !== undefined || OTHER_HEADER.test(other)) return false;
      const cells = sample.map((row) => cellText(row[column] ?? '')).filter((text) => text !== '');
      return header.test(other) || areLike(cells);
    });
  const warnings: Warning[] = [];
  if (columns.NAMA_LGKP < 0 && like(NAME_HEADER, areNames)) warnings.push('NAME_NOT_COMPARED');
  if (columns.NO_KK < 0 && like(KK_HEADER, areCards)) warnings.push('KK_NOT_COMPARED');
  return warnings;
}

const nearlyAll = (cells: string[], found: number): boolean =>
  cells.length > 0 && found >= cells.length * BULK_LIMITS.nearlyAll;

const areCards = (cells: string[]): boolean =>
  nearlyAll(cells, cells.filter((text) => sixteenDigits(text).ok).length);

/** Some people have a name of one word, and few have the same; places, trades and marks repeat. */
function areNames(cells: string[]): boolean {
  const ofWords = cells.filter((text) => WORDS.test(text)).length;
  const distinct = new Set(cells).size;
  return (
    nearlyAll(cells, ofWords + cells.filter((text) => ONE_WORD.test(text)).length) &&
    ofWords * 2 >= cells.length &&
    distinct * 2 >= cells.length
  );
}
