import { parseNik } from '../../core/nik.ts';
import type { RegistryKeys } from '../../registry/keys.ts';
import { type Tag, tagBytes } from '../../registry/tags.ts';
import type { Fault } from '../bulk/format.ts';
import { parseObject, refFault } from '../bulk/ndjson.ts';
import { LIST_LIMITS } from './limits.ts';

/** `faults`: what is wrong with an upload, at `/line/member`, lines counted from 1. */
export type ReadList = { refs: string[]; tags: Tag[]; faults: Fault[] };

/** Other requests are answered in between. */
const LINES_AT_A_TIME = 500;

/** Reads lines of `{"ref","nik"}`, strict; blank ones are no lines. A reference stands once. No NIK is left. */
export async function readList(text: string, keys: RegistryKeys): Promise<ReadList> {
  const seen = new Set<string>();
  const read: ReadList = { refs: [], tags: [], faults: [] };
  for (const [i, line] of text.split('\n').entries()) {
    if (read.faults.length >= LIST_LIMITS.maxFaults) break;
    if (i % LINES_AT_A_TIME === LINES_AT_A_TIME - 1) await new Promise((resolve) => setImmediate(resolve));
    if (line.trim() === '') continue;
    const row = readLine(line, keys);
    if ('code' in row) read.faults.push({ pointer: `/${i + 1}${row.pointer}`, code: row.code });
    else if (seen.has(row.ref)) read.faults.push({ pointer: `/${i + 1}/ref`, code: 'REPEATED' });
    else {
      seen.add(row.ref);
      read.refs.push(row.ref);
      read.tags.push(row.tag);
    }
  }
  if (read.refs.length === 0 && read.faults.length === 0) read.faults.push({ pointer: '', code: 'EMPTY' });
  return read;
}

const fault = (code: string, pointer = ''): Fault => ({ code, pointer });

function readLine(line: string, keys: RegistryKeys): { ref: string; tag: Tag } | Fault {
  if (line.length > LIST_LIMITS.maxLineBytes) return fault('LINE_TOO_LONG');
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
  return { ref: ref as string, tag: Buffer.from(tagBytes(keys, parsed.value), 'latin1').toString('hex') };
}
