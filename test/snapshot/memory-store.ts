import type { SnapshotStore } from '../../src/snapshot/store.ts';

/** A store in memory, whose files a test can look at and spoil. */
export function createMemoryStore(): SnapshotStore & { files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    list: async (prefix) => [...files.keys()].filter((name) => name.startsWith(prefix)).sort(),
    get: async (name) => files.get(name) ?? null,
    async putNew(name, bytes) {
      if (files.has(name)) return false;
      files.set(name, bytes);
      return true;
    },
    async delete(names) {
      for (const name of names) files.delete(name);
    },
  };
}
