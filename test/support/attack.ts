import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a thief has: every file under a directory. Those named in `except` are left out. */
export async function stolenFiles(
  directory: string,
  except: readonly string[] = [],
): Promise<{ path: string; bytes: Buffer }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || except.some((part) => path.includes(part))) continue;
    files.push({ path, bytes: await readFile(path) });
  }
  return files;
}

const uuidOf = (hash: Buffer): string =>
  hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Every way in which a file could name a person to someone who knows the person but not the key. */
export function tracesOf(facts: readonly string[], nik: string): Buffer[] {
  const clear = facts.flatMap((fact) => [Buffer.from(fact, 'utf8'), Buffer.from(fact, 'utf16le')]);
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(nik));
  const numbers = [number, Buffer.from(number).reverse()];
  const hashes = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => {
    const hash = createHash(algorithm).update(nik).digest();
    return [hash.subarray(0, 8), Buffer.from(hash.toString('hex', 0, 8)), Buffer.from(uuidOf(hash).slice(0, 18))];
  });
  return [...clear, ...numbers, ...hashes];
}

/**
 * Which of many traces occur in which of the files: one pass over each file, looking every four-byte window up. Traces are at
 * least four bytes long. Gives indexes into `traces`.
 */
export function findTraces(files: readonly { bytes: Buffer }[], traces: readonly Buffer[]): Set<number> {
  const byStart = new Map<number, number[]>();
  for (const [i, trace] of traces.entries()) {
    const start = trace.readUInt32LE(0);
    const same = byStart.get(start);
    if (same) same.push(i);
    else byStart.set(start, [i]);
  }
  const found = new Set<number>();
  for (const { bytes } of files) {
    let window = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      window = ((window >>> 8) | ((bytes[at] as number) << 24)) >>> 0;
      if (at < 3) continue;
      const candidates = byStart.get(window);
      if (candidates === undefined) continue;
      for (const i of candidates) {
        const trace = traces[i] as Buffer;
        if (bytes.compare(trace, 0, trace.length, at - 3, Math.min(bytes.length, at - 3 + trace.length)) === 0)
          found.add(i);
      }
    }
  }
  return found;
}
