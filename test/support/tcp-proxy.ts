import type { AddressInfo } from 'node:net';
import { connect as connectTcp, createServer, type Socket } from 'node:net';

export type TcpProxy = {
  /** The same database by way of the proxy. */
  url(databaseUrl: string): string;
  /** Messages of the frontend that execute something, and times it waited for the backend, since the last reset. */
  counts(): { executed: number; roundTrips: number };
  reset(): void;
  /** Breaks all connections and takes no more, until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
};

/** What a hook may do with the `n`th executed statement or piece of COPY data (from 1): let it pass, or cut the connection. */
export type ProxyHook = (event: { kind: 'EXECUTE' | 'COPY_DATA'; n: number }) => 'PASS' | 'CUT_BEFORE' | 'CUT_AFTER';

/** A proxy between us and Postgres that reads the messages of its protocol, version 3, on their way. */
export async function createTcpProxy(target: string, hook: ProxyHook = () => 'PASS'): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let broken = false;
  let executed = 0;
  let copied = 0;
  let roundTrips = 0;
  const server = createServer((client) => {
    if (broken) return void client.destroy();
    const backend = connectTcp(Number(port), hostname);
    const end = (): void => {
      client.destroy();
      backend.destroy();
    };
    for (const socket of [client, backend]) {
      open.add(socket);
      socket.on('error', end).on('close', () => {
        open.delete(socket);
        end();
      });
    }
    let waiting = false;
    backend.on('data', (chunk) => {
      waiting = false;
      client.write(chunk);
    });
    let pending = Buffer.alloc(0);
    let started = false;
    client.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        // The start-up message alone has no type byte.
        const headerBytes = started ? 5 : 4;
        if (pending.length < headerBytes) return;
        const length = pending.readInt32BE(started ? 1 : 0) + (started ? 1 : 0);
        if (pending.length < length) return;
        const message = pending.subarray(0, length);
        pending = pending.subarray(length);
        const type = started ? String.fromCharCode(message[0] as number) : 'startup';
        started = true;
        let what: ReturnType<ProxyHook> = 'PASS';
        if (type === 'Q' || type === 'E') what = hook({ kind: 'EXECUTE', n: ++executed });
        if (type === 'd') what = hook({ kind: 'COPY_DATA', n: ++copied });
        if (what === 'CUT_BEFORE') return end();
        backend.write(message);
        if (what === 'CUT_AFTER') return void backend.end(() => setTimeout(end, 20));
        if (!waiting && type !== 'startup' && type !== 'p' && type !== 'd' && type !== 'X') {
          roundTrips += 1;
          waiting = true;
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url(databaseUrl) {
      const url = new URL(databaseUrl);
      url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      return url.href;
    },
    counts: () => ({ executed, roundTrips }),
    reset() {
      executed = 0;
      copied = 0;
      roundTrips = 0;
    },
    cut() {
      broken = true;
      for (const socket of open) socket.destroy();
    },
    mend() {
      broken = false;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
