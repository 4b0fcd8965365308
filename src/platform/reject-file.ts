import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Reject } from '../intake/record.ts';
import { type Draft, openDraft } from './output-file.ts';
import { StartupError } from './startup-error.ts';

/** `end()` may be called again; it throws `StartupError` where the report is not whole. */
export type RejectFile = { path: string | null; write(reject: Reject): void; end(): Promise<void> };

/** The report of rejected rows: line, column, reason, as CSV; made when the first is written. A null path keeps none. */
export function createRejectFile(path: string | null): RejectFile {
  let out: WriteStream | undefined;
  let draft: Draft | undefined;
  let fault: NodeJS.ErrnoException | undefined;
  const refuseFault = (): void => {
    if (fault === undefined) return;
    const code = fault.code ?? 'UNKNOWN';
    throw new StartupError(
      `The report of rejected rows cannot be written (${code}); nothing was changed. Make room or rights there, or choose a file with --rejects`,
    );
  };
  return {
    path,
    write({ line, column, reason }) {
      if (path === null) return;
      refuseFault();
      if (out === undefined) {
        draft = openDraft(path);
        out = createWriteStream(draft.path);
        out.on('error', (error) => {
          fault = error;
        });
        out.write('line,column,reason\n');
      }
      out.write(`${line},${column ?? ''},${reason}\n`);
    },
    async end() {
      if (out === undefined) return;
      const written = out;
      out = undefined;
      written.end();
      await finished(written)
        .then(draft?.keep)
        .catch((error: NodeJS.ErrnoException) => {
          fault ??= error;
          draft?.drop();
        });
      refuseFault();
    },
  };
}
