import { deriveKeys } from '../../registry/registry-keys.ts';
import { readBackup, restoreBackup } from '../backup.ts';
import { forgetKeys, readSavedKeys, saveKeys } from '../keys.ts';
import { withRegistry } from '../registry.ts';
import { dataDirOf } from '../settings.ts';
import { defineCommand, text } from './command.ts';

export default defineCommand(
  {
    usage: 'restore --from DIR [--keys DIR2]',
    summary:
      'Fills an empty registry from a backup, whole or not at all, after every byte of it was judged. ' +
      'With --keys the keys come from their backup, where the data directory has none.',
    options: {
      from: text('DIR', 'what hakpilih backup --to has written; needed'),
      keys: text('DIR2', 'what hakpilih backup --keys has written'),
    },
  },
  async ({ values: { from, keys: keysFrom }, positionals, misuse }, { settings: load, env, say }) => {
    if (from === undefined || positionals.length > 0) throw misuse();
    const saved = keysFrom === undefined ? [] : await saveKeys(dataDirOf(env), await readSavedKeys(keysFrom));
    const settings = await load();
    const backup = await readBackup(from, deriveKeys(settings.registryKey)).catch(async (error: unknown) => {
      await forgetKeys([...saved, ...settings.madeKeys]);
      throw error;
    });
    await withRegistry(settings, say, ({ sql }) => restoreBackup(sql, from, backup));
    for (const path of saved) say(`Restored ${path}`);
    for (const { table, rows } of backup.parts) if (rows > 0) say(`Restored ${rows} rows of ${table}`);
    say(`This is the registry of ${backup.madeAt}. Prove its audit with: hakpilih audit verify`);
  },
);
