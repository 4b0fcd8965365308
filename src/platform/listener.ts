import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener, RequestError } from '@hono/node-server';
import { createShares, type Take } from '../checks/shares.ts';
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
/** A body on its way: bytes of its connection when it was last looked at; null before. */
type Body = { incoming: IncomingMessage; seenBytes: number | null };
/** A connection: its requests that are not answered yet, the first of which is in hand. */
type Line = { waiting: (() => void)[]; isClosing: boolean };

/** How often in its time a connection is looked at whose headers are on their way. */
const LOOKS_AT_HEADERS = 4;
const CHECKS_PATH = '/v1/checks';
const NO_SNIFF = { 'X-Content-Type-Options': 'nosniff' } as const;
const REFUSED_HEADERS = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...NO_SNIFF };
const STATUS_OF_FAULT: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/**
 * The HTTP server in front of the app. It answers the requests of a connection one after the other, the next when
 * the one before has left: for who does not read nothing more is made. It bounds connections and requests of each.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #limits: Limits;
  readonly #handle: ReturnType<typeof getRequestListener>;
  readonly #take: Take;
  /** Checks that the app has. */
  #checksInside = 0;
  /** Answers that say: one too many. */
  readonly #sheds = new WeakSet<object>();
  readonly #lines = new Map<Socket, Line>();
  readonly #bodies = new Set<Body>();
  readonly #looking: NodeJS.Timeout;
  readonly #server: HttpServer;
  #acceptors: Server[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #isStopping = false;

  constructor(options: ListenerOptions, hostname: string, limits: Limits = HTTP_LIMITS) {
    this.#options = options;
    this.#limits = limits;
    this.#handle = handlerOf(options, hostname, this.#sheds);
    this.#take = createShares({ each: limits.maxPerAddress, all: limits.maxInHand });
    this.#server = createServer({
      // A body has a rate instead of a time.
      requestTimeout: 0,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.headersTimeoutMs / LOOKS_AT_HEADERS,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      requireHostHeader: false,
    });
    this.#server.timeout = limits.idleTimeoutMs;
    this.#server.on('connection', (socket: Socket) => this.#connected(socket));
    this.#server.on('request', (incoming, outgoing) => this.#asked(incoming, outgoing));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#faulted(error, socket));
    this.#looking = setInterval(() => this.#cutOffSlowBodies(), limits.bodyLookSeconds * 1_000).unref();
  }

  /** Resolves with the port. Rejects with what listening rejects with. */
  async listen(host: string, port: number): Promise<number> {
    this.#acceptors = await listenWide(this.#server, host, port, this.#limits);
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends what is idle at once, what is under way when it is answered, or after `stopTimeoutMs`. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#looking);
    for (const one of [this.#server, ...this.#acceptors]) one.close();
    if (this.#lines.size === 0) this.#closed.resolve();
    for (const [socket, { waiting }] of this.#lines) if (waiting.length === 0) socket.destroy();
    await Promise.race([this.#closed.promise, sleep(this.#limits.stopTimeoutMs, undefined, { ref: false })]);
    for (const socket of this.#lines.keys()) socket.destroy();
    await this.#closed.promise;
  }

  #connected(socket: Socket): void {
    if (this.#lines.size >= this.#limits.maxConnections) return void socket.destroy();
    this.#lines.set(socket, { waiting: [], isClosing: false });
    socket.once('close', () => {
      this.#lines.delete(socket);
      if (this.#isStopping && this.#lines.size === 0) this.#closed.resolve();
    });
  }

  #asked(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { socket } = incoming;
    const line = this.#lines.get(socket);
    // What comes behind the last answer of a connection is not read.
    if (line === undefined || line.isClosing) return void socket.pause();
    const giveBack = this.#take(this.#options.addressOf(incoming));
    const isOfProxy = this.#options.isProxy(socket.remoteAddress);
    const body = { incoming, seenBytes: null };
    line.isClosing = line.waiting.length >= this.#limits.maxPipelined;
    line.waiting.push(() => {
      if (line.isClosing && line.waiting.length === 1) return this.#refuse(outgoing, 503, true);
      if (!isSound(incoming)) return this.#refuse(outgoing, 400, true);
      if (giveBack === null || !this.#letIn(incoming, outgoing)) return this.#refuse(outgoing, 503, false);
      if (isOfProxy && incoming.headers['x-forwarded-proto'] === 'https')
        outgoing.setHeader('Strict-Transport-Security', HSTS);
      this.#bodies.add(body);
      void this.#handle(incoming, outgoing);
    });
    outgoing.once('close', () => {
      this.#bodies.delete(body);
      if (this.#sheds.has(outgoing) && !isOfProxy) this.#holdBack(socket, giveBack);
      else giveBack?.();
      line.waiting.shift();
      if (line.waiting.length > 0) line.waiting[0]?.();
      else if (this.#isStopping) socket.end();
    });
    if (line.waiting.length === 1) line.waiting[0]?.();
  }

  /**
   * A check that the app would have no room for is refused before it: that takes a third of the time, which under
   * overload is what answers are made in.
   */
  #letIn(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    if (incoming.url !== CHECKS_PATH) return true;
    if (this.#checksInside >= this.#limits.rooms.checks.atOnce) return false;
    this.#checksInside += 1;
    outgoing.once('close', () => {
      this.#checksInside -= 1;
    });
    return true;
  }

  /**
   * Who was asked to come later is not read from before, and counts as in hand: so the app is seldom asked in vain.
   */
  #holdBack(socket: Socket, giveBack: ReturnType<Take>): void {
    // A turn later: what Node does away with of a body would set it going again.
    setImmediate(() => socket.pause());
    setTimeout(() => {
      giveBack?.();
      socket.resume();
    }, this.#limits.retryAfterSeconds * 1_000).unref();
  }

  #refuse(outgoing: ServerResponse, status: 400 | 503, isLast: boolean): void {
    this.#options.refused(status);
    if (status === 503) this.#sheds.add(outgoing);
    const later = status === 503 ? { 'Retry-After': String(this.#limits.retryAfterSeconds) } : {};
    outgoing.writeHead(status, { ...REFUSED_HEADERS, ...later, ...(isLast ? { Connection: 'close' } : {}) });
    outgoing.end(problemText(status));
  }

  #faulted(error: NodeJS.ErrnoException, socket: Socket): void {
    const isIdle = this.#lines.get(socket)?.waiting.length === 0;
    if (!isIdle || !socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const status = STATUS_OF_FAULT[error.code ?? ''] ?? 400;
    const headers = 'Connection: close\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 0';
    socket.end(`HTTP/1.1 ${status} Refused\r\n${headers}\r\n\r\n`);
  }

  #cutOffSlowBodies(): void {
    for (const body of this.#bodies) if (isTooSlow(body, this.#limits)) body.incoming.socket.destroy();
  }
}

/**
 * Listens on several sockets of one port: Node takes one new connection of each a turn of its loop, so that with one
 * a crowd of them keeps everybody waiting. Only Linux spreads connections over sockets that share a port. Returns
 * the other sockets.
 */
async function listenWide(server: HttpServer, host: string, port: number, limits: Limits): Promise<Server[]> {
  const { acceptors, backlogPerAcceptor } = limits;
  const listen = async (one: Server, options: object): Promise<Server> => {
    one.listen({ host, port, backlog: backlogPerAcceptor, ...options });
    await once(one, 'listening');
    return one;
  };
  if (process.platform !== 'linux') {
    await listen(server, { backlog: backlogPerAcceptor * acceptors });
    return [];
  }
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
