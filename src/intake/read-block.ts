import type { CivilDate } from '../core/dates.ts';
import type { Block } from './blocks.ts';
import type { Layout } from './layout.ts';
import { INTAKE_LIMITS, type IntakeLimits } from './limits.ts';
import type { RecordSink } from './record.ts';

export type BlockOptions = {
  /** The day of the copy: who is of age by then, and how a birth year of two digits is completed. */
  asOf: CivilDate;
  limits?: IntakeLimits;
};

/**
 * Makes the reader of an export's blocks: one per thread, since it keeps small caches of spellings and dates.
 * Each record goes to the sink, in order, as a resident or as a reject. Never throws.
 */
export function createBlockReader(
  _layout: Layout,
  { asOf: _asOf, limits: _limits = INTAKE_LIMITS }: BlockOptions,
): (block: Block, sink: RecordSink) => void {
  return () => {
    throw new Error('not yet');
  };
}
