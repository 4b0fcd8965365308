import { readFileSync, statSync, unlinkSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../registry/error-code.ts';
import { readIfPresent } from './files.ts';
import type { Cluster } from './postgres-cluster.ts';
import { isAlive } from './postgres-users.ts';
import { faultIn, linesOf, run } from './run.ts';
import { StartupError } from './startup-error.ts';

const MAX_LOG_BYTES = 8 * 1024 * 1024;
const MAX_EMPTY_PID_FILE_AGE_MS = 10_000;
/** Redoing the log after a crash can take a while. */
const START_TIMEOUT_S = 600;
const STOP_TIMEOUT_S = 120;
/** Two minutes: a killed server's processes end only when they have done what they are at. */
const MAX_START_ATTEMPTS = 480;
const RETRY_MS = 250;

/** Another server took the port meanwhile, or the processes of a killed one are still going. */
const PASSES = /could not bind|could not create any TCP|still in use|lock file ".*" (already exists|is empty)/;

/**
 * Starts the server of a cluster on the port of 127.0.0.1 that it had last, or on a free one where it had none or it is taken and
 * it `mayMove`, and waits until it accepts connections. Returns early where another process starts it at the same time. Throws
 * `StartupError` with the last line of the server's log.
 */
export async function startServer(cluster: Cluster, mayMove: boolean): Promise<void> {
  const log = join(cluster.dir, 'server.log');
  if (((await stat(log).catch(() => null))?.size ?? 0) > MAX_LOG_BYTES) await rename(log, `${log}.1`);
  for (let attempt = 1; ; attempt += 1) {
    const already = (await stat(log).catch(() => null))?.size ?? 0;
    const port = (attempt > 1 && mayMove ? null : await lastPort(cluster)) ?? (await freePort());
    const flags = ['-D', cluster.dir, '-l', log, '-o', `-p ${port}`, '-w', '-t', String(START_TIMEOUT_S)];
    const started = await run(cluster.binaries.pg_ctl, ['start', ...flags], { as: cluster.user, background: true });
    if (started.ok || (await runningPort(cluster)) !== null) return;
    const said = linesOf((await readFile(log).catch(() => Buffer.alloc(0))).subarray(already).toString());
    if (attempt === MAX_START_ATTEMPTS || !PASSES.test(said.join())) {
      throw new StartupError(`Postgres did not start: ${faultIn(said)} (${log})`);
    }
    await sleep(RETRY_MS);
  }
}

/** Stops the server: open transactions are rolled back, clients sent away. Throws `StartupError` where it does not stop. */
export async function stopServer({ dir, binaries, user }: Cluster): Promise<void> {
  const flags = ['-D', dir, '-m', 'fast', '-w', '-t', String(STOP_TIMEOUT_S)];
  const stopped = await run(binaries.pg_ctl, ['stop', ...flags], { as: user, background: true });
  if (!stopped.ok && (await runningPort({ dir })) !== null) throw new StartupError(`Postgres in ${dir} did not stop`);
}

/**
 * The port of the cluster's server; null where none runs. It may still be starting or already stopping. Takes away a
 * `postmaster.pid` whose process number has come to be that of another program, or a dead one nobody has buried: Postgres
 * alone takes those for a running server and refuses to start.
 */
export async function runningPort({ dir }: Pick<Cluster, 'dir'>): Promise<number | null> {
  const path = join(dir, 'postmaster.pid');
  const text = await readIfPresent(path);
  if (text === null) return null;
  const [pid, , , port] = text.split('\n').map(Number);
  if (!pid || !port) {
    removeUnchanged(path, text, MAX_EMPTY_PID_FILE_AGE_MS);
    return null;
  }
  if (!isAlive(pid)) return null;
  if (await isServerOf(dir, pid)) return port;
  removeUnchanged(path, text, 0);
  return null;
}

/** Without a pause between look and removal, in which another process might have put its own there. */
function removeUnchanged(path: string, text: string, minAgeMs: number): void {
  try {
    const old = Date.now() - statSync(path).mtimeMs >= minAgeMs;
    if (old && readFileSync(path, 'utf8') === text) unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Postgres writes down what it was started with. */
async function lastPort({ dir }: Cluster): Promise<number | null> {
  const [, port] = /"-p" "([0-9]+)"/.exec((await readIfPresent(join(dir, 'postmaster.opts'))) ?? '') ?? [];
  return port === undefined ? null : Number(port);
}

/** Whether the command line of a process names the directory; true where that cannot be found out. */
async function isServerOf(dir: string, pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    return ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)) ?? dir).includes(dir);
  }
  const shown = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return !shown.ok || shown.lines.join().includes(dir);
}

/** A port that is free now. Another program may take it before Postgres does: then the start is tried again. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
