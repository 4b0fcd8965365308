import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenSpool } from '../checks/bulk/upload.ts';

const READ_BYTES = 256 * 1024;

const CIPHER = 'aes-256-ctr';

/**
 * A spool in a temporary file that has no name, under a key that only this process has: the file is gone when we are, however we
 * end, and what the disk keeps of it names nobody.
 */
export const openFileSpool: OpenSpool = async () => {
  const path = join(tmpdir(), `hakpilih-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const cipher = createCipheriv(CIPHER, key, iv);
  let closed: Promise<void> | undefined;
  return {
    async write(chunk) {
      const sealed = cipher.update(chunk);
      for (let done = 0; done < sealed.length; ) done += (await file.write(sealed, done)).bytesWritten;
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
      closed ??= file.close();
      return closed;
    },
  };
};
