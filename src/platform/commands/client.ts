import { type Client, listClients, recordClient, revokeClient } from '../../access/clients.ts';
import { SCOPES } from '../../access/grant.ts';
import { QUOTA } from '../../registry/admit.ts';
import { openRegistry } from '../registry.ts';
import { StartupError } from '../startup-error.ts';
import { parseClientName, parseRegionOption, parseScopes } from './access-options.ts';
import { type Command, parseCommand } from './command.ts';

const OPTIONS = {
  scope: { type: 'string', multiple: true, value: 'check', help: `add: what for, one or more of: ${SCOPES.join(', ')}` },
  region: { type: 'string', value: '32.01', help: 'add: the region that it may see' },
  quota: { type: 'string', value: '600/50000', help: 'add: checks a minute, and a day' },
  json: { type: 'boolean', help: 'list: as JSON on one line' },
} as const;

/** Adds, lists and revokes those who may ask. */
export const clientCommand: Command = {
  usage:
    'client add NAME --scope check[,bulk,lists,audit] [--region 32.01] [--quota PER_MINUTE[/PER_DAY]] | client list [--json] | client revoke NAME',
  summary:
    'Who may ask: what for, the region they may see, and how much. A revoked client gets no answer from the next statement on.',
  options: OPTIONS,
  async run(args, { settings, say }) {
    const { values, positionals } = parseCommand(args, OPTIONS, clientCommand);
    const [verb, name, ...rest] = positionals;
    if (rest.length > 0 || !['add', 'list', 'revoke'].includes(verb ?? ''))
      throw new StartupError(`Usage: hakpilih ${clientCommand.usage}`);
    const client = verb === 'add' ? { name: parseClientName(name), ...clientOf(values) } : null;
    const registry = await openRegistry(await settings(), 1, say);
    try {
      if (client) {
        await recordClient(registry.sql, client);
        say(
          `Client ${client.name}: ${client.scopes.join(', ')}; ${client.region ?? 'everywhere'}; ${client.perMinute} checks a minute, ${client.perDay} a day`,
        );
      } else if (verb === 'revoke') {
        if (!(await revokeClient(registry.sql, parseClientName(name))))
          throw new StartupError('There is no client of that name');
        say('Revoked');
      } else printClients(await listClients(registry.sql), values.json === true);
    } finally {
      await registry.close();
    }
  },
};

function clientOf(values: { scope?: string[]; region?: string; quota?: string }): Omit<Client, 'name'> {
  const [, minute, day] = /^([0-9]{1,9})(?:\/([0-9]{1,9}))?$/.exec(values.quota ?? String(QUOTA.perMinute)) ?? [];
  if (minute === undefined) throw new StartupError('--quota must be checks a minute, or a minute and a day: 600/50000');
  const perMinute = Number(minute);
  const perDay = day === undefined ? Math.max(QUOTA.perDay, perMinute * (QUOTA.perDay / QUOTA.perMinute)) : Number(day);
  return { scopes: parseScopes(values.scope ?? []), region: parseRegionOption(values.region), perMinute, perDay };
}

function printClients(clients: Awaited<ReturnType<typeof listClients>>, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(clients)}\n`);
  for (const { name, scopes, region, perMinute, perDay, revokedAt } of clients) {
    process.stdout.write(
      `${name}\t${scopes.join(',')}\t${region ?? '-'}\t${perMinute}/${perDay}\t${revokedAt === null ? 'active' : `revoked ${revokedAt}`}\n`,
    );
  }
}
