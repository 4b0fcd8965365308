import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sampleBytes } from '../sample.ts';
import { StartupError } from '../startup-error.ts';
import { type Command, parseCommand } from './command.ts';

const MAX_ROWS = 20_000_000;

/** Writes a synthetic export. */
export const sampleCommand: Command = {
  usage: 'sample [--rows 4900] [--seed N] [--out FILE]',
  summary:
    'Writes a synthetic SIAK export of Kabupaten Bogor in the proportions of January 2018; the same seed gives the same file.',
  async run(args, { say }) {
    const options = { rows: { type: 'string' }, seed: { type: 'string' }, out: { type: 'string' } } as const;
    const { values } = parseCommand(args, options, sampleCommand);
    const rows = parseCount(values.rows ?? '4900', 1, MAX_ROWS, '--rows');
    const seed = values.seed === undefined ? undefined : parseCount(values.seed, 0, 0xffff_ffff, '--seed');
    const source = Readable.from(sampleBytes(rows, seed), { objectMode: true });
    if (values.out === undefined) return await pipeline(source, process.stdout, { end: false });
    await pipeline(source, createWriteStream(values.out)).catch((error: NodeJS.ErrnoException) => {
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
