import { SAMPLE_AS_OF, SANDBOX, sampleHeader, sampleRows } from '../intake/sample.ts';
import type { Sql } from '../registry/sql.ts';
import { SAMPLE_SOURCE } from '../registry/visibility.ts';
import { IMPORT_DEFAULTS, importExport } from './import-file.ts';
import type { Say } from './startup-error.ts';

/** Kabupaten Bogor at 1:1000 of those who must hold an e-KTP. */
const SAMPLE_ROWS = 4_900;

/** The sample as a stream of bytes. */
export async function* sampleBytes(rows: number, seed?: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(sampleHeader());
  for (const chunk of sampleRows({ rows, ...(seed === undefined ? {} : { seed }) })) yield encoder.encode(chunk);
}

/** Loads the synthetic sample where the registry is empty. Returns whether that is all it holds. */
export async function loadSampleIfEmpty(sql: Sql, registryKey: Uint8Array, say: Say): Promise<boolean> {
  const sources = await sql`SELECT name FROM sources LIMIT 2`;
  if (sources.length > 0) return sources.length === 1 && sources[0]?.name === SAMPLE_SOURCE;
  const options = { ...IMPORT_DEFAULTS, source: SAMPLE_SOURCE, asOf: SAMPLE_AS_OF, maxRejected: 0 };
  const quiet = { progress: () => {}, reject: () => {} };
  const { residents } = await importExport({ sql, registryKey }, sampleBytes(SAMPLE_ROWS), options, quiet);
  const loaded = `${residents} residents as of ${SAMPLE_AS_OF}`;
  say(`The registry was empty: loaded a synthetic sample of Kabupaten Bogor, ${loaded}`);
  return true;
}

/** One sample NIK per outcome, to try. */
export function sampleGuide(): string {
  const lines = SANDBOX.map(
    ({ nik, name, outcome, document, voter }) =>
      `  ${nik}  ${name.padEnd(20)} ${document.padEnd(12)} ${voter.padEnd(12)} ${outcome}`,
  );
  return [
    'Synthetic sample only: nobody of this data lives. Today counts as the date of the sample. ' +
      'To try, NIK and full name:',
    ...lines,
    'The first real import removes the sample.',
  ].join('\n');
}
