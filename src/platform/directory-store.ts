import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../registry/error-code.ts';
import type { SnapshotStore } from '../snapshot/store.ts';
import { makeDirectory, syncDirectory, writeDurably } from './files.ts';

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errorCode(error));

/** Snapshots in a directory; files have mode 600. */
export function createDirectoryStore(root: string): SnapshotStore {
  const list = async (path: string): Promise<string[]> => {
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const names = await Promise.all(
      entries.map((entry) => (entry.isDirectory() ? list(`${path}${entry.name}/`) : [`${path}${entry.name}`])),
    );
    return names.flat().sort();
  };
  return {
    list,
    async get(name) {
      return await readFile(join(root, name)).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
    },
    async putNew(name, bytes) {
      const path = join(root, name);
      await makeDirectory(dirname(path), 0o700);
      const draft = `${path}.${randomUUID()}`;
      try {
        await writeDurably(draft, bytes);
        // A link, unlike a renaming, replaces nothing.
        await link(draft, path);
        await syncDirectory(dirname(path));
        return true;
      } catch (error) {
        if (errorCode(error) === 'EEXIST') return false;
        throw error;
      } finally {
        await rm(draft, { force: true });
      }
    },
    async delete(names) {
      for (const name of names) await rm(join(root, name), { force: true });
      // Directories that are empty now go; those that are not stay.
      for (const directory of new Set(names.map((name) => dirname(join(root, name)))))
        if (directory !== root) await rmdir(directory).catch(() => {});
    },
  };
}
