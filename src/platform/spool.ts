import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenSpool } from '../checks/bulk/upload.ts';
import { Unavailable } from '../checks/unavailable.ts';
import { errorCode } from '../registry/error-code.ts';
import { StartupError } from './startup-error.ts';

const READ_BYTES = 256 * 1024;
const CIPHER = 'aes-256-ctr';

/**
 * Spools in nameless files of a directory of their own, under a key that only this process has: they are gone when
 * we are, and what the disk keeps of them names nobody. All together hold at most `maxBytes`; above that, and where
 * the disk is full, writing throws `Unavailable`. Throws `StartupError` where the directory cannot be had.
 */
export async function createFileSpool(directory: string, maxBytes: number): Promise<OpenSpool> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    // Of a process that ended between making a file and taking its name away.
    for (const name of await readdir(directory)) await rm(join(directory, name), { force: true });
  } catch (error) {
    throw new StartupError(`${directory}, where uploads are kept, cannot be used (${errorCode(error)})`);
  }
  let held = 0;
  return async () => {
    const file = await openNameless(join(directory, `hakpilih-${randomUUID()}`)).catch(asUnavailable);
    const [key, iv] = [randomBytes(32), randomBytes(16)];
    const cipher = createCipheriv(CIPHER, key, iv);
    let own = 0;
    let closed: Promise<void> | undefined;
    return {
      async write(chunk) {
        if (held + chunk.length > maxBytes) throw new Unavailable('SPOOL_FULL');
        held += chunk.length;
        own += chunk.length;
        const sealed = cipher.update(chunk);
        for (let done = 0; done < sealed.length; )
          done += (await file.write(sealed, done).catch(asUnavailable)).bytesWritten;
      },
      async *read(more) {
        const buffer = Buffer.alloc(READ_BYTES);
        const decipher = createDecipheriv(CIPHER, key, iv);
        for (let at = 0; ; ) {
          const { bytesRead } = await file.read(buffer, 0, READ_BYTES, at);
          if (bytesRead === 0 && (await more?.())) continue;
          if (bytesRead === 0) return;
          at += bytesRead;
          yield decipher.update(buffer.subarray(0, bytesRead));
        }
      },
      close() {
        if (closed === undefined) held -= own;
        closed ??= file.close();
        return closed;
      },
    };
  };
}

async function openNameless(path: string) {
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

/** A disk that takes no more is no fault of ours: the operator reads its code. */
function asUnavailable(error: unknown): never {
  throw new Unavailable(errorCode(error));
}
