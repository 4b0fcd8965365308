import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openFileSpool } from '../../src/platform/spool.ts';
import { nikOf } from '../support/registry.ts';

/** What stands on the disk in our files that have no name any more. */
const nameless = (): Buffer[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return /hakpilih-.*deleted/.test(readlinkSync(`/proc/self/fd/${fd}`)) ? [readFileSync(`/proc/self/fd/${fd}`)] : [];
    } catch {
      // That of the listing itself.
      return [];
    }
  });

describe.runIf(process.platform === 'linux')('the spool of an upload', () => {
  it('gives back what was written, and leaves on the disk nothing that names anybody', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`{"ref":"${i}","nik":"${nikOf(i)}"}\n`));
    const spool = await openFileSpool();
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
});
