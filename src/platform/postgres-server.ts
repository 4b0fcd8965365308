import { randomInt } from 'node:crypto';
import { readFileSync, statSync, unlinkSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../registry/error-code.ts';
import { readIfPresent, replaceFile } from './files.ts';
import type { Cluster } from './postgres-cluster.ts';
import { faultIn, linesOf, run } from './run.ts';
import { StartupError } from './startup-error.ts';

export type ServerSettings = Record<string, string>;

/** The server log has no statement and no ERROR, whose texts repeat what was entered. */
const SETTINGS: ServerSettings = {
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
const MAX_LOG_BYTES = 8 * 1024 * 1024;
const MAX_EMPTY_PID_FILE_AGE_MS = 10_000;
const START_TIMEOUT_S = 600;
const STOP_TIMEOUT_S = 120;
const MAX_START_ATTEMPTS = 480;
const RETRY_MS = 250;
/** Below those that systems give to whoever asks for any. */
const PORTS = [20_000, 32_768] as const;
/** Another program has the port, or the processes of a killed server are still going. */
const PASSES = /could not bind|could not create any TCP|still in use|lock file ".*" (already exists|is empty)/;

/**
 * Starts the server of a cluster on the port that it had last, or on another where it had none or it is taken and it
 * `mayMove`, and waits until it accepts connections. Returns early where another process starts it, too. Throws
 * `StartupError` with the last line of the server's log.
 */
export async function startServer(cluster: Cluster, settings: ServerSettings, mayMove: boolean): Promise<void> {
  await writeSettings(cluster, settings);
  const log = join(cluster.dir, 'server.log');
  const logBytes = async (): Promise<number> => (await stat(log).catch(() => null))?.size ?? 0;
  if ((await logBytes()) > MAX_LOG_BYTES) await rename(log, `${log}.1`);
  for (let attempt = 1; ; attempt += 1) {
    const already = await logBytes();
    const port = (attempt > 1 && mayMove ? null : await lastPort(cluster)) ?? randomInt(...PORTS);
    const options = ['-l', log, '-o', `-p ${port}`, '-t', String(START_TIMEOUT_S)];
    if ((await control(cluster, 'start', options)) || (await runningPort(cluster)) !== null) return;
    const said = linesOf((await readFile(log).catch(() => Buffer.alloc(0))).subarray(already).toString());
    if (attempt === MAX_START_ATTEMPTS || !PASSES.test(said.join()))
      throw new StartupError(`Postgres did not start: ${faultIn(said)} (${log})`);
    await sleep(RETRY_MS);
  }
}

/** Stops the server: transactions are rolled back, clients sent away. Throws `StartupError` where it does not stop. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const isStopped = await control(cluster, 'stop', ['-m', 'fast', '-t', String(STOP_TIMEOUT_S)]);
  if (!isStopped && (await runningPort(cluster)) !== null)
    throw new StartupError(`Postgres in ${cluster.dir} did not stop`);
}

const control = async ({ dir, bin, user }: Cluster, verb: string, options: string[]): Promise<boolean> =>
  (await run(join(bin, 'pg_ctl'), [verb, '-D', dir, '-w', ...options], { as: user, background: true })).ok;

/** Writes `postgresql.conf`, whole. Not every Postgres of npm was built with lz4. */
async function writeSettings({ dir, bin, user }: Cluster, settings: ServerSettings): Promise<void> {
  const trial = ['-D', dir, '-c', 'wal_compression=lz4', '-C', 'wal_compression'];
  const lz4 = await run(join(bin, 'postgres'), trial, { as: user });
  const all = { ...SETTINGS, wal_compression: lz4.ok ? 'lz4' : 'pglz', ...settings };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
  await replaceFile(join(dir, 'postgresql.conf'), ['# Written anew at each start.\n', ...lines].join(''), user);
}

/**
 * The port of the cluster's server, which may still be starting or already stopping; null where none runs. Takes
 * away a `postmaster.pid` whose process number is another program's now, or a zombie's: Postgres itself takes those
 * for a running server and refuses to start.
 */
export async function runningPort({ dir }: Cluster): Promise<number | null> {
  const path = join(dir, 'postmaster.pid');
  const text = await readIfPresent(path);
  if (text === null) return null;
  const [pid, , , port] = text.split('\n').map(Number);
  const isWhole = pid && port;
  if (isWhole && !isAlive(pid)) return null;
  if (isWhole && (await isServerOf(dir, pid))) return port;
  removeUnchanged(path, text, isWhole ? 0 : MAX_EMPTY_PID_FILE_AGE_MS);
  return null;
}

/** Also of a process that is dead and that nobody has buried. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Without a pause between look and removal, in which another process might have put its own there. */
function removeUnchanged(path: string, text: string, minAgeMs: number): void {
  try {
    const isOld = Date.now() - statSync(path).mtimeMs >= minAgeMs;
    if (isOld && readFileSync(path, 'utf8') === text) unlinkSync(path);
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
  if (process.platform === 'linux')
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => dir)).includes(dir);
  const shown = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return !shown.ok || shown.lines.join().includes(dir);
}
