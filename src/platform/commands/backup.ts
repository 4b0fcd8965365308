import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { deriveKeys } from '../../registry/registry-keys.ts';
import { writeBackup } from '../backup.ts';
import { makeDirectory } from '../files.ts';
import { saveKeys } from '../keys.ts';
import { withRegistry } from '../registry.ts';
import { StartupError } from '../startup-error.ts';
import { defineCommand, text } from './command.ts';

export default defineCommand(
  {
    usage: 'backup --to DIR [--keys DIR2]',
    summary:
      'Writes the database, as it is now, into a new directory, while the server goes on; with --keys the keys ' +
      'into another one, which belongs in another place: apart they name nobody, together they name everybody.',
    options: {
      to: text('DIR', 'new directory of the database; needed'),
      keys: text('DIR2', 'new directory of the keys: once, and after each keys rotate'),
    },
  },
  async ({ values, positionals, misuse }, { settings: load, say }) => {
    if (values.to === undefined || positionals.length > 0) throw misuse();
    const to = await placeOf(values.to);
    const keysTo = values.keys === undefined ? null : await placeOf(values.keys);
    if (keysTo !== null && (isWithin(to, keysTo) || isWithin(keysTo, to)))
      throw new StartupError('--keys must be another place than --to: together they name everybody');
    const settings = await load();
    if (keysTo !== null && (await saveKeys(keysTo, settings)).length === 0)
      throw new StartupError(`There are keys in ${keysTo} already: choose a new directory`);
    await withRegistry(settings, say, async ({ sql }) => {
      const parts = await writeBackup(sql, deriveKeys(settings.registryKey), to);
      const rowsOf = (name: string): number => parts.find(({ table }) => table === name)?.rows ?? 0;
      say(`Backed up ${rowsOf('residents')} residents and ${rowsOf('audit')} audit rows to ${to}`);
    });
    if (keysTo === null) say('The keys are not in it. Without them it is worth nothing: keep them apart (--keys)');
    else
      say(
        `The keys are in ${keysTo}. Keep them apart: without them the backup is worth nothing, with them it names everybody`,
      );
  },
);

/** Where a directory really is that need not be there yet. */
async function placeOf(path: string): Promise<string> {
  const wanted = resolve(path);
  const present = await realpath(wanted).catch(() => null);
  if (present !== null) return present;
  await makeDirectory(dirname(wanted), 0o700);
  return join(await realpath(dirname(wanted)), basename(wanted));
}

const isWithin = (path: string, of: string): boolean => !/^\.\.(\/|\\|$)/.test(relative(of, path));
