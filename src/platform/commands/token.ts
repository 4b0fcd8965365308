import { SCOPES, tokenRefusal } from '../../access/grant.ts';
import { parseKeyring } from '../../access/keyring.ts';
import { issueToken } from '../../access/tokens.ts';
import { findClient, recordClient } from '../../registry/clients.ts';
import { QUOTA } from '../../registry/quota.ts';
import { withRegistry } from '../registry.ts';
import { StartupError } from '../startup-error.ts';
import { describeClient, parseClientName, parseRegionOption, parseScopes } from './client.ts';
import { defineCommand, text } from './command.ts';

const MAX_TTL_SECONDS = 366 * 86_400;
const REFUSALS = {
  NO_CLIENT: 'There is no client of that name',
  REVOKED: 'This client is revoked',
  SCOPE: 'This client may not have that scope: hakpilih client add gives it more',
  REGION: 'This client may not see that region: hakpilih client add gives it another',
} as const;

export default defineCommand(
  {
    usage: 'token --client NAME --scope check [--region 32.01] [--ttl 12h]',
    summary:
      'Prints an access token: who asks, what for, the region that the caller may see (all without --region), ' +
      'and for how long. A new client is added with the quota by default.',
    options: {
      client: text('NAME', 'who asks; needed'),
      scope: { ...text('check', `what for, one or more of: ${SCOPES.join(', ')}; needed`), multiple: true },
      region: text('32.01', 'the region that the caller may see; else all that the client may'),
      ttl: text('12h', 'how long it holds: 30m, 12h, 7d, at most 366d'),
    },
  },
  async ({ values }, { settings: load, say }) => {
    const client = parseClientName(values.client);
    const scopes = parseScopes(values.scope ?? []);
    const region = parseRegionOption(values.region);
    const ttlSeconds = parseTtl(values.ttl ?? '12h');
    const settings = await load();
    await withRegistry(settings, say, async ({ sql }) => {
      const fresh = { name: client, scopes, region, perMinute: QUOTA.perMinute, perDay: QUOTA.perDay };
      if (await recordClient(sql, fresh, { once: true })) say(`Added client ${describeClient(fresh)}`);
      const refusal = tokenRefusal(await findClient(sql, client), scopes, region);
      if (refusal !== null) throw new StartupError(REFUSALS[refusal]);
    });
    const keyring = await parseKeyring(settings.signingJwks);
    const asked = { client, scopes, region, ttlSeconds };
    process.stdout.write(`${await issueToken(keyring, asked, Date.now(), crypto.randomUUID())}\n`);
  },
);

function parseTtl(given: string): number {
  const [, count, unit] = /^([0-9]{1,6})([smhd])$/.exec(given) ?? [];
  const seconds = Number(count) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit ?? ''] ?? Number.NaN);
  if (seconds >= 1 && seconds <= MAX_TTL_SECONDS) return seconds;
  throw new StartupError('--ttl must be a time such as 30m, 12h or 7d, at most 366d');
}
