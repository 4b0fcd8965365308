import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the set-up before every script', () => {
  let clone: string;
  beforeEach(async () => {
    clone = await mkdtemp(join(tmpdir(), 'hakpilih-setup-'));
    await cp(join(root, '.ci', 'setup'), join(clone, '.ci', 'setup'));
    await writeFile(join(clone, 'package-lock.json'), '{"first":true}');
    await npm('mkdir -p node_modules; echo "$*" >> calls; exit 0');
  });
  afterEach(() => rm(clone, { recursive: true, force: true }));

  /** An npm that only does as it is told. */
  const npm = async (does: string): Promise<void> => {
    await mkdir(join(clone, 'bin'), { recursive: true });
    await writeFile(join(clone, 'bin', 'npm'), `#!/bin/sh\n${does}\n`);
    await chmod(join(clone, 'bin', 'npm'), 0o755);
  };
  const setUp = (): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const env = { PATH: `${join(clone, 'bin')}:${process.env.PATH}` };
      execFile('sh', ['.ci/setup'], { cwd: clone, env }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
      );
    });
  const calls = (): Promise<string> => readFile(join(clone, 'calls'), 'utf8').catch(() => '');

  it('installs on a fresh clone, saying so, and nothing more until the lock file changes', async () => {
    expect(await setUp()).toEqual({ code: 0, out: '', err: 'Installing …\n' });
    expect(await calls()).toBe('install --no-save --no-audit --no-fund --loglevel=error\n');
    expect(await setUp()).toEqual({ code: 0, out: '', err: '' });
    expect((await calls()).split('\n')).toHaveLength(2);
    await writeFile(join(clone, 'package-lock.json'), '{"second":true}');
    expect((await setUp()).err).toBe('Installing …\n');
    expect((await calls()).split('\n')).toHaveLength(3);
    expect((await setUp()).err).toBe('');
  });

  it('installs again where it was broken off, and fails where npm does', async () => {
    await npm('mkdir -p node_modules; echo broken >&2; exit 7');
    for (let i = 0; i < 2; i += 1) expect(await setUp()).toEqual({ code: 7, out: '', err: 'Installing …\nbroken\n' });
  });

  it('comes before every script that needs what is installed', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const own = Object.keys(scripts).filter(
      (name) => name !== 'setup' && !(name.startsWith('pre') && scripts[name.slice(3)]),
    );
    expect(own.length).toBeGreaterThan(4);
    for (const name of own) expect(scripts[`pre${name}`]).toBe(scripts.setup);
    expect(scripts.setup).toBe('sh .ci/setup');
  });
});
