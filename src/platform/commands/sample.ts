import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '../../registry/error-code.ts';
import { writeWhole } from '../output-file.ts';
import { sampleBytes } from '../sample.ts';
import { StartupError } from '../startup-error.ts';
import { defineCommand, text } from './command.ts';

const MAX_ROWS = 20_000_000;

export default defineCommand(
  {
    usage: 'sample [--rows 4900] [--seed N] [--out FILE]',
    summary:
      'Writes a synthetic SIAK export of Kabupaten Bogor in the proportions of January 2018; ' +
      'the same seed gives the same file.',
    options: {
      rows: text('4900', 'residents in it, at most 20 million'),
      seed: text('N', 'another one gives other residents'),
      out: text('FILE', 'where it goes; else to standard output'),
    },
  },
  async ({ values }, { say }) => {
    const rows = parseCount(values.rows ?? '4900', 1, MAX_ROWS, '--rows');
    const seed = values.seed === undefined ? undefined : parseCount(values.seed, 0, 0xffff_ffff, '--seed');
    const source = Readable.from(sampleBytes(rows, seed), { objectMode: true });
    if (values.out === undefined) return await pipeline(source, process.stdout, { end: false });
    await writeWhole(values.out, source).catch((error: unknown) => {
      throw new StartupError(`The file of --out cannot be written (${errorCode(error)})`);
    });
    say(`Wrote a synthetic export of ${rows} rows`);
  },
);

function parseCount(given: string, least: number, most: number, option: string): number {
  const count = Number(given);
  if (/^[0-9]{1,10}$/.test(given) && count >= least && count <= most) return count;
  throw new StartupError(`${option} must be a whole number from ${least} to ${most}`);
}
