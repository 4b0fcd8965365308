import { spawn } from 'node:child_process';
import { dirname, isAbsolute } from 'node:path';

/** Whom a command runs as; null = oneself. */
export type OsUser = { name: string; uid: number; gid: number } | null;
export type Ran = { ok: boolean; lines: string[] };
export type RunOptions = { as?: OsUser; background?: boolean; cwd?: string };

const TIMEOUT_MS = 15 * 60_000;
const MAX_OUTPUT_CHARS = 64 * 1024;
const INHERITED = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'SystemDrive', 'TMPDIR', 'TEMP', 'TMP'];

/**
 * Runs a command to its end and gives what it printed. Never throws: a command that cannot be started is not ok, and its only
 * line says why. It sees next to nothing of our environment, which holds keys and, perhaps, PG* variables.
 * `background`: it may leave a server behind, so Ctrl-C does not reach it and no pipe is held open; nothing it prints is kept.
 */
export function run(
  command: string,
  args: string[],
  { as = null, background = false, cwd }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      // The user of the command may not be allowed into our working directory.
      cwd: cwd ?? (isAbsolute(command) ? dirname(command) : '/'),
      env: Object.fromEntries([['LC_ALL', 'C'], ...INHERITED.map((name) => [name, process.env[name]])]),
      stdio: background ? 'ignore' : ['ignore', 'pipe', 'pipe'],
      detached: background,
      windowsHide: true,
      ...(as ? { uid: as.uid, gid: as.gid } : {}),
    });
    // Not `timeout` of spawn, whose clock runs on, and keeps us alive, where the command could not be started.
    const limit = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    const settle = (ran: Ran): void => {
      clearTimeout(limit);
      resolve(ran);
    };
    let output = '';
    const keep = (chunk: string): void => {
      output = (output + chunk).slice(-MAX_OUTPUT_CHARS);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => settle({ ok: false, lines: [error.message] }));
    child.on('close', (code) => settle({ ok: code === 0, lines: linesOf(output) }));
  });
}

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Why a program of Postgres failed, in one line of what it said, without date and process number. */
export function faultIn(lines: string[]): string {
  const fault = lines.findLast((line) => /error:|FATAL:|PANIC:/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  const isFull = lines.some((line) => /^HINT: .*disk space/.test(line.replace(/^.*(?=HINT:)/, '')));
  return `${fault.replace(/^.*?(?=error:|FATAL:|PANIC:)/, '')}${isFull ? ': no space left on the disk' : ''}`;
}
