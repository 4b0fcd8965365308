import type { Client } from '../../access/clients.ts';
import { isClientName, OWN_NAMES, SCOPES, type Scope } from '../../access/grant.ts';
import { parseRegion } from '../../core/regions.ts';
import { LIST_LINES_PER_DAY } from '../../registry/standing.ts';
import { StartupError } from '../startup-error.ts';

/** What the commands on clients and tokens have in common. Each throws `StartupError` that names the option, never the value. */
export function parseClientName(name: string | undefined): string {
  if (name !== undefined && isClientName(name)) return name;
  throw new StartupError(
    `a client needs a name of letters, digits, dot, dash and underscore, at most 64, other than ${Object.values(OWN_NAMES).join(' and ')}`,
  );
}

export function parseScopes(texts: string[]): Scope[] {
  const names = new Set(texts.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== ''));
  const scopes = SCOPES.filter((scope) => names.has(scope));
  if (scopes.length > 0 && scopes.length === names.size) return scopes;
  throw new StartupError(`--scope must be one or more of: ${SCOPES.join(', ')}`);
}

export function parseRegionOption(text: string | undefined): string | null {
  if (text === undefined || text === 'all') return null;
  const region = parseRegion(text);
  if (region === null) throw new StartupError('--region must be a region code of 2018 such as 32.01, or all');
  return region;
}

/** A client in one line, for the operator. */
export const describeClient = ({
  name,
  scopes,
  region,
  perMinute,
  perDay,
  linesPerDay = LIST_LINES_PER_DAY,
}: Client): string =>
  `${name}: ${scopes.join(', ')}; ${region === null ? 'sees EVERY region' : `sees ${region}`}; ${perMinute} checks a minute, ${perDay} a day; ${linesPerDay} lines of lists a day`;
