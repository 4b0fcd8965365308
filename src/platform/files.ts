import { randomUUID } from 'node:crypto';
import { chown, link, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../registry/error-code.ts';
import type { OsUser } from './run.ts';

/** What a killed process left behind. */
const MAX_DRAFT_AGE_MS = 60 * 60_000;

/** The text of a file, or null where there is none. Throws what the file system throws for anything else. */
export async function readIfPresent(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
}

/** Makes a directory and those above it. The recursive `mkdir` takes a read-only disk for a missing directory. */
export async function makeDirectory(path: string, mode = 0o777): Promise<void> {
  if (await isDirectory(path)) return;
  await makeDirectory(dirname(path), mode);
  await mkdir(path, { mode }).catch(async (error: unknown) => {
    if (!(await isDirectory(path))) throw error;
  });
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() === true;

/**
 * The text of the secret at `path`, made where there is none. Of two processes that make it at once both get the
 * same: it is there whole and on disk or not at all, and never replaces another.
 */
export async function readOrMakeSecret(path: string, make: () => string): Promise<string> {
  const present = await readIfPresent(path);
  if (present !== null) return present;
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeDurably(draft, make());
    await link(draft, path).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    await syncDirectory(dirname(path));
    return await readFile(path, 'utf8');
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Makes a directory, with mode 700, which `fill` fills under another name: it is there whole or not at all. Returns
 * whether we made it: of several processes at once one does. Throws what `fill` and the file system throw.
 */
export async function makeDirectoryOnce(path: string, fill: (draft: string) => Promise<void>): Promise<boolean> {
  const prefix = `${path}.draft-`;
  for (const name of await readdir(dirname(path))) {
    const left = join(dirname(path), name);
    const madeMs = left.startsWith(prefix) ? (await stat(left).catch(() => null))?.mtimeMs : undefined;
    if (madeMs && Date.now() - madeMs > MAX_DRAFT_AGE_MS) await rm(left, { recursive: true, force: true });
  }
  const draft = await mkdtemp(prefix);
  try {
    await fill(draft);
    await syncDirectory(draft);
    await rename(draft, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error)) && (await isDirectory(path))) return false;
    throw error;
  }
}

/** Replaces a file, with mode 600: readers find the old one or the new one. */
export async function replaceFile(path: string, text: string, owner: OsUser = null): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600 });
  if (owner) await chown(draft, owner.uid, owner.gid);
  await rename(draft, path);
}

/** Writes a file, with mode 600, to the disk itself: also a power cut leaves it. */
export const writeDurably = (path: string, data: Uint8Array | string): Promise<void> =>
  writeFile(path, data, { mode: 0o600, flush: true });

/** A new name in a directory outlives a power cut only once the directory is synced; Windows has no such call. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
