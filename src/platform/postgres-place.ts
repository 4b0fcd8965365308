import { createHash } from 'node:crypto';
import { chmod, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeDirectory, readIfPresent } from './files.ts';
import { type OsUser, run } from './run.ts';
import { asStartupError, StartupError } from './startup-error.ts';

/** Where root keeps what the wanted directory cannot hold, since Postgres, which refuses to be root, could not get there. */
export const SHARED_DIR = '/var/lib/hakpilih';

/** The directory that holds the cluster, its real path, and the user Postgres runs as. */
export type Place = { dataDir: string; user: OsUser };

/**
 * Where the cluster is kept and whom Postgres runs as: the wanted directory and oneself, unless one is root. Then it is the
 * owner of the cluster that is there, else a user who is not root, and the directory must be one that this user can reach;
 * if not, `SHARED_DIR`, which `say` tells. Throws `StartupError` where nothing can be written or reached.
 */
export async function findPlace(wantedDir: string, say: (line: string) => void): Promise<Place> {
  const dataDir = await makeDataDir(resolve(wantedDir));
  if (process.getuid?.() !== 0) return { dataDir, user: null };
  const owner = await ownerOf(join(dataDir, 'postgres'));
  const user = owner ?? (await serverUser());
  if (await canReach(dataDir, user)) return { dataDir, user };
  if (owner)
    throw new StartupError(`the owner of ${join(dataDir, 'postgres')} (${owner.name}) cannot reach it any more`);
  const shared = join(SHARED_DIR, createHash('sha256').update(dataDir).digest('hex').slice(0, 12));
  await makeDataDir(SHARED_DIR);
  await makeDataDir(shared);
  const place = { dataDir: shared, user: (await ownerOf(join(shared, 'postgres'))) ?? user };
  if (!(await canReach(shared, place.user))) {
    throw new StartupError(
      `the user ${user.name}, whom Postgres runs as, can reach neither ${dataDir} nor ${shared}`,
    );
  }
  say(`${dataDir} is closed to the user ${user.name}, whom Postgres runs as: the database is kept in ${shared}`);
  return place;
}

/** Root makes it passable, not readable, for others; what lies in it has modes of its own. */
async function makeDataDir(path: string): Promise<string> {
  try {
    const asRoot = process.getuid?.() === 0;
    await makeDirectory(path, asRoot ? 0o755 : 0o700);
    const { mode, uid } = await stat(path);
    if (asRoot && uid === 0 && (mode & 0o111) !== 0o111) await chmod(path, (mode & 0o7777) | 0o111);
    return await realpath(path);
  } catch (error) {
    throw asStartupError(`cannot use the data directory ${path}`, error);
  }
}

/** The owner of a cluster, also one made before by another user; null where there is none or it is root. */
async function ownerOf(path: string): Promise<OsUser> {
  const found = await stat(path).catch(() => null);
  return found && found.uid !== 0 ? { name: `number ${found.uid}`, uid: found.uid, gid: found.gid } : null;
}

/** `postgres`, made where there is none and the system can; else `nobody`. */
async function serverUser(): Promise<NonNullable<OsUser>> {
  const known = await findUser('postgres');
  if (known) return known;
  await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  const user = (await findUser('postgres')) ?? (await findUser('nobody'));
  if (user) return user;
  throw new StartupError(
    'Postgres refuses to run as root and there is no other user: run hakpilih as an ordinary user',
  );
}

async function findUser(name: string): Promise<OsUser> {
  const entries = (await readIfPresent('/etc/passwd')) ?? '';
  const fields = entries.split('\n').find((line) => line.startsWith(`${name}:`));
  const [, , uid, gid] = fields?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/** Asked of the system itself, which alone knows all of modes, lists and mounts. */
async function canReach(directory: string, user: OsUser): Promise<boolean> {
  return (await run('/bin/sh', ['-c', 'cd -- "$0"', directory], { as: user })).ok;
}
