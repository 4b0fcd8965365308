import type { Block } from '../../intake/blocks.ts';
import type { LineKind } from '../../intake/tally.ts';
import type { Answer } from '../answer.ts';
import type { Question } from '../check.ts';

/** What is wrong with a line: a code, and where in the line (a JSON Pointer; for CSV `/` and the column). Never the value. */
export type Fault = { code: string; pointer: string };
/** What the summary has to say of an upload as a whole. */
export const WARNINGS = ['NAME_NOT_COMPARED', 'KK_NOT_COMPARED', 'NIKS_ROUNDED'] as const;
export type Warning = (typeof WARNINGS)[number];
export const isFault = (asked: Question | Fault): asked is Fault => 'code' in asked;

/** A line's own beginning in the answer, and what it asks. */
export type ReadLine = readonly [beginning: string, asked: Question | Fault];

/**
 * A format of bulk requests and their answers. All text is one character a byte. An answered line is the line's own beginning
 * and a tail, of which few are distinct.
 */
export type Format = {
  /** What the answer begins with: the header of a CSV. */
  head: string;
  /** Reads a block of whole lines, one by one; blank ones and others that are no rows give null. */
  read(block: Block): Iterable<ReadLine | null>;
  tail(answer: Answer): string;
  faultTail(fault: Fault): string;
  /** Of a table: its lines that were no rows, and what it seems to hold but was not asked about. */
  found(): { passedOver: Partial<Record<LineKind, number>>; warnings: Warning[] };
  /** The last line, by which a whole answer is known. */
  summary(json: string): string;
};

export type FormatName = 'ndjson' | 'csv';
