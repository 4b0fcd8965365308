import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { run } from '../../src/platform/run.ts';

it('says of a command that cannot be started why, and does not throw', async () => {
  expect(await run('/nowhere/postgres', [])).toEqual({ ok: false, lines: [expect.stringContaining('ENOENT')] });
});

it('keeps our environment, and the keys in it, from the command', async () => {
  process.env.HAKPILIH_REGISTRY_KEY = 'secret';
  try {
    expect((await run('/usr/bin/env', [])).lines.join()).not.toContain('secret');
  } finally {
    delete process.env.HAKPILIH_REGISTRY_KEY;
  }
});

it('does not keep the process waiting for a command that could not be started', async () => {
  const module = new URL('../../src/platform/run.ts', import.meta.url).href;
  const script = `import { run } from '${module}'; await run('/nowhere/postgres', []);`;
  await expect(
    promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { timeout: 10_000 }),
  ).resolves.toMatchObject({ stdout: '' });
});
