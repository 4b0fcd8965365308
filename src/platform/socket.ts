import { Socket } from 'node:net';
import type { OpenSocket } from '../registry/sql.ts';

const LOOKS = 4;
/** The driver writes to a connection in the turn after it was opened. */
const TURNS_TO_START = 3;
/** Messages of a session begin with a letter; those that start one with a length, or with what TLS begins with. */
const FIRST_LETTER = 0x41;
class ClosedAtOnce extends Error {
  readonly code = 'CONNECTION_CLOSED';
}
const FIRST_PAUSE_MS = 10;
const MAX_PAUSE_MS = 500;

/**
 * Opens sockets that are given up once the other side has owed an answer for `silenceMs`: a way that lost its
 * packets, or a server that stands still, is noticed by the system only after a quarter of an hour. One that nothing
 * was asked of may be silent.
 *
 * And they make up for what postgres.js (3.4.9) does where a connection breaks. It rejects what it was asked between
 * the error and the end only where a socket ends without an error: so each does. It may keep bytes of the old
 * connection, and then write nothing to the new one, or these first: such a new one is closed, until they are gone.
 * And it connects for ever, and without a pause, to a server that closes at once: that is an error, and its end is
 * told late.
 */
export function watchedSocket(silenceMs: number): OpenSocket {
  let failures = 0;

  class WatchedSocket extends Socket {
    /** For the name on the certificate, as the driver itself has it. */
    host = '';
    isStarted = false;

    override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
      const isLeftOver = !this.isStarted && (chunk[0] as number) >= FIRST_LETTER;
      this.isStarted ||= !isLeftOver;
      if (isLeftOver) this.destroy();
      else super._write(chunk, encoding, done);
    }

    override emit(event: string | symbol, ...values: unknown[]): boolean {
      if (event !== 'close') return super.emit(event, ...values);
      const hasFailed = this.isStarted && this.bytesRead === 0;
      failures = hasFailed ? failures + 1 : 0;
      if (hasFailed) super.emit('error', new ClosedAtOnce());
      setTimeout(
        () => super.emit('close', false),
        hasFailed ? Math.min(FIRST_PAUSE_MS * 2 ** failures, MAX_PAUSE_MS) : 0,
      );
      return true;
    }
  }

  return ({ host: [host = ''], port: [port = 5432], path }) => {
    const socket = new WatchedSocket();
    if (path) socket.connect(path);
    else socket.connect(port, host);
    socket.host = host;
    giveUpUnlessStarted(socket);
    giveUpWhenSilent(socket, silenceMs);
    return socket;
  };
}

function giveUpUnlessStarted(socket: Socket & { isStarted: boolean }, turns = TURNS_TO_START): void {
  if (socket.isStarted || socket.destroyed) return;
  if (turns === 0) socket.destroy();
  else setImmediate(() => giveUpUnlessStarted(socket, turns - 1));
}

function giveUpWhenSilent(socket: Socket, silenceMs: number): void {
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
}
