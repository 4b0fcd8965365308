import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

export type Bundle = { path: string; remove(): Promise<void> };

/** Bundles the Worker just as `npm run deploy` would. */
export async function bundleWorker(): Promise<Bundle> {
  const directory = await mkdtemp(join(tmpdir(), 'hakpilih-worker-'));
  const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' };
  await run(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', directory], { cwd: root, env });
  return { path: join(directory, 'worker.js'), remove: () => rm(directory, { recursive: true, force: true }) };
}

export type RunningWorker = {
  url: string;
  /** Calls the scheduled handler as the trigger of this cron would; what came of it. */
  scheduled(cron: string): Promise<string>;
  stop(): Promise<void>;
};

/** Runs the bundle in the real Workers runtime, with a local Hyperdrive to `databaseUrl`. `log` hears what it logs. */
export async function startWorker(
  bundlePath: string,
  databaseUrl: string,
  bindings: Record<string, string>,
  log: (line: string) => void = (line) => console.error(line),
): Promise<RunningWorker> {
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
    handleStructuredLogs: ({ message }) => log(message),
  });
  const miniflare = new Miniflare(options);
  const url = await miniflare.ready;
  const scheduled = async (cron: string): Promise<string> => {
    const worker = (await miniflare.getWorker()) as unknown as { scheduled(options: object): Promise<{ outcome: string }> };
    return (await worker.scheduled({ cron })).outcome;
  };
  return { url: url.origin, scheduled, stop: () => miniflare.dispose() };
}
