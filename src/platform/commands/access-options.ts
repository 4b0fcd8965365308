import { CLIENT_NAME, SCOPES, type Scope } from '../../access/grant.ts';
import { parseRegion } from '../../core/regions.ts';
import { StartupError } from '../startup-error.ts';

/** What the commands on clients and tokens have in common. Each throws `StartupError` that names the option, never the value. */
export function parseClientName(name: string | undefined): string {
  if (name !== undefined && CLIENT_NAME.test(name)) return name;
  throw new StartupError('a client needs a name of letters, digits, dot, dash and underscore, at most 64');
}

export function parseScopes(texts: string[]): Scope[] {
  const names = new Set(texts.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== ''));
  const scopes = SCOPES.filter((scope) => names.has(scope));
  if (scopes.length > 0 && scopes.length === names.size) return scopes;
  throw new StartupError(`--scope must be one or more of: ${SCOPES.join(', ')}`);
}

export function parseRegionOption(text: string | undefined): string | null {
  const region = text === undefined ? null : parseRegion(text);
  if (region === null && text !== undefined) throw new StartupError('--region must be a region code of 2018 such as 32.01');
  return region;
}
