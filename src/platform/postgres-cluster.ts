import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, chown, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../registry/error-code.ts';
import { readIfPresent, readOrMakeSecret } from './files.ts';
import { type Binaries, findBinaries } from './postgres-binaries.ts';
import { findPlace, type Place } from './postgres-place.ts';
import { faultIn, run } from './run.ts';
import { asStartupError, StartupError } from './startup-error.ts';

/** A Postgres cluster on disk, running or not. `dir` is its data directory, `<dataDir>/postgres`. */
export type Cluster = Place & { dir: string; binaries: Binaries; password: string };

const MAJOR = '18';
const DRAFT = 'postgres.draft-';
const MAX_DRAFT_AGE_MS = 60 * 60_000;

/**
 * The cluster under `dataDir`, made where there is none. Throws `StartupError` for a directory that cannot be used,
 * a cluster of another Postgres, a platform without Postgres and for whatever `initdb` says.
 */
export async function prepareCluster(dataDir: string, say: (line: string) => void): Promise<Cluster> {
  const place = await findPlace(dataDir, say);
  if (/["$`\\\n]/.test(process.platform === 'win32' ? '' : place.dataDir)) {
    throw new StartupError(`${place.dataDir}: a quote, $, \` or \\ in the path is more than pg_ctl can take`);
  }
  const dir = join(place.dataDir, 'postgres');
  const binaries = await findBinaries(place.user);
  try {
    const passwordFile = join(place.dataDir, 'postgres.password');
    const { text } = await readOrMakeSecret(passwordFile, () => `${randomBytes(24).toString('base64url')}\n`);
    if (place.user) await chown(passwordFile, place.user.uid, place.user.gid);
    const cluster = { ...place, dir, binaries, password: text.trim() };
    const version = await clusterVersion(dir);
    if (version === null) await makeCluster(cluster, passwordFile, say);
    else if (version !== MAJOR)
      throw new StartupError(`${dir} is of Postgres ${version}, and this is Postgres ${MAJOR}`);
    return cluster;
  } catch (error) {
    throw asStartupError(`cannot use the data directory ${place.dataDir}`, error);
  }
}

const clusterVersion = async (dir: string): Promise<string | null> =>
  (await readIfPresent(join(dir, 'PG_VERSION')))?.trim() ?? null;

/**
 * `initdb` into a draft that takes the cluster's name once it is whole: a crash leaves none or all of it, and of two
 * processes at once one wins and the other takes the winner's.
 */
async function makeCluster(
  { dataDir, dir, user, binaries }: Cluster,
  passwordFile: string,
  say: (line: string) => void,
) {
  say(`Making a database in ${dataDir}`);
  await removeOldDrafts(dataDir);
  const draft = await mkdtemp(join(dataDir, DRAFT));
  try {
    if (user) await chown(draft, user.uid, user.gid);
    const made = await run(binaries.initdb, [`--pgdata=${draft}`, `--pwfile=${passwordFile}`, ...INITDB_OPTIONS], {
      as: user,
    });
    if (!made.ok) throw new StartupError(`initdb failed: ${faultIn(made.lines)}`);
    await rename(draft, dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const lost = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error)) && (await clusterVersion(dir)) === MAJOR;
    if (!lost) throw error;
  }
}

// The builtin locale sorts by code point and is the same on every system, installed locales or not.
const INITDB_OPTIONS = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
];

/** What a killed process left behind. */
async function removeOldDrafts(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const path = join(dataDir, name);
    const found = name.startsWith(DRAFT) ? await stat(path).catch(() => null) : null;
    if (found && Date.now() - found.mtimeMs > MAX_DRAFT_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}

/**
 * What differs from Postgres' own defaults. The log settings keep statements, parameters and values out of the server log:
 * ERROR texts repeat what was entered and reach the application anyway, so the log has only LOG, FATAL and PANIC.
 */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  shared_buffers: `${Math.min(2048, Math.max(128, Math.floor(totalmem() / 2 ** 20 / 8)))}MB`,
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_checkpoints: 'off',
};

/** Writes `postgresql.conf`, whole. The port is not in it: each start chooses its own. */
export async function writeSettings(
  { dir, user, binaries }: Cluster,
  settings: Record<string, string>,
): Promise<void> {
  const lz4 = await run(binaries.postgres, ['-D', dir, '-c', 'wal_compression=lz4', '-C', 'wal_compression'], {
    as: user,
  });
  const all = { ...SETTINGS, wal_compression: lz4.ok ? 'lz4' : 'pglz', ...settings };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
  const path = join(dir, 'postgresql.conf');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, ['# Written anew at each start.\n', ...lines].join(''), { mode: 0o600 });
  if (user) await chown(draft, user.uid, user.gid);
  await chmod(draft, 0o600);
  await rename(draft, path);
}
