import { IntakeRefusal, type RefusalCode } from './refusal.ts';

export type Encoding = 'BYTES' | 'UTF-16LE' | 'UTF-16BE';

/** Beginnings of files that are no text, each character a byte. */
const SIGNATURES: [string, RefusalCode, string?][] = [
  ['\xff\xfe\0\0', 'BINARY_FILE', 'UTF-32 text'],
  ['\xd0\xcf\x11\xe0', 'XLS_FILE'],
  ['%PDF-', 'PDF_FILE'],
  ['PK\x05\x06', 'ZIP_FILE'],
  ['\x89PNG', 'BINARY_FILE', 'a PNG image'],
  ['\xff\xd8\xff', 'BINARY_FILE', 'a JPEG image'],
  ['GIF8', 'BINARY_FILE', 'a GIF image'],
  ['Rar!', 'BINARY_FILE', 'a RAR archive'],
  ['7z\xbc\xaf', 'BINARY_FILE', 'a 7-Zip archive'],
  ['BZh', 'BINARY_FILE', 'a bzip2 archive'],
  ['\xfd7zXZ', 'BINARY_FILE', 'an xz archive'],
  ['\x28\xb5\x2f\xfd', 'BINARY_FILE', 'a Zstandard archive'],
  ['\x1f\x8b', 'BINARY_FILE', 'compressed twice'],
  ['SQLite format 3', 'BINARY_FILE', 'an SQLite database'],
  ['PGDMP', 'BINARY_FILE', 'a PostgreSQL dump'],
  ['{\\rtf', 'BINARY_FILE', 'an RTF document'],
  ['PAR1', 'BINARY_FILE', 'a Parquet file'],
  ['\0\x01\0\0Standard ', 'BINARY_FILE', 'an Access database'],
  ['\x03\0\x01EXPORT:', 'BINARY_FILE', 'an Oracle dump'],
];

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/**
 * The encoding by the first bytes of a file: byte-order mark, of length `skip`, else the NUL bytes that UTF-16 gives
 * the names of a header. Throws `IntakeRefusal` for what is no text.
 */
export function sniffEncoding(head: Uint8Array): { encoding: Encoding; skip: number } {
  const text = Buffer.from(head).toString('latin1');
  refuseKnownFormats(text);
  if (text.startsWith('\xff\xfe')) return { encoding: 'UTF-16LE', skip: 2 };
  if (text.startsWith('\xfe\xff')) return { encoding: 'UTF-16BE', skip: 2 };
  const skip = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  const encoding = skip > 0 ? 'BYTES' : encodingByNuls(head);
  // A stray control character may come out of a database; text with one in a hundred is none.
  const controls = head.filter((byte) => byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 26).length;
  if (encoding === 'BYTES' && controls * 100 > head.length) throw new IntakeRefusal('BINARY_FILE');
  return { encoding, skip };
}

function refuseKnownFormats(text: string): void {
  const known = SIGNATURES.find(([signature]) => text.startsWith(signature));
  if (known) throw new IntakeRefusal(known[1], { detail: known[2] });
  // A tar archive says so behind the name of its first file.
  if (text.startsWith('ustar', 257)) throw new IntakeRefusal('BINARY_FILE', { detail: 'a tar archive' });
  if (text.startsWith('PK\x03\x04')) throw new IntakeRefusal(zipKind(text));
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!doctype|html|table|meta|head|style)/i.test(text))
    throw new IntakeRefusal('HTML_FILE');
}

/** A workbook is a ZIP archive whose first entries say so. */
function zipKind(text: string): RefusalCode {
  if (text.includes('opendocument.spreadsheet')) return 'ODS_FILE';
  if (text.includes('xl/')) return 'XLSX_FILE';
  return text.includes('[Content_Types].xml') && !/word\/|ppt\//.test(text) ? 'XLSX_FILE' : 'ZIP_FILE';
}

function encodingByNuls(head: Uint8Array): Encoding {
  const pairs = head.length >> 1;
  const even = head.filter((byte, at) => byte === 0 && at % 2 === 0).length;
  const odd = head.filter((byte, at) => byte === 0 && at % 2 === 1).length;
  if (odd > pairs * 0.5 && even < pairs * 0.05) return 'UTF-16LE';
  return even > pairs * 0.5 && odd < pairs * 0.05 ? 'UTF-16BE' : 'BYTES';
}
