import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener, RequestError } from '@hono/node-server';
import { createShares } from '../checks/shares.ts';
import { HSTS } from '../http/app.ts';
import { HTTP_LIMITS } from '../http/limits.ts';
import { PROBLEMS } from '../http/problem.ts';
import type { ShedEnv } from '../http/rooms.ts';

type Limits = typeof HTTP_LIMITS;
type ListenerOptions = {
  fetch(request: Request, env: object & ShedEnv): Response | Promise<Response>;
  /** Who asks; see `createClientAddress`. */
  addressOf(incoming: IncomingMessage): string;
  /** A proxy that speaks for others: it says whether they came over TLS. */
  isProxy(address: string | undefined): boolean;
  /** Hears the status of what is refused before the app sees it. */
  refused(status: number): void;
};
export type Listener = {
  /** Resolves with the port. Rejects with what listening rejects with. */
  listen(host: string, port: number): Promise<number>;
  /** Ends what is idle at once, what is under way when it is answered, or after `stopTimeoutMs`. */
  stop(): Promise<void>;
};
/** A body on its way: bytes of its connection when it was last looked at; null before. */
type Body = { incoming: IncomingMessage; seenBytes: number | null };
/** A connection: its requests that are not answered yet, the first of which is in hand. */
type Line = { waiting: (() => void)[]; isClosing: boolean };

const NO_SNIFF = { 'X-Content-Type-Options': 'nosniff' } as const;
const REFUSED_HEADERS = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...NO_SNIFF };
const STATUS_OF_FAULT: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/**
 * The HTTP server in front of the app. It answers the requests of a connection one after the other, the next when the
 * one before has left: for who does not read nothing more is made. It bounds connections and requests of each.
 */
export function createListener(options: ListenerOptions, hostname: string, limits: Limits = HTTP_LIMITS): Listener {
  const { addressOf, isProxy } = options;
  /** Answers that say: one too many. */
  const sheds = new WeakSet<object>();
  const handle = handlerOf(options, hostname, sheds);
  const lines = new Map<Socket, Line>();
  const bodies = new Set<Body>();
  const look = (): void => {
    for (const body of bodies) if (isTooSlow(body, limits)) body.incoming.socket.destroy();
  };
  const looking = setInterval(look, limits.bodyLookSeconds * 1_000).unref();
  const take = createShares({ each: limits.maxPerAddress, all: limits.maxInHand });
  const closed = Promise.withResolvers<void>();
  let isStopping = false;
  const server = createServer({
    // A body has a rate instead of a time.
    requestTimeout: 0,
    headersTimeout: limits.headersTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requireHostHeader: false,
  });
  server.timeout = limits.idleTimeoutMs;
  let servers: Server[] = [server];

  function refuse(outgoing: ServerResponse, status: 400 | 503, isLast: boolean): void {
    options.refused(status);
    if (status === 503) sheds.add(outgoing);
    const later = status === 503 ? { 'Retry-After': String(limits.retryAfterSeconds) } : {};
    outgoing.writeHead(status, { ...REFUSED_HEADERS, ...later, ...(isLast ? { Connection: 'close' } : {}) });
    outgoing.end(problemText(status));
  }

  server.on('connection', (socket: Socket) => {
    if (lines.size >= limits.maxConnections) return void socket.destroy();
    lines.set(socket, { waiting: [], isClosing: false });
    socket.once('close', () => {
      lines.delete(socket);
      if (isStopping && lines.size === 0) closed.resolve();
    });
  });
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket } = incoming;
    const line = lines.get(socket);
    // What comes behind the last answer of a connection is not read.
    if (line === undefined || line.isClosing) return void socket.pause();
    const giveBack = take(addressOf(incoming));
    const body = { incoming, seenBytes: null };
    const isOfProxy = isProxy(socket.remoteAddress);
    line.isClosing = line.waiting.length >= limits.maxPipelined;
    line.waiting.push(() => {
      if (line.isClosing && line.waiting.length === 1) return refuse(outgoing, 503, true);
      if (!isSound(incoming)) return refuse(outgoing, 400, true);
      if (giveBack === null) return refuse(outgoing, 503, false);
      if (isOfProxy && incoming.headers['x-forwarded-proto'] === 'https')
        outgoing.setHeader('Strict-Transport-Security', HSTS);
      bodies.add(body);
      void handle(incoming, outgoing);
    });
    outgoing.once('close', () => {
      bodies.delete(body);
      if (sheds.has(outgoing) && !isOfProxy) {
        // A turn later: what Node does away with of a body would set it going again.
        setImmediate(() => socket.pause());
        // Until then it counts as in hand: so the app is asked only now and then by who comes back at once.
        setTimeout(() => {
          giveBack?.();
          socket.resume();
        }, limits.retryAfterSeconds * 1_000).unref();
      } else giveBack?.();
      line.waiting.shift();
      if (line.waiting.length > 0) line.waiting[0]?.();
      else if (isStopping) socket.end();
    });
    if (line.waiting.length === 1) line.waiting[0]?.();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const isFree = lines.get(socket)?.waiting.length === 0 && socket.writable && error.code !== 'ECONNRESET';
    if (!isFree) return void socket.destroy();
    const status = STATUS_OF_FAULT[error.code ?? ''] ?? 400;
    const headers = 'Connection: close\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 0';
    socket.end(`HTTP/1.1 ${status} Refused\r\n${headers}\r\n\r\n`);
  });

  return {
    async listen(host, port) {
      servers = await listenWide(server, host, port, limits);
      return (server.address() as AddressInfo).port;
    },
    async stop() {
      isStopping = true;
      clearInterval(looking);
      for (const one of servers) one.close();
      if (lines.size === 0) closed.resolve();
      for (const [socket, { waiting }] of lines) if (waiting.length === 0) socket.destroy();
      await Promise.race([closed.promise, sleep(limits.stopTimeoutMs, undefined, { ref: false })]);
      for (const socket of lines.keys()) socket.destroy();
      await closed.promise;
    },
  };
}

/**
 * Listens on several sockets of one port: Node takes one new connection of each a turn of its loop, so that with one
 * a crowd of them keeps everybody waiting. Only Linux spreads connections over sockets that share a port.
 */
async function listenWide(server: HttpServer, host: string, port: number, limits: Limits): Promise<Server[]> {
  const { acceptors, backlogPerAcceptor } = limits;
  const listen = async (one: Server, options: object): Promise<Server> => {
    one.listen({ host, port, backlog: backlogPerAcceptor, ...options });
    await once(one, 'listening');
    return one;
  };
  if (process.platform !== 'linux') return [await listen(server, { backlog: backlogPerAcceptor * acceptors })];
  // One that does not share first: two servers must not share a port unawares.
  const alone = await listen(createNetServer(), {});
  const share = { port: (alone.address() as AddressInfo).port, reusePort: true };
  await new Promise((resolve) => alone.close(resolve));
  const servers = [await listen(server, share)];
  while (servers.length < acceptors)
    servers.push(
      await listen(
        createNetServer((socket) => server.emit('connection', socket)),
        share,
      ),
    );
  return servers;
}

function handlerOf({ fetch }: ListenerOptions, hostname: string, sheds: WeakSet<object>) {
  const fetchOrShed = (request: Request, env: { outgoing: object }) =>
    fetch(request, { ...env, shed: () => sheds.add(env.outgoing) });
  return getRequestListener(fetchOrShed as never, {
    hostname,
    errorHandler: (error) =>
      new Response(null, { status: error instanceof RequestError ? 400 : 500, headers: NO_SNIFF }),
  });
}

function problemText(status: 400 | 503): string {
  const slug = status === 400 ? 'bad-request' : 'unavailable';
  return JSON.stringify({ type: `/problems/${slug}`, title: PROBLEMS[slug].title, status, instance: randomUUID() });
}

/** One host, as HTTP/1.1 wants it (RFC 9112, 3.2); none at all only from HTTP/1.0. */
function isSound({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
  return httpVersion === '1.1' ? hosts === 1 : httpVersion === '1.0' && hosts <= 1;
}

/** Whether a body came slower than it must since the last look; where we are the slow ones it may wait. */
export function isTooSlow(body: Body, { minBodyBytesPerSecond, bodyLookSeconds }: Limits): boolean {
  const { incoming, seenBytes } = body;
  const { bytesRead } = incoming.socket;
  body.seenBytes = bytesRead;
  if (incoming.complete || seenBytes === null || incoming.readableLength >= incoming.readableHighWaterMark)
    return false;
  return bytesRead - seenBytes < minBodyBytesPerSecond * bodyLookSeconds;
}
