/** Shows how far an import is: a bar on a terminal, a plain line now and then elsewhere. Always on standard error. */
export type Progress = { update(done: Done): void; end(): void };
type Done = { bytes: number; rows: number; merging: boolean; totalBytes?: number };

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;
const BAR_CHARS = 24;

/** `totalBytes` is null where the size is not known (standard input) or is told with each update. */
export function createProgress(totalBytes: number | null, out: NodeJS.WriteStream, now: () => number): Progress {
  const started = now();
  const everyMs = out.isTTY ? REDRAW_MS : PLAIN_LINE_MS;
  let shownAt = out.isTTY ? Number.NEGATIVE_INFINITY : started;
  let merging = false;
  return {
    update(done) {
      const entersMerge = done.merging && !merging;
      if (now() - shownAt < everyMs && !entersMerge) return;
      merging = done.merging;
      shownAt = now();
      const line = progressLine(done, done.totalBytes ?? totalBytes, (now() - started) / 1000);
      out.write(out.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
    },
    end() {
      if (out.isTTY) out.write('\r\u001b[2K');
    },
  };
}

/** One line: bar, share, rows, rate, time left. */
export function progressLine({ bytes, rows, merging }: Done, totalBytes: number | null, seconds: number): string {
  const count = rows.toLocaleString('en');
  if (merging) return `${count} rows read in ${Math.round(seconds)} s; merging into the registry …`;
  const rate = `${Math.round(rows / Math.max(seconds, 0.001)).toLocaleString('en')} rows/s`;
  if (totalBytes === null || totalBytes === 0) return `${count} rows, ${rate}`;
  const share = Math.min(1, bytes / totalBytes);
  const full = Math.round(share * BAR_CHARS);
  const left = share > 0 ? Math.ceil((seconds / share) * (1 - share)) : 0;
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_CHARS - full)}] ${Math.round(share * 100)} %  ${count} rows, ${rate}, ${left} s left`;
}
