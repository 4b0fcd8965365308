import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCsv } from '../../src/checks/bulk/csv.ts';
import { BULK_LIMITS } from '../../src/checks/bulk/limits.ts';
import { openLines } from '../../src/checks/bulk/ndjson.ts';
import { openTable } from '../../src/checks/bulk/table.ts';
import { type OpenSpool, receiveUpload } from '../../src/checks/bulk/upload.ts';
import { LIMITS } from '../../src/checks/limits.ts';
import { nikOf } from '../support/registry.ts';

const around = (limit: number): number[] => [limit - 1, limit, limit + 1];

/** A text in chunks of an odd size, as a socket may bring them. */
async function* inChunks(text: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
}

/** What becomes of each line: null, or the code of its fault. */
async function faultsIn(text: string, format: 'ndjson' | 'csv'): Promise<(string | null)[]> {
  const reading = format === 'csv' ? await openCsv(inChunks(text)) : openLines(inChunks(text));
  const faults: (string | null)[] = [];
  for await (const block of reading.blocks)
    for (const line of reading.read(block)) {
      if (line !== null) faults.push('code' in line[1] ? line[1].code : null);
    }
  return faults;
}

const line = (n: number, rest = ''): string => `{"ref":"r${n}","nik":"${nikOf(n)}"${rest}}`;

describe('a line of a bulk check', () => {
  it.each(around(BULK_LIMITS.maxLineBytes))('of JSON may be of %i bytes, or not', async (bytes) => {
    const long = line(1).replace('}', '}'.padStart(bytes - line(1).length + 1));
    expect(Buffer.byteLength(long)).toBe(bytes);
    const expected = bytes > BULK_LIMITS.maxLineBytes ? 'LINE_TOO_LONG' : null;
    for (const end of ['\n', '\r\n', '\r'])
      for (const others of [0, 700, 1_400]) {
        const text = [...Array(others).fill(line(0)), long, line(2)].map((one) => one + end).join('');
        expect(await faultsIn(text, 'ndjson')).toEqual([...Array(others).fill(null), expected, null]);
      }
  });

  it.each(around(BULK_LIMITS.maxLineBytes))(
    'of JSON is measured in bytes, not in characters, at %i',
    async (bytes) => {
      // Names of wide letters, the last of which the parser takes: the others are no part of the question.
      const begun = '{"name":"';
      const rest = `","ref":"r1","nik":"${nikOf(1)}","name":"ASEP"}`;
      const room = bytes - begun.length - rest.length;
      const long = begun + 'é'.repeat(room >> 1) + 'x'.repeat(room & 1) + rest;
      expect(Buffer.byteLength(long)).toBe(bytes);
      expect(await faultsIn(`${long}\n`, 'ndjson')).toEqual([
        bytes > BULK_LIMITS.maxLineBytes ? 'LINE_TOO_LONG' : null,
      ]);
    },
  );

  it.each(around(BULK_LIMITS.maxLineBytes))('of a table may be of %i bytes, or not', async (bytes) => {
    const long = `${nikOf(1)};${'x'.repeat(bytes - nikOf(1).length - 1)}`;
    expect(Buffer.byteLength(long)).toBe(bytes);
    const expected = bytes > BULK_LIMITS.maxLineBytes ? 'LINE_TOO_LONG' : null;
    for (const end of ['\n', '\r\n', '\r'])
      for (const others of [0, 3_000]) {
        const rows = ['nik;x', ...Array(others).fill(`${nikOf(0)};y`), long, `${nikOf(2)};y`];
        const faults = await faultsIn(rows.map((one) => one + end).join(''), 'csv');
        expect(faults).toEqual([...Array(others).fill(null), expected, null]);
      }
  });

  it.each(around(BULK_LIMITS.maxLineBytes))(
    'of a table may have quoted line ends in its %i bytes, or not',
    async (bytes) => {
      const begun = `${nikOf(1)};"a\nb`;
      const long = `${begun}${'x'.repeat(bytes - begun.length - 1)}"`;
      expect(Buffer.byteLength(long)).toBe(bytes);
      // Where it is too long its quote counts as a stray one: each of its lines stands for itself.
      const expected = bytes > BULK_LIMITS.maxLineBytes ? [null, 'NOT_16_DIGITS'] : [null];
      expect(await faultsIn(`nik;x\n${long}\n${nikOf(2)};y\n`, 'csv')).toEqual([...expected, null]);
    },
  );

  it.each(around(LIMITS.maxNameChars))(
    'may ask for a name of %i characters, or not, in either format',
    async (chars) => {
      const name = 'É'.repeat(chars);
      const expected = [chars > LIMITS.maxNameChars ? 'TOO_LONG' : null];
      expect(await faultsIn(`${line(1, `,"name":"${name}"`)}\n`, 'ndjson')).toEqual(expected);
      expect(await faultsIn(`${line(1, `,"name":"  ${name}  "`)}\n`, 'ndjson')).toEqual(expected);
      expect(await faultsIn(`nik;nama\n${nikOf(1)};${name}\n`, 'csv')).toEqual(expected);
    },
  );
});

describe('the table of a bulk check', () => {
  const outcomeOf = (text: string) =>
    openTable(inChunks(text), () => []).then(
      ({ layout }) => layout.columnCount,
      ({ code }) => code,
    );

  it.each(around(BULK_LIMITS.maxColumns))('may have %i columns, or not', async (columns) => {
    const header = ['nik', ...Array(columns - 1).fill('x')].join(';');
    expect(await outcomeOf(`${header}\n`)).toBe(columns > BULK_LIMITS.maxColumns ? 'TOO_MANY_COLUMNS' : columns);
  });

  it.each(around(BULK_LIMITS.headLines))('may have its header on line %i, or not', async (headerLine) => {
    const text = `${'DAFTAR PEMILIH\n'.repeat(headerLine - 1)}nik;x\n${nikOf(1)};y\n`;
    expect(await outcomeOf(text)).toBe(headerLine > BULK_LIMITS.headLines ? 'MISSING_COLUMN' : 2);
  });

  it.each(around(BULK_LIMITS.maxLineBytes))('may have a header of %i bytes, or not', async (bytes) => {
    const header = `nik;${'x'.repeat(bytes - 4)}`;
    expect(await outcomeOf(`${header}\n`)).toBe(bytes > BULK_LIMITS.maxLineBytes ? 'HEADER_TOO_LONG' : 2);
  });

  it.each(around(BULK_LIMITS.sampleRows))('of %i rows is judged by so many of them, and no more', async (rows) => {
    const text = `nik\n${Array.from({ length: rows }, (_, n) => `${nikOf(n)}\n`).join('')}`;
    const { sample } = await openTable(inChunks(text), () => []);
    expect(sample).toHaveLength(Math.min(rows, BULK_LIMITS.sampleRows));
    expect(sample.at(-1)).toEqual([nikOf(Math.min(rows, BULK_LIMITS.sampleRows) - 1)]);
  });
});

describe('a packed upload', () => {
  const uncounted: OpenSpool = async () => ({ async write() {}, async *read() {}, async close() {} });
  const receive = async (packed: Uint8Array): Promise<number | string> => {
    async function* body() {
      yield packed;
    }
    const limits = { maxBytes: Number.POSITIVE_INFINITY, maxLines: 10 };
    return await receiveUpload(body(), uncounted, limits).then(
      ({ textBytes }) => textBytes,
      ({ code }) => code,
    );
  };

  /** So many bytes of text in so many of gzip: the name that a packed file may carry fills it up. */
  const pack = (textBytes: number, bytes: number): Buffer => {
    const packed = gzipSync(Buffer.alloc(textBytes, 'x'), { level: 1 });
    const HEAD_BYTES = 10;
    const [FLAGS_AT, HAS_NAME] = [3, 8];
    packed[FLAGS_AT] = HAS_NAME;
    const name = Buffer.from(`${'n'.repeat(bytes - packed.length - 1)}\0`);
    return Buffer.concat([packed.subarray(0, HEAD_BYTES), name, packed.subarray(HEAD_BYTES)]);
  };

  it('may come to as many bytes as its own give it a right to, and not one more', { timeout: 60_000 }, async () => {
    const { freeTextBytes, maxTextBytesPerByte } = BULK_LIMITS;
    const bytes = Math.ceil(freeTextBytes / 100);
    const room = freeTextBytes + bytes * maxTextBytesPerByte;
    for (const textBytes of around(room))
      expect(await receive(pack(textBytes, bytes))).toBe(textBytes > room ? 'TOO_MANY_BYTES' : textBytes);
  });
});
