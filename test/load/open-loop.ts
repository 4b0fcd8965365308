// Checks at a fixed rate, whatever the server does: `node open-loop.ts JSON`; prints one line of JSON. Each check has an
// intended time, and its latency counts from that. It speaks as a proxy does, for many addresses and clients.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

export type OpenLoop = {
  url: string;
  perSecond: number;
  seconds: number;
  connections: number;
  /** Values of `Authorization`, used in turn. */
  tokens: string[];
  /** A file of one JSON body a line. */
  bodies: string;
};
/** Milliseconds from the intended time; `lateMs` is how long after it the generator itself could send. */
export type Latencies = { count: number; p50Ms: number; p99Ms: number; maxMs: number };
export type OpenLoopResult = {
  sent: number;
  perSecondOk: number;
  ok: Latencies;
  shed: Latencies;
  withoutRetryAfter: number;
  others: number;
  unanswered: number;
  lateP99Ms: number;
  cpuSeconds: number;
};

const ADDRESSES = 250;
const TICK_MS = 1;
/** What is not answered so long after the last was sent is counted as unanswered. */
const GRACE_MS = 5_000;

type Connection = { socket: Socket; intended: number; received: string };

async function run({ url, perSecond, seconds, connections, tokens, bodies }: OpenLoop): Promise<OpenLoopResult> {
  const { hostname, port } = new URL(url);
  const lines = readFileSync(bodies, 'utf8').split('\n').filter(Boolean);
  const [ok, shed, late]: number[][] = [[], [], []];
  const count = { withoutRetryAfter: 0, others: 0, sent: 0, broken: 0 };
  const free: Connection[] = [];
  const overdue: number[] = [];
  let overdueFrom = 0;

  const send = (connection: Connection, intended: number): void => {
    const n = count.sent;
    count.sent += 1;
    const body = lines[n % lines.length] as string;
    connection.intended = intended;
    late?.push(performance.now() - intended);
    connection.socket.write(
      `POST /v1/checks HTTP/1.1\r\nHost: load\r\nX-Forwarded-For: 10.0.0.${n % ADDRESSES}\r\n` +
        `Authorization: ${tokens[n % tokens.length]}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  };
  const answered = (connection: Connection, answer: string): void => {
    const ms = performance.now() - connection.intended;
    const status = answer.slice(9, 12);
    if (status === '200') ok?.push(ms);
    else if (status === '503') shed?.push(ms);
    else count.others += 1;
    if (status === '503' && !/\r\nretry-after: \d/i.test(answer)) count.withoutRetryAfter += 1;
    connection.intended = 0;
    const next = overdue[overdueFrom];
    if (next === undefined) return void free.push(connection);
    overdueFrom += 1;
    send(connection, next);
  };
  const dial = (): Promise<void> =>
    new Promise((resolve) => {
      const connection: Connection = { socket: connect(Number(port), hostname), intended: 0, received: '' };
      connection.socket.setNoDelay(true).setEncoding('latin1');
      connection.socket.on('connect', () => {
        free.push(connection);
        resolve();
      });
      connection.socket.on('data', (text: string) => {
        connection.received += text;
        const head = connection.received.indexOf('\r\n\r\n');
        if (head === -1) return;
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(connection.received)?.[1] ?? 0);
        if (connection.received.length < head + 4 + length) return;
        const answer = connection.received;
        connection.received = '';
        answered(connection, answer);
      });
      connection.socket.on('error', () => {});
      connection.socket.on('close', () => {
        if (connection.intended > 0) count.broken += 1;
        const at = free.indexOf(connection);
        if (at !== -1) free.splice(at, 1);
      });
    });
  for (let n = 0; n < connections; n += 64)
    await Promise.all(Array.from({ length: Math.min(64, connections - n) }, dial));

  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  let due = 0;
  await new Promise<void>((resolve) => {
    const tick = (): void => {
      const elapsed = performance.now() - began;
      const wanted = Math.min(elapsed / 1_000, seconds) * perSecond;
      for (; due < wanted; due += 1) {
        const intended = began + (due / perSecond) * 1_000;
        const connection = free.pop();
        if (connection === undefined) overdue.push(intended);
        else send(connection, intended);
      }
      if (elapsed < seconds * 1_000) setTimeout(tick, TICK_MS);
      else resolve();
    };
    tick();
  });
  const okInTime = ok?.length ?? 0;
  const cpu = process.cpuUsage(cpuBefore);
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  const done = (ok?.length ?? 0) + (shed?.length ?? 0) + count.others;
  return {
    sent: count.sent,
    perSecondOk: okInTime / seconds,
    ok: latencies(ok ?? []),
    shed: latencies(shed ?? []),
    withoutRetryAfter: count.withoutRetryAfter,
    others: count.others,
    unanswered: due - done,
    lateP99Ms: latencies(late ?? []).p99Ms,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

function latencies(values: number[]): Latencies {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1));
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

if (import.meta.filename === process.argv[1]) {
  console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}'))));
  process.exit(0);
}
