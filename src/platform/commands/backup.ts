import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { deriveKeys } from '../../registry/registry-keys.ts';
import { writeBackup } from '../backup.ts';
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
    const to = await placeOf(resolve(values.to));
    const keysTo = values.keys === undefined ? null : await placeOf(resolve(values.keys));
    if (keysTo !== null && (isWithin(to, keysTo) || isWithin(keysTo, to)))
      throw new StartupError('--keys must be another place than --to: together they name everybody');
    const settings = await load();
    if (keysTo !== null && (await saveKeys(keysTo, settings)).length === 0)
      throw new StartupError(`There are keys in ${keysTo} already: choose a new directory`);
    await withRegistry(settings, say, async ({ sql }) => {
      const parts = await writeBackup(sql, deriveKeys(settings.registryKey), to);
      for (const { table, rows } of parts) if (rows > 0) say(`Backed up ${rows} rows of ${table}`);
    });
    say(keysTo === null ? `The keys are not in ${to}` : `The keys are in ${keysTo}`);
    say('Keep them apart: without the keys the backup is worth nothing, with them it names everybody');
  },
);

/** Where a directory really is that need not be there yet. */
const placeOf = async (path: string): Promise<string> =>
  await realpath(path).catch(async () => join(await placeOf(dirname(path)), basename(path)));
const isWithin = (path: string, of: string): boolean => !/^\.\.([/\\]|$)/.test(relative(of, path));
