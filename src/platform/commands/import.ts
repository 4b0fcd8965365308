import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type ImportReport, importExport, parseSource } from '../import-file.ts';
import { createProgress } from '../progress.ts';
import { openRegistry } from '../registry.ts';
import { createRejectFile } from '../reject-file.ts';
import { StartupError } from '../startup-error.ts';
import { type Command, type CommandContext, parseCommand, parseShare } from './command.ts';

const OPTIONS = {
  source: { type: 'string' },
  'as-of': { type: 'string' },
  partial: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  'allow-older': { type: 'boolean', default: false },
  'allow-truncated': { type: 'boolean', default: false },
  'max-rejected': { type: 'string' },
  'max-lost': { type: 'string' },
  rejects: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;
const MAX_SHARE = 0.1;

/** Imports a SIAK export. */
export const importCommand: Command = {
  usage:
    'import FILE --source 32.01 --as-of 2018-01-12T17:00:00+07:00 [--partial] [--dry-run] [--allow-older] [--allow-truncated] [--max-rejected 0.1] [--max-lost 0.1] [--rejects FILE] [--json]',
  summary:
    'Brings a SIAK export (FILE, or - for standard input) into the registry, whole or not at all. Full by default: residents of the source that the file lacks become "not found".',
  async run(args, context) {
    const { values, positionals } = parseCommand(args, OPTIONS, importCommand);
    const [file] = positionals;
    if (file === undefined || positionals.length > 1)
      throw new StartupError(`One FILE is needed. Usage: hakpilih ${importCommand.usage}`);
    if (values.source === undefined || values['as-of'] === undefined) throw new StartupError('--source and --as-of are needed');
    parseSource(values.source);
    const options = {
      source: values.source,
      asOf: values['as-of'],
      partial: values.partial,
      dryRun: values['dry-run'],
      allowOlder: values['allow-older'],
      allowTruncated: values['allow-truncated'],
      maxRejected: parseShare(values['max-rejected'], MAX_SHARE, '--max-rejected'),
      maxLost: parseShare(values['max-lost'], MAX_SHARE, '--max-lost'),
    };
    const bytes = file === '-' ? null : await sizeOf(file);
    const settings = await context.settings();
    const registry = await openRegistry(settings, 1, context.say);
    const progress = createProgress(bytes, process.stderr, Date.now);
    const rejects = createRejectFile(rejectPath(values.rejects, file, options.dryRun));
    try {
      const chunks = file === '-' ? process.stdin : createReadStream(file);
      const listen = { progress: progress.update, reject: rejects.write };
      const report = await importExport(registry.sql, settings.registryKey, chunks, options, listen);
      progress.end();
      await rejects.end();
      // Rows just written are marked as settled here, at one go; else the first checks would do it, one by one. It may be left undone.
      if (report.dataset !== null && !report.alreadyImported) await registry.sql`VACUUM (ANALYZE) residents`.catch(() => {});
      if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
      else summarise(report, rejects.path, options.dryRun, context);
    } finally {
      progress.end();
      await rejects.end();
      await registry.close();
    }
  },
};

async function sizeOf(file: string): Promise<number> {
  try {
    const info = await stat(file);
    if (info.isDirectory()) throw new StartupError('FILE is a directory');
    return info.size;
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`FILE cannot be read (${(error as NodeJS.ErrnoException).code ?? 'UNKNOWN'})`);
  }
}

/** Beside the export; a dry run writes no file unless it is told to. */
function rejectPath(asked: string | undefined, file: string, dryRun: boolean): string | null {
  if (asked !== undefined) return asked;
  return dryRun || file === '-' ? null : `${file}.rejected.csv`;
}

const n = (count: number): string => count.toLocaleString('en');

function summarise(report: ImportReport, rejectFile: string | null, dryRun: boolean, { say }: CommandContext): void {
  if (report.alreadyImported) {
    say(`This file was imported before for ${report.asOf} (copy ${report.dataset}): nothing to do`);
    return;
  }
  if (report.sampleRemoved > 0) say(`Removed the synthetic sample (${n(report.sampleRemoved)} residents)`);
  say(
    `${dryRun ? 'Dry run, nothing written' : `Copy ${report.dataset}`}: source ${report.source} as of ${report.asOf}, ${report.seconds} s`,
  );
  say(
    `  rows ${n(report.rows)}, residents ${n(report.residents)}, repeated ${n(report.duplicates)}, conflicting ${n(report.conflicts)}`,
  );
  say(
    `  new ${n(report.inserted)}, changed ${n(report.changed)}, unchanged ${n(report.unchanged)}, absent ${n(report.absent)}`,
  );
  const documents = Object.entries(report.byDocument).map(([document, count]) => `${document} ${n(count)}`);
  say(`  ${documents.join(', ')}`);
  if (report.rejected === 0) return;
  const reasons = Object.entries(report.byReason).map(([reason, count]) => `${reason} ${n(count)}`);
  say(`  rejected ${n(report.rejected)}: ${reasons.join(', ')}${rejectFile ? `; lines in ${rejectFile}` : ''}`);
}
