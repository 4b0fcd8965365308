import { parseKeyring } from '../../access/keyring.ts';
import { CLIENT_NAME, issueToken, SCOPES, type Scope } from '../../access/tokens.ts';
import { parseRegion } from '../../core/regions.ts';
import { StartupError } from '../startup-error.ts';
import { type Command, parseCommand } from './command.ts';

const MAX_TTL_SECONDS = 366 * 86_400;

/** Prints an access token, and only that. */
export const tokenCommand: Command = {
  usage: 'token --client NAME --scope check [--region 32.01] [--ttl 12h]',
  summary: 'Prints an access token: who asks, what for, the region he may see (all without --region), and for how long.',
  async run(args, { settings }) {
    const { values } = parseCommand(
      args,
      {
        client: { type: 'string' },
        scope: { type: 'string', multiple: true },
        region: { type: 'string' },
        ttl: { type: 'string' },
      },
      tokenCommand,
    );
    if (values.client === undefined || !CLIENT_NAME.test(values.client)) {
      throw new StartupError('--client must be a name of letters, digits, dot, dash and underscore, at most 64');
    }
    const region = values.region === undefined ? null : parseRegion(values.region);
    if (region === null && values.region !== undefined)
      throw new StartupError('--region must be a region code of 2018 such as 32.01');
    const scopes = parseScopes(values.scope ?? []);
    const ttlSeconds = parseTtl(values.ttl ?? '12h');
    const keyring = await parseKeyring((await settings()).signingJwks).catch((error: Error) => {
      throw new StartupError(error.message);
    });
    const token = await issueToken(
      keyring,
      { client: values.client, scopes, region, ttlSeconds },
      Date.now(),
      crypto.randomUUID(),
    );
    process.stdout.write(`${token}\n`);
  },
};

function parseScopes(texts: string[]): Scope[] {
  const names = texts.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== '');
  const scopes = SCOPES.filter((scope) => names.includes(scope));
  if (scopes.length > 0 && scopes.length === new Set(names).size) return scopes;
  throw new StartupError(`--scope must be one or more of: ${SCOPES.join(', ')}`);
}

function parseTtl(text: string): number {
  const [, count, unit] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit ?? ''] ?? Number.NaN);
  if (seconds >= 1 && seconds <= MAX_TTL_SECONDS) return seconds;
  throw new StartupError('--ttl must be a time such as 30m, 12h or 7d, at most 366d');
}
