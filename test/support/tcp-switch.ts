import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';

export type TcpSwitch = {
  /** Of the same database, by way of the switch. */
  url: string;
  /** Connections taken so far. */
  connections(): number;
  /** Breaks all connections and takes no more, until it is on again. */
  off(): void;
  /** As at first; what was frozen moves on. */
  on(): void;
  /** Nothing moves any more, nor is anything closed: a server that stands still. */
  freeze(): void;
  /** The connections there are go on for ever without a word: the way to them was lost. New ones are sound. */
  lose(): void;
  /** Resets all connections (RST), and takes new ones. */
  reset(): void;
  /** From here on a few bytes at a time, so that no message comes whole. */
  trickle(): void;
  close(): Promise<void>;
};

const FEW = 7;

/** A way to a database that can be broken and mended. */
export async function createTcpSwitch(databaseUrl: string): Promise<TcpSwitch> {
  const url = new URL(databaseUrl);
  const { hostname, port } = url;
  const open = new Set<Socket>();
  const lost = new WeakSet<Socket>();
  let state: 'ON' | 'OFF' | 'FROZEN' | 'TRICKLE' = 'ON';
  let taken = 0;

  function pass(from: Socket, to: Socket, chunk: Buffer): void {
    if (state !== 'TRICKLE') return void to.write(chunk);
    for (let i = 0; i < chunk.length; i += FEW) to.write(chunk.subarray(i, i + FEW));
    from.pause();
    setImmediate(() => from.resume());
  }
  function join(from: Socket, to: Socket): void {
    open.add(from.setNoDelay(true));
    from
      .on('data', (chunk: Buffer) => {
        if (!lost.has(from)) pass(from, to, chunk);
      })
      .on('end', () => {
        if (!lost.has(from)) to.end();
      })
      .on('error', () => {})
      .on('close', () => {
        open.delete(from);
        if (!lost.has(from)) to.destroy();
      });
    if (state === 'FROZEN') from.pause();
  }

  const server = createServer((client) => {
    if (state === 'OFF') return void client.destroy();
    taken += 1;
    const database = connectTcp(Number(port), hostname);
    join(client, database);
    join(database, client);
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
      state = 'OFF';
      breakAll();
    },
    on() {
      state = 'ON';
      for (const socket of open) socket.resume();
    },
    freeze() {
      state = 'FROZEN';
      for (const socket of open) socket.pause();
    },
    lose() {
      for (const socket of open) lost.add(socket);
    },
    reset() {
      for (const socket of open) socket.resetAndDestroy();
    },
    trickle() {
      state = 'TRICKLE';
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
