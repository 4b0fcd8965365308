import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../registry/error-code.ts';
import type { Journal } from '../snapshot/journal.ts';
import { makeDirectory, syncDirectory } from './files.ts';

const OPEN = /^([0-9]+)\.[0-9a-f-]+\.open$/;
const CLOSED = '.closed';
/** Then another file is begun: each is read and entered as a whole, while answers are given. */
const MAX_FILE_BYTES = 1024 ** 2;

export type FileJournal = Journal & {
  hasRows(): Promise<boolean>;
  /** Leaves what was appended to whoever drains the directory. */
  close(): Promise<void>;
};

type Waiting = { line: string; resolve(): void; reject(error: unknown): void };

/**
 * A journal in files of a directory: one that this process appends to, and those that were closed. Lines that come
 * while others are written wait, and share the next write and its fsync. Several processes may share the directory;
 * what a process that is gone has left is taken over.
 */
export function createFileJournal(directory: string): FileJournal {
  let waiting: Waiting[] = [];
  let file: { handle: FileHandle; path: string } | null = null;
  /** Names of files that we opened: in a container the process before us had our number. */
  const ours = new Set<string>();
  /** Writing and closing take turns. */
  let turn: Promise<void> = Promise.resolve();

  const openFile = async (): Promise<{ handle: FileHandle; path: string }> => {
    await makeDirectory(directory, 0o700);
    const name = `${process.pid}.${randomUUID()}.open`;
    ours.add(name);
    const path = join(directory, name);
    const handle = await open(path, 'ax', 0o600);
    await syncDirectory(directory);
    return { handle, path };
  };

  const write = async (): Promise<void> => {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      file ??= await openFile();
      await file.handle.appendFile(group.map(({ line }) => line).join(''));
      await file.handle.datasync();
      for (const { resolve } of group) resolve();
      if ((await file.handle.stat()).size >= MAX_FILE_BYTES) await close();
    } catch (error) {
      for (const { reject } of group) reject(error);
      // What was written of it, if anything, ends there: the next line must not be glued to it.
      await close().catch(() => {});
    }
  };

  const close = async (): Promise<void> => {
    const closing = file;
    file = null;
    if (closing === null) return;
    await closing.handle.close();
    await rename(closing.path, closing.path.replace(/\.open$/, CLOSED));
  };

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(work);
    return turn;
  };

  /** Files that nobody appends to any more. */
  const closedFiles = async (): Promise<string[]> => {
    const names = await readdir(directory).catch(() => []);
    const isDone = (name: string): boolean => {
      const pid = Number(OPEN.exec(name)?.[1]);
      const isLeft = pid > 0 && !ours.has(name) && (pid === process.pid || !isAlive(pid));
      return name.endsWith(CLOSED) || isLeft;
    };
    return names.filter(isDone).sort();
  };

  return {
    append: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ line, resolve, reject });
        if (waiting.length === 1) void inTurn(write);
      }),
    async drain(replay) {
      await inTurn(() => close().catch(() => {}));
      for (const name of await closedFiles()) {
        const path = join(directory, name);
        // Another process may have taken it in the meantime.
        const text = await readFile(path, 'utf8').catch(() => null);
        if (text === null) continue;
        const { broken } = await replay(text);
        if (broken === 0) await rm(path, { force: true });
        else await rename(path, `${path}.broken`);
      }
    },
    close: () => inTurn(close),
    hasRows: async () => file !== null || (await closedFiles()).length > 0,
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
