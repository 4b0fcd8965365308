import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenSpool } from '../checks/bulk/upload.ts';

const READ_BYTES = 256 * 1024;

/** A spool in a temporary file that only we can read and that has no name: it is gone when we are, however we end. */
export const openFileSpool: OpenSpool = async () => {
  const path = join(tmpdir(), `hakpilih-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  let closed: Promise<void> | undefined;
  return {
    async write(chunk) {
      for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten;
    },
    async *read() {
      const buffer = Buffer.alloc(READ_BYTES);
      for (let at = 0; ; ) {
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    close() {
      closed ??= file.close();
      return closed;
    },
  };
};
