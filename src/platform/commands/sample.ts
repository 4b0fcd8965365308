import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeWhole } from '../output-file.ts';
import { sampleBytes } from '../sample.ts';
import { StartupError } from '../startup-error.ts';
import { type Command, parseCommand } from './command.ts';

const MAX_ROWS = 20_000_000;
const OPTIONS = {
  rows: { type: 'string', value: '4900', help: 'residents in it, at most 20 million' },
  seed: { type: 'string', value: 'N', help: 'another one gives other residents' },
  out: { type: 'string', value: 'FILE', help: 'where it goes; else to standard output' },
} as const;

/** Writes a synthetic export. */
export const sampleCommand: Command = {
  usage: 'sample [--rows 4900] [--seed N] [--out FILE]',
  summary:
    'Writes a synthetic SIAK export of Kabupaten Bogor in the proportions of January 2018; the same seed gives the same file.',
  options: OPTIONS,
  async run(args, { say }) {
    const { values } = parseCommand(args, OPTIONS, sampleCommand);
    const rows = parseCount(values.rows ?? '4900', 1, MAX_ROWS, '--rows');
    const seed = values.seed === undefined ? undefined : parseCount(values.seed, 0, 0xffff_ffff, '--seed');
    const source = Readable.from(sampleBytes(rows, seed), { objectMode: true });
    if (values.out === undefined) return await pipeline(source, process.stdout, { end: false });
    await writeWhole(values.out, source).catch((error: NodeJS.ErrnoException) => {
      throw new StartupError(`The file of --out cannot be written (${error.code ?? 'UNKNOWN'})`);
    });
    say(`Wrote a synthetic export of ${rows} rows`);
  },
};

function parseCount(text: string, least: number, most: number, option: string): number {
  const count = Number(text);
  if (/^[0-9]{1,10}$/.test(text) && count >= least && count <= most) return count;
  throw new StartupError(`${option} must be a whole number from ${least} to ${most}`);
}
