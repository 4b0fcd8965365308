// Checks at a fixed rate, whatever the server does: `node open-loop.ts JSON`; prints one line of JSON. Each check has an
// intended time, and its latency counts from that. Connections are devices at many addresses, of which one that got a 503
// asks nothing for as long as it was told; or those of a proxy, which speaks for as many addresses and has no such rest.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

export type OpenLoop = {
  url: string;
  perSecond: number;
  seconds: number;
  connections: number;
  isProxy: boolean;
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
  /** Not sent, since no device was free: those that are not answered yet wait, and others were told to come later. */
  withheld: number;
  unanswered: number;
  lateP99Ms: number;
  cpuSeconds: number;
};

const ADDRESSES = 250;
const TICK_MS = 1;
/** What is not answered so long after the last was sent is counted as unanswered. */
const GRACE_MS = 5_000;

type Connection = { socket: Socket; intended: number; received: string };

async function run(loop: OpenLoop): Promise<OpenLoopResult> {
  const { url, perSecond, seconds, connections, isProxy, tokens, bodies } = loop;
  const { hostname, port } = new URL(url);
  const lines = readFileSync(bodies, 'utf8').split('\n').filter(Boolean);
  const [ok, shed, late]: number[][] = [[], [], []];
  const count = { withoutRetryAfter: 0, others: 0, sent: 0, withheld: 0 };
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
      `POST /v1/checks HTTP/1.1\r\nHost: load\r\n${isProxy ? `X-Forwarded-For: 10.0.0.${n % ADDRESSES}\r\n` : ''}` +
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
    connection.intended = 0;
    const [, rest] = /\r\nretry-after: (\d+)/i.exec(answer) ?? [];
    if (status === '503' && rest === undefined) count.withoutRetryAfter += 1;
    if (rest === undefined || isProxy) return void goOn(connection);
    setTimeout(goOn, Number(rest) * 1_000, connection);
  };
  const goOn = (connection: Connection): void => {
    const next = overdue[overdueFrom];
    if (next === undefined) return void free.push(connection);
    overdueFrom += 1;
    send(connection, next);
  };
  const dial = (n: number): Promise<void> =>
    new Promise((resolve) => {
      const from = isProxy ? hostname : `127.0.1.${1 + (n % ADDRESSES)}`;
      const socket = connect({ host: hostname, port: Number(port), localAddress: from });
      const connection: Connection = { socket, intended: 0, received: '' };
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
        const at = free.indexOf(connection);
        if (at !== -1) free.splice(at, 1);
      });
    });
  for (let n = 0; n < connections; n += 64)
    await Promise.all(Array.from({ length: Math.min(64, connections - n) }, (_, i) => dial(n + i)));

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
        if (connection !== undefined) send(connection, intended);
        else if (isProxy) overdue.push(intended);
        else count.withheld += 1;
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
    withheld: count.withheld,
    unanswered: due - count.withheld - done,
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
