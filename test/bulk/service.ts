import type { Scope } from '../../src/access/grant.ts';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import type { TestRegistry } from '../support/registry.ts';
import { createTestKeys, startServer } from '../support/server.ts';

type Token = { client?: string; scopes?: Scope[]; region?: string | null };
export type Ask = (
  body: string | Uint8Array<ArrayBuffer>,
  options?: Token & { type?: string; headers?: Record<string, string>; signal?: AbortSignal },
) => Promise<Response>;

export const NDJSON = 'application/x-ndjson';

/** Asks for bulk checks, as a client that may, unless told otherwise. */
export function asker(url: string, signingKeys: string): { ask: Ask; token(token?: Token): Promise<string> } {
  const token = async ({ client = 'kpu', scopes = ['bulk'], region = null }: Token = {}): Promise<string> =>
    await issueToken(
      await parseKeyring(signingKeys),
      { client, scopes, region, ttlSeconds: 600 },
      Date.now(),
      crypto.randomUUID(),
    );
  const ask: Ask = async (body, { type = NDJSON, headers = {}, signal, ...who } = {}) =>
    await fetch(`${url}/v1/checks/bulk`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await token(who)}`, 'Content-Type': type, ...headers },
      body,
      ...(signal === undefined ? {} : { signal }),
    });
  return { ask, token };
}

/** The Node server over a registry. */
export async function startBulkServer(registry: TestRegistry) {
  const keys = await createTestKeys(registry.registryKey);
  const env = { ...keys, HAKPILIH_DATABASE_URL: registry.url, HAKPILIH_TODAY: '2018-01-12' };
  // As operators start it: how much memory it takes is measured.
  const server = await startServer(env, []);
  return { ...server, env, ...asker(server.url, keys.HAKPILIH_SIGNING_KEYS) };
}

export const jsonLines = (lines: unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

// biome-ignore lint/suspicious/noExplicitAny: answers are read as they come
export type Line = any;

/** The lines of an answer, and its summary. */
export async function linesOf(response: Response): Promise<{ lines: Line[]; summary: Line }> {
  const lines = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { lines: lines.slice(0, -1), summary: lines.at(-1).summary };
}
