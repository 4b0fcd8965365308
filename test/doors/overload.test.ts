import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BULK_LIMITS } from '../../src/checks/bulk/limits.ts';
import { LIST_LIMITS } from '../../src/checks/lists/limits.ts';
import { HTTP_LIMITS } from '../../src/http/limits.ts';
import { asker, NDJSON } from '../bulk/service.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer, type TestKeys } from '../support/server.ts';

const TOKEN = 'for the operator alone';
const EMBEDDER = 'https://kpu.example';

describe('the Node server', { timeout: 60_000 }, () => {
  let registry: TestRegistry;
  let keys: TestKeys;
  let env: Record<string, string>;
  let server: RunningServer;
  let bulk: ReturnType<typeof asker>;
  const open = new Set<Socket>();
  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, [resident(nikOf(1))]);
    keys = await createTestKeys(registry.registryKey);
    env = { ...keys, HAKPILIH_DATABASE_URL: registry.url };
    server = await startServer({
      ...env,
      HAKPILIH_TRUSTED_PROXIES: '127.0.0.1',
      HAKPILIH_METRICS_TOKEN: TOKEN,
      HAKPILIH_EMBEDDERS: EMBEDDER,
    });
    bulk = asker(server.url, keys.HAKPILIH_SIGNING_KEYS);
  });
  afterAll(async () => {
    for (const socket of open) socket.destroy();
    await server?.stop();
    await registry?.close();
  });

  const dial = (url = server.url): Socket => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).on('error', () => {});
    open.add(socket);
    return socket;
  };
  /** Begins an upload that does not go on. */
  async function beginUpload(path: string, client: string, scope: 'bulk' | 'lists'): Promise<Socket> {
    const socket = dial();
    const token = await bulk.token({ client, scopes: [scope] });
    const own = `Authorization: Bearer ${token}\r\nContent-Type: ${NDJSON}\r\nIdempotency-Key: k${open.size}`;
    socket.write(`POST ${path} HTTP/1.1\r\nHost: h\r\n${own}\r\nContent-Length: 1000\r\n\r\n{"ref":`);
    return socket;
  }
  /** One more slow upload, then one that is whole: what becomes of that. */
  async function addUntilRefused(slow: Socket[], one: () => Promise<number>, path: string, scope: 'bulk' | 'lists') {
    slow.push(await beginUpload(path, 'many', scope));
    return await one();
  }
  const line = `{"ref":"a","nik":"${nikOf(1)}"}\n`;
  const metrics = async (): Promise<string> =>
    await (await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${TOKEN}` } })).text();

  it('tells its figures to who has the token, and to nobody else', async () => {
    expect(await metrics()).toContain('hakpilih_http_requests_total');
    for (const authorization of ['', `Bearer ${TOKEN}x`, 'Bearer', TOKEN]) {
      const response = await fetch(`${server.url}/metrics`, { headers: { Authorization: authorization } });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  });

  it('tells browsers to stay with TLS where its proxy says that they came over it', async () => {
    const secure = await fetch(server.url, { headers: { 'X-Forwarded-Proto': 'https' } });
    expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect((await fetch(server.url)).headers.get('strict-transport-security')).toBeNull();
  });

  it('takes the form from the pages of who is named, and of nobody else', async () => {
    const post = (origin: string) =>
      fetch(server.url, {
        method: 'POST',
        body: new URLSearchParams({ nik: nikOf(1), second: 'NENENG NURHASANAH' }),
        headers: { Origin: origin, 'Sec-Fetch-Site': 'cross-site' },
      });
    expect((await post(EMBEDDER)).status).toBe(200);
    expect((await post(`${EMBEDDER}.other`)).status).toBe(403);
  });

  it('keeps no place for an upload that is not whole: who sends slowly stops nobody', async () => {
    const slow = await Promise.all(
      Array.from({ length: BULK_LIMITS.maxPerClient }, () => beginUpload('/v1/checks/bulk', 'slow', 'bulk')),
    );
    await expect.poll(async () => (await bulk.ask(line, { client: 'slow' })).status).toBe(200);
    expect((await bulk.ask(line, { client: 'other' })).status).toBe(200);
    for (const socket of slow) socket.destroy();
  });

  it('takes so many uploads of one client at once, and no more, but those of others', async () => {
    const slow: Socket[] = [];
    const one = async () => (await bulk.ask(line, { client: 'many' })).status;
    await expect.poll(() => addUntilRefused(slow, one, '/v1/checks/bulk', 'bulk'), { timeout: 10_000 }).toBe(503);
    expect(slow.length).toBeGreaterThanOrEqual(BULK_LIMITS.maxUploadsPerClient);
    expect((await bulk.ask(line, { client: 'other' })).status).toBe(200);
    for (const socket of slow) socket.destroy();
    await expect.poll(one, { timeout: 10_000 }).toBe(200);
    for (const socket of slow) socket.destroy();
  });

  it('takes so many lists of one client at once, and no more, but those of others', async () => {
    const send = async (client: string): Promise<number> => {
      const token = await bulk.token({ client, scopes: ['lists'] });
      const headers = {
        Authorization: `Bearer ${token}`,
        'Content-Type': NDJSON,
        'Idempotency-Key': crypto.randomUUID(),
      };
      const response = await fetch(`${server.url}/v1/lists`, { method: 'POST', headers, body: line });
      await response.text();
      return response.status;
    };
    const slow: Socket[] = [];
    const one = () => send('many');
    await expect.poll(() => addUntilRefused(slow, one, '/v1/lists', 'lists'), { timeout: 10_000 }).toBe(503);
    expect(slow.length).toBeGreaterThanOrEqual(LIST_LIMITS.made.each);
    expect(await send('other')).toBe(201);
    for (const socket of slow) socket.destroy();
    await expect.poll(one, { timeout: 10_000 }).toBe(201);
    for (const socket of slow) socket.destroy();
  });

  it("counts an upload that is broken off as its client's affair, wherever it was going", async () => {
    const before = server.log().length;
    for (let i = 0; i < 10; i += 1) {
      const sockets = [
        await beginUpload('/v1/checks/bulk', 'gone', 'bulk'),
        await beginUpload('/v1/lists', 'gone', 'lists'),
      ];
      const json = dial();
      const token = await bulk.token({ scopes: ['check'] });
      json.write(
        `POST /v1/checks HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"nik":`,
      );
      const form = dial();
      form.write(
        'POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nnik=',
      );
      const packed = dial();
      const bytes = gzipSync(line.repeat(1_000));
      packed.write(
        `POST /v1/checks/bulk HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${await bulk.token()}\r\nContent-Type: ${NDJSON}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      );
      packed.write(bytes.subarray(0, 50));
      await fetch(`${server.url}/healthz`);
      for (const socket of [...sockets, json, form, packed]) socket.destroy();
    }
    const broken = async (): Promise<number> =>
      [...(await metrics()).matchAll(/requests_total\{method="POST",route="[^"]*",status="400"\} (\d+)/g)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      );
    await expect.poll(broken, { timeout: 10_000 }).toBeGreaterThanOrEqual(50);
    expect(await metrics()).not.toMatch(/status="500"/);
    expect(server.log().slice(before)).not.toMatch(/internal|\n\s+at |Error/);
  });

  it('answers others at once while a file of lines that are none is read', async () => {
    const hostile = bulk.ask(gzipSync('x\n'.repeat(1_000_000)), { client: 'hostile' });
    let answered = 0;
    const ended = hostile.then((response) => response.text());
    let isOver = false;
    void ended.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      answered += 1;
    }
    expect((await ended).match(/NOT_JSON/g)?.length).toBeGreaterThan(900_000);
    // A block at a time would let through fewer than one for each of its 31 blocks.
    expect(answered).toBeGreaterThan(60);
  });

  it('stops at once with hundreds of idle sockets and one slow reader, sealed, with exit code 0', async () => {
    const stopping = await startServer(env);
    const idle = Array.from({ length: 250 }, () => dial(stopping.url));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    const slow = dial(stopping.url).pause();
    slow.write('GET /docs HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(HTTP_LIMITS.maxPipelined));
    await fetch(`${stopping.url}/healthz`);
    expect(await stopping.stop()).toBe(0);
    expect(stopping.log()).toContain('hakpilih has stopped');
  });

  it('ends at a second signal', async () => {
    const stopping = await startServer(env);
    const socket = dial(stopping.url);
    socket.write(
      `POST /v1/checks/bulk HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${await bulk.token()}\r\nContent-Type: ${NDJSON}\r\nContent-Length: 9\r\n\r\n`,
    );
    await fetch(`${stopping.url}/healthz`);
    stopping.child.kill('SIGTERM');
    await expect
      .poll(() =>
        fetch(`${stopping.url}/healthz`).then(
          () => true,
          () => false,
        ),
      )
      .toBe(false);
    stopping.child.kill('SIGTERM');
    expect(await stopping.ended).toBe(1);
    expect(stopping.log()).not.toContain('hakpilih has stopped');
  });
});
