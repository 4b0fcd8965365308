import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { countRows, dropRegistry, hasOthers, presentTables } from '../../registry/dump.ts';
import { registryId } from '../../registry/readiness.ts';
import { connect } from '../../registry/sql.ts';
import { pollingDayEnd } from '../../service.ts';
import { openEmbeddedDatabase } from '../database.ts';
import { electionOf, type Settings } from '../settings.ts';
import { type Say, StartupError } from '../startup-error.ts';
import { defineCommand, flag, text } from './command.ts';

/** What lies in a data directory beside the database. The keys go last, so that what was broken off can be run again. */
const IN_DATA_DIR = ['spool', 'journal', 'snapshot', 'keys'];

export default defineCommand(
  {
    usage: 'purge --yes-destroy ELECTION_ID [--before-polling-day]',
    summary:
      'After the election: destroys the registry with its audit and lists, snapshots, journal, spool and keys, ' +
      'and shows that nothing is left. It cannot be undone.',
    options: {
      'yes-destroy': text('ELECTION_ID', 'the election whose data is to be destroyed; needed'),
      'before-polling-day': flag('also before polling day is over'),
    },
  },
  async ({ values, positionals, misuse }, { settings: load, env, say }) => {
    if (values['yes-destroy'] === undefined || positionals.length > 0) throw misuse();
    const settings = await load();
    const { id, date } = electionOf(settings);
    if (values['yes-destroy'] !== id)
      throw new StartupError('--yes-destroy must name the election of this service (HAKPILIH_ELECTION)');
    if (Date.now() < pollingDayEnd(date) && !values['before-polling-day'])
      throw new StartupError(`Polling day (${date}) is not over: --before-polling-day destroys all the same`);
    await destroy(settings, say);
    if (env.HAKPILIH_REGISTRY_KEY !== undefined) say('Take HAKPILIH_REGISTRY_KEY away wherever it is kept');
    say('Not reached from here: backups, and snapshots in R2');
  },
);

/** Throws `StartupError`, before anything is destroyed, where a server or a command uses the database. */
async function destroy({ dataDir, databaseUrl, snapshotDir }: Settings, say: Say): Promise<void> {
  const embedded = databaseUrl === null ? await openEmbeddedDatabase({ dataDir, say: () => {} }) : null;
  const sql = connect(databaseUrl ?? (embedded?.url as string), { max: 1 });
  try {
    if (await hasOthers(sql)) throw new StartupError('The database is in use: stop the server and commands first');
    const tables = await presentTables(sql);
    const rows = await Promise.all(tables.map((table) => countRows(sql, table)));
    const id = tables.length === 0 ? '' : await registryId(sql);
    if (embedded === null) await dropRegistry(sql);
    if (embedded === null && (await presentTables(sql)).length > 0) throw new StartupError('Tables are left');
    await sql.end();
    await embedded?.destroy();
    for (const [i, { name }] of tables.entries()) say(`Destroyed ${name}, with ${rows[i]} rows`);
    if (id !== '' && snapshotDir !== null) await destroyDirectory(join(snapshotDir, id), say);
    for (const name of IN_DATA_DIR) await destroyDirectory(join(dataDir, name), say);
    await rmdir(dataDir).catch(() => {});
  } finally {
    await sql.end();
    await embedded?.close();
  }
}

async function destroyDirectory(path: string, say: Say): Promise<void> {
  const entries = await readdir(path, { recursive: true }).catch(() => null);
  await rm(path, { recursive: true, force: true });
  if (existsSync(path)) throw new StartupError(`${path} is left: it could not be taken away`);
  if (entries !== null) say(`Destroyed ${path}, with ${entries.length} entries`);
}
