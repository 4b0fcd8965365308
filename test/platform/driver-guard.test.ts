import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { watchedSocket } from '../../src/platform/socket.ts';
import { connect } from '../../src/registry/sql.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a script under the guard; how it ends and what it says. */
async function underGuard(script: string): Promise<{ code: number | null; said: string }> {
  const guarded = `import { guardDriver } from './src/platform/driver-guard.ts'; guardDriver(console.log); ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', guarded], { cwd: root });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  return { code, said };
}

describe('the last guard', () => {
  it('lets a fault of the driver out of a timer cost a line, and no more', async () => {
    const { code, said } = await underGuard(`
      import { Query } from './node_modules/postgres/src/query.js';
      setTimeout(() => new Query(3201014508789001n, [], null, null));
      setTimeout(() => console.log('alive'), 100);`);
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(/^The database driver failed \(TypeError\) at .*postgres.*\nalive\n$/),
    ]);
  });

  it.each(['setTimeout(() => { throw', 'Promise.reject(', 'queueMicrotask(() => { throw'])(
    'ends the process at a fault of our own, with its place and no text (%s)',
    async (how) => {
      const { code, said } = await underGuard(
        `${how} new RangeError('3201014508789001')${how.includes('{') ? ' }' : ''}); setTimeout(() => console.log('alive'), 1000);`,
      );
      expect(code).toBe(1);
      expect(said).toContain('Stopped by a fault of our own (RangeError)\n  at ');
      expect(said).not.toMatch(/3201014508789001|alive/);
    },
  );
});

describe('a socket to the database', () => {
  /** The length of a message, as what starts a session begins. */
  const START = Buffer.from([0, 0, 0, 4]);
  const serve = async (answer: (socket: Socket) => void) => {
    const server = createServer((socket) => void socket.on('error', () => {}).on('data', () => answer(socket)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, port: (server.address() as AddressInfo).port };
  };

  it('is given up where an answer is owed for too long, and not while nothing was asked or all was answered', async () => {
    let answers = true;
    const { server, port } = await serve((socket) => answers && socket.write('answer'));
    const socket = watchedSocket(80)({ host: ['127.0.0.1'], port: [port] }) as Socket;
    socket.on('error', () => {}).resume();
    socket.write(START);
    await once(socket, 'data');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(socket.destroyed).toBe(false);
    answers = false;
    socket.write('asked again');
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
    server.close();
  });

  it('begins with the start of a session, or is closed: neither silent nor with leftovers of another', async () => {
    let heard = 0;
    const { server, port } = await serve(() => (heard += 1));
    const open = watchedSocket(10_000);
    for (const first of [null, 'Q', 'P', 'B']) {
      const socket = open({ host: ['127.0.0.1'], port: [port] }) as Socket;
      if (first !== null) socket.write(Buffer.from(first));
      expect(await once(socket, 'close')).toEqual([false]);
    }
    expect(heard).toBe(0);
    server.close();
  });

  it('ends without an error even where it was reset, so that the driver rejects what is under way', async () => {
    const { server, port } = await serve((socket) => socket.resetAndDestroy());
    const socket = watchedSocket(10_000)({ host: ['127.0.0.1'], port: [port] }) as Socket;
    const errors: unknown[] = [];
    socket.on('error', ({ code }: { code: string }) => errors.push(code)).write(START);
    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(false);
    expect(errors).toEqual(['ECONNRESET', 'CONNECTION_CLOSED']);
    server.close();
  });

  it('to a server that closes at once fails each question, and is opened again after a pause that grows', async () => {
    let taken = 0;
    const server = createServer((socket) => {
      taken += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `postgres://hakpilih@127.0.0.1:${(server.address() as AddressInfo).port}/hakpilih`;
    const sql = connect(url, { max: 1, socket: watchedSocket(10_000) });
    const began = performance.now();
    for (let question = 1; question <= 6; question += 1) {
      const code = await sql`SELECT 1`.catch((error: { code: string }) => error.code);
      expect(code).toMatch(/^(CONNECTION_CLOSED|ECONNRESET|EPIPE)$/);
      expect(taken).toBe(question);
    }
    // 20, 40, 80, 160 and 320 ms.
    expect(performance.now() - began).toBeGreaterThan(600);
    await sql.end({ timeout: 0 });
    server.close();
  });
});
