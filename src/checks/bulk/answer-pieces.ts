import type { Block } from '../../intake/blocks.ts';
import { findMany, type ManyAsked } from '../../registry/find-many.ts';
import { readLedger } from '../../registry/ledger.ts';
import type { RegistryKeys } from '../../registry/registry-keys.ts';
import { asBigint, kkProofBytes, nameProofBytes, TAG_BYTES, type Tag, tagBytes } from '../../registry/tags.ts';
import type { Caller, Question } from '../check.ts';
import { openSnapshot, type Snapshot } from '../snapshot.ts';
import { asUnavailable, inTime, onceMore } from '../unavailable.ts';
import type { BulkDependencies, BulkRequest } from './bulk.ts';
import { type Format, isFault } from './format.ts';
import { BULK_LIMITS } from './limits.ts';
import { type AnsweredLine, createOutcomes, type QuestionBlock } from './outcomes.ts';

/** Answers the blocks of an upload in order, from one snapshot, which ends with the generator, however that ends. */
export async function* answerPieces(
  { keys, rules, sql, limits }: BulkDependencies,
  { id, sha256, textBytes, progress, done }: Omit<BulkRequest, 'body'> & { sha256: string; textBytes: number },
  caller: Caller,
  format: Format,
): AsyncGenerator<Uint8Array> {
  const snapshot = await onceMore(() => openSnapshot(sql));
  try {
    const ledger = await inTime(readLedger(snapshot.tx()));
    const outcomes = createOutcomes({ ledger, caller, rules }, format);
    if (format.head !== '') yield Buffer.from(format.head, 'latin1');
    let bytesDone = 0;
    for await (const { block, bytes, shorts } of askedBlocks(snapshot, format, keys, limits.maxStatementBytes)) {
      const piece = outcomes.answer(block, await shorts);
      bytesDone += bytes;
      progress?.(outcomes.counts.lines, bytesDone, textBytes);
      if (piece.length > 0) yield piece;
    }
    const summary = outcomes.summary(id, sha256);
    yield Buffer.from(format.summary(JSON.stringify(summary)), 'latin1');
    done?.(summary);
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    snapshot.end();
  }
}

type AskedBlock = { block: QuestionBlock; bytes: number; shorts: Promise<string[]> };

/** The blocks, each with the rows that are being found for it: a few statements run ahead of the reader. */
async function* askedBlocks(
  snapshot: Snapshot,
  format: Format,
  keys: RegistryKeys,
  maxStatementBytes: number | undefined,
): AsyncGenerator<AskedBlock> {
  const ahead: AskedBlock[] = [];
  for await (const text of format.blocks) {
    const block = await questionBlock(text, format, keys);
    const shorts = inTime(findMany(snapshot.tx(), block.asked, maxStatementBytes), BULK_LIMITS.maxStatementMs);
    // Awaited in its turn; one that is given up must not end the process.
    shorts.catch(() => {});
    ahead.push({ block, bytes: text.bytes.length, shorts });
    if (ahead.length === BULK_LIMITS.maxBlocksAhead) yield ahead.shift() as AskedBlock;
  }
  yield* ahead;
}

/** Reads and tags a block, some lines at a time: others are served in between. */
async function questionBlock(block: Block, format: Format, keys: RegistryKeys): Promise<QuestionBlock> {
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
