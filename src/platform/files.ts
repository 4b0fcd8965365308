import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../registry/error-code.ts';

/** The text of a file, or null where there is none. Throws what the file system throws for anything else. */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Makes a directory and those above it. Not by the recursive `mkdir`, which takes a read-only disk for a missing directory. */
export async function makeDirectory(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path), mode);
    await mkdir(path, { mode });
  }
}

/**
 * The text of the secret at `path`, made with mode 600 where there is none. Of two processes that make it at once both get
 * the same: it appears whole and on disk or not at all, and never replaces another. Throws what the file system throws.
 */
export async function readOrMakeSecret(
  path: string,
  make: () => string | Promise<string>,
): Promise<{ text: string; made: boolean }> {
  const present = await readIfPresent(path);
  if (present !== null) return { text: present, made: false };
  await makeDirectory(dirname(path));
  const text = await make();
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
    await syncDirectory(dirname(path));
    return { text, made: true };
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return { text: await readFile(path, 'utf8'), made: false };
  } finally {
    await rm(draft, { force: true });
  }
}

/** A new name in a directory outlives a power cut only once the directory is synced; Windows has no such call. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
