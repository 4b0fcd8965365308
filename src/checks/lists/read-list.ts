import { type Nik, parseNik } from '../../core/nik.ts';
import { cellText } from '../../intake/cell.ts';
import { foldName } from '../../intake/columns.ts';
import type { Layout } from '../../intake/layout.ts';
import { isRounded } from '../../intake/profile.ts';
import { IntakeRefusal } from '../../intake/refusal.ts';
import type { RegistryKeys } from '../../registry/keys.ts';
import { type Tag, tagBytes } from '../../registry/tags.ts';
import type { Fault } from '../bulk/format.ts';
import { parseObject, refFault } from '../bulk/ndjson.ts';
import { openTable } from '../bulk/table.ts';
import { LIST_LIMITS } from './limits.ts';

/** `faults`: what is wrong with an upload, at `/line/member`, lines counted from 1. */
export type ReadList = { refs: string[]; tags: Tag[]; faults: Fault[] };
type Row = { ref: string; tag: Tag };

/** Other requests are answered in between. */
const LINES_AT_A_TIME = 500;

const newList = () =>
  ({ refs: [], tags: [], faults: [], seen: new Set<string>() }) as ReadList & { seen: Set<string> };

/** Reads lines of `{"ref","nik"}`, strict; blank ones are no lines. A reference stands once. No NIK is left. */
export async function readLines(text: string, keys: RegistryKeys): Promise<ReadList> {
  const list = newList();
  for (const [i, line] of text.split('\n').entries()) {
    if (list.faults.length >= LIST_LIMITS.maxFaults) break;
    if (i % LINES_AT_A_TIME === LINES_AT_A_TIME - 1) await new Promise((resolve) => setImmediate(resolve));
    if (line.trim() !== '') take(list, readLine(line, keys), i + 1);
  }
  return whole(list);
}

/**
 * Reads a table with a column `ref` and one of NIKs, under any of its names; other columns are passed over. Throws
 * `IntakeRefusal` where there is no such header, or a spreadsheet has eaten the last digits.
 */
export async function readTable(bytes: AsyncGenerator<Uint8Array>, keys: RegistryKeys): Promise<ReadList> {
  const list = newList();
  let inZero = 0;
  const table = await openTable(bytes, (layout) => [refPlace(layout), layout.columns.NIK]);
  const place = refPlace(table.layout);
  for await (const block of table.blocks) {
    let lines = 0;
    for (const row of table.read(block)) {
      lines += 1;
      if (lines % LINES_AT_A_TIME === 0) await new Promise((resolve) => setImmediate(resolve));
      if (list.faults.length >= LIST_LIMITS.maxFaults) break;
      if (row === null) continue;
      const { nik, line } = row;
      if (typeof nik !== 'string') {
        take(list, nik, line);
        continue;
      }
      const ref = cellText(table.cell(place));
      if (nik.endsWith('0')) inZero += 1;
      take(list, refFault(ref === '' ? undefined : ref) ?? { ref, tag: tagOf(nik, keys) }, line);
    }
    if (list.faults.length >= LIST_LIMITS.maxFaults) break;
  }
  if (isRounded(list.refs.length, inZero)) throw new IntakeRefusal('NIK_ROUNDED');
  return whole(list);
}

function refPlace({ names, headerLine }: Layout): number {
  const [place, another] = names.flatMap((name, i) => (foldName(name) === 'REF' ? [i] : []));
  if (place === undefined) throw new IntakeRefusal('MISSING_COLUMN', { detail: 'ref', line: headerLine });
  if (another !== undefined) throw new IntakeRefusal('DUPLICATE_COLUMN', { detail: 'ref' });
  return place;
}

/** Takes a row in, or what is wrong with it. */
function take({ refs, tags, faults, seen }: ReturnType<typeof newList>, row: Row | Fault, line: number): void {
  if ('code' in row) faults.push({ pointer: `/${line}${row.pointer}`, code: row.code });
  else if (seen.has(row.ref)) faults.push({ pointer: `/${line}/ref`, code: 'REPEATED' });
  else {
    seen.add(row.ref);
    refs.push(row.ref);
    tags.push(row.tag);
  }
}

function whole({ refs, tags, faults }: ReadList): ReadList {
  return { refs, tags, faults: refs.length + faults.length > 0 ? faults : [fault('EMPTY')] };
}

const tagOf = (nik: Nik, keys: RegistryKeys): Tag => Buffer.from(tagBytes(keys, nik), 'latin1').toString('hex');

const fault = (code: string, pointer = ''): Fault => ({ code, pointer });

function readLine(line: string, keys: RegistryKeys): Row | Fault {
  if (Buffer.byteLength(line) > LIST_LIMITS.maxLineBytes) return fault('LINE_TOO_LONG');
  const json = parseObject(line);
  if ('code' in json) return json;
  const { ref, nik, ...others } = json.members;
  if (Object.keys(others).length > 0) return fault('UNKNOWN_MEMBER');
  const badRef = refFault(ref);
  if (badRef !== null) return badRef;
  if (nik === undefined) return fault('REQUIRED', '/nik');
  if (typeof nik !== 'string') return fault('NOT_A_STRING', '/nik');
  const parsed = parseNik(nik);
  if (!parsed.ok) return fault(parsed.code.replace(/^NIK_/, ''), '/nik');
  return { ref: ref as string, tag: tagOf(parsed.value, keys) };
}
