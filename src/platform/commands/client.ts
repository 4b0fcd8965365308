import { type Client, listClients, recordClient, revokeClient } from '../../access/clients.ts';
import { SCOPES } from '../../access/grant.ts';
import { QUOTA } from '../../registry/quota.ts';
import type { Sql } from '../../registry/sql.ts';
import { openRegistry } from '../registry.ts';
import { StartupError } from '../startup-error.ts';
import { describeClient, parseClientName, parseRegionOption, parseScopes } from './access-options.ts';
import { type Command, parseCommand } from './command.ts';

/** Of both quotas: counts of one statement more still fit into an integer of Postgres. */
const MAX_QUOTA = 999_999_999;
const OPTIONS = {
  scope: {
    type: 'string',
    multiple: true,
    value: 'check',
    help: `add: what for, one or more of: ${SCOPES.join(', ')}`,
  },
  region: { type: 'string', value: '32.01|all', help: 'add: the region that it may see, or all' },
  quota: { type: 'string', value: '600/50000', help: 'add: checks a minute, and a day' },
  'list-quota': { type: 'string', value: '2000000', help: 'add: lines of followed lists a day' },
  json: { type: 'boolean', help: 'list: as JSON on one line' },
} as const;

/** Adds, lists and revokes those who may ask. */
export const clientCommand: Command = {
  usage:
    'client add NAME --scope check[,bulk,lists,audit] [--region 32.01|all] [--quota PER_MINUTE[/PER_DAY]] [--list-quota LINES_A_DAY] | client list [--json] | client revoke NAME',
  summary:
    'Who may ask: what for, the region they may see, and how much. What add does not name of a client that exists stays. A revoked client gets no answer from the next statement on; a name that is none yet is revoked in advance.',
  options: OPTIONS,
  async run(args, { settings, say }) {
    const { values, positionals } = parseCommand(args, OPTIONS, clientCommand);
    const [verb, name, ...rest] = positionals;
    if (rest.length > 0 || !['add', 'list', 'revoke'].includes(verb ?? ''))
      throw new StartupError(`Usage: hakpilih ${clientCommand.usage}`);
    const client = verb === 'list' ? '' : parseClientName(name);
    const asked = verb === 'add' ? askedOf(values) : null;
    const registry = await openRegistry(await settings(), 1, say);
    try {
      if (asked) await add(registry.sql, client, asked, say);
      else if (verb === 'revoke')
        say(
          (await revokeClient(registry.sql, client))
            ? 'Revoked'
            : 'There was no client of that name: revoked in advance',
        );
      else printClients(await listClients(registry.sql), values.json === true);
    } finally {
      await registry.close();
    }
  },
};

/** What was named of a client; the rest stays, or is what a new one gets. */
type Named = { [Part in keyof Client]?: Client[Part] | undefined };

async function add(sql: Sql, name: string, named: Named, say: (line: string) => void): Promise<void> {
  const known = (await listClients(sql)).find((one) => one.name === name);
  // One that was revoked in advance has no quota yet, and is new.
  const before = known?.revokedAt && known.perDay === 0 ? undefined : known;
  const { perMinute = before?.perMinute ?? QUOTA.perMinute, scopes = before?.scopes ?? [] } = named;
  const { perDay = before?.perDay ?? Math.max(QUOTA.perDay, perMinute * (QUOTA.perDay / QUOTA.perMinute)) } = named;
  const { region = before?.region ?? null, linesPerDay = before?.linesPerDay } = named;
  if (scopes.length === 0) throw new StartupError('A new client needs a --scope');
  if (perDay > MAX_QUOTA) throw new StartupError(`--quota: give checks a day as well, at most ${MAX_QUOTA}`);
  const client = { name, scopes, region, perMinute, perDay, ...(linesPerDay === undefined ? {} : { linesPerDay }) };
  await recordClient(sql, client);
  if (before) say(`Client ${describeClient(before)}\n    → ${describeClient(client)}`);
  else say(`New client ${describeClient(client)}`);
  if (known?.revokedAt) say('It is revoked and stays so');
}

function askedOf(values: { scope?: string[]; region?: string; quota?: string; 'list-quota'?: string }): Named {
  const [quota, minute, day] = /^([0-9]{1,9})(?:\/([0-9]{1,9}))?$/.exec(values.quota ?? '') ?? [];
  if (values.quota !== quota)
    throw new StartupError('--quota must be checks a minute, or a minute and a day: 600/50000');
  const lines = values['list-quota'];
  if (lines !== undefined && !/^[0-9]{1,9}$/.test(lines))
    throw new StartupError('--list-quota must be lines a day: 2000000');
  const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return {
    scopes: values.scope && parseScopes(values.scope),
    region: values.region === undefined ? undefined : parseRegionOption(values.region),
    perMinute: numberOf(minute),
    perDay: numberOf(day),
    linesPerDay: numberOf(lines),
  };
}

function printClients(clients: Awaited<ReturnType<typeof listClients>>, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(clients)}\n`);
  for (const { name, scopes, region, perMinute, perDay, revokedAt } of clients) {
    process.stdout.write(
      `${name}\t${scopes.join(',')}\t${region ?? '-'}\t${perMinute}/${perDay}\t${revokedAt === null ? 'active' : `revoked ${revokedAt}`}\n`,
    );
  }
}
