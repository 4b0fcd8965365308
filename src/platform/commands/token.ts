import { permits, recordClient } from '../../access/clients.ts';
import { SCOPES } from '../../access/grant.ts';
import { parseKeyring } from '../../access/keyring.ts';
import { issueToken } from '../../access/tokens.ts';
import { QUOTA } from '../../registry/quota.ts';
import { openRegistry } from '../registry.ts';
import { StartupError } from '../startup-error.ts';
import { describeClient, parseClientName, parseRegionOption, parseScopes } from './access-options.ts';
import { type Command, parseCommand } from './command.ts';

const MAX_TTL_SECONDS = 366 * 86_400;
const OPTIONS = {
  client: { type: 'string', value: 'NAME', help: 'who asks; needed' },
  scope: {
    type: 'string',
    multiple: true,
    value: 'check',
    help: `what for, one or more of: ${SCOPES.join(', ')}; needed`,
  },
  region: {
    type: 'string',
    value: '32.01',
    help: 'the region that the caller may see; else all that the client may',
  },
  ttl: { type: 'string', value: '12h', help: 'how long it holds: 30m, 12h, 7d, at most 366d' },
} as const;

/** Prints an access token, and only that. */
export const tokenCommand: Command = {
  usage: 'token --client NAME --scope check [--region 32.01] [--ttl 12h]',
  summary:
    'Prints an access token: who asks, what for, the region that the caller may see (all without --region), and for how long. A new client is added with the quota by default.',
  options: OPTIONS,
  async run(args, context) {
    const { values } = parseCommand(args, OPTIONS, tokenCommand);
    const client = parseClientName(values.client);
    const scopes = parseScopes(values.scope ?? []);
    const region = parseRegionOption(values.region);
    const ttlSeconds = parseTtl(values.ttl ?? '12h');
    const settings = await context.settings();
    const registry = await openRegistry(settings, 1, context.say);
    try {
      const fresh = { name: client, scopes, region, perMinute: QUOTA.perMinute, perDay: QUOTA.perDay };
      if (await recordClient(registry.sql, fresh, { once: true }))
        context.say(`Added client ${describeClient(fresh)}`);
      const permitted = await permits(registry.sql, client, scopes, region);
      if (!permitted.ok) throw new StartupError(REFUSALS[permitted.code]);
    } finally {
      await registry.close();
    }
    const keyring = await parseKeyring(settings.signingJwks);
    process.stdout.write(
      `${await issueToken(keyring, { client, scopes, region, ttlSeconds }, Date.now(), crypto.randomUUID())}\n`,
    );
  },
};

const REFUSALS = {
  NO_CLIENT: 'There is no client of that name',
  REVOKED: 'This client is revoked',
  SCOPE: 'This client may not have that scope: hakpilih client add gives it more',
  REGION: 'This client may not see that region: hakpilih client add gives it another',
} as const;

function parseTtl(text: string): number {
  const [, count, unit] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit ?? ''] ?? Number.NaN);
  if (seconds >= 1 && seconds <= MAX_TTL_SECONDS) return seconds;
  throw new StartupError('--ttl must be a time such as 30m, 12h or 7d, at most 366d');
}
