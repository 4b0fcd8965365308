import { connect as openSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKeyring } from '../../src/access/keyring.ts';
import { issueToken } from '../../src/access/tokens.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer, type TestKeys } from '../support/server.ts';
import { startWorker } from '../support/worker.ts';
import { inShort, listOf, type Page } from './service.ts';

describe('lists behind the doors', () => {
  let registry: TestRegistry;
  let keys: TestKeys;
  let authorization: string;
  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, [resident(nikOf(1)), resident(nikOf(2))]);
    keys = await createTestKeys(registry.registryKey);
    const keyring = await parseKeyring(keys.HAKPILIH_SIGNING_KEYS);
    const grant = { client: 'kpu', scopes: ['lists'] as const, region: null, ttlSeconds: 600 };
    authorization = `Bearer ${await issueToken(keyring, grant, Date.now(), crypto.randomUUID())}`;
  });
  afterAll(() => registry?.close());

  const clientOf = (url: string) => async (method: string, path: string, body?: string) =>
    await fetch(`${url}${path}`, {
      method,
      headers: {
        Authorization: authorization,
        'Content-Type': 'application/x-ndjson',
        'Idempotency-Key': `of-${url.slice(-5)}`,
      },
      ...(body === undefined ? {} : { body }),
    });
  const listCount = async (): Promise<number> => (await registry.sql`SELECT 1 FROM lists`).length;

  /** Creates, follows through one copy, counts and deletes. */
  async function walk(url: string, asOf: string, statuses: ['CARD_ISSUED' | 'UNREGISTERED', string]): Promise<void> {
    const ask = clientOf(url);
    const created = await ask('POST', '/v1/lists', listOf({ a: nikOf(1), b: nikOf(2) }));
    expect(created.status).toBe(201);
    const { id, cursor } = (await created.json()) as { id: string; cursor: string };
    await importResidents(registry, [resident(nikOf(1), { status: statuses[0] }), resident(nikOf(2))], { asOf });
    const { changes } = (await (await ask('GET', `/v1/lists/${id}/changes?after=${cursor}`)).json()) as Page;
    expect(inShort(changes)).toEqual([statuses[1]]);
    expect(await (await ask('GET', `/v1/lists/${id}`)).json()).toMatchObject({ rows: 2, asOf });
    expect((await ask('DELETE', `/v1/lists/${id}`)).status).toBe(204);
    expect((await ask('GET', `/v1/lists/${id}`)).status).toBe(404);
  }

  describe('of Node', () => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startServer({ ...keys, HAKPILIH_DATABASE_URL: registry.url });
    });
    afterAll(() => server?.stop());

    it('are followed from the first line to the last', async () => {
      await walk(server.url, '2018-01-13T17:00:00+07:00', [
        'CARD_ISSUED',
        'a SUKET/PRINT_READY_RECORD → EKTP/CARD_ISSUED',
      ]);
    });

    it.each([
      ['of a stated length', 'Content-Length: 5000\r\n', (line: string) => line],
      ['in chunks', 'Transfer-Encoding: chunked\r\n', (line: string) => `${line.length.toString(16)}\r\n${line}\r\n`],
    ])('lose a cut-off upload %s whole', async (_what, header, framed) => {
      const before = await listCount();
      const socket = openSocket(Number(new URL(server.url).port), '127.0.0.1');
      const head = `POST /v1/lists HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nIdempotency-Key: cut\r\n`;
      socket.write(`${head}Content-Type: application/x-ndjson\r\n${header}\r\n${framed(listOf({ a: nikOf(1) }))}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await listCount()).toBe(before);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      expect(server.log()).not.toContain(nikOf(1));
    });
  });

  it('of Workers are followed from the first line to the last', async () => {
    const worker = await startWorker(registry.url, keys);
    try {
      await walk(worker.url, '2018-01-14T17:00:00+07:00', [
        'UNREGISTERED',
        'a EKTP/CARD_ISSUED → NEITHER/UNREGISTERED',
      ]);
    } finally {
      await worker.stop();
    }
  });
});
