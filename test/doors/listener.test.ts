import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HTTP_LIMITS } from '../../src/http/limits.ts';
import { isTooSlow, Listener } from '../../src/platform/listener.ts';

const LARGE = 'x'.repeat(20_000_000);
/** However busy the machine is. */
const IN_THE_END = { timeout: 60_000 };
const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

/** `GET /` is answered at once, `/large` with much, `/held` once it is released, and a body once it is read. */
async function open(limits: Partial<Record<keyof typeof HTTP_LIMITS, number | object>> = {}, isProxied = false) {
  const seen = { made: 0, refused: [] as number[] };
  const held = Promise.withResolvers<void>();
  const fetch = async (request: Request): Promise<Response> => {
    seen.made += 1;
    const { pathname } = new URL(request.url);
    if (pathname === '/held') await held.promise;
    if (request.method === 'POST') await request.arrayBuffer().catch(() => {});
    return new Response(pathname === '/large' ? LARGE : 'ok');
  };
  const options = {
    fetch,
    addressOf: ({ headers }: IncomingMessage) => headers['x-from']?.toString() ?? 'a',
    isProxy: () => isProxied,
    refused: (status: number) => seen.refused.push(status),
  };
  const listener = new Listener(options, '127.0.0.1', { ...HTTP_LIMITS, ...limits } as typeof HTTP_LIMITS);
  const port = await listener.listen('127.0.0.1', 0);
  const dial = (text = ''): Socket => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(text);
    return socket;
  };
  return { listener, seen, release: held.resolve, dial };
}

/** All that a connection brings, until it ends or holds what is looked for. */
async function textOf(socket: Socket, until: (text: string) => boolean = () => false): Promise<string> {
  let text = '';
  try {
    for await (const chunk of socket) {
      text += chunk;
      if (until(text)) break;
    }
  } catch {
    // Reset: what came before it counts.
  }
  socket.destroy();
  return text;
}
const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 ([0-9]{3})/g)].map(([, status]) => Number(status));
const answers = (count: number) => (text: string) => statusesIn(text).length >= count && text.endsWith('ok');

describe('the listener', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  afterEach(() => opened.listener.stop());

  it('makes no further answer for a connection that does not read', async () => {
    opened = await open();
    const socket = opened.dial(GET.replace('/ ', '/large ').repeat(10)).pause();
    await expect.poll(() => opened.seen.made).toBe(1);
    for (let i = 0; i < 5; i += 1) await textOf(opened.dial(GET), answers(1));
    expect(opened.seen.made).toBe(6);
    socket.resume();
    await expect.poll(() => opened.seen.made, { timeout: 20_000 }).toBe(15);
    socket.destroy();
  });

  it.each([
    ['below the limit', HTTP_LIMITS.maxPipelined - 1, []],
    ['at the limit', HTTP_LIMITS.maxPipelined, []],
    ['one above', HTTP_LIMITS.maxPipelined + 1, [503]],
    ['far above', 3_000, [503]],
  ])('answers requests of one connection in turn, %s', async (_, count, refused) => {
    opened = await open();
    const answered = Math.min(count, HTTP_LIMITS.maxPipelined);
    const text = await textOf(opened.dial(GET.repeat(count)), refused.length > 0 ? undefined : answers(count));
    expect(statusesIn(text)).toEqual([...Array(answered).fill(200), ...refused]);
    expect(opened.seen).toEqual({ made: answered, refused });
  });

  it('has so many requests of one address in hand, refuses more at once, and serves others', async () => {
    opened = await open({ maxPerAddress: 3 });
    const held = GET.replace('/ ', '/held ');
    const sockets = [opened.dial(held), opened.dial(held), opened.dial(held)];
    await expect.poll(() => opened.seen.made).toBe(3);
    const refused = await textOf(opened.dial(GET), (text) => text.includes('"status":503'));
    expect(refused).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 5\r\n/);
    expect(refused).toContain('X-Content-Type-Options: nosniff');
    const other = GET.replace('Host', 'X-From: b\r\nHost');
    expect(statusesIn(await textOf(opened.dial(other), answers(1)))).toEqual([200]);
    opened.release();
    await Promise.all(sockets.map((socket) => textOf(socket, answers(1))));
    await expect
      .poll(async () => statusesIn(await textOf(opened.dial(GET), (text) => /ok|503/.test(text))))
      .toEqual([200]);
  });

  it('does not read on at once from who was asked to come later, unless a proxy speaks for many', async () => {
    for (const isProxied of [false, true]) {
      opened = await open({ maxPerAddress: 1, retryAfterSeconds: 600 }, isProxied);
      const held = opened.dial(GET.replace('/ ', '/held '));
      await expect.poll(() => opened.seen.made).toBe(1);
      const again = opened.dial(GET);
      again.once('data', () => again.write(GET));
      await expect.poll(() => opened.seen.refused.length).toBeGreaterThanOrEqual(1);
      for (let i = 0; i < 5; i += 1) await textOf(opened.dial(GET.replace('Host', 'X-From: b\r\nHost')), answers(1));
      expect(opened.seen.refused.length).toBe(isProxied ? 2 : 1);
      again.destroy();
      held.destroy();
      opened.release();
      if (!isProxied) await opened.listener.stop();
    }
  });

  it('has so many connections, and no more', async () => {
    opened = await open({ maxConnections: 2 });
    const sockets = [opened.dial(), opened.dial()];
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect(await textOf(opened.dial(GET))).toBe('');
    sockets[0]?.destroy();
    await expect.poll(() => textOf(opened.dial(GET), answers(1))).toContain('ok');
  });

  const around = (limit: number): number[] => [limit - 1, limit, limit + 1];

  it.each(around(4))('has connection %i, or not, where it may have four', async (count) => {
    opened = await open({ maxConnections: 4 });
    const sockets: Socket[] = [];
    for (let i = 1; i < count; i += 1) {
      const socket = opened.dial(GET);
      await once(socket, 'data');
      sockets.push(socket);
    }
    const last = await textOf(opened.dial(GET), answers(1));
    expect(statusesIn(last)).toEqual(count > 4 ? [] : [200]);
    for (const socket of sockets) socket.destroy();
  });

  it.each(around(4))(
    'has request %i in hand, or not, where it may have four, wherever they come from',
    async (count) => {
      opened = await open({ maxInHand: 4 });
      const from = (i: number, path: string): string => `GET ${path} HTTP/1.1\r\nX-From: ${i}\r\nHost: h\r\n\r\n`;
      for (let i = 1; i < count; i += 1) {
        opened.dial(from(i, '/held'));
        await expect.poll(() => opened.seen.made, IN_THE_END).toBe(i);
      }
      const last = await textOf(opened.dial(from(count, '/')), (text) => /ok$|"status":503/.test(text));
      expect(statusesIn(last)).toEqual([count > 4 ? 503 : 200]);
      if (count > 4) expect(last).toContain(`Retry-After: ${HTTP_LIMITS.retryAfterSeconds}\r\n`);
      opened.release();
    },
  );

  it('has so many checks in hand, refuses more before they are read, and nothing else', async () => {
    opened = await open({ rooms: { ...HTTP_LIMITS.rooms, checks: { atOnce: 2, waiting: 0, perAddress: 2 } } });
    const post = 'POST /v1/checks HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n';
    const held = [opened.dial(post), opened.dial(post)];
    await expect.poll(() => opened.seen.made, IN_THE_END).toBe(2);
    const refused = await textOf(opened.dial(post), (text) => text.includes('"status":503'));
    expect(refused).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 5\r\n/);
    expect(opened.seen).toEqual({ made: 2, refused: [503] });
    expect(statusesIn(await textOf(opened.dial(GET), answers(1)))).toEqual([200]);
    for (const socket of held) socket.write('x');
    for (const socket of held) expect(statusesIn(await textOf(socket, answers(1)))).toEqual([200]);
    expect(statusesIn(await textOf(opened.dial(`${post}x`), answers(1)))).toEqual([200]);
  });

  it('reads on from who was asked to come later, once it is later', async () => {
    opened = await open({ maxPerAddress: 1, retryAfterSeconds: 0.02 });
    const held = opened.dial(GET.replace('/ ', '/held '));
    await expect.poll(() => opened.seen.made, IN_THE_END).toBe(1);
    const again = opened.dial(GET);
    again.once('data', () => again.write(GET));
    await expect.poll(() => opened.seen.refused.length, IN_THE_END).toBe(2);
    again.destroy();
    held.destroy();
    opened.release();
  });

  it('ends a connection on which nothing moves for too long, and no other', async () => {
    const patient = await open();
    opened = await open({ idleTimeoutMs: 50 });
    const ask = GET.replace('/ ', '/held ');
    const waits = patient.dial(ask);
    await expect.poll(() => patient.seen.made, IN_THE_END).toBe(1);
    expect(await textOf(opened.dial(ask))).toBe('');
    patient.release();
    expect(statusesIn(await textOf(waits, answers(1)))).toEqual([200]);
    await patient.listener.stop();
  });

  it('keeps a connection for the next request so long, and no longer', async () => {
    const patient = await open();
    opened = await open({ keepAliveTimeoutMs: 50 });
    const kept = patient.dial(GET);
    await once(kept, 'data');
    expect(statusesIn(await textOf(opened.dial(GET)))).toEqual([200]);
    kept.write(GET);
    expect(statusesIn(await textOf(kept, answers(1)))).toEqual([200]);
    await patient.listener.stop();
  });

  it('waits for headers so long, and no longer', async () => {
    const patient = await open();
    opened = await open({ headersTimeoutMs: 80 });
    const half = 'GET / HTTP/1.1\r\nHost: h\r\n';
    const waiting = patient.dial(half);
    expect(await textOf(opened.dial(half))).toMatch(/^HTTP\/1\.1 408 /);
    waiting.write('\r\n');
    expect(statusesIn(await textOf(waiting, answers(1)))).toEqual([200]);
    await patient.listener.stop();
  });

  it.each([
    ['two hosts', 'GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n'],
    ['two hosts of HTTP/1.0', 'GET / HTTP/1.0\r\nHost: h\r\nhost: i\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['HTTP/0.9', 'GET /\r\n\r\n'],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['no HTTP', 'RAHASIA\r\n\r\n'],
    ['a body of two lengths', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
  ])('refuses %s with 400, and the app does not see it', async (_, text) => {
    opened = await open();
    const answer = await textOf(opened.dial(text), (heard) => heard.includes('\r\n\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(answer).not.toContain('RAHASIA');
    expect(opened.seen.made).toBe(0);
  });

  it('takes HTTP/1.0 without a host', async () => {
    opened = await open();
    expect(await textOf(opened.dial('GET / HTTP/1.0\r\n\r\n'))).toMatch(/200 OK[\s\S]*ok$/);
  });

  it('tells browsers to stay with TLS where a proxy vouches for it', async () => {
    const secure = GET.replace('Host', 'X-Forwarded-Proto: https\r\nHost');
    opened = await open();
    expect(await textOf(opened.dial(secure), answers(1))).not.toMatch(/strict-transport-security/i);
    await opened.listener.stop();
    opened = await open({}, true);
    expect(await textOf(opened.dial(secure), answers(1))).toMatch(/strict-transport-security: max-age=31536000/i);
    expect(await textOf(opened.dial(GET), answers(1))).not.toMatch(/strict-transport-security/i);
  });

  it('cuts off a body that no longer comes, and waits for one that comes in time', async () => {
    opened = await open({ bodyLookSeconds: 0.2, minBodyBytesPerSecond: 5 });
    const post = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n';
    const slow = opened.dial(`${post}x`);
    const steady = opened.dial(post);
    const drip = setInterval(() => steady.write('xxxx'), 50);
    expect(await textOf(steady, answers(1))).toContain('200 OK');
    clearInterval(drip);
    expect(await textOf(slow)).toBe('');
  });

  it('stops at once what is idle and, in its time, who does not read', async () => {
    opened = await open({ stopTimeoutMs: 300 });
    const idle = Array.from({ length: 250 }, () => opened.dial());
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    const asked = opened.dial(GET);
    await once(asked, 'data');
    const slow = opened.dial(GET.replace('/ ', '/large ')).pause();
    await expect.poll(() => opened.seen.made).toBe(2);
    const closed = Promise.all(
      [...idle, asked].map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))),
    );
    await opened.listener.stop();
    await closed;
    expect(await textOf(opened.dial(GET))).toBe('');
    slow.destroy();
  });

  it('answers what was asked before it stops', async () => {
    opened = await open();
    const asked = textOf(opened.dial(GET.replace('/ ', '/held ')));
    await expect.poll(() => opened.seen.made).toBe(1);
    const stopped = opened.listener.stop();
    opened.release();
    expect(await asked).toMatch(/200 OK[\s\S]*ok/);
    await stopped;
  });
});

describe('the rate of a body', () => {
  const window = HTTP_LIMITS.minBodyBytesPerSecond * HTTP_LIMITS.bodyLookSeconds;
  const look = (bytes: number, rest: Partial<IncomingMessage> = {}): boolean[] => {
    const incoming = {
      socket: { bytesRead: 0 },
      complete: false,
      readableLength: 0,
      readableHighWaterMark: 65_536,
      ...rest,
    };
    const body = { incoming: incoming as unknown as IncomingMessage, seenBytes: null };
    const first = isTooSlow(body, HTTP_LIMITS);
    incoming.socket = { bytesRead: bytes } as Socket;
    return [first, isTooSlow(body, HTTP_LIMITS)];
  };

  it('is judged from the second look on, to the byte', () => {
    expect(look(window - 1)).toEqual([false, true]);
    expect(look(window)).toEqual([false, false]);
    expect(look(window + 1)).toEqual([false, false]);
  });

  it('is not judged where the body is whole, or waits for us', () => {
    expect(look(0, { complete: true })).toEqual([false, false]);
    expect(look(0, { readableLength: 65_536 })).toEqual([false, false]);
  });
});
