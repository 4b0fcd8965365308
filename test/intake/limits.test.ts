import { describe, expect, it } from 'vitest';
import { INTAKE_LIMITS } from '../../src/intake/limits.ts';
import { readExport } from '../../src/intake/read-export.ts';
import { faults, fileOf, HEADER, linesOf, names, nikOf, read, refusal, rowOf, SMALL_LIMITS } from './export-file.ts';

const around = (limit: number): number[] => [limit - 1, limit, limit + 1];
const { maxLineBytes, maxColumns, headLines, profileRows } = INTAKE_LIMITS;

/** A row of so many bytes whose address fills it up. */
function rowOfBytes(bytes: number, start = ''): string {
  const cells = rowOf(1);
  const row = (address: string): string => cells.map((cell, i) => (i === 3 ? `"${address}"` : cell)).join(';');
  return row(start + 'x'.repeat(bytes - row(start).length));
}

describe('a row of an export', () => {
  it.each(around(maxLineBytes))('may be of %i bytes, or not', async (bytes) => {
    const row = rowOfBytes(bytes).replaceAll('"', 'x');
    expect(Buffer.byteLength(row)).toBe(bytes);
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const outcome = await read(fileOf([HEADER.join(';'), row, rowOf(2).join(';')], lineEnd));
      expect(faults(outcome)).toEqual(bytes > maxLineBytes ? ['2 LINE_TOO_LONG'] : []);
      expect(names(outcome)).toEqual([...(bytes > maxLineBytes ? [] : ['BUDI 1']), 'BUDI 2']);
    }
  });

  it.each(around(maxLineBytes))('is measured in bytes, not in characters, at %i', async (bytes) => {
    const row = rowOfBytes(bytes).replace(/x+/, (many) => 'é'.repeat(many.length >> 1) + 'x'.repeat(many.length & 1));
    expect(Buffer.byteLength(row)).toBe(bytes);
    const outcome = await read(fileOf([HEADER.join(';'), row, rowOf(2).join(';')]));
    expect(names(outcome)).toEqual([...(bytes > maxLineBytes ? [] : ['BUDI 1']), 'BUDI 2']);
    expect(faults(outcome)).toHaveLength(bytes > maxLineBytes ? 1 : 0);
  });

  it.each(around(maxLineBytes))('may have line ends inside quotes in its %i bytes, or not', async (bytes) => {
    const row = rowOfBytes(bytes, 'KP. BARU\n');
    expect(Buffer.byteLength(row)).toBe(bytes);
    const outcome = await read(fileOf([HEADER.join(';'), row, rowOf(2).join(';')]));
    expect(names(outcome)).toEqual([...(bytes > maxLineBytes ? [] : ['BUDI 1']), 'BUDI 2']);
    expect(outcome.rejects.length > 0).toBe(bytes > maxLineBytes);
  });
});

describe('the header of an export', () => {
  it.each(around(maxColumns))('may name %i columns, or not', async (columns) => {
    const header = [...HEADER, ...Array(columns - HEADER.length).fill('X')].join(';');
    const file = fileOf([header, `${rowOf(1).join(';')}${';'.repeat(columns - HEADER.length)}`]);
    if (columns > maxColumns) expect(await refusal(file)).toBe('TOO_MANY_COLUMNS');
    else expect(names(await read(file))).toEqual(['BUDI 1']);
  });

  it.each(around(headLines))('may stand on line %i, or not', async (line) => {
    const file = fileOf([...Array(line - 1).fill('LAPORAN HARIAN'), ...linesOf(2)]);
    if (line > headLines) expect(await refusal(file)).toBe('MISSING_COLUMN NIK');
    else expect((await read(file)).report?.headerLine).toBe(line);
  });

  it.each(around(maxLineBytes))('may be of %i bytes, or not', async (bytes) => {
    const [header = '', ...rows] = linesOf(2);
    const file = fileOf([`${header};${'X'.repeat(bytes - header.length - 1)}`, ...rows.map((row) => `${row};`)]);
    if (bytes > maxLineBytes) expect(await refusal(file)).toBe('HEADER_TOO_LONG');
    else expect((await read(file)).residents).toHaveLength(2);
  });
});

describe('the columns of an export', () => {
  const header = 'NIK;TGL_LHR;CURRENT_STATUS_CODE';
  /** Dates that may be read both ways, but for one. */
  const rowsWith = (proof: number, count: number): string[] =>
    Array.from(
      { length: count },
      (_, i) => `${nikOf(i % 1_000)};${i === proof - 1 ? '06/13/1990' : '06/12/1990'};PRR`,
    );

  it.each(around(profileRows))('are judged by what row %i proves, or not', async (proof) => {
    const file = fileOf([header, ...rowsWith(proof, profileRows + 2)]);
    if (proof > profileRows) expect(await refusal(file)).toBe('DATES_CONTRADICT TGL_LHR');
    else expect((await read(file)).residents).toHaveLength(profileRows + 2);
  });

  it('are judged by so many bytes of rows, to the end of a block', async () => {
    const file = fileOf([header, ...rowsWith(60, 100)]);
    async function* bytes() {
      yield Buffer.from(file);
    }
    const sizes: number[] = [];
    for await (const block of (await readExport(bytes(), { limits: SMALL_LIMITS })).blocks)
      sizes.push(block.bytes.length);
    const [first = 0, second = 0] = sizes;
    // The proof stands in the second block, or in the one behind it.
    const before = header.length + 1 + 59 * (file.split('\n')[1] as string).length + 59;
    const inFront = before < header.length + 1 + first + second ? first : first + second;
    for (const profileBytes of around(inFront)) {
      const limits = { ...SMALL_LIMITS, profileBytes };
      if (profileBytes > inFront) expect((await read(file, { limits })).residents).toHaveLength(100);
      else expect(await refusal(file, { limits })).toBe('DATES_CONTRADICT TGL_LHR');
    }
  });
});
