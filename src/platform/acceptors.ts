import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { HTTP_LIMITS } from '../http/limits.ts';

/** Where sockets can share a port, and connections are spread over them. */
const CAN_SHARE = process.platform === 'linux';

/**
 * Listens for an HTTP server on several sockets of one port: Node takes one new connection of each a turn of its loop, so that
 * with one socket a crowd of new connections keeps everybody waiting in front of the door. Throws what listening throws.
 */
export async function listenWide(
  server: HttpServer,
  host: string,
  port: number,
): Promise<{ port: number; close(): void }> {
  const { acceptors, backlogPerAcceptor: backlog } = HTTP_LIMITS;
  const listen = async (one: Server, options: object): Promise<number> => {
    one.listen({ host, port, backlog, ...options });
    await once(one, 'listening');
    return (one.address() as AddressInfo).port;
  };
  if (!CAN_SHARE) return { port: await listen(server, { backlog: backlog * acceptors }), close: () => {} };
  // One that does not share first: two servers must not share a port unawares.
  const alone = createServer();
  const taken = await listen(alone, {});
  await new Promise((resolve) => alone.close(resolve));
  const share = { port: taken, reusePort: true };
  await listen(server, share);
  const others = Array.from({ length: acceptors - 1 }, () =>
    createServer((socket) => server.emit('connection', socket)),
  );
  for (const other of others) await listen(other, share);
  const close = (): void => {
    for (const other of others) other.close();
  };
  return { port: taken, close };
}
