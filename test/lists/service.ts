import { randomUUID } from 'node:crypto';
import type { Scope } from '../../src/access/grant.ts';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import type { Change } from '../../src/checks/lists/follow.ts';
import { connect } from '../../src/registry/sql.ts';
import { appOf, openService } from '../../src/service.ts';
import type { TestRegistry } from '../support/registry.ts';
import { createTestKeys } from '../support/server.ts';

type Who = { client?: string; scopes?: Scope[]; region?: string | null };
// biome-ignore lint/suspicious/noExplicitAny: answers are read as they come
type Body = any;
export type Told = { status: number; body: Body; headers: Headers; text: string };
export type Page = { changes: Change[]; cursor: string; more: boolean };

/** The app over a registry, as the role that a server works as, asked by a client that may, unless told otherwise. */
export async function createListsApp(registry: TestRegistry) {
  const keys = await createTestKeys(registry.registryKey);
  const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
  const sql = connect(registry.url, { max: 6, role: 'hakpilih_app' });
  const service = await openService({
    registryKey: registry.registryKey,
    signingJwks: keys.HAKPILIH_SIGNING_KEYS,
    election: 'pilkada-2018',
    today: '2018-02-01',
    trustedIssuers: null,
  });
  const app = appOf(service, { sql, bulk: {}, log: () => {} } as never);

  const ask = async (path: string, init: RequestInit = {}, who: Who = {}): Promise<Told> => {
    const { client = 'kpu', scopes = ['lists'], region = null } = who;
    const token = await issueToken(keyring, { client, scopes, region, ttlSeconds: 600 }, Date.now(), randomUUID());
    const response = await app.request(path, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers, text };
  };
  const create = (
    body: string | Uint8Array<ArrayBuffer> | ReadableStream,
    options: Who & { key?: string; headers?: object } = {},
  ): Promise<Told> => {
    const { key = randomUUID(), headers = {}, ...who } = options;
    const init = { body, duplex: 'half', method: 'POST' } as RequestInit;
    return ask(
      '/v1/lists',
      { ...init, headers: { 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': key, ...headers } },
      who,
    );
  };
  /** One page of changes; throws where there is none. */
  const page = async (id: string, after: string, limit = 1_000, who: Who = {}): Promise<Page> => {
    const { status, body } = await ask(`/v1/lists/${id}/changes?after=${after}&limit=${limit}`, {}, who);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  };
  return { app, sql, keys, ask, create, page, close: () => sql.end({ timeout: 1 }) };
}

export type ListsApp = Awaited<ReturnType<typeof createListsApp>>;

export const listOf = (rows: Record<string, string>): string =>
  Object.entries(rows)
    .map(([ref, nik]) => `${JSON.stringify({ ref, nik })}\n`)
    .join('');

/** Changes in short: `ref document/status → document/status`; reasons where there is no record. */
export const inShort = (changes: Change[]): string[] =>
  changes.map(({ ref, from, to }) => {
    const side = ({ statusCode, document, reasons }: Change['to']): string =>
      statusCode === null ? (reasons[0] as string) : `${document}/${statusCode}`;
    return `${ref} ${side(from)} → ${side(to)}`;
  });
