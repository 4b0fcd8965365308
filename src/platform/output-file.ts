import { createWriteStream, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Where a file is written until it is whole. `keep` gives it its name, `drop` takes it away. */
export type Draft = { path: string; keep(): void; drop(): void };

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A draft beside `path`, which is taken away where a signal ends us. What is no file, a pipe say, is written as it is. */
export function openDraft(path: string): Draft {
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
