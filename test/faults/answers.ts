import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** `of` names the question, the same in every run; `text` is the answer without what differs from run to run. */
export type Answer = { of: string; text: string; source: string; asOf: string | null };

const PATIENCE_MS = 90_000;
export const RETRY_MS = 40;

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
export const uuidOf = (text: string): string =>
  hex(text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');

export const linesOf = (count: number, line: (i: number) => object): string =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify(line(i))}\n`).join('');

/** Without the source and the id of the request. */
export function answerOf(of: string, text: string): Answer {
  const [, source = 'REGISTRY'] = /"source":"(REGISTRY|SNAPSHOT)"/.exec(text) ?? [];
  const asOf = of.startsWith('check') ? ((JSON.parse(text) as { asOf: string | null }).asOf ?? null) : null;
  const plain = text.replace('"source":"SNAPSHOT"', '"source":"REGISTRY"').replaceAll(/"id":"[^"]*"/g, '');
  return { of, text: of.startsWith('bulk') ? hex(plain) : plain, source, asOf };
}

/** What `look` gives once it gives something; throws where that takes too long. */
export async function waitFor<Value>(what: string, look: () => Promise<Value | null | false>): Promise<Value> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(RETRY_MS)) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
  }
}
