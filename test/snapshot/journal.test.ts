import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFileJournal } from '../../src/platform/journal-file.ts';
import { enterRows, type JournalRow, journalLine, parseJournal } from '../../src/snapshot/journal.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';

const rowOf = (rest: Partial<JournalRow> = {}): JournalRow => ({
  id: crypto.randomUUID(),
  at: '2018-01-13T01:02:03.456Z',
  tag: 'ffffffff-ffff-ffff-ffff-fffffffffff0',
  region: 3201012001,
  copy: 1,
  suket_ends: null,
  of_age_on: '2018-06-20',
  status: 9,
  flags: 0,
  asked: 3,
  matched: 1,
  found: true,
  client: 'tps-01',
  claim: '32.01',
  ...rest,
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hakpilih-journal-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** All rows that a journal gives, and how many lines are none. */
async function drained(journal: ReturnType<typeof createFileJournal>) {
  const rows: JournalRow[] = [];
  let broken = 0;
  await journal.drain(async (text) => {
    const parsed = parseJournal(text);
    rows.push(...parsed.rows);
    broken += parsed.broken;
    return parsed;
  });
  return { rows, broken };
}

describe('the journal', () => {
  it('gives each row once, and no file stays', async () => {
    const journal = createFileJournal(directory);
    const rows = Array.from({ length: 300 }, () => rowOf());
    await Promise.all(rows.map((row) => journal.append(journalLine(row))));
    expect(await journal.hasRows()).toBe(true);
    expect(await drained(journal)).toEqual({ rows, broken: 0 });
    expect(await drained(journal)).toEqual({ rows: [], broken: 0 });
    expect(await readdir(directory)).toEqual([]);
    expect(await journal.hasRows()).toBe(false);
  });

  it('of a long outage is many files, so that none is too large to be read', async () => {
    const journal = createFileJournal(directory);
    const [groups, rowsInGroup] = [3, 4_000];
    for (let n = 0; n < groups; n += 1)
      await Promise.all(Array.from({ length: rowsInGroup }, () => journal.append(journalLine(rowOf()))));
    expect(await readdir(directory)).toHaveLength(groups);
    expect((await drained(journal)).rows).toHaveLength(groups * rowsInGroup);
  });

  it('has a row on disk when it says so', async () => {
    const journal = createFileJournal(directory);
    const row = rowOf();
    await journal.append(journalLine(row));
    const [name = ''] = await readdir(directory);
    expect(parseJournal(await readFile(join(directory, name), 'utf8')).rows).toEqual([row]);
    await drained(journal);
  });

  it('keeps rows that could not be entered for the next time', async () => {
    const journal = createFileJournal(directory);
    const row = rowOf();
    await journal.append(journalLine(row));
    await expect(journal.drain(() => Promise.reject(new Error('the database is away')))).rejects.toThrow();
    const later = rowOf();
    await journal.append(journalLine(later));
    const { rows } = await drained(journal);
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(expect.arrayContaining([row, later]));
  });

  it('takes over what a process left that is gone, and leaves alone what another one still writes', async () => {
    const living = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const gone = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => gone.once('close', resolve));
    const [left, underWay] = [rowOf(), rowOf()];
    await writeFile(join(directory, `${gone.pid}.${crypto.randomUUID()}.open`), journalLine(left));
    const busy = join(directory, `${living.pid}.${crypto.randomUUID()}.open`);
    await writeFile(busy, journalLine(underWay));
    expect((await drained(createFileJournal(directory))).rows).toEqual([left]);
    expect(await readFile(busy, 'utf8')).toBe(journalLine(underWay));
    living.kill();
  });

  it('takes over what a process left that had its own number, as in a container, and keeps its own file', async () => {
    const [left, own] = [rowOf(), rowOf()];
    await writeFile(join(directory, `${process.pid}.${crypto.randomUUID()}.open`), journalLine(left));
    const journal = createFileJournal(directory);
    expect(await journal.hasRows()).toBe(true);
    expect((await drained(journal)).rows).toEqual([left]);
    await journal.append(journalLine(own));
    expect((await drained(journal)).rows).toEqual([own]);
  });

  it('drops a last line that did not come to its end: no answer left on it', async () => {
    const row = rowOf();
    const cut = journalLine(rowOf()).slice(0, -1);
    for (let length = 0; length <= cut.length; length += 1)
      expect(parseJournal(journalLine(row) + cut.slice(0, length))).toEqual({ rows: [row], broken: 0 });
  });

  it('believes no line of which a byte is another, enters the others, and keeps the file aside', async () => {
    const rows = [rowOf(), rowOf(), rowOf()];
    const lines = rows.map(journalLine);
    const middle = lines[1] as string;
    for (let at = 0; at < middle.length - 1; at += 1) {
      const spoiled = `${middle.slice(0, at)}${middle[at] === '0' ? '1' : '0'}${middle.slice(at + 1)}`;
      const parsed = parseJournal(`${lines[0]}${spoiled}${lines[2]}`);
      expect(parsed).toEqual({ rows: [rows[0], rows[2]], broken: 1 });
    }
    const journal = createFileJournal(directory);
    await journal.append(journalLine(rowOf()));
    const [name = ''] = await readdir(directory);
    await appendFile(join(directory, name), 'not a line of ours\n');
    expect((await drained(journal)).broken).toBe(1);
    expect(await readdir(directory)).toEqual([expect.stringMatching(/\.broken$/)]);
  });

  it('says so where it cannot be written', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(createFileJournal(join(file, 'journal')).append('line\n')).rejects.toThrow();
  });
});

describe('rows of a journal', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.close());

  it('enter the audit once, with their own time, also where some are there already', async () => {
    const rows = Array.from({ length: 1_201 }, (_, n) =>
      rowOf(n % 2 ? {} : { region: null, copy: null, found: false }),
    );
    await enterRows(registry.sql, rows.slice(0, 700));
    await enterRows(registry.sql, rows);
    const entered = await registry.sql`SELECT id, source, client, claim, kind, found, region::int8, of_age_on::text,
      to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at FROM audit`;
    expect(entered).toHaveLength(rows.length);
    expect(new Set(entered.map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id)));
    const [one] = entered.filter(({ id }) => id === rows[1]?.id);
    expect(one).toMatchObject({ source: 'SNAPSHOT', client: 'tps-01', claim: '32.01', kind: 'CHECK', found: true });
    expect(one).toMatchObject({ at: '2018-01-13T01:02:03.456Z', of_age_on: '2018-06-20' });
  });
});
