import type { CivilDate } from '../../src/core/dates.ts';
import type { Facts } from '../../src/core/facts.ts';
import { INTAKE_LIMITS } from '../../src/intake/limits.ts';
import { createBlockReader } from '../../src/intake/read-block.ts';
import { type ExportOptions, readExport } from '../../src/intake/read-export.ts';
import type { Reject, ResidentRecord } from '../../src/intake/record.ts';
import { IntakeRefusal } from '../../src/intake/refusal.ts';
import { type ReadingReport, ReadingSum } from '../../src/intake/report.ts';

export const AS_OF = '2018-01-12' as CivilDate;
/** Limits that small files reach. */
export const SMALL_LIMITS = { ...INTAKE_LIMITS, maxLineBytes: 400, blockBytes: 1000 };

export type Outcome = { residents: ResidentRecord[]; rejects: Reject[]; report?: ReadingReport };
/** `guarded`: refuse what an import refuses once it has read the file; small files of single faults are read without. */
export type ReadOptions = ExportOptions & { chunkBytes?: number; guarded?: boolean };

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const bytesOf = (file: string | Uint8Array): Uint8Array => (typeof file === 'string' ? Buffer.from(file) : file);

/** A file as an import reads it, each block handed over as to a thread. */
export async function read(file: string | Uint8Array, options: ReadOptions = {}): Promise<Outcome> {
  const { chunkBytes = 1 << 20, guarded = false, ...rest } = options;
  const opened = await readExport(inChunks(bytesOf(file), chunkBytes), rest);
  const { layout, profile, blocks } = opened;
  const readBlock = createBlockReader(structuredClone({ layout, profile, asOf: AS_OF }));
  const sum = new ReadingSum(opened);
  const outcome: Outcome = { residents: [], rejects: [] };
  const sink = {
    resident: (record: ResidentRecord) => outcome.residents.push(record),
    reject: (reject: Reject) => outcome.rejects.push(reject),
  };
  for await (const block of blocks) {
    const before = outcome.rejects.length;
    const tally = readBlock(structuredClone(block, { transfer: [block.bytes.buffer] }), sink);
    sum.add(tally, outcome.rejects.slice(before));
  }
  if (guarded) sum.refuse({ maxRejected: 0.1, maxUnreadable: 0.1, region: null });
  return { ...outcome, report: sum.report() };
}

/** The refusal of a file: its code and detail. Fails where it is read. */
export async function refusal(file: string | Uint8Array, options: ReadOptions = {}): Promise<string> {
  try {
    await read(file, options);
  } catch (error) {
    if (!(error instanceof IntakeRefusal)) throw error;
    return error.detail === undefined ? error.code : `${error.code} ${error.detail}`;
  }
  throw new Error('the file was read');
}

/** Nobody's NIK, made of a number below 1000. */
export const nikOf = (number: number): string => `320101010190${9000 + number}`;

export const HEADER = ['NIK', 'NO_KK', 'NAMA_LGKP', 'ALAMAT', 'TGL_LHR', 'EKTP_CURRENT_STATUS_CODE'];
export const rowOf = (number: number): string[] => [
  nikOf(number),
  `320101010109${9000 + number}`,
  `BUDI ${number}`,
  'KP. BARU',
  '12-01-1990',
  'CARD_ISSUED',
];

/** Lines of a file: the header and rows of so many residents, the given cells in place of theirs. */
export function linesOf(count: number, delimiter = ';'): string[] {
  return [HEADER, ...Array.from({ length: count }, (_, i) => rowOf(i))].map((cells) => cells.join(delimiter));
}

export const fileOf = (lines: string[], lineEnd = '\n'): string => lines.map((line) => line + lineEnd).join('');
export const names = ({ residents }: Outcome): (string | null)[] => residents.map(({ name }) => name);
export const faults = ({ rejects }: Outcome): string[] => rejects.map(({ line, reason }) => `${line} ${reason}`);

/** The resident of a row with these cells, each a column; all else is blank. */
export async function residentOf(cells: Record<string, string>): Promise<ResidentRecord> {
  const all: Record<string, string> = { NIK: nikOf(1), EKTP_CURRENT_STATUS_CODE: '', ...cells };
  const quoted = (texts: string[]) => texts.map((text) => `"${text.replaceAll('"', '""')}"`).join('|');
  const { residents } = await read(fileOf([quoted(Object.keys(all)), quoted(Object.values(all))]));
  return residents[0] as ResidentRecord;
}

export const factsOf = async (cells: Record<string, string>): Promise<Facts> => (await residentOf(cells)).facts;

/** What one fact becomes for each spelling of a column. */
export const spelled = async <Name extends keyof Facts>(
  fact: Name,
  column: string,
  texts: string[],
): Promise<Facts[Name][]> => Promise.all(texts.map(async (text) => (await factsOf({ [column]: text }))[fact]));

export const all = <Value>(value: Value, texts: string[]): Value[] => texts.map(() => value);
