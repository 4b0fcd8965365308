import type { Nik } from '../../core/nik.ts';
import { cellText } from '../../intake/cell.ts';
import { foldName } from '../../intake/columns.ts';
import type { Layout } from '../../intake/head.ts';
import { isRounded } from '../../intake/profile.ts';
import { IntakeRefusal } from '../../intake/refusal.ts';
import type { RegistryKeys } from '../../registry/registry-keys.ts';
import { type Tag, tagBytes } from '../../registry/tags.ts';
import { type Fault, fault, isFault } from '../bulk/format.ts';
import { BULK_LIMITS } from '../bulk/limits.ts';
import { parseLine, refFault } from '../bulk/ndjson.ts';
import { openTable } from '../bulk/table.ts';
import { LIST_LIMITS } from './limits.ts';

/** `faults` are at `/line/member`, lines counted from 1. `inZero`: NIKs whose last digit is 0. */
type ReadList = { refs: string[]; tags: Tag[]; faults: Fault[]; inZero: number };

/** Reads lines of `{"ref","nik"}`, strict; blank ones are no lines. A reference stands once. No NIK is left. */
export async function readLines(text: string, keys: RegistryKeys): Promise<ReadList> {
  return await readRows(rowsOfLines(text), keys);
}

/**
 * Reads a table with a column `ref` and one of NIKs, under any of its names; other columns are passed over. Throws
 * `IntakeRefusal` where there is no such header, or a spreadsheet has eaten the last digits.
 */
export async function readTable(bytes: AsyncGenerator<Uint8Array>, keys: RegistryKeys): Promise<ReadList> {
  const list = await readRows(rowsOfTable(bytes), keys);
  if (isRounded(list.refs.length, list.inZero)) throw new IntakeRefusal('NIK_ROUNDED');
  return list;
}

/** A line of an upload; null for one that is no row. */
type Row = { line: number; ref: string; asked: { nik: Nik } | Fault } | null;

async function readRows(rows: Iterable<Row> | AsyncIterable<Row>, keys: RegistryKeys): Promise<ReadList> {
  const refs = new Set<string>();
  const tags: Tag[] = [];
  const faults: Fault[] = [];
  let [read, inZero] = [0, 0];
  for await (const row of rows) {
    read += 1;
    // Other requests are answered in between.
    if (read % BULK_LIMITS.linesAtATime === 0) await new Promise((resolve) => setImmediate(resolve));
    if (row === null) continue;
    const { line, ref, asked } = row;
    const found = !isFault(asked) && refs.has(ref) ? fault('REPEATED', '/ref') : asked;
    if (isFault(found)) faults.push(fault(found.code, `/${line}${found.pointer}`));
    else {
      refs.add(ref);
      tags.push(Buffer.from(tagBytes(keys, found.nik), 'latin1').toString('hex'));
      if (found.nik.endsWith('0')) inZero += 1;
    }
    if (faults.length === LIST_LIMITS.maxFaults) break;
  }
  if (refs.size + faults.length === 0) faults.push(fault('EMPTY'));
  return { refs: [...refs], tags, faults, inZero };
}

function* rowsOfLines(text: string): Generator<Row> {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') yield null;
    else if (Buffer.byteLength(line) > LIST_LIMITS.maxLineBytes)
      yield { line: i + 1, ref: '', asked: fault('LINE_TOO_LONG') };
    else yield { line: i + 1, ...parseLine(line, ['ref', 'nik']) };
  }
}

async function* rowsOfTable(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Row> {
  const table = await openTable(bytes, (layout) => [refColumn(layout), layout.columns.NIK]);
  const column = refColumn(table.layout);
  for await (const block of table.blocks) {
    for (const row of table.read(block)) {
      const ref = cellText(row?.cells[column] ?? '');
      if (row === null) yield null;
      else if (typeof row.nik !== 'string') yield { line: row.line, ref, asked: row.nik };
      else yield { line: row.line, ref, asked: refFault(ref === '' ? undefined : ref) ?? { nik: row.nik } };
    }
  }
}

function refColumn({ names, headerLine }: Layout): number {
  const [column, another] = names.flatMap((name, i) => (foldName(name) === 'REF' ? [i] : []));
  if (column === undefined) throw new IntakeRefusal('MISSING_COLUMN', { detail: 'ref', line: headerLine });
  if (another !== undefined) throw new IntakeRefusal('DUPLICATE_COLUMN', { detail: 'ref' });
  return column;
}
