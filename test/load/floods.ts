// One flood by name, against a server on loopback, for a bounded time: `node floods.ts NAME URL SECONDS AUTHORIZATION`.
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { SANDBOX } from '../../src/intake/sample.ts';

/** Floods come from addresses of their own, so that the limits of an address do not meet the client that is watched. */
const FLOODER = '127.0.0.2';
const NIK = (SANDBOX[0] as { nik: string }).nik;

type Target = { host: string; port: number; authorization: string; until: number };
type Flood = (target: Target) => Promise<void>;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isOver = ({ until }: Target): boolean => Date.now() >= until;

function dial({ host, port }: Target, from = FLOODER): Socket {
  return connect({ host, port, localAddress: from }).on('error', () => {});
}

/** A request as bytes. */
const bytesOf = (line: string, headers: Record<string, string> = {}, body = ''): string =>
  `${line} HTTP/1.1\r\nHost: flood\r\n${Object.entries({
    ...headers,
    ...(body && { 'Content-Length': String(Buffer.byteLength(body)) }),
  })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;

const FORM = bytesOf(
  'POST /',
  { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html' },
  `nik=${NIK}&second=NOBODY`,
);
const checkOf = (authorization: string): string =>
  bytesOf(
    'POST /v1/checks',
    { Authorization: authorization, 'Content-Type': 'application/json' },
    JSON.stringify({ nik: NIK }),
  );

/** Connections that each send `text` again whenever something of an answer came, and dial anew when they are ended. */
async function loop(target: Target, count: number, text: string, fromOf = (_: number) => FLOODER): Promise<void> {
  const sockets = new Set<Socket>();
  const open = (i: number): void => {
    const socket = dial(target, fromOf(i));
    sockets.add(socket);
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk: Buffer) => {
      if (chunk.includes('HTTP/1.1 ')) socket.write(text);
    });
    socket.on('close', () => {
      sockets.delete(socket);
      if (!isOver(target)) setTimeout(open, 50, i);
    });
  };
  for (let i = 0; i < count; i += 1) {
    if (i % 200 === 199) await wait(20);
    open(i);
  }
  while (!isOver(target)) await wait(100);
  for (const socket of sockets) socket.destroy();
}

/** Sends one body as a whole; resolves with the answer's status, 0 where there is none. */
function send(
  { host, port, authorization, until }: Target,
  path: string,
  headers: object,
  body: Buffer,
): Promise<number> {
  return new Promise((resolve) => {
    const options = { host, port, path, method: 'POST', localAddress: FLOODER, agent: false } as const;
    const asked = httpRequest({ ...options, headers: { Authorization: authorization, ...headers } }, (answer) => {
      answer.resume().on('close', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', () => resolve(0));
    setTimeout(() => asked.destroy(), until - Date.now()).unref();
    asked.end(body);
  });
}

const FLOODS: Record<string, Flood> = {
  /** 40 connections of 49 kB of pipelined `GET /docs`, never read. */
  async 'unread-docs'(target) {
    const text = bytesOf('GET /docs').repeat(Math.floor(49_000 / bytesOf('GET /docs').length));
    const sockets = Array.from({ length: 40 }, () => dial(target));
    for (const socket of sockets) socket.pause().on('connect', () => socket.write(text));
    while (!isOver(target)) await wait(100);
    for (const socket of sockets) socket.destroy();
  },
  /** 4 connections with 3,000 pipelined `POST /`, again and again. */
  async 'pipelined-forms'(target) {
    const text = FORM.repeat(3_000);
    while (!isOver(target)) {
      const sockets = Array.from({ length: 4 }, () => dial(target));
      for (const socket of sockets) socket.on('connect', () => socket.write(text)).resume();
      const ended = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve))));
      await Promise.race([ended, wait(target.until - Date.now())]);
      for (const socket of sockets) socket.destroy();
      await wait(50);
    }
  },
  /** 5,000 connections of one address, each posting the form. */
  'form-connections': (target) => loop(target, 5_000, FORM),
  /** Three uploads at a byte every four seconds. */
  async 'slow-uploads'(target) {
    const head = bytesOf('POST /v1/checks/bulk', {
      Authorization: target.authorization,
      'Content-Type': 'application/x-ndjson',
      'Content-Length': '100000',
    });
    const sockets = Array.from({ length: 3 }, () => dial(target));
    for (const socket of sockets) socket.on('connect', () => socket.write(`${head}{`)).resume();
    while (!isOver(target)) {
      await wait(4_000);
      for (const socket of sockets) socket.write(' ');
    }
    for (const socket of sockets) socket.destroy();
  },
  /** 64 lists of 100,000 lines at once. */
  async 'many-lists'(target) {
    const lines = Array.from({ length: 100_000 }, (_, i) => `{"ref":"r${i}","nik":"${NIK}"}\n`).join('');
    const headers = { 'Content-Type': 'application/x-ndjson' };
    const all = Array.from({ length: 64 }, (_, i) =>
      send(target, '/v1/lists', { ...headers, 'Idempotency-Key': `flood-${Date.now()}-${i}` }, Buffer.from(lines)),
    );
    await Promise.race([Promise.all(all), wait(target.until - Date.now())]);
  },
  /** 10.7 kB that unpack to 5.5 million lines `x`. */
  async 'packed-lines'(target) {
    const body = gzipSync('x\n'.repeat(5_500_000));
    const headers = { 'Content-Type': 'application/x-ndjson', 'Content-Encoding': 'gzip' };
    while (!isOver(target)) {
      await send(target, '/v1/checks/bulk', headers, body);
      await wait(100);
    }
  },
  /** 64 connections that ask for the checkpoint. */
  checkpoint: (target) =>
    loop(target, 64, bytesOf('GET /v1/audit/checkpoint', { Authorization: target.authorization })),
  /** 3,000 connections of checks, of one client at 250 addresses. */
  'check-connections': (target) =>
    loop(target, 3_000, checkOf(target.authorization), (i) => `127.0.1.${1 + (i % 250)}`),
};

export const FLOOD_NAMES = Object.keys(FLOODS);

if (import.meta.filename === process.argv[1]) {
  const [, , name = '', url = '', seconds = '10', authorization = ''] = process.argv;
  const { hostname, port } = new URL(url);
  if (!hostname.startsWith('127.')) throw new Error('floods go to loopback only');
  await FLOODS[name]?.({
    host: hostname,
    port: Number(port),
    authorization,
    until: Date.now() + Number(seconds) * 1_000,
  });
  process.exit(0);
}
