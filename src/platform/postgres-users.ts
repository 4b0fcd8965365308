import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../registry/error-code.ts';
import { StartupError } from './startup-error.ts';

/**
 * A process that uses a cluster: an empty file in its directory, named after the process, so that it outlives
 * whatever happens to Postgres. It is there before its process looks for the server, and is renamed before its
 * process, on leaving, looks for others: of two who come and go at once at least one sees the other.
 */
export type Seat = Awaited<ReturnType<typeof takeSeat>>;

const FILE = /^hakpilih\.([0-9]+)\.([0-9]*)\.[0-9a-f-]+\.(user|leaving)$/;
const LEAVING_TIMEOUT_MS = 5 * 60_000;
const LOOK_EVERY_MS = 50;

/** Takes a seat at the cluster in `dir`. Its methods throw what the file system throws. */
export async function takeSeat(dir: string) {
  const name = `hakpilih.${process.pid}.${birthOf(process.pid)}.${randomUUID()}`;
  const [user, leaving] = [join(dir, `${name}.user`), join(dir, `${name}.leaving`)];
  await writeFile(user, '', { flag: 'wx', mode: 0o600 });
  const has = async (state: string): Promise<boolean> =>
    (await livingFiles(dir)).some((file) => file.endsWith(state) && !file.startsWith(name));
  return {
    /** Whether other living processes use the cluster. */
    hasOthers: () => has('.user'),
    /** Waits until nobody is about to stop the server. */
    async whenNobodyLeaves(): Promise<void> {
      for (const deadline = Date.now() + LEAVING_TIMEOUT_MS; await has('.leaving'); await sleep(LOOK_EVERY_MS))
        if (Date.now() > deadline) throw new StartupError('another process is stopping Postgres and does not end');
    },
    beginLeaving: () => rename(user, leaving),
    end: () => Promise.all([rm(user, { force: true }), rm(leaving, { force: true })]),
  };
}

/** Takes away the files of processes that are gone. */
async function livingFiles(dir: string): Promise<string[]> {
  const files = (await readdir(dir)).filter((file) => FILE.test(file));
  const isGone = (file: string): boolean => {
    const [, pid, birth] = FILE.exec(file) ?? [];
    const now = birthOf(Number(pid));
    return now === null || (now !== '' && birth !== '' && now !== birth);
  };
  const gone = files.filter(isGone);
  for (const file of gone) await rm(join(dir, file), { force: true });
  return files.filter((file) => !gone.includes(file));
}

/** Also of a process that is dead and that nobody has buried. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * When a process was started, which tells it from a later one of its number: '' = the system does not say; null =
 * gone.
 */
function birthOf(pid: number): string | null {
  if (!isAlive(pid)) return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : (fields[18] ?? '');
  } catch {
    return '';
  }
}
