import type { CivilDate } from '../core/dates.ts';
import type { Block } from '../intake/blocks.ts';
import type { Layout } from '../intake/layout.ts';
import { createBlockReader } from '../intake/read-block.ts';
import type { Reject } from '../intake/record.ts';
import { deriveKeys } from '../registry/keys.ts';
import { StageWriter } from '../registry/stage.ts';

/** What a thread needs to tag blocks; plain data. */
export type TaggerSettings = { registryKey: Uint8Array; layout: Layout; asOfDate: CivilDate };

/** A block of an export, tagged: rows of the binary COPY, and what had to be rejected. No NIK is left. */
export type TaggedBlock = { rows: Uint8Array<ArrayBuffer>; residents: number; rejects: Reject[] };

/** Makes the function that reads, normalises and tags blocks: one a thread. */
export function createBlockTagger({ registryKey, layout, asOfDate }: TaggerSettings): (block: Block) => TaggedBlock {
  const read = createBlockReader(layout, { asOf: asOfDate });
  const writer = new StageWriter(deriveKeys(registryKey));
  return (block) => {
    const rejects: Reject[] = [];
    let residents = 0;
    read(block, {
      resident(record) {
        residents += 1;
        writer.write(record);
      },
      reject(reject) {
        rejects.push(reject);
      },
    });
    return { rows: writer.take(), residents, rejects };
  };
}
