import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';

export type TcpSwitch = {
  /** Of the same database, by way of the switch. */
  url: string;
  /** Connections taken so far. */
  connections(): number;
  /** Breaks all connections and takes no more, until it is on again. */
  off(): void;
  on(): void;
  close(): Promise<void>;
};

/** A way to a database that can be broken and mended. */
export async function createTcpSwitch(databaseUrl: string): Promise<TcpSwitch> {
  const url = new URL(databaseUrl);
  const { hostname, port } = url;
  const open = new Set<Socket>();
  let isOn = true;
  let taken = 0;
  const server = createServer((client) => {
    if (!isOn) return void client.destroy();
    taken += 1;
    const database = connectTcp(Number(port), hostname);
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      open.add(from.setNoDelay(true));
      from.pipe(to);
      from
        .on('error', () => {})
        .on('close', () => {
          open.delete(from);
          to.destroy();
        });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const breakAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: url.href,
    connections: () => taken,
    off() {
      isOn = false;
      breakAll();
    },
    on() {
      isOn = true;
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
