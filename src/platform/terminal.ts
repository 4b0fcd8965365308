import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;
const BAR_CHARS = 24;
const CLEAR_LINE = '\r\u001b[2K';

type Done = { bytes: number; rows: number; merging?: boolean; totalBytes?: number };

export const numberText = (count: number): string => count.toLocaleString('en');

/** Counts by name, in one line. */
export const countsText = (counts: Record<string, number | undefined>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${numberText(count ?? 0)}`)
    .join(', ');

/**
 * Shows on standard error how far something is: a bar on a terminal, a plain line now and then elsewhere.
 * `totalBytes` is null where it is not known (standard input) or told with each update.
 */
export function createProgress(totalBytes: number | null) {
  const { stderr } = process;
  const started = performance.now();
  let shownAt = stderr.isTTY ? Number.NEGATIVE_INFINITY : started;
  let wasMerging = false;
  return {
    update(done: Done): void {
      const now = performance.now();
      const { merging = false } = done;
      const entersMerge = merging && !wasMerging;
      if (now - shownAt < (stderr.isTTY ? REDRAW_MS : PLAIN_LINE_MS) && !entersMerge) return;
      wasMerging = merging;
      shownAt = now;
      const line = progressText(done, done.totalBytes ?? totalBytes ?? 0, (now - started) / 1000);
      stderr.write(stderr.isTTY ? `${CLEAR_LINE}${line}` : `${line}\n`);
    },
    end(): void {
      if (stderr.isTTY) stderr.write(CLEAR_LINE);
    },
  };
}

/** One line: bar, share, rows, rate, time left. */
function progressText({ bytes, rows, merging }: Done, totalBytes: number, seconds: number): string {
  if (merging) return `${numberText(rows)} rows read in ${Math.round(seconds)} s; merging into the registry …`;
  const counted = `${numberText(rows)} rows, ${numberText(Math.round(rows / Math.max(seconds, 0.001)))} rows/s`;
  if (totalBytes === 0) return counted;
  const share = Math.min(1, bytes / totalBytes);
  const bar = '#'.repeat(Math.round(share * BAR_CHARS)).padEnd(BAR_CHARS, '-');
  const left = share > 0 ? Math.ceil((seconds / share) * (1 - share)) : 0;
  return `[${bar}] ${Math.round(share * 100)} %  ${counted}, ${left} s left`;
}

/** What is typed on the terminal after a question, without showing it; empty where it is given up. */
export async function askUnseen(question: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 });
  process.stderr.write(question);
  const answer = await new Promise<string>((resolve) => lines.once('line', resolve).once('close', () => resolve('')));
  lines.close();
  process.stderr.write('\n');
  return answer;
}
