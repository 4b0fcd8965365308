import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
};
export const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

export type Server = { url: string; child: ChildProcess; stop(): Promise<void> };

/** Seconds of CPU, user and system (Linux: proc(5), `stat`), in hundredths. */
const TICKS_PER_SECOND = 100;
type Stat = { parent: number; own: number; ofEnded: number };
function statOf(pid: number | string): Stat {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number);
  const sum = (from: number): number => ((fields[from] as number) + (fields[from + 1] as number)) / TICKS_PER_SECOND;
  return { parent: fields[1] as number, own: sum(11), ofEnded: sum(13) };
}
/** CPU seconds of a process with all its threads, so far. */
export const cpuSeconds = (pid: number): number => statOf(pid).own;
/** CPU seconds of all processes of the Postgres server that one of its sessions belongs to, of ended ones too. */
export function serverCpuSeconds(sessionPid: number): number {
  const { parent: server } = statOf(sessionPid);
  let seconds = cpuSeconds(server) + statOf(server).ofEnded;
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    try {
      const { parent, own } = statOf(name);
      if (parent === server) seconds += own;
    } catch {
      // It has just ended.
    }
  }
  return seconds;
}

/** As `npm start` has it; the peer gets it too. */
const NURSERY = '--max-semi-space-size=64';

/** Starts a script that prints where it listens. */
export async function startListening(script: string, env: Record<string, string>): Promise<Server> {
  const child = spawn(process.execPath, [NURSERY, script], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const [, found] = /listens on (http:\/\/\S+)/.exec(log) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => reject(new Error(`${script} ended: ${log}`)));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, child, stop };
}

export type Load = { perSecond: number; requests: number; errors: number; p50Ms: number; p99Ms: number };

/** One run of wrk: `bodies` is a file of one JSON body a line. */
export async function load(
  url: string,
  bodies: string,
  options: { connections: number; seconds: number; authorization?: string },
): Promise<Load> {
  const { connections, seconds, authorization } = options;
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    `${root}/test/bench/checks.lua`,
    `${url}/v1/checks`,
    '--',
    bodies,
  ];
  const env = {
    PATH: process.env.PATH ?? '',
    ...(authorization === undefined ? {} : { BENCH_AUTHORIZATION: authorization }),
  };
  const { stdout } = await run('wrk', args, { env }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error('the benchmark needs wrk (Debian: apt-get install wrk)') : error;
  });
  const { requests, micros, errors, p50, p99 } = JSON.parse(stdout.trim().split('\n').at(-1) as string);
  return { perSecond: (requests / micros) * 1e6, requests, errors, p50Ms: p50 / 1000, p99Ms: p99 / 1000 };
}

/** Runs a command to its end; its seconds and the peak of its resident memory (Linux: VmHWM), of the process with all its threads. */
export async function measure(
  command: string[],
  env: Record<string, string>,
): Promise<{ seconds: number; peakMb: number; out: string }> {
  const started = performance.now();
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peakKb = 0;
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const watch = setInterval(() => {
    try {
      const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      peakKb = Math.max(peakKb, Number(kb ?? 0));
    } catch {
      // It has just ended.
    }
  }, 50);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${out}`);
  return { seconds: (performance.now() - started) / 1000, peakMb: peakKb / 1024, out };
}

/** A token of a client whose quota no benchmark reaches, in the database of `url`. */
export async function benchToken(keys: Record<string, string>, url: string): Promise<string> {
  const env = { ...keys, HAKPILIH_DATABASE_URL: url };
  await measure(
    ['src/cli.ts', 'client', 'add', 'bench', '--scope', 'check,bulk', '--quota', '100000000/900000000'],
    env,
  );
  return `Bearer ${(await measure(['src/cli.ts', 'token', '--client', 'bench', '--scope', 'check,bulk'], env)).out.trim()}`;
}
