import {
  closeSync,
  createWriteStream,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Reject } from '../intake/record.ts';
import { errorCode } from '../registry/error-code.ts';
import { StartupError } from './startup-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const FLUSH_CHARS = 65_536;

/** Where a file is written until it is whole. `keep` gives it its name, `drop` takes it away. */
type Draft = { path: string; keep(): void; drop(): void };

/** A draft beside `path`, which a signal that ends us takes away. What is no file, a pipe say, is written as it is. */
function openDraft(path: string): Draft {
  const present = statSync(path, { throwIfNoEntry: false });
  if (present !== undefined && !present.isFile()) return { path, keep() {}, drop() {} };
  const target = present === undefined ? path : realpathSync(path);
  const draft = `${target}.${process.pid}.draft`;
  const stop = (signal: NodeJS.Signals): void => {
    drop();
    process.kill(process.pid, signal);
  };
  const drop = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
    rmSync(draft, { force: true });
  };
  const keep = (): void => {
    renameSync(draft, target);
    drop();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return { path: draft, keep, drop };
}

/** Writes a file that is there whole or not at all. Throws what `pieces` and the file system throw. */
export async function writeWhole(path: string, pieces: AsyncIterable<Uint8Array>, mode?: number): Promise<void> {
  const draft = openDraft(path);
  try {
    await pipeline(pieces, createWriteStream(draft.path, { mode }));
    draft.keep();
  } finally {
    draft.drop();
  }
}

/**
 * The report of rejected rows: line, column, reason, as CSV; made when the first is written. A null path keeps none.
 * `end` may be called again. Both throw `StartupError` where the report cannot be written.
 */
export function createRejectFile(path: string | null) {
  let open: { draft: Draft; file: number } | undefined;
  let waiting = '';
  const orFail = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      open?.draft.drop();
      throw new StartupError(
        `The report of rejected rows cannot be written (${errorCode(error)}); nothing was changed. ` +
          'Make room or rights there, or choose a file with --rejects',
      );
    }
  };
  const flush = (): void => {
    if (open !== undefined) writeFileSync(open.file, waiting);
    waiting = '';
  };
  return {
    path,
    write({ line, column, reason }: Reject): void {
      if (path === null) return;
      orFail(() => {
        if (open === undefined) {
          const draft = openDraft(path);
          open = { draft, file: openSync(draft.path, 'w') };
          writeFileSync(open.file, 'line,column,reason\n');
        }
        waiting += `${line},${column ?? ''},${reason}\n`;
        if (waiting.length >= FLUSH_CHARS) flush();
      });
    },
    end(): void {
      orFail(() => {
        flush();
        if (open === undefined) return;
        closeSync(open.file);
        open.draft.keep();
        open = undefined;
      });
    },
  };
}
