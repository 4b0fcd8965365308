import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from './startup-error.ts';

const SQLITE_BUSY = 5;
const RETRY_MS = 50;
/** Two who try in the same instant hinder each other. */
const COLLISION_MS = 100;

export type Lock = ReturnType<typeof createLock>;

/**
 * A lock of the operating system on a file in `dir`: it is shared by those who use a directory, and holds as long as
 * their processes live, frozen or not. Node has such locks only in SQLite; the file stays empty.
 */
export function createLock(dir: string) {
  const file = new DatabaseSync(join(dir, 'users.lock'), { open: false, timeout: COLLISION_MS });
  const take = (statements: string): boolean => {
    if (file.isTransaction) file.exec('ROLLBACK');
    try {
      file.exec(statements);
      return true;
    } catch (error) {
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
      throw error;
    }
  };
  return {
    /** Waits while one has it alone. Throws `StartupError` where that takes too long, and what SQLite throws. */
    async share(timeoutMs: number): Promise<void> {
      file.open();
      for (
        const deadline = Date.now() + timeoutMs;
        !take('BEGIN; SELECT 1 FROM sqlite_schema');
        await sleep(RETRY_MS)
      )
        if (Date.now() > deadline) throw new StartupError('another process is stopping Postgres and does not end');
    },
    /** Gives up the share and has it alone, where nobody shares it. */
    own: () => take('BEGIN EXCLUSIVE'),
    end: () => file.isOpen && file.close(),
  };
}
