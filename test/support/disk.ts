import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Disk = { path: string; remount(option: 'ro' | 'rw'): void; remove(): void };

/** A small disk of its own, to be filled; null where the system does not let us have one (Linux and root do). */
export function createDisk(megabytes: number): Disk | null {
  const path = mkdtempSync(join(tmpdir(), 'hakpilih-disk-'));
  const mount = (...args: string[]) => execFileSync('/bin/mount', args, { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'none', path);
  } catch {
    rmdirSync(path);
    return null;
  }
  mkdirSync(join(path, 'data'));
  return {
    path: join(path, 'data'),
    remount: (option) => mount('-o', `remount,${option}`, path),
    remove() {
      execFileSync('/bin/umount', ['-l', path]);
      rmdirSync(path);
    },
  };
}

export const canMount = ((): boolean => {
  const disk = createDisk(1);
  disk?.remove();
  return disk !== null;
})();
