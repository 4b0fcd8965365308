import type { Block } from '../../intake/blocks.ts';
import type { PassedOver } from '../../intake/tally.ts';
import type { Answer } from '../answer.ts';
import type { Question } from '../check.ts';
import { BULK_LIMITS } from './limits.ts';

/** A client's own name for a line, as a pattern. */
export const REF_FORM = `[A-Za-z0-9._-]{1,${BULK_LIMITS.maxRefChars}}`;

/** What is wrong with a line, and where in it (a JSON Pointer; for CSV `/` and the column). Never the value. */
export type Fault = { code: string; pointer: string };
export const fault = (code: string, pointer = ''): Fault => ({ code, pointer });
export const isFault = (asked: object): asked is Fault => 'code' in asked;

/** What the summary has to say of an upload as a whole. */
export const WARNINGS = ['NAME_NOT_COMPARED', 'KK_NOT_COMPARED', 'NIKS_ROUNDED'] as const;
export type Warning = (typeof WARNINGS)[number];

/** A line's own beginning in the answer, and what it asks. */
export type ReadLine = readonly [beginning: string, asked: Question | Fault];

export type FormatName = 'ndjson' | 'csv';
/**
 * An upload in one of the formats, and how its answer is written. All text is one character a byte. An answered line
 * is the line's own beginning and a tail, of which few are distinct.
 */
export type Format = {
  /** Whole lines, to be read in order. */
  blocks: AsyncGenerator<Block>;
  /** Reads a block, line by line; blank ones and others that are no rows give null. */
  read(block: Block): Iterable<ReadLine | null>;
  head: string;
  tail(answer: Answer): string;
  faultTail(fault: Fault): string;
  /** Of a table: its lines that were no rows so far, and what it seems to hold but is not asked about. */
  passedOver: PassedOver;
  warnings: readonly Warning[];
  /** The last line, by which a whole answer is known. */
  summary(json: string): string;
};
