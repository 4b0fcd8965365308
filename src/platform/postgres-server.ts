import { randomInt } from 'node:crypto';
import { readFileSync, unlinkSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../registry/error-code.ts';
import { readIfPresent, replaceFile } from './files.ts';
import type { Cluster } from './postgres-cluster.ts';
import { faultIn, linesOf, run } from './run.ts';
import { StartupError } from './startup-error.ts';

/** The server log has no statement and no ERROR, whose texts repeat what was entered. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: `${Math.min(2048, Math.max(128, Math.floor(totalmem() / 2 ** 20 / 8)))}MB`,
  max_wal_size: '4GB',
  wal_compression: 'on',
  checkpoint_timeout: '15min',
  jit: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};
const MAX_LOG_BYTES = 8 * 1024 * 1024;
const [START_TIMEOUT_S, STOP_TIMEOUT_S] = ['600', '120'];
/** Below those that systems give to whoever asks for any. */
const PORTS = [20_000, 32_768] as const;

/**
 * Starts the server of a cluster on the port that it had last, or on any where it had none or `mayMove`, and waits
 * until it accepts connections. Throws `StartupError` with the last fault in the server's log.
 */
export async function startServer(cluster: Cluster, settings: object, mayMove: boolean): Promise<void> {
  const { dir, user } = cluster;
  const lines = Object.entries({ ...SETTINGS, ...settings }).map(([name, value]) => `${name} = '${value}'\n`);
  await replaceFile(join(dir, 'postgresql.conf'), lines.join(''), user);
  const log = join(dir, 'server.log');
  const logBytes = (await stat(log).catch(() => null))?.size ?? 0;
  if (logBytes > MAX_LOG_BYTES) await rename(log, `${log}.1`);
  const started = (await readIfPresent(join(dir, 'postmaster.opts'))) ?? '';
  const [, lastPort] = /"-p" "([0-9]+)"/.exec(started) ?? [];
  const port = mayMove || lastPort === undefined ? randomInt(...PORTS) : lastPort;
  const isStarted = await control(cluster, 'start', ['-l', log, '-o', `-p ${port}`, '-t', START_TIMEOUT_S]);
  // Another process may have started it meanwhile.
  if (isStarted || (await runningPort(cluster)) !== null) return;
  throw new StartupError(`Postgres did not start: ${faultIn(linesOf((await readIfPresent(log)) ?? ''))} (${log})`);
}

/** Stops the server: transactions are rolled back, clients sent away. Throws `StartupError` where it does not stop. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const isStopped = await control(cluster, 'stop', ['-m', 'fast', '-t', STOP_TIMEOUT_S]);
  if (isStopped || (await runningPort(cluster)) === null) return;
  throw new StartupError(`Postgres in ${cluster.dir} did not stop`);
}

const control = async ({ dir, bin, user }: Cluster, verb: string, options: string[]): Promise<boolean> =>
  (await run(join(bin, 'pg_ctl'), [verb, '-D', dir, '-w', ...options], { as: user, background: true })).ok;

/**
 * The port of the cluster's server, which may still be starting or already stopping; null where none runs. Takes
 * away a `postmaster.pid` that is left over: Postgres itself takes a zombie, or another program that has its number
 * now, for a running server. What a killed server left running it finds all the same.
 */
export async function runningPort({ dir }: Cluster): Promise<number | null> {
  const path = join(dir, 'postmaster.pid');
  try {
    const [pid, , , port] = readFileSync(path, 'utf8').split('\n').map(Number);
    if (!pid || !port) return null;
    if (isServerOf(dir, pid)) return port;
    // Without a pause since the look, in which another process might have put its own there.
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return null;
}

/** Whether a process is alive and, where the system shows that, is a server of the directory: a zombie is none. */
function isServerOf(dir: string, pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir);
  } catch (error) {
    return !['ESRCH', 'EPERM'].includes(errorCode(error));
  }
}
