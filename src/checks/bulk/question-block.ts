import type { Block } from '../../intake/blocks.ts';
import type { ManyAsked } from '../../registry/find-many.ts';
import type { RegistryKeys } from '../../registry/keys.ts';
import { asBigint, kkProofBytes, nameProofBytes, TAG_BYTES, type Tag, tagBytes } from '../../registry/tags.ts';
import type { Question } from '../check.ts';
import { type Fault, type Format, isFault } from './format.ts';
import { BULK_LIMITS } from './limits.ts';

/** A line of the answer: its beginning, and what is wrong with it or the short form of the row that was found. */
export type AnsweredLine = { beginning: string; fault: Fault | null; short: string };
/** A block of lines that was read and tagged; no NIK is left. `inZero`: NIKs whose last digit is 0. */
export type QuestionBlock = {
  lines: AnsweredLine[];
  /** In the order of the tags, which is how the table lies; `askedLines` are theirs. */
  asked: ManyAsked;
  askedLines: AnsweredLine[];
  inZero: number;
};

/** Reads and tags a block, some lines at a time: others are served in between. */
export async function questionBlock(block: Block, format: Format, keys: RegistryKeys): Promise<QuestionBlock> {
  const lines: AnsweredLine[] = [];
  const asked: { tag: string; question: Question; line: AnsweredLine }[] = [];
  let read = 0;
  for (const readLine of format.read(block)) {
    read += 1;
    if (read % BULK_LIMITS.linesAtATime === 0) await new Promise((resolve) => setImmediate(resolve));
    if (readLine === null) continue;
    const [beginning, question] = readLine;
    const line = { beginning, fault: isFault(question) ? question : null, short: '' };
    lines.push(line);
    if (!isFault(question)) asked.push({ tag: tagBytes(keys, question.nik), question, line });
  }
  asked.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const questions = asked.map(({ question }) => question);
  const anyProof = questions.some(({ name, kk }) => name !== undefined || kk !== undefined);
  return {
    lines,
    asked: { tags: inHex(asked.map(({ tag }) => tag)), proofs: anyProof ? proofsOf(questions, keys) : null },
    askedLines: asked.map(({ line }) => line),
    inZero: questions.filter(({ nik }) => nik.endsWith('0')).length,
  };
}

/** Tags in hexadecimal digits, as which Postgres reads uuids: one by one it would take five times as long. */
function inHex(tags: readonly string[]): Tag[] {
  const hex = Buffer.from(tags.join(''), 'latin1').toString('hex');
  return tags.map((_, i) => hex.slice(i * 2 * TAG_BYTES, (i + 1) * 2 * TAG_BYTES));
}

const proofsOf = (questions: Question[], keys: RegistryKeys): ManyAsked['proofs'] => ({
  names: questions.map(({ nik, name }) => (name === undefined ? null : asBigint(nameProofBytes(keys, nik, name)))),
  kks: questions.map(({ nik, kk }) => (kk === undefined ? null : asBigint(kkProofBytes(keys, nik, kk)))),
});
