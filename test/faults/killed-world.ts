import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { journalLine } from '../../src/snapshot/journal.ts';
import { exportOf, person } from '../support/exports.ts';
import { nikOf } from '../support/registry.ts';
import { type Process, type RunningServer, startDoor, startServer, type TestKeys } from '../support/server.ts';
import { type Answer, answerOf, linesOf, RETRY_MS, uuidOf, waitFor } from './answers.ts';

export type Operation = 'checks' | 'import' | 'bulk' | 'list' | 'publish' | 'replay';
export type Victim = 'server' | 'postgres' | 'both' | 'command';
/** What happens in one round, and who is killed at which share of the time that it usually takes. */
export type Round = { n: number; operation: Operation; victim: Victim; share: number };
const RESIDENTS = 600;
const STATUSES = ['PRINT_READY_RECORD', 'CARD_ISSUED', 'BIO_CAPTURED'];
const JOURNAL_ROWS = 400;
const BOTH_APART_MS = 500;

/** A data directory with its server, embedded database and clients, to which rounds happen. */
export class World {
  readonly answers = new Map<string, Answer>();
  /** All changes that were told of a list, by the round. */
  readonly followed = new Map<number, string>();
  /** Requests whose answer did not come: their audit rows may be there or not. */
  brokenOff = 0;
  /** Kills while the operation was under way, and afterwards. */
  readonly kills = { during: 0, after: 0 };
  #server: RunningServer | null = null;
  #command: Process | null = null;
  #token = '';
  #registry = '';
  #lists: string[] = [];

  readonly root: string;
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  private constructor(root: string, keys: TestKeys) {
    this.root = root;
    this.dataDir = join(root, 'data');
    this.#env = { ...keys, HAKPILIH_DATA_DIR: this.dataDir, HAKPILIH_TODAY: '2018-06-01' };
  }

  static async create(keys: TestKeys): Promise<World> {
    const root = await mkdtemp(join(tmpdir(), 'hakpilih-killed-'));
    await chmod(root, 0o755);
    const world = new World(root, keys);
    world.#server = await startServer(world.#env);
    await world.#import(0);
    const scopes = ['--scope', 'check,bulk,lists'];
    await world.#run(['client', 'add', 'kpud', ...scopes, '--quota', '900000000/900000000']);
    world.#token = (await world.#run(['token', '--client', 'kpud', ...scopes, '--ttl', '7d'])).trim();
    while (world.#registry === '') {
      world.#registry = (await readdir(join(world.dataDir, 'snapshot')).catch(() => []))[0] ?? '';
      await sleep(RETRY_MS);
    }
    return world;
  }

  /** Does a round; `killAfterMs` null kills nobody. Everything runs again when it resolves. */
  async round({ n, operation, victim }: Round, killAfterMs: number | null): Promise<void> {
    const work = operation === 'replay' ? this.#replay(n, killAfterMs, victim) : this.#operate(operation, n);
    let isOver = false;
    const done = work.finally(() => (isOver = true));
    const strike = async (): Promise<void> => {
      if (killAfterMs === null || operation === 'replay') return;
      await sleep(killAfterMs);
      this.kills[isOver ? 'after' : 'during'] += 1;
      await this.#kill(victim);
    };
    await Promise.all([done, strike()]);
    await this.#ready();
  }

  /** Stops the server as an operator does. */
  async stop(): Promise<void> {
    const code = await this.#server?.stop();
    if (code !== 0) throw new Error(`the server ended with ${code}: ${this.#server?.log()}`);
  }

  async remove(): Promise<void> {
    this.#server?.child.kill('SIGKILL');
    const pid = await this.#postmaster();
    if (pid !== null) process.kill(pid, 'SIGKILL');
    await sleep(RETRY_MS);
    await rm(this.root, { recursive: true, force: true, maxRetries: 20 });
  }

  async #operate(operation: Operation, n: number): Promise<void> {
    if (operation === 'import') await this.#import(n);
    else if (operation === 'publish') await this.#run(['snapshot', 'publish']);
    else if (operation === 'bulk') await this.#bulk(n);
    else if (operation === 'list') await this.#list(n);
    else await this.#checks(n);
  }

  /** One full or partial copy, newer than all before it. */
  async #import(n: number): Promise<void> {
    const isPartial = n % 3 === 2;
    const from = isPartial ? (n * 31) % RESIDENTS : n % 20;
    const count = isPartial ? 90 : RESIDENTS - 40;
    const rows = Array.from({ length: count }, (_, i) => from + i);
    const file = join(this.root, `export-${n}.csv`);
    await writeFile(file, exportOf(rows.map((k) => person(k, { status: STATUSES[(k + n) % 3] as string }))));
    const asOf = new Date(Date.parse('2018-01-12T10:00:00Z') + n * 3_600_000).toISOString();
    const options = ['--source', '32.01', '--as-of', asOf, '--max-lost', '0.5', '--other-region', '--json'];
    await this.#run(['import', file, ...options, ...(isPartial ? ['--partial'] : [])]);
  }

  async #checks(n: number): Promise<void> {
    const ask = async (j: number): Promise<void> => {
      const k = j === 7 ? 20_000 + n : (n * 37 + j * 13) % RESIDENTS;
      const name = j % 2 ? { name: person(k).name } : {};
      const body = JSON.stringify({ nik: nikOf(k), ...name });
      for (let again = 0; again < 4; again += 1) await this.#ask(`check ${n} ${j} ${again}`, '/v1/checks', { body });
    };
    await Promise.all(Array.from({ length: 8 }, (_, j) => ask(j)));
  }

  async #bulk(n: number): Promise<void> {
    const lines = linesOf(4_000, (i) => {
      const k = (i * 7 + n) % RESIDENTS;
      return { ref: String(i), nik: nikOf(k), name: person(k).name };
    });
    await this.#ask(`bulk ${n}`, '/v1/checks/bulk', { body: lines, lines: true });
  }

  /** Makes a list, the same again where no answer came, and reads the one made before it. */
  async #list(n: number): Promise<void> {
    const lines = linesOf(200, (i) => ({ ref: `v${i}`, nik: nikOf((i * 3 + n) % RESIDENTS) }));
    const made = await this.#ask(null, '/v1/lists', { body: lines, lines: true, key: `list-${n}` });
    const last = this.#lists.at(-1);
    if (last !== undefined) this.followed.set(n, await this.#follow(n, last));
    this.#lists.push((JSON.parse(made) as { id: string }).id);
  }

  /** All changes of a list. Numbers of copies have gaps after a crash: a page is cut elsewhere then. */
  async #follow(n: number, list: string): Promise<string> {
    const changes: unknown[] = [];
    let after = '';
    for (let page = 1; ; page += 1) {
      const text = await this.#ask(`list ${n} ${page}`, `/v1/lists/${list}/changes?limit=1000${after}`, {});
      const read = JSON.parse(text) as { changes: unknown[]; cursor: string; more: boolean };
      changes.push(...read.changes);
      if (!read.more) return JSON.stringify(changes);
      after = `&after=${read.cursor}`;
    }
  }

  /** What a server that was killed left of its journal is entered by the next one, which is killed over it. */
  async #replay(n: number, killAfterMs: number | null, victim: Victim): Promise<void> {
    if (killAfterMs === null) await this.#server?.stop();
    else this.#server?.child.kill('SIGKILL');
    await this.#server?.ended;
    const directory = join(this.dataDir, 'journal', this.#registry);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const rows = Array.from({ length: JOURNAL_ROWS }, (_, i) => {
      const id = uuidOf(`replay ${n} ${i}`);
      this.answers.set(id, { of: `replay ${n} ${i}`, text: '', source: 'SNAPSHOT', asOf: null });
      const facts = { region: null, copy: null, suket_ends: null, of_age_on: null, status: null, flags: null };
      return { id, at: '2018-06-01T01:02:03.456Z', tag: uuidOf(`tag ${n} ${i}`), ...facts, asked: i % 4, matched: 0 };
    });
    const lines = rows.map((row) => journalLine({ ...row, found: false, client: 'kpud', claim: null }));
    const path = join(directory, `left-${n}.closed`);
    await writeFile(path, lines.join(''));
    const starting = startDoor('node', [], { PORT: '0', ...this.#env });
    if (killAfterMs !== null) {
      await sleep(killAfterMs);
      const isEntered = !(await readdir(directory)).includes(`left-${n}.closed`);
      this.kills[isEntered ? 'after' : 'during'] += 1;
      if (victim === 'postgres') await this.#killPostgres();
    } else await waitFor('the server to listen', async () => starting.log().includes('listens on'));
    starting.child.kill(killAfterMs === null ? 'SIGTERM' : 'SIGKILL');
    await starting.ended;
    this.#server = await startServer(this.#env);
    await waitFor('the journal to be entered', async () => (await readdir(directory)).length === 0);
  }

  async #kill(victim: Victim): Promise<void> {
    if (victim === 'postgres' || victim === 'both') await this.#killPostgres();
    if (victim === 'postgres') return;
    if (victim === 'both') await sleep(BOTH_APART_MS);
    if (victim === 'command') return void this.#command?.child.kill('SIGKILL');
    this.#server?.child.kill('SIGKILL');
    await this.#server?.ended;
    this.#server = await startServer(this.#env);
  }

  async #killPostgres(): Promise<void> {
    process.kill(await waitFor('Postgres to run', () => this.#postmaster()), 'SIGKILL');
  }

  async #postmaster(): Promise<number | null> {
    const text = await readFile(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number.parseInt(text, 10);
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.includes(this.dataDir) ? pid : null;
  }

  /** A command, again until it comes to its end: whoever runs one that was killed does so. */
  async #run(args: string[]): Promise<string> {
    return await waitFor(args.slice(0, 2).join(' '), async () => {
      const command = startDoor('cli', args, this.#env);
      this.#command = command;
      let out = '';
      command.child.stdout?.on('data', (text: string) => (out += text));
      command.child.stdin?.end();
      const code = await command.ended;
      if (code === 1 && /unexpected .* \(UNKNOWN\)/.test(command.log())) throw new Error(command.log());
      return code === 0 ? out || ' ' : null;
    });
  }

  /** Asks until there is a whole answer, as a caller does. `of` null is not counted as an answer. */
  async #ask(
    of: string | null,
    path: string,
    given: { body?: string; lines?: boolean; key?: string },
  ): Promise<string> {
    const headers = {
      Authorization: `Bearer ${this.#token}`,
      'Content-Type': given.lines ? 'application/x-ndjson' : 'application/json',
      ...(given.key === undefined ? {} : { 'Idempotency-Key': given.key }),
    };
    const init = given.body === undefined ? { headers } : { method: 'POST', headers, body: given.body };
    return await waitFor(path, async () => {
      try {
        const response = await fetch(`${this.#server?.url}${path}`, init);
        const text = await response.text();
        if (!response.ok && ![502, 503].includes(response.status))
          throw new Error(`${path}: ${response.status} ${text}`);
        if (!response.ok || (of?.startsWith('bulk') && !text.includes('"summary"'))) throw new TypeError('no answer');
        if (of !== null) this.answers.set(response.headers.get('x-request-id') as string, answerOf(of, text));
        return text;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        this.brokenOff += 1;
        return null;
      }
    });
  }

  async #ready(): Promise<void> {
    await waitFor('the server to be ready', async () => {
      const response = await fetch(`${this.#server?.url}/readyz`).catch(() => null);
      const body = (await response?.json().catch(() => null)) as { status?: string } | null;
      return body?.status === 'ready' ? true : null;
    });
  }
}
