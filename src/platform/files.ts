import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../registry/error-code.ts';

/** The text of a file, or null where there is none. Throws what the file system throws for anything else. */
export async function readIfPresent(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
}

/** Makes a directory and those above it. The recursive `mkdir` takes a read-only disk for a missing directory. */
export async function makeDirectory(path: string, mode = 0o777): Promise<void> {
  const isThere = async () => (await stat(path).catch(() => null))?.isDirectory();
  if (await isThere()) return;
  await makeDirectory(dirname(path), mode);
  await mkdir(path, { mode }).catch(async (error: unknown) => {
    if (!(await isThere())) throw error;
  });
}

/**
 * The text of the secret at `path`, made where there is none. Of two processes that make it at once both get the
 * same: it is there whole and on disk or not at all, and never replaces another.
 */
export async function readOrMakeSecret(path: string, make: () => string): Promise<string> {
  const present = await readIfPresent(path);
  if (present !== null) return present;
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, make(), { mode: 0o600, flush: true });
    await link(draft, path).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    await syncDirectory(dirname(path));
    return await readFile(path, 'utf8');
  } finally {
    await rm(draft, { force: true });
  }
}

/** A new name in a directory outlives a power cut only once the directory is synced; Windows has no such call. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
