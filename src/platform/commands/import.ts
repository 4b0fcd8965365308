import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { findElection } from '../../core/election.ts';
import { IntakeRefusal } from '../../intake/refusal.ts';
import { IMPORT_DEFAULTS, importExport, parseAsOf, parseSource } from '../import-file.ts';
import { summaryOf } from '../import-summary.ts';
import { createProgress } from '../progress.ts';
import { openRegistry } from '../registry.ts';
import { createRejectFile } from '../reject-file.ts';
import { StartupError } from '../startup-error.ts';
import { type Command, parseCommand, parseShare } from './command.ts';

const OPTIONS = {
  source: { type: 'string', value: '32.01', help: 'region code of the Disdukcapil whose copy this is; needed' },
  'as-of': {
    type: 'string',
    value: 'TIME',
    help: 'when the copy was taken, such as 2018-01-12T17:00:00+07:00; needed',
  },
  'dry-run': { type: 'boolean', default: false, help: 'reports and writes nothing' },
  partial: { type: 'boolean', default: false, help: 'the file is not the whole: nobody is marked absent' },
  'max-rejected': { type: 'string', value: '0.1', help: 'share of the rows that may be rejected' },
  'max-unreadable': {
    type: 'string',
    value: '0.1',
    help: 'share of the filled cells of a column that may be unreadable',
  },
  'max-lost': { type: 'string', value: '0.02', help: "share of the source's residents that a whole file may lack" },
  'other-region': {
    type: 'boolean',
    default: false,
    help: 'accepts a file of which hardly any row is of the source',
  },
  again: { type: 'boolean', default: false, help: 'reads the same bytes anew' },
  'allow-older': { type: 'boolean', default: false, help: "accepts an older time than that of the source's copy" },
  'allow-truncated': { type: 'boolean', default: false, help: 'imports what is there of a file that breaks off' },
  rejects: { type: 'string', value: 'FILE', help: 'where line, column and reason of each rejected row go' },
  json: { type: 'boolean', default: false, help: 'prints the report, or the error, as JSON on one line' },
} as const;

/** Imports a SIAK export. */
export const importCommand: Command = {
  usage: 'import FILE --source 32.01 --as-of 2018-01-12T17:00:00+07:00 [--dry-run] [--partial] [more options]',
  summary:
    'Brings a SIAK export (FILE, or - for standard input) into the registry, whole or not at all. Full by default: residents of the source that the file lacks become "not found".',
  options: OPTIONS,
  async run(args, context) {
    const { values, positionals } = parseCommand(args, OPTIONS, importCommand);
    const [file] = positionals;
    if (file === undefined || positionals.length > 1)
      throw new StartupError(`One FILE is needed. Usage: hakpilih ${importCommand.usage}`);
    if (values.source === undefined || values['as-of'] === undefined)
      throw new StartupError('--source and --as-of are needed');
    parseSource(values.source);
    parseAsOf(values['as-of'], Date.now());
    const options = {
      source: values.source,
      asOf: values['as-of'],
      partial: values.partial,
      dryRun: values['dry-run'],
      allowOlder: values['allow-older'],
      allowTruncated: values['allow-truncated'],
      again: values.again,
      otherRegion: values['other-region'],
      maxRejected: parseShare(values['max-rejected'], IMPORT_DEFAULTS.maxRejected, '--max-rejected'),
      maxUnreadable: parseShare(values['max-unreadable'], IMPORT_DEFAULTS.maxUnreadable, '--max-unreadable'),
      maxLost: parseShare(values['max-lost'], IMPORT_DEFAULTS.maxLost, '--max-lost'),
    };
    const bytes = file === '-' ? null : await sizeOf(file);
    const settings = await context.settings();
    const election = findElection(settings.election);
    if (election === null) throw new StartupError('HAKPILIH_ELECTION is no election that is known');
    const registry = await openRegistry(settings, 1, context.say);
    const progress = createProgress(bytes, process.stderr, Date.now);
    const rejects = createRejectFile(rejectPath(values.rejects, file, options.dryRun));
    let committed = false;
    const chunks = file === '-' ? process.stdin : createReadStream(file);
    try {
      const listen = { progress: progress.update, reject: rejects.write, rejectsEnd: rejects.end };
      const where = { sql: registry.sql, registryKey: settings.registryKey, election };
      const report = await importExport(where, chunks, options, listen);
      committed = !options.dryRun;
      progress.end();
      // Rows just written are marked as settled here, at one go; else the first checks would do it, one by one. It may be left undone.
      if (report.dataset !== null && !report.alreadyImported)
        await registry.sql`VACUUM (ANALYZE) residents`.catch(() => {});
      if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
      else for (const line of summaryOf(report, rejects.path, options.dryRun)) context.say(line);
    } catch (error) {
      const areKept = await rejects.end().then(
        () => rejects.path !== null,
        () => false,
      );
      if (error instanceof IntakeRefusal && error.code === 'TOO_MANY_REJECTED' && areKept)
        error.message += `. All rejected lines are in ${rejects.path}`;
      throw committed || !(error instanceof Error) ? error : Object.assign(error, { nothingChanged: true });
    } finally {
      progress.end();
      // A pipe that sends nothing would keep us waiting for it.
      chunks.destroy();
      // What is committed stays, whatever happens to the connection now.
      await registry.close().catch(() => {});
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
