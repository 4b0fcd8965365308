import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, gunzipSync } from 'node:zlib';
import { OWN_NAMES } from '../../access/grant.ts';
import { createBulk } from '../../checks/bulk/bulk.ts';
import type { FormatName, Warning } from '../../checks/bulk/format.ts';
import { BULK_LIMITS } from '../../checks/bulk/limits.ts';
import type { BulkSummary } from '../../checks/bulk/outcomes.ts';
import { TooLarge } from '../../checks/bulk/upload.ts';
import { Unavailable } from '../../checks/unavailable.ts';
import { uuidV7 } from '../../http/request-id.ts';
import { Refused } from '../../registry/standing.ts';
import { openService } from '../../service.ts';
import { writeWhole } from '../output-file.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import { createFileSpool } from '../spool.ts';
import { asStartupError, StartupError } from '../startup-error.ts';
import { countsText, createProgress, numberText } from '../terminal.ts';
import { parseRegionOption } from './client.ts';
import { defineCommand, flag, text } from './command.ts';

export default defineCommand(
  {
    usage: 'check FILE [--out FILE] [--region 32.01] [--json]',
    summary:
      'Checks every line of a file (JSON lines, or a table with a column of NIKs; gzip or not) as POST ' +
      '/v1/checks/bulk does. The answer goes to standard output or --out, the summary to standard error ' +
      '(--json: as JSON; with --out, to standard output).',
    options: {
      out: text('FILE', 'where the answer goes; else to standard output'),
      region: text('32.01', 'answers as for a caller who may see this region; else all'),
      json: flag('prints the summary as JSON'),
    },
  },
  async ({ values, positionals, misuse }, { settings: load, say }) => {
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw misuse('One FILE is needed. ');
    const caller = { client: OWN_NAMES.commandLine, region: parseRegionOption(values.region) };
    const format = await formatOf(file);
    const settings = await load();
    const { keys, rules } = await openService(settings);
    const progress = createProgress(null);
    let summary: BulkSummary | undefined;
    const answer = async ({ sql }: OpenRegistry): Promise<void> => {
      const openSpool = await createFileSpool(join(settings.dataDir, 'spool'), BULK_LIMITS.maxSpoolBytes);
      const bulk = createBulk({ keys, rules, sql, openSpool, limits: BULK_LIMITS.spooled });
      const id = uuidV7(Date.now(), crypto.randomUUID());
      const listen = {
        progress: (rows: number, bytes: number, totalBytes: number) => progress.update({ bytes, rows, totalBytes }),
        done: (one: BulkSummary) => (summary = one),
      };
      await write(await bulk({ id, format, body: createReadStream(file), ...listen }, caller), values.out);
    };
    try {
      await withRegistry(settings, say, (registry) => answer(registry).finally(progress.end), 2);
    } catch (error) {
      if (error instanceof Refused) throw new StartupError(`No answer for ${caller.client} (${error.refusal.code})`);
      if (error instanceof TooLarge) throw new StartupError(`FILE is too large (${error.code})`);
      if (error instanceof Unavailable) throw new StartupError(`No answer can be had now (${error.code})`);
      throw error;
    }
    if (!values.json) return say(summaryText(summary as BulkSummary));
    const output = values.out === undefined ? process.stderr : process.stdout;
    output.write(`${JSON.stringify(summary)}\n`);
  },
);

/** By the name of the file; else JSON lines begin with a brace. */
async function formatOf(file: string): Promise<FormatName> {
  const [, extension] = /\.(ndjson|jsonl|csv|tsv)(\.gz)?$/i.exec(file) ?? [];
  const head = Buffer.alloc(512);
  try {
    const handle = await open(file);
    await handle.read(head, 0, head.length, 0).finally(() => handle.close());
  } catch (error) {
    throw asStartupError('FILE cannot be read', error);
  }
  if (extension !== undefined) return /csv|tsv/i.test(extension) ? 'csv' : 'ndjson';
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const start = (packed ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : head).toString('latin1');
  return /^(\xef\xbb\xbf)?\s*\{/.test(start) ? 'ndjson' : 'csv';
}

/** Writes pieces to a file or to standard output, no faster than they are taken. */
async function write(pieces: AsyncIterable<Uint8Array>, path: string | undefined): Promise<void> {
  if (path === undefined) return await pipeline(pieces, process.stdout, { end: false });
  // The file names people: it is for our eyes, also one that was there before.
  await writeWhole(path, pieces, 0o600).catch((error: unknown) => {
    throw error instanceof Unavailable ? error : asStartupError('The file of --out cannot be written', error);
  });
}

const WARNING_TEXTS: Record<Warning, string> = {
  NAME_NOT_COMPARED: 'No name was compared, though a column looks like names: call it NAMA and check again',
  KK_NOT_COMPARED:
    'No family card was compared, though a column looks like their numbers: call it NO_KK and check again',
  NIKS_ROUNDED:
    'Nearly all NIKs end in 0: a spreadsheet has eaten their last digit, so these are not the people meant. ' +
    'Get the list again with the NIK as text',
};

function summaryText({ lines, document, voter, errors, passedOver, warnings, asOf }: BulkSummary): string {
  const copies = Object.entries(asOf).map(([source, date]) => `${source} as of ${date}`);
  const noRows = countsText(passedOver);
  return [
    `Answered ${numberText(lines)} lines from the copies ${copies.join(', ')}`,
    `  document: ${countsText(document)}`,
    `  voter: ${countsText(voter)}`,
    `  errors: ${countsText(errors) || 'none'}`,
    ...(noRows === '' ? [] : [`  lines that are no rows: ${noRows}`]),
    ...warnings.map((warning) => `  WARNING: ${WARNING_TEXTS[warning]}`),
  ].join('\n');
}
