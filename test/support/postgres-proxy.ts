import { once } from 'node:events';
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net';
import postgres from 'postgres';

/** A message that makes the server do something: a statement, or a piece of COPY data. */
export type Step = { kind: 'STATEMENT' | 'COPY'; sql: string };

/** What may befall a step. */
export const FAULTS = {
  CUT_BEFORE: 'the connection is cut before it reaches the server',
  CUT_INSIDE: 'the connection is cut after half of its bytes',
  CUT_AFTER: 'the connection is cut after the server has done it, before the answer',
  BACKEND_ENDED: 'the server ends the session before it',
  RAISED: 'the server answers it with an error',
} as const;
export type Fault = keyof typeof FAULTS;

/** The step of that number, counted from 1, or the first statement that begins so, meets the fault. */
export type Plan = { step: number | string; fault: Fault };

export type PostgresProxy = {
  /** Of the same database, by way of the proxy. */
  url: string;
  /** All steps so far, of every connection, in order. */
  steps: readonly Step[];
  /** How often a client had to wait for the server, logins left out. */
  roundTrips(): number;
  /** The most bytes that a client has sent up to where it waits for the server: what the driver writes at once. */
  largestBytes(): number;
  /** Forgets steps, round trips and sizes, and plans what is to fail from here on. */
  begin(plan?: Plan): void;
  close(): Promise<void>;
};

const WORD = {
  QUERY: 'Q',
  PARSE: 'P',
  BIND: 'B',
  EXECUTE: 'E',
  SYNC: 'S',
  FLUSH: 'H',
  COPY_DATA: 'd',
  COPY_DONE: 'c',
  COPY_FAIL: 'f',
};
const STEPS = [WORD.QUERY, WORD.EXECUTE, WORD.COPY_DATA, WORD.COPY_DONE, WORD.COPY_FAIL];
/** After these a client waits for the server. */
const ENDS_OF_GROUP = [WORD.QUERY, WORD.SYNC, WORD.FLUSH, WORD.COPY_DONE, WORD.COPY_FAIL];
const SSL_OR_GSS_REQUEST = [80_877_103, 80_877_104];

/**
 * A TCP proxy that knows enough of Postgres' protocol (its manual, "Message Formats") to count what a client makes the server
 * do and how often it waits for it, and to let one step of it fail.
 */
export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl);
  const admin = postgres(databaseUrl, { max: 1, fetch_types: false });
  const sockets = new Set<Socket>();
  const seen: Seen = { steps: [], roundTrips: 0, largestBytes: 0, plan: null };

  const server = createServer((client) => {
    const upstream = connectSocket(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    void new Link(client, upstream, seen, (pid) => endBackend(admin, pid)).run();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    steps: seen.steps,
    roundTrips: () => seen.roundTrips,
    largestBytes: () => seen.largestBytes,
    begin(plan) {
      seen.steps.length = 0;
      seen.roundTrips = 0;
      seen.largestBytes = 0;
      seen.plan = plan ?? null;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await Promise.all([once(server, 'close'), admin.end()]);
    },
  };
}

/** Ends a session of the server and waits until it is gone. */
async function endBackend(admin: postgres.Sql, pid: number): Promise<void> {
  await admin`SELECT pg_terminate_backend(${pid}, 10000)`;
}

type Seen = { steps: Step[]; roundTrips: number; largestBytes: number; plan: Plan | null };

/** One connection: messages of the client are passed on one by one. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #seen: Seen;
  readonly #endBackend: (pid: number) => Promise<void>;
  readonly #statements = new Map<string, string>();
  readonly #portals = new Map<string, string>();
  #pid = 0;
  #loggedIn = false;
  #copying = false;
  #groupBytes = 0;
  /** The message that the client now waits for an answer to. */
  #asked: string | null = null;
  /** The client is to hear no answer any more, and to be cut off when one comes. */
  #cutAtAnswer = false;

  constructor(client: Socket, server: Socket, seen: Seen, end: (pid: number) => Promise<void>) {
    this.#client = client;
    this.#server = server;
    this.#seen = seen;
    this.#endBackend = end;
  }

  async run(): Promise<void> {
    void this.#passBack();
    try {
      for await (const message of messages(this.#client, true)) await this.#passOn(message);
      this.#server.end();
    } catch {
      this.#cut();
    }
  }

  #cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  async #passBack(): Promise<void> {
    try {
      for await (const message of messages(this.#server, false)) {
        const word = wordOf(message);
        if (word === 'K') this.#pid = message.readInt32BE(5);
        const answers =
          word === 'Z' || word === 'G' || (this.#asked === WORD.FLUSH && (word === 'T' || word === 'n'));
        if (answers) this.#asked = null;
        if (word === 'Z') this.#loggedIn = true;
        if (word === 'G' || word === 'Z') this.#copying = word === 'G';
        if (!this.#cutAtAnswer) this.#client.write(message);
        else if (answers) this.#cut();
      }
      this.#client.end();
    } catch {
      this.#cut();
    }
  }

  async #passOn(message: Buffer): Promise<void> {
    if (!this.#loggedIn && SSL_OR_GSS_REQUEST.includes(message.readInt32BE(4))) return void this.#client.write('N');
    const word = this.#loggedIn ? wordOf(message) : '';
    this.#groupBytes += message.length;
    this.#seen.largestBytes = Math.max(this.#seen.largestBytes, this.#groupBytes);
    if (ENDS_OF_GROUP.includes(word)) this.#groupBytes = 0;
    this.#remember(word, message);
    // postgres.js sends a CopyFail behind every CopyDone, which the server passes over.
    if (word === WORD.COPY_FAIL && !this.#copying) return await write(this.#server, message);
    if (word === WORD.COPY_DONE || word === WORD.COPY_FAIL) this.#copying = false;
    const sent = STEPS.includes(word) ? await this.#step(word, message) : message;
    if (sent === null) return;
    if (ENDS_OF_GROUP.includes(word) && this.#asked === null) {
      this.#asked = word;
      this.#seen.roundTrips += 1;
    }
    await write(this.#server, sent);
    if (this.#cutAtAnswer && word === WORD.COPY_DATA) this.#cut();
  }

  #remember(word: string, message: Buffer): void {
    if (word !== WORD.PARSE && word !== WORD.BIND) return;
    const [first = '', second = ''] = message.toString('utf8', 5).split('\0', 2);
    (word === WORD.PARSE ? this.#statements : this.#portals).set(first, second);
  }

  /** What is to be sent for a step, its fault done; null where nobody is there any more. */
  async #step(word: string, message: Buffer): Promise<Buffer | null> {
    const { steps, plan } = this.#seen;
    const isCopy = [WORD.COPY_DATA, WORD.COPY_DONE, WORD.COPY_FAIL].includes(word);
    const step: Step = { kind: isCopy ? 'COPY' : 'STATEMENT', sql: this.#sqlOf(word, message) };
    steps.push(step);
    if (plan === null) return message;
    if (typeof plan.step === 'number' ? plan.step !== steps.length : !step.sql.startsWith(plan.step)) return message;
    this.#seen.plan = null;
    switch (plan.fault) {
      case 'CUT_BEFORE':
        throw new Error('cut');
      case 'CUT_INSIDE':
        await write(this.#server, message.subarray(0, message.length >> 1));
        throw new Error('cut');
      case 'CUT_AFTER':
        this.#cutAtAnswer = true;
        return message;
      case 'BACKEND_ENDED':
        await this.#endBackend(this.#pid);
        return null;
      case 'RAISED':
        return failing(word);
    }
  }

  #sqlOf(word: string, message: Buffer): string {
    const [text = ''] = message.toString('utf8', 5).split('\0', 1);
    if (word === WORD.QUERY) return text;
    return word === WORD.EXECUTE ? (this.#statements.get(this.#portals.get(text) ?? '') ?? '') : '';
  }
}

const wordOf = (message: Buffer): string => String.fromCharCode(message[0] ?? 0);

/** A message to which the server answers with an error, in place of one of that kind. */
function failing(word: string): Buffer {
  switch (word) {
    case WORD.QUERY:
      return messageOf(WORD.QUERY, 'SELECT 1 / 0\0');
    case WORD.EXECUTE:
      return messageOf(WORD.EXECUTE, 'no such portal\0\0\0\0\0');
    default:
      return messageOf(WORD.COPY_FAIL, 'failed\0');
  }
}

function messageOf(word: string, body: string): Buffer {
  const message = Buffer.from(`${word}0000${body}`, 'latin1');
  message.writeInt32BE(message.length - 1, 1);
  return message;
}

async function write(socket: Socket, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));
}

/** The messages of one side. Those of a client before its login are a length and a body, all others have a letter in front. */
async function* messages(socket: Socket, fromClient: boolean): AsyncGenerator<Buffer> {
  let buffer: Buffer = Buffer.alloc(0);
  let begun = !fromClient;
  for await (const chunk of socket) {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    for (;;) {
      const letter = begun ? 1 : 0;
      if (buffer.length < letter + 4) break;
      const length = letter + buffer.readInt32BE(letter);
      if (buffer.length < length) break;
      const message = buffer.subarray(0, length);
      buffer = buffer.subarray(length);
      if (!begun && !SSL_OR_GSS_REQUEST.includes(message.readInt32BE(4))) begun = true;
      yield message;
    }
  }
}
