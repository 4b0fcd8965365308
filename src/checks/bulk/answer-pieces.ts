import { findMany, readLedger } from '../../registry/find-many.ts';
import type { RegistryKeys } from '../../registry/keys.ts';
import type { Caller } from '../check.ts';
import { openSnapshot, type Snapshot } from '../snapshot.ts';
import { asUnavailable, inTime, onceMore } from '../unavailable.ts';
import type { BulkDependencies, BulkRequest } from './bulk.ts';
import type { Format } from './format.ts';
import { BULK_LIMITS } from './limits.ts';
import { createOutcomes } from './outcomes.ts';
import { type QuestionBlock, questionBlock } from './question-block.ts';

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

type Asked = { block: QuestionBlock; bytes: number; shorts: Promise<string[]> };

/** The blocks, each with the rows that are being found for it: a few statements run ahead of the reader. */
async function* askedBlocks(
  snapshot: Snapshot,
  format: Format,
  keys: RegistryKeys,
  maxStatementBytes: number | undefined,
): AsyncGenerator<Asked> {
  const ahead: Asked[] = [];
  for await (const text of format.blocks) {
    const block = await questionBlock(text, format, keys);
    const shorts = inTime(findMany(snapshot.tx(), block.asked, maxStatementBytes), BULK_LIMITS.maxStatementMs);
    // Awaited in its turn; one that is given up must not end the process.
    shorts.catch(() => {});
    ahead.push({ block, bytes: text.bytes.length, shorts });
    if (ahead.length === BULK_LIMITS.maxBlocksAhead) yield ahead.shift() as Asked;
  }
  yield* ahead;
}
