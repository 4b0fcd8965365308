import { execFile } from 'node:child_process';
import { access, mkdir, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { inject } from 'vitest';
import type { Bucket } from '../../src/snapshot/bucket-store.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

const LOOK_MS = 50;

/** The bundle of the Worker, just as `npm run deploy` would make it: made once a run, by the test that first needs it. */
export async function bundleWorker(): Promise<string> {
  const directory = inject('runDirectory');
  const [making, turn, made] = ['making', 'turn', 'made'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const path = join(made, 'worker.js');
  for (;;) {
    if (await succeeds(access(path))) return path;
    if (await succeeds(mkdir(turn))) break;
    await sleep(LOOK_MS);
  }
  try {
    if (!(await succeeds(access(path)))) {
      const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
      const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' };
      await run(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', making], { cwd: root, env });
      await rename(making, made);
    }
    return path;
  } finally {
    await rmdir(turn);
  }
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

export type RunningWorker = {
  url: string;
  /** The bucket of the snapshots, where it has one. */
  bucket(): Promise<Bucket>;
  /** Calls the scheduled handler as the trigger of this cron would; what came of it. */
  scheduled(cron: string): Promise<string>;
  stop(): Promise<void>;
};

/** Runs the Worker in its real runtime, with a local Hyperdrive to `databaseUrl`. `log` hears what it logs. */
export async function startWorker(
  databaseUrl: string,
  bindings: Record<string, string>,
  log: (line: string) => void = (line) => console.error(line),
  hasBucket = false,
): Promise<RunningWorker> {
  const bundlePath = await bundleWorker();
  const options = convertV4MiniflareOptions({
    name: 'hakpilih',
    host: '127.0.0.1',
    port: 0,
    modules: true,
    modulesRoot: dirname(bundlePath),
    scriptPath: bundlePath,
    compatibilityDate: '2026-08-04',
    hyperdrives: { DB: databaseUrl },
    bindings,
    ...(hasBucket ? { r2Buckets: ['SNAPSHOTS'] } : {}),
    handleStructuredLogs: ({ message }) => log(message),
  });
  const miniflare = new Miniflare(options);
  const url = await miniflare.ready;
  const scheduled = async (cron: string): Promise<string> => {
    const worker = (await miniflare.getWorker()) as unknown as {
      scheduled(options: object): Promise<{ outcome: string }>;
    };
    return (await worker.scheduled({ cron })).outcome;
  };
  const bucket = async () => (await miniflare.getR2Bucket('SNAPSHOTS')) as unknown as Bucket;
  return { url: url.origin, bucket, scheduled, stop: () => miniflare.dispose() };
}
