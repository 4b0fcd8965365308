import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { jsonLines, linesOf, startBulkServer } from './service.ts';

const RESIDENTS = 2_000;
/** Answers of 300 bytes: more by far than sockets and streams hold between them. */
const LINES = 60_000;

describe('the reader of a bulk answer', { timeout: 120_000 }, () => {
  let registry: TestRegistry;
  let server: Awaited<ReturnType<typeof startBulkServer>>;
  beforeEach(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, residents('PRINT_READY_RECORD'));
    server = await startBulkServer(registry);
  });
  afterEach(async () => {
    await server?.stop();
    await registry.close();
  });
  const residents = (status: 'PRINT_READY_RECORD' | 'CARD_ISSUED') =>
    Array.from({ length: RESIDENTS }, (_, i) => resident(nikOf(i), { status }));
  const body = jsonLines(Array.from({ length: LINES }, (_, i) => ({ ref: `r${i}`, nik: nikOf(i % RESIDENTS) })));

  /** Sends a request whole, and reads no more of the answer than its beginning. */
  const askSlowly = async (): Promise<{ socket: Socket; begun: Buffer }> => {
    const { hostname, port } = new URL(server.url);
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.write(
      `POST /v1/checks/bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await server.token()}\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
    const begun = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.pause();
    return { socket, begun };
  };
  const openTransactions = async (): Promise<number> => {
    const rows = await registry.sql`SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'`;
    return rows.length;
  };
  const later = async (check: () => Promise<boolean>): Promise<boolean> => {
    for (let i = 0; i < 600; i += 1) {
      if (await check()) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  };

  it('who reads nothing holds no snapshot, and is answered from one copy although another is imported meanwhile', async () => {
    const { socket, begun } = await askSlowly();
    const pieces = [begun];
    expect(await later(async () => (await openTransactions()) === 0)).toBe(true);
    await importResidents(registry, residents('CARD_ISSUED'), { asOf: '2018-02-01T17:00:00+07:00' });
    socket.on('data', (piece) => pieces.push(piece as Buffer)).resume();
    await new Promise((resolve) => socket.once('end', resolve));
    const text = Buffer.concat(pieces).toString();
    expect(text.match(/"document":"SUKET"/g)).toHaveLength(LINES);
    expect(text.match(/"asOf":"2018-01-12T17:00:00\+07:00"/g)).toHaveLength(LINES);
    expect(text).toContain(`"summary":{"id":`);
    expect(await later(async () => (await openTransactions()) === 0)).toBe(true);
    const { summary } = await linesOf(await server.ask(jsonLines([{ ref: 'a', nik: nikOf(0) }])));
    expect(summary).toMatchObject({ document: { EKTP: 1 }, asOf: { '32.01': '2018-02-01T17:00:00+07:00' } });
  });

  it('who goes away stops the work: the transaction ends, and others are served', async () => {
    for (let i = 0; i < 5; i += 1) {
      const { socket } = await askSlowly();
      socket.destroy();
      expect(await later(async () => (await openTransactions()) === 0)).toBe(true);
    }
    expect((await server.ask(jsonLines([{ ref: 'a', nik: nikOf(0) }]))).status).toBe(200);
  });

  it('who has the connection to the database cut gets an answer without an end', async () => {
    const { socket, begun } = await askSlowly();
    await registry.sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`;
    const pieces = [begun];
    socket.on('error', () => {});
    socket.on('data', (piece) => pieces.push(piece as Buffer)).resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(Buffer.concat(pieces).toString()).not.toContain('summary');
    expect(server.log()).toContain('"event":"unavailable"');
    expect(server.log()).not.toMatch(/[0-9]{16}/);
  });

  it('is not alone for ever: a fourth at once is asked to come again', async () => {
    const slow = [await askSlowly(), await askSlowly(), await askSlowly()];
    const response = await server.ask(jsonLines([{ ref: 'a', nik: nikOf(0) }]));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    for (const { socket } of slow) socket.destroy();
    expect(await later(async () => (await server.ask(jsonLines([{ ref: 'a', nik: nikOf(0) }]))).status === 200)).toBe(
      true,
    );
  });

  it('of a long answer costs no more memory than one of a short answer', async () => {
    const peakMb = (): number =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1]) / 1024;
    const ask = async (times: number): Promise<void> => {
      const response = await server.ask(body.repeat(times));
      for await (const _ of response.body ?? []);
    };
    if (process.platform !== 'linux') return;
    await ask(1);
    const [short, started] = [peakMb(), performance.now()];
    await ask(8);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${LINES} lines: peak ${Math.round(short)} MB; ${8 * LINES} lines: ${Math.round(peakMb())} MB, ${seconds.toFixed(1)} s`,
    );
    expect(peakMb()).toBeLessThan(short + 80);
  });
});
