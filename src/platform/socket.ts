import { connect, type Socket } from 'node:net';
import type { OpenSocket } from '../registry/sql.ts';

const LOOKS = 4;

/**
 * Opens sockets that are given up once the other side has owed an answer for `silenceMs`: a way that lost its packets, or a
 * server that stands still, is noticed by the system only after a quarter of an hour. One that nothing was asked of may be silent.
 */
export const watchedSocket =
  (silenceMs: number): OpenSocket =>
  ({ host: [host = ''], port: [port = 5432], path }) => {
    const socket: Socket & { host?: string } = path ? connect(path) : connect(port, host);
    // What the driver does itself where it opens them: for the name on the certificate.
    socket.host = host;
    let read = -1;
    let answered = 0;
    let since = performance.now();
    const watch = setInterval(() => {
      if (socket.destroyed) return clearInterval(watch);
      if (socket.bytesRead !== read) [read, answered] = [socket.bytesRead, socket.bytesWritten];
      else if (socket.bytesWritten !== answered) {
        if (performance.now() - since >= silenceMs) socket.destroy();
        return;
      }
      since = performance.now();
    }, silenceMs / LOOKS).unref();
    return socket;
  };
