import type { Block } from '../../intake/blocks.ts';
import type { ManyAsked } from '../../registry/find-many.ts';
import type { RegistryKeys } from '../../registry/keys.ts';
import { asBigint, kkProofBytes, nameProofBytes, type Proof, TAG_BYTES, tagBytes } from '../../registry/tags.ts';
import type { Question } from '../check.ts';
import { type Fault, type Format, isFault } from './format.ts';
import { BULK_LIMITS } from './limits.ts';
import type { Outcomes } from './outcomes.ts';

/** More lines than a block can hold. */
const LINES_ROOM = 65_536;
const TAG_CHARS = TAG_BYTES * 2;

/** A block of lines that was read and tagged; no NIK is left. */
export type QuestionBlock = {
  /** In the order of the tags, which is how the table lies. */
  asked: ManyAsked;
  /** The answered lines, in the order they came; `shorts` are the rows found, in the order asked. */
  answer(shorts: readonly string[], outcomes: Outcomes): Buffer;
};

/** Reads and tags a block, some lines at a time: others are served in between. */
export async function questionBlock(block: Block, format: Format, keys: RegistryKeys): Promise<QuestionBlock> {
  const beginnings: string[] = [];
  const faults: (Fault | null)[] = [];
  const questions: Question[] = [];
  const tags: string[] = [];
  /** First four bytes of the tag, then the place of the question: sorted as numbers, which is quick. */
  const order: number[] = [];
  let anyProof = false;
  let inZero = 0;
  let lines = 0;
  for (const line of format.read(block)) {
    lines += 1;
    if (lines % BULK_LIMITS.linesAtATime === 0) await new Promise((resolve) => setImmediate(resolve));
    if (line === null) continue;
    const [beginning, asked] = line;
    beginnings.push(beginning);
    faults.push(isFault(asked) ? asked : null);
    if (isFault(asked)) continue;
    const tag = tagBytes(keys, asked.nik);
    order.push(prefixOf(tag) * LINES_ROOM + questions.length);
    tags.push(tag);
    questions.push(asked);
    if (asked.nik.charCodeAt(15) === 48) inZero += 1;
    anyProof ||= asked.name !== undefined || asked.kk !== undefined;
  }
  const places = Uint16Array.from(new Float64Array(order).sort(), (one) => one % LINES_ROOM);
  const hex = Buffer.from(Array.from(places, (place) => tags[place]).join(''), 'latin1').toString('hex');
  const sorted = Array.from(places, (_, i) => hex.slice(i * TAG_CHARS, (i + 1) * TAG_CHARS));
  return {
    asked: { tags: sorted, proofs: anyProof ? proofsOf(questions, places, keys) : null },
    answer(shorts, outcomes) {
      const shortOf: string[] = Array(shorts.length);
      for (const [i, place] of places.entries()) shortOf[place] = shorts[i] as string;
      outcomes.heard(questions.length, inZero);
      let next = 0;
      let bytes = 0;
      const lines = beginnings.map((beginning, i) => {
        const fault = faults[i] as Fault | null;
        const line =
          beginning + (fault === null ? outcomes.ofRow(shortOf[next++] as string) : outcomes.ofFault(fault));
        bytes += line.length;
        return line;
      });
      // Line by line: to make one long text first takes ten times as long.
      const piece = Buffer.allocUnsafe(bytes);
      let end = 0;
      for (const line of lines) end += piece.write(line, end, 'latin1');
      return piece;
    },
  };
}

const prefixOf = (tag: string): number =>
  tag.charCodeAt(0) * 0x1_00_00_00 + (tag.charCodeAt(1) << 16) + (tag.charCodeAt(2) << 8) + tag.charCodeAt(3);

function proofsOf(questions: readonly Question[], places: Uint16Array, keys: RegistryKeys): ManyAsked['proofs'] {
  const names: (Proof | null)[] = [];
  const kks: (Proof | null)[] = [];
  for (const place of places) {
    const { nik, name, kk } = questions[place] as Question;
    names.push(name === undefined ? null : asBigint(nameProofBytes(keys, nik, name)));
    kks.push(kk === undefined ? null : asBigint(kkProofBytes(keys, nik, kk)));
  }
  return { names, kks };
}
