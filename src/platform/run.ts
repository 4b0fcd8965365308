import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Whom a command runs as; null = oneself. */
export type OsUser = { name: string; uid: number; gid: number } | null;
type RunOptions = { as?: OsUser; background?: boolean; cwd?: string; input?: string };
export type Ran = { ok: boolean; lines: string[] };

const TIMEOUT_MS = 15 * 60_000;
const MAX_OUTPUT_CHARS = 64 * 1024;
const INHERITED = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'SystemDrive', 'TMPDIR', 'TEMP', 'TMP'];

/**
 * Runs a command to its end and gives what it printed. Never throws: a command that cannot be started is not ok, and
 * its only line says why. It sees next to nothing of our environment, which holds keys and, perhaps, PG* variables.
 * `background`: it may leave a server behind, so Ctrl-C does not reach it and no pipe is held open or read.
 */
export async function run(
  command: string,
  args: string[],
  { as = null, background = false, cwd = '/', input = '' }: RunOptions = {},
): Promise<Ran> {
  const child = spawn(command, args, {
    // Not where we are: the user of the command may not be allowed there.
    cwd,
    env: Object.fromEntries([['LC_ALL', 'C'], ...INHERITED.map((name) => [name, process.env[name]])]),
    stdio: background ? 'ignore' : 'pipe',
    detached: background,
    windowsHide: true,
    ...(as ? { uid: as.uid, gid: as.gid } : {}),
  });
  // Who does not read it says why.
  child.stdin?.on('error', () => {}).end(input);
  // Not `timeout` of spawn, whose clock runs on, and keeps us alive, where the command could not be started.
  const limit = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-MAX_OUTPUT_CHARS);
    });
  try {
    const [code] = await once(child, 'close');
    return { ok: code === 0, lines: linesOf(output) };
  } catch (error) {
    return { ok: false, lines: [(error as Error).message] };
  } finally {
    clearTimeout(limit);
  }
}

export const linesOf = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || []);

/** Why a program of Postgres failed, in one line of what it said, without date and process number. */
export function faultIn(lines: string[]): string {
  const fault = lines.findLast((line) => /error:|FATAL:|PANIC:/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  const isFull = lines.some((line) => /HINT: .*disk space/.test(line));
  return `${fault.replace(/^.*?(?=error:|FATAL:|PANIC:)/, '')}${isFull ? ': no space left on the disk' : ''}`;
}
