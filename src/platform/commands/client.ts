import { ACCESS_LIMITS } from '../../access/access-limits.ts';
import { isClientName, OWN_NAMES, SCOPES, type Scope } from '../../access/grant.ts';
import { parseRegion } from '../../core/regions.ts';
import {
  type Client,
  findClient,
  type ListedClient,
  listClients,
  recordClient,
  revokeClient,
} from '../../registry/clients.ts';
import { QUOTA } from '../../registry/quota.ts';
import type { Sql } from '../../registry/sql.ts';
import { withRegistry } from '../registry.ts';
import { type Say, StartupError } from '../startup-error.ts';
import { defineCommand, flag, text } from './command.ts';

/** Of both quotas: counts of one statement more still fit into an integer of Postgres. */
const MAX_QUOTA = 999_999_999;

export default defineCommand(
  {
    usage:
      'client add NAME --scope check[,bulk,lists,audit] [--region 32.01|all] [--quota PER_MINUTE[/PER_DAY]] ' +
      '[--list-quota LINES_A_DAY] | client list [--json] | client revoke NAME',
    summary:
      'Who may ask: what for, the region they may see, and how much. What add does not name of a client that ' +
      'exists stays. A revoked client gets no answer from the next statement on; a name that is none yet is ' +
      'revoked in advance.',
    options: {
      scope: { ...text('check', `add: what for, one or more of: ${SCOPES.join(', ')}`), multiple: true },
      region: text('32.01|all', 'add: the region that it may see, or all'),
      quota: text('600/50000', 'add: checks a minute, and a day'),
      'list-quota': text('2000000', 'add: lines of followed lists a day'),
      json: flag('list: as JSON on one line'),
    },
  },
  async ({ values, positionals, misuse }, { settings, say }) => {
    const [verb = '', name, ...rest] = positionals;
    if (rest.length > 0 || !['add', 'list', 'revoke'].includes(verb)) throw misuse();
    const client = verb === 'list' ? '' : parseClientName(name);
    const named = verb === 'add' ? namedIn(values) : {};
    await withRegistry(await settings(), say, async ({ sql }) => {
      if (verb === 'add') await add(sql, client, named, say);
      else if (verb === 'list') printClients(await listClients(sql), values.json);
      else if (await revokeClient(sql, client)) say('Revoked');
      else say('There was no client of that name: revoked in advance');
    });
  },
);

/** What was named of a client; the rest stays, or is what a new one gets. */
type Named = { [Part in keyof Client]?: Client[Part] | undefined };

async function add(sql: Sql, name: string, named: Named, say: Say): Promise<void> {
  const known = await findClient(sql, name);
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

function namedIn(values: { scope?: string[]; region?: string; quota?: string; 'list-quota'?: string }): Named {
  const [quota, minute, day] = /^([0-9]{1,9})(?:\/([0-9]{1,9}))?$/.exec(values.quota ?? '') ?? [];
  if (values.quota !== quota)
    throw new StartupError('--quota must be checks a minute, or a minute and a day: 600/50000');
  const lines = values['list-quota'];
  if (!/^[0-9]{1,9}$/.test(lines ?? '0')) throw new StartupError('--list-quota must be lines a day: 2000000');
  const numberOf = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));
  return {
    scopes: values.scope && parseScopes(values.scope),
    region: values.region === undefined ? undefined : parseRegionOption(values.region),
    perMinute: numberOf(minute),
    perDay: numberOf(day),
    linesPerDay: numberOf(lines),
  };
}

function printClients(clients: ListedClient[], json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(clients)}\n`);
  for (const { name, scopes, region, perMinute, perDay, revokedAt } of clients) {
    const state = revokedAt === null ? 'active' : `revoked ${revokedAt}`;
    const columns = [name, scopes.join(','), region ?? '-', `${perMinute}/${perDay}`, state];
    process.stdout.write(`${columns.join('\t')}\n`);
  }
}

/** A client in one line, for the operator. */
export function describeClient(client: Client): string {
  const { name, scopes, region, perMinute, perDay, linesPerDay = QUOTA.linesPerDay } = client;
  const sees = `sees ${region ?? 'EVERY region'}`;
  const quotas = `${perMinute} checks a minute, ${perDay} a day; ${linesPerDay} lines of lists a day`;
  return `${name}: ${scopes.join(', ')}; ${sees}; ${quotas}`;
}

/** Throws `StartupError`, as the next two do, that names the option and never the value. */
export function parseClientName(name: string | undefined): string {
  if (name !== undefined && isClientName(name)) return name;
  const others = Object.values(OWN_NAMES).join(' and ');
  throw new StartupError(
    'a client needs a name of letters, digits, dot, dash and underscore, ' +
      `at most ${ACCESS_LIMITS.maxClientNameChars}, ` +
      `other than ${others}`,
  );
}

export function parseScopes(given: string[]): Scope[] {
  const names = new Set(given.flatMap((one) => one.split(/[\s,]+/)).filter((name) => name !== ''));
  const scopes = SCOPES.filter((scope) => names.has(scope));
  if (scopes.length > 0 && scopes.length === names.size) return scopes;
  throw new StartupError(`--scope must be one or more of: ${SCOPES.join(', ')}`);
}

export function parseRegionOption(given: string | undefined): string | null {
  if (given === undefined || given === 'all') return null;
  const region = parseRegion(given);
  if (region === null) throw new StartupError('--region must be a region code of 2018 such as 32.01, or all');
  return region;
}
