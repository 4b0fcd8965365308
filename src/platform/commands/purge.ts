import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findElection } from '../../core/election.ts';
import { countRows, dropRegistry, hasOthers, presentTables } from '../../registry/dump.ts';
import { registryId } from '../../registry/readiness.ts';
import { connect, type Sql } from '../../registry/sql.ts';
import { pollingDayEnd } from '../../service.ts';
import { openEmbeddedDatabase } from '../database.ts';
import { loadPlaces, type Places } from '../settings.ts';
import { type Say, StartupError } from '../startup-error.ts';
import { defineCommand, flag, text } from './command.ts';

/** What lies in a data directory beside the database. The keys go first: without them all else names nobody. */
const IN_DATA_DIR = ['keys', 'spool', 'journal', 'snapshot'];
const SECRETS = ['HAKPILIH_REGISTRY_KEY', 'HAKPILIH_SIGNING_KEYS'];

export default defineCommand(
  {
    usage: 'purge --yes-destroy ELECTION_ID [--before-polling-day]',
    summary:
      'After the election: destroys the keys, the registry with its audit and lists, snapshots, journal and spool, ' +
      'and shows that nothing is left. It cannot be undone.',
    options: {
      'yes-destroy': text('ELECTION_ID', 'the election whose data is to be destroyed; needed'),
      'before-polling-day': flag('also before polling day is over'),
    },
  },
  async ({ values, positionals, misuse }, { env, say }) => {
    const named = values['yes-destroy'];
    if (named === undefined || positionals.length > 0) throw misuse();
    const election = findElection(named);
    if (election === null || named !== (env.HAKPILIH_ELECTION?.trim() || election.id))
      throw new StartupError('--yes-destroy must name the election of this service (HAKPILIH_ELECTION)');
    if (Date.now() < pollingDayEnd(election.date) && !values['before-polling-day'])
      throw new StartupError(
        `Polling day (${election.date}) is not over: --before-polling-day destroys all the same`,
      );
    await destroy(loadPlaces(env), say);
    for (const name of SECRETS.filter((name) => env[name] !== undefined))
      say(`${name} is set in the environment: take it away wherever it is kept`);
    say('Not reached from here: backups, and snapshots in R2');
  },
);

/** Throws `StartupError`, before anything is destroyed, where a server or a command uses the database. */
async function destroy({ dataDir, databaseUrl, snapshotDir }: Places, say: Say): Promise<void> {
  const embedded = databaseUrl === null ? await openEmbeddedDatabase({ dataDir, say: () => {} }) : null;
  const sql = connect(databaseUrl ?? (embedded?.url as string), { max: 1 });
  try {
    if (await hasOthers(sql)) throw new StartupError('The database is in use: stop the server and commands first');
    const { id, lines } = await describe(sql);
    const snapshots = id === null || snapshotDir === null ? [] : [join(snapshotDir, id)];
    const paths = [...IN_DATA_DIR.map((name) => join(dataDir, name)), ...snapshots];
    const destroyFiles = async (): Promise<void> => {
      for (const path of paths) await destroyDirectory(path, say);
    };
    if (embedded === null) {
      await destroyFiles();
      await dropRegistry(sql);
      const left = await presentTables(sql);
      if (left.length > 0) throw new StartupError(`Tables are left: ${left.map(({ name }) => name).join(', ')}`);
    } else {
      await sql.end();
      await embedded.destroy(destroyFiles);
      await rmdir(dataDir).catch(() => {});
    }
    for (const line of lines) say(line);
    say(
      `The registry is destroyed: ${embedded === null ? 'no table of it is left' : 'no file of its database is left'}`,
    );
  } finally {
    await sql.end({ timeout: 1 });
    await embedded?.close();
  }
}

/** What stands in the registry; no id where it has none. */
async function describe(sql: Sql): Promise<{ id: string | null; lines: string[] }> {
  const lines: string[] = [];
  const tables = await presentTables(sql);
  for (const table of tables) {
    const rows = await countRows(sql, table);
    if (rows > 0) lines.push(`Destroyed ${rows} rows of ${table.name}`);
  }
  const hasKey = tables.some(({ name }) => name === 'registry_key');
  return { id: hasKey ? ((await registryId(sql)) ?? null) : null, lines };
}

async function destroyDirectory(path: string, say: Say): Promise<void> {
  const files = await readdir(path, { recursive: true }).catch(() => null);
  if (files === null) return;
  await rm(path, { recursive: true, force: true });
  if (existsSync(path)) throw new StartupError(`${path} is left: it could not be taken away`);
  say(`Destroyed ${path}, with ${files.length} entries`);
}
