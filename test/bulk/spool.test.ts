import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileSpool } from '../../src/platform/spool.ts';
import { nikOf } from '../support/registry.ts';

/** What stands on the disk in our files that have no name any more. */
const nameless = (): Buffer[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return /hakpilih-.*deleted/.test(readlinkSync(`/proc/self/fd/${fd}`))
        ? [readFileSync(`/proc/self/fd/${fd}`)]
        : [];
    } catch {
      // That of the listing itself.
      return [];
    }
  });

describe.runIf(process.platform === 'linux')('the spool of an upload', () => {
  let directory: string;
  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'hakpilih-spool-')), 'spool');
  });
  afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

  it('gives back what was written, and leaves on the disk nothing that names anybody', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`{"ref":"${i}","nik":"${nikOf(i)}"}\n`));
    const spool = await (await createFileSpool(directory, 10_000_000))();
    for (const line of lines) await spool.write(line);
    const [kept, ...others] = nameless();
    expect(others).toEqual([]);
    expect(kept?.length).toBe(Buffer.concat(lines).length);
    for (let i = 0; i < lines.length; i += 500) expect(kept?.includes(nikOf(i))).toBe(false);
    const pieces: Buffer[] = [];
    for await (const piece of spool.read()) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).equals(Buffer.concat(lines))).toBe(true);
    await spool.close();
    expect(nameless()).toEqual([]);
  });

  it('lies in a directory that only we may read, emptied of what another left there', async () => {
    await createFileSpool(directory, 1);
    writeFileSync(join(directory, 'hakpilih-left'), 'x');
    await createFileSpool(directory, 1);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('holds with all others no more than its limit, to the byte, and gets back what is closed', async () => {
    const open = await createFileSpool(directory, 100);
    const [one, other] = [await open(), await open()];
    await one.write(Buffer.alloc(60));
    await other.write(Buffer.alloc(40));
    await expect(other.write(Buffer.alloc(1))).rejects.toMatchObject({ code: 'SPOOL_FULL' });
    await one.close();
    await one.close();
    await other.write(Buffer.alloc(60));
    await expect(other.write(Buffer.alloc(1))).rejects.toMatchObject({ code: 'SPOOL_FULL' });
    await other.close();
  });

  it('that is a file is refused in one line', async () => {
    writeFileSync(directory, '');
    await expect(createFileSpool(directory, 1)).rejects.toThrow(/where uploads are kept, cannot be used \(EEXIST\)/);
  });
});
