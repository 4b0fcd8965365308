import type { Block } from '../../intake/blocks.ts';
import type { Answer } from '../answer.ts';
import type { Question } from '../check.ts';

/** What is wrong with a line: a code, and where in the line (a JSON Pointer; for CSV `/` and the column). Never the value. */
export type Fault = { code: string; pointer: string };
export const isFault = (asked: Question | Fault): asked is Fault => 'code' in asked;

/**
 * A format of bulk requests and their answers. All text is one character a byte. An answered line is the line's own beginning
 * and a tail, of which few are distinct.
 */
export type Format = {
  /** What the answer begins with: the header of a CSV. */
  head: string;
  /** Reads a block of whole lines, in order; blank ones are no lines. */
  read(block: Block, take: (beginning: string, asked: Question | Fault) => void): void;
  tail(answer: Answer): string;
  faultTail(fault: Fault): string;
  /** The last line, by which a whole answer is known. */
  summary(json: string): string;
};

export type FormatName = 'ndjson' | 'csv';
