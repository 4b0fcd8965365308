import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair } from 'jose';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What a process is told to load first, with `--import`. */
export const QUICK_MODULES = new URL('quick-modules.js', import.meta.url).href;
/** How Node starts a door, unless what it then takes is measured. */
const QUICKLY = ['--import', QUICK_MODULES];

/** Keys as the environment gives them, new for each test. */
export type TestKeys = { HAKPILIH_REGISTRY_KEY: string; HAKPILIH_SIGNING_KEYS: string };

export async function createTestKeys(registryKey: Uint8Array = randomBytes(32)): Promise<TestKeys> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return {
    HAKPILIH_REGISTRY_KEY: Buffer.from(registryKey).toString('base64'),
    HAKPILIH_SIGNING_KEYS: JSON.stringify({ keys: [jwk] }),
  };
}

export type Process = {
  child: ChildProcess;
  /** All that it has written so far, standard output and error. */
  log(): string;
  /** Resolves with the exit code; null where a signal ended it. */
  ended: Promise<number | null>;
};

/** Servers without a data directory of their own would share snapshots: they make none. */
const withoutSnapshots = (env: Record<string, string>): Record<string, string> =>
  env.HAKPILIH_DATA_DIR === undefined ? { HAKPILIH_SNAPSHOT_DIR: 'off' } : {};

/** Starts one of the doors (`node`, `cli`) as a process of its own. */
export function startDoor(
  door: 'node' | 'cli',
  args: string[],
  env: Record<string, string>,
  nodeArgs = QUICKLY,
): Process {
  const child = spawn(process.execPath, [...nodeArgs, `src/${door}.ts`, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...withoutSnapshots(env), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, log: () => log, ended };
}

/** Runs the command line to its end. */
export async function runCli(
  args: string[],
  env: Record<string, string>,
  input?: string | Uint8Array,
): Promise<{ code: number | null; out: string; err: string }> {
  const { child, ended } = startDoor('cli', args, env);
  let out = '';
  let err = '';
  child.stdout?.on('data', (text: string) => (out += text));
  child.stderr?.on('data', (text: string) => (err += text));
  child.stdin?.end(input);
  return { code: await ended, out, err };
}

export type RunningServer = Process & { url: string; stop(): Promise<number | null> };

/** Starts the Node server on a free port and waits until it listens. Throws with its log where it does not. */
export async function startServer(env: Record<string, string>, nodeArgs = QUICKLY): Promise<RunningServer> {
  const server = startDoor('node', [], { PORT: '0', ...env }, nodeArgs);
  const url = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const [, found] = /listens on (http:\/\/[^\s]+)/.exec(server.log()) ?? [];
      if (found !== undefined) resolve(found);
    };
    server.child.stdout?.on('data', look);
    void server.ended.then((code) => reject(new Error(`the server ended with ${code}: ${server.log()}`)));
  });
  const stop = (): Promise<number | null> => {
    server.child.kill('SIGTERM');
    return server.ended;
  };
  return { ...server, url, stop };
}
