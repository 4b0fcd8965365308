import { findMany, readLedger } from '../../registry/find-many.ts';
import type { Caller } from '../check.ts';
import { openSnapshot, type Snapshot } from '../snapshot.ts';
import { asUnavailable, inTime, onceMore } from '../unavailable.ts';
import type { BulkDependencies, BulkRequest } from './bulk.ts';
import { BULK_LIMITS } from './limits.ts';
import { createOutcomes } from './outcomes.ts';
import { type QuestionBlock, questionBlock } from './question-block.ts';
import type { Reading } from './reading.ts';

type Asked = { questions: QuestionBlock; bytes: number; shorts: Promise<string[]> };

/**
 * Answers the blocks of a reading in order, from one snapshot, with a few statements under way ahead of the reader and no more.
 * The snapshot ends with the generator, however that ends.
 */
export async function* answerPieces(
  { keys, rules, sql, limits }: Pick<BulkDependencies, 'keys' | 'rules' | 'sql' | 'limits'>,
  { id, sha256, textBytes, progress, done }: Omit<BulkRequest, 'body'> & { sha256: string; textBytes: number },
  caller: Caller,
  { format, blocks }: Reading,
): AsyncGenerator<Uint8Array> {
  let snapshot: Snapshot | undefined;
  const ahead: Asked[] = [];
  let bytesDone = 0;
  try {
    const opened = await onceMore(() => openSnapshot(sql));
    snapshot = opened;
    const outcomes = createOutcomes(await inTime(readLedger(opened.tx())), caller, rules, format);
    const ask = async (): Promise<boolean> => {
      const block = await blocks.next();
      if (block.done) return false;
      const questions = await questionBlock(block.value, format, keys);
      const shorts = inTime(
        findMany(opened.tx(), questions.asked, limits.maxStatementBytes),
        BULK_LIMITS.maxStatementMs,
      );
      // Awaited in its turn; one that is given up must not end the process.
      shorts.catch(() => {});
      ahead.push({ questions, bytes: block.value.bytes.length, shorts });
      return true;
    };
    if (format.head !== '') yield Buffer.from(format.head, 'latin1');
    for (let more = true; ; ) {
      while (more && ahead.length < BULK_LIMITS.maxBlocksAhead) more = await ask();
      const next = ahead.shift();
      if (next === undefined) break;
      const piece = next.questions.answer(await next.shorts, outcomes);
      bytesDone += next.bytes;
      progress?.(outcomes.lines(), bytesDone, textBytes);
      if (piece.length > 0) yield piece;
    }
    const summary = outcomes.summary(id, sha256);
    yield Buffer.from(format.summary(JSON.stringify(summary)), 'latin1');
    done?.(summary);
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    snapshot?.end();
    await blocks.return(undefined);
  }
}
