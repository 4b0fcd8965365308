import type { Block } from './blocks.ts';
import type { Layout } from './layout.ts';
import { INTAKE_LIMITS, type IntakeLimits } from './limits.ts';

export type ExportOptions = {
  /** Import what is there of a file that breaks off. */
  allowTruncated?: boolean;
  limits?: IntakeLimits;
};

/**
 * Opens an export: finds out compression, encoding, delimiter and columns, and cuts the rest into blocks.
 * Throws `IntakeRefusal`, here or, for what only shows later (FILE_TRUNCATED, FILE_DAMAGED), out of `blocks`.
 */
export async function readExport(
  _chunks: AsyncIterable<Uint8Array>,
  { allowTruncated: _allowTruncated = false, limits: _limits = INTAKE_LIMITS }: ExportOptions = {},
): Promise<{ layout: Layout; blocks: AsyncIterable<Block> }> {
  throw new Error('not yet');
}
