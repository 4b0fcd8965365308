import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { IntakeRefusal } from '../../intake/refusal.ts';
import { errorCode } from '../../registry/error-code.ts';
import { IMPORT_DEFAULTS, importExport, parseAsOf, parseSource } from '../import-file.ts';
import { summaryOf } from '../import-summary.ts';
import { createRejectFile } from '../output-file.ts';
import { withRegistry } from '../registry.ts';
import { electionOf } from '../settings.ts';
import { StartupError } from '../startup-error.ts';
import { createProgress } from '../terminal.ts';
import { defineCommand, flag, text } from './command.ts';

export default defineCommand(
  {
    usage: 'import FILE --source 32.01 --as-of 2018-01-12T17:00:00+07:00 [--dry-run] [--partial] [more options]',
    summary:
      'Brings a SIAK export (FILE, or - for standard input) into the registry, whole or not at all. ' +
      'Full by default: residents of the source that the file lacks become "not found".',
    options: {
      source: text('32.01', 'region code of the Disdukcapil whose copy this is; needed'),
      'as-of': text('TIME', 'when the copy was taken, such as 2018-01-12T17:00:00+07:00; needed'),
      'dry-run': flag('reports and writes nothing'),
      partial: flag('the file is not the whole: nobody is marked absent'),
      'max-rejected': text('0.1', 'share of the rows that may be rejected'),
      'max-unreadable': text('0.1', 'share of the filled cells of a column that may be unreadable'),
      'max-lost': text('0.02', "share of the source's residents that a whole file may lack"),
      'other-region': flag('accepts a file of which hardly any row is of the source'),
      again: flag('reads the same bytes anew'),
      'allow-older': flag("accepts an older time than that of the source's copy"),
      'allow-truncated': flag('imports what is there of a file that breaks off'),
      rejects: text('FILE', 'where line, column and reason of each rejected row go'),
      json: flag('prints the report, or the error, as JSON on one line'),
    },
  },
  async ({ values, positionals, misuse }, { settings: load, say }) => {
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw misuse('One FILE is needed. ');
    const { source, 'as-of': asOf, 'dry-run': dryRun } = values;
    if (source === undefined || asOf === undefined) throw new StartupError('--source and --as-of are needed');
    parseSource(source);
    parseAsOf(asOf, Date.now());
    const options = {
      source,
      asOf,
      dryRun,
      partial: values.partial,
      allowOlder: values['allow-older'],
      allowTruncated: values['allow-truncated'],
      again: values.again,
      otherRegion: values['other-region'],
      maxRejected: parseShare(values['max-rejected'], IMPORT_DEFAULTS.maxRejected, '--max-rejected'),
      maxUnreadable: parseShare(values['max-unreadable'], IMPORT_DEFAULTS.maxUnreadable, '--max-unreadable'),
      maxLost: parseShare(values['max-lost'], IMPORT_DEFAULTS.maxLost, '--max-lost'),
    };
    const bytes = file === '-' ? null : await sizeOf(file);
    const settings = await load();
    const election = electionOf(settings);
    // Beside the export; a dry run writes no file unless it is told to.
    const rejects = createRejectFile(values.rejects ?? (dryRun || file === '-' ? null : `${file}.rejected.csv`));
    const progress = createProgress(bytes);
    let committed = false;
    await withRegistry(settings, say, async ({ sql }) => {
      const chunks = file === '-' ? process.stdin : createReadStream(file);
      try {
        const listen = { progress: progress.update, reject: rejects.write, rejectsEnd: rejects.end };
        const where = { sql, registryKey: settings.registryKey, election };
        const report = await importExport(where, chunks, options, listen);
        committed = !dryRun;
        progress.end();
        // Rows just written are marked as settled at one go, else the first checks would do it. It may be left undone.
        if (report.dataset !== null && !report.alreadyImported) await sql`VACUUM (ANALYZE) residents`.catch(() => {});
        if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
        else for (const line of summaryOf(report, rejects.path, dryRun)) say(line);
      } catch (error) {
        if (isKept(rejects) && error instanceof IntakeRefusal && error.code === 'TOO_MANY_REJECTED')
          error.message += `. All rejected lines are in ${rejects.path}`;
        throw committed || !(error instanceof Error) ? error : Object.assign(error, { nothingChanged: true });
      } finally {
        progress.end();
        // A pipe that sends nothing would keep us waiting for it.
        chunks.destroy();
      }
    });
  },
);

/** Ends the report of rejected rows of an import that failed. */
function isKept(rejects: ReturnType<typeof createRejectFile>): boolean {
  try {
    rejects.end();
    return rejects.path !== null;
  } catch {
    return false;
  }
}

async function sizeOf(file: string): Promise<number> {
  const info = await stat(file).catch((error: unknown) => {
    throw new StartupError(`FILE cannot be read (${errorCode(error)})`);
  });
  if (info.isDirectory()) throw new StartupError('FILE is a directory');
  return info.size;
}

/** A share from 0 to 1. */
function parseShare(given: string | undefined, byDefault: number, option: string): number {
  const share = given === undefined ? byDefault : Number(given);
  if (given?.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new StartupError(`${option} must be a share from 0 to 1, such as 0.2`);
}
