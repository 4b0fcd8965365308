import type { Block } from '../intake/blocks.ts';
import { createBlockReader, type ReaderSettings } from '../intake/read-block.ts';
import type { Reject } from '../intake/record.ts';
import { IntakeRefusal, type RefusalCode, type RefusalPlace } from '../intake/refusal.ts';
import type { Tally } from '../intake/tally.ts';
import { deriveKeys } from '../registry/keys.ts';
import { StageWriter } from '../registry/stage.ts';

/** What a thread needs to tag blocks; plain data. */
export type TaggerSettings = ReaderSettings & { registryKey: Uint8Array };

/**
 * Rows of the binary COPY, with no NIK left, what had to be rejected, and counts; or why the whole file is refused.
 */
export type TaggedBlock =
  | { ok: true; rows: Uint8Array<ArrayBuffer>; rejects: Reject[]; tally: Tally }
  | { ok: false; code: RefusalCode; place: RefusalPlace };

/** Makes the function that reads, normalises and tags blocks: one a thread. */
export function createBlockTagger({ registryKey, ...settings }: TaggerSettings): (block: Block) => TaggedBlock {
  const read = createBlockReader(settings);
  const writer = new StageWriter(deriveKeys(registryKey));
  return (block) => {
    const rejects: Reject[] = [];
    try {
      const tally = read(block, {
        resident: (record) => writer.write(record),
        reject(reject, niks) {
          rejects.push(reject);
          for (const nik of niks) writer.writeKept(nik);
        },
      });
      return { ok: true, rows: writer.take(), rejects, tally };
    } catch (error) {
      // A thread's error would arrive as a plain one.
      if (!(error instanceof IntakeRefusal)) throw error;
      return { ok: false, code: error.code, place: { detail: error.detail, line: error.line } };
    }
  };
}
