import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleHeader, sampleRows } from '../../src/intake/sample.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTestKeys, runCli, type TestKeys } from '../support/server.ts';

const ROWS = 40;
const header = sampleHeader();
const lines = [...sampleRows({ rows: ROWS, fromRow: 1_000 })].join('').trim().split('\r\n');
const secrets = lines.flatMap((line) => [line.slice(0, 16), line.split(';')[2] as string]);
const csv = `${header}${lines.join('\r\n')}\r\n`;

describe('hakpilih import', () => {
  let directory: string;
  let file: string;
  let database: TestDatabase;
  let keys: TestKeys;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hakpilih-import-'));
    file = join(directory, 'export.csv');
    keys = await createTestKeys();
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => writeFile(file, csv));

  let day = 0;
  /** Each import is a day later than the one before. */
  const run = async (args: string[], options: { input?: string | Uint8Array; env?: Record<string, string> } = {}) => {
    day += 1;
    const asOf = `2018-01-01T00:00:00+07:00`.replace('01T', `${String(day).padStart(2, '0')}T`);
    const env = { ...keys, HAKPILIH_DATABASE_URL: database.url, ...options.env };
    const all = ['import', ...args, '--source', '32.01', ...(args.includes('--as-of') ? [] : ['--as-of', asOf])];
    const done = await runCli(all, env, options.input);
    for (const secret of secrets) expect(`${done.out}${done.err}`.includes(secret)).toBe(false);
    expect(done.err).not.toMatch(/\n\s+at /);
    return done;
  };
  const jsonOf = ({ out }: { out: string }) => {
    expect(out.match(/\n/g)).toHaveLength(1);
    return JSON.parse(out);
  };
  const residents = async (): Promise<number> => {
    const sql = connect(database.url, { max: 1 });
    const [row] = await sql`SELECT count(*)::int AS n FROM residents`;
    await sql.end();
    return row?.n;
  };

  it('with --dry-run reports and writes nothing', async () => {
    const done = await run([file, '--dry-run', '--json']);
    expect([done.code, jsonOf(done)]).toMatchObject([0, { dataset: null, inserted: ROWS }]);
    expect(await residents()).toBe(0);
  });

  it('with --json prints its report as one object on one line', async () => {
    const done = await run([file, '--json']);
    expect(done.code).toBe(0);
    expect(jsonOf(done)).toMatchObject({
      dataset: expect.any(Number),
      source: '32.01',
      asOf: expect.stringMatching(/^2018-01-0[0-9]T00:00:00\+07:00$/),
      rows: ROWS,
      residents: ROWS,
      inserted: ROWS,
      changed: 0,
      unchanged: 0,
      absent: 0,
      duplicates: 0,
      conflicts: 0,
      rejected: 0,
      byReason: {},
      byDocument: {
        EKTP: expect.any(Number),
        SUKET: expect.any(Number),
        NEITHER: expect.any(Number),
        UNDETERMINED: expect.any(Number),
      },
      seconds: expect.any(Number),
    });
  });

  it('without --json says it in plain lines, and nothing on standard output', async () => {
    const done = await run([file]);
    expect(done).toMatchObject({ code: 0, out: '' });
    expect(done.err).toContain(`rows ${ROWS}, residents ${ROWS}`);
    expect(done.err).not.toContain('\u001b');
  });

  it('reads standard input, and gzip', async () => {
    expect(jsonOf(await run(['-', '--json'], { input: csv }))).toMatchObject({ unchanged: ROWS });
    expect(jsonOf(await run(['-', '--json'], { input: gzipSync(csv) }))).toMatchObject({ unchanged: ROWS });
  });

  it('reports rejected rows by line, column and reason, never their value', async () => {
    const wrong = [...lines];
    wrong[3] = (wrong[3] as string).replace(/^[0-9]+/, '3,20101E+15');
    wrong[7] = (wrong[7] as string).replace(/^[0-9]+/, '32010');
    wrong[9] = '3201;1';
    await writeFile(file, `${header}${wrong.join('\r\n')}\r\n`);
    const done = await run([file, '--max-lost', '0.1', '--json']);
    expect([done.code, jsonOf(done)]).toMatchObject([
      0,
      {
        rows: ROWS,
        rejected: 3,
        absent: 3,
        byReason: { NIK_SCIENTIFIC: 1, NIK_NOT_16_DIGITS: 1, COLUMNS_MISSING: 1 },
      },
    ]);
    expect((await readFile(`${file}.rejected.csv`, 'utf8')).trim().split('\n')).toEqual([
      'line,column,reason',
      '5,NIK,NIK_SCIENTIFIC',
      '9,NIK,NIK_NOT_16_DIGITS',
      '11,,COLUMNS_MISSING',
    ]);
  });

  it('with too many rejected rows is refused whole, unless that is accepted', async () => {
    const wrong = lines.map((line, i) => (i % 4 === 0 ? line.replace(/^[0-9]+/, '1') : line));
    await writeFile(file, `${header}${wrong.join('\r\n')}\r\n`);
    const refused = await run([file, '--json']);
    expect([refused.code, jsonOf(refused)]).toMatchObject([1, { error: { code: 'TOO_MANY_REJECTED' } }]);
    const lost = await run([file, '--max-rejected', '0.3', '--json']);
    expect([lost.code, jsonOf(lost)]).toMatchObject([1, { error: { code: 'TOO_MANY_LOST' } }]);
    expect((await run([file, '--max-rejected', '0.3', '--partial'])).code).toBe(0);
    expect((await run([file, '--max-rejected', '0.3', '--max-lost', '0.3'])).code).toBe(0);
  });

  it.each<[string, string | Uint8Array, string[], string]>([
    ['a truncated file', csv.slice(0, -40), [], 'FILE_TRUNCATED'],
    [
      'a workbook named .csv',
      Uint8Array.from([0x50, 0x4b, 3, 4, ...Buffer.from('[Content_Types].xml xl/workbook.xml')]),
      [],
      'XLSX_FILE',
    ],
    ['a PDF', '%PDF-1.7\n%âãÏÓ\n', [], 'PDF_FILE'],
    ['an empty file', '', [], 'EMPTY_FILE'],
    ['a file without NIK', csv.replace('NIK;', 'NIKS;'), [], 'MISSING_COLUMN'],
    ['a file without status code', csv.replace('EKTP_CURRENT_STATUS_CODE', 'STATUS'), [], 'MISSING_COLUMN'],
    [
      'an older copy',
      csv.replaceAll('CARD_ISSUED', 'CARD_SHIPPED'),
      ['--as-of', '2017-01-01T00:00:00+07:00'],
      'OLDER_AS_OF',
    ],
  ])('refuses %s with a code, and changes nothing', async (_, content, args, code) => {
    await writeFile(file, content);
    const before = await residents();
    const done = await run([file, '--json', ...args]);
    expect([done.code, jsonOf(done)]).toMatchObject([1, { error: { code, message: expect.any(String) } }]);
    expect(await residents()).toBe(before);
  });

  it('imports what is there of a truncated file, and an older copy, when told to', async () => {
    await writeFile(file, csv.slice(0, -40));
    expect(jsonOf(await run([file, '--json', '--allow-truncated', '--max-lost', '0.5']))).toMatchObject({
      rejected: 1,
    });
    await writeFile(file, csv);
    expect((await run([file, '--allow-older', '--as-of', '2017-01-01T00:00:00+07:00'])).code).toBe(0);
    expect((await run([file, '--allow-older', '--as-of', '2017-01-01T00:00:00+07:00'])).err).toContain(
      'nothing to do',
    );
  });

  it.each<[string, string[], RegExp]>([
    ['no file', [], /One FILE is needed/],
    ['a file that is not there', ['/there/is/none'], /^FILE cannot be read \(ENOENT\)/],
    ['a directory', ['/tmp'], /^FILE is a directory/],
    ['an as-of without offset', ['FILE', '--as-of', '2018-01-12T17:00:00'], /^--as-of must be/],
    ['a share that is none', ['FILE', '--max-lost', 'viel'], /^--max-lost must be a share/],
    ['an unknown option', ['FILE', '--force'], /^There is an unknown option/],
  ])('refuses %s in one clear line', async (_, args, line) => {
    const done = await run(args.map((arg) => (arg === 'FILE' ? file : arg)));
    expect(done).toMatchObject({ code: 1, out: '', err: expect.stringMatching(line) });
    expect(done.err.trim().split('\n')).toHaveLength(1);
  });

  it('refuses another key, and a database that does not answer', async () => {
    const other = await run([file, '--json'], { env: await createTestKeys() });
    expect([other.code, jsonOf(other).error.message]).toMatchObject([
      1,
      expect.stringContaining('another HAKPILIH_REGISTRY_KEY'),
    ]);
    const away = await run([file, '--json'], { env: { HAKPILIH_DATABASE_URL: 'postgres://u:geheim@127.0.0.1:9/x' } });
    expect([away.code, jsonOf(away).error.message]).toMatchObject([1, expect.stringContaining('ECONNREFUSED')]);
    expect(away.out).not.toContain('geheim');
  });

  it('removes the synthetic sample with the first real import, and says so', async () => {
    const own = await createTestDatabase();
    const env = { ...keys, HAKPILIH_DATABASE_URL: own.url };
    await runCli(['import', file, '--source', 'sample', '--as-of', '2018-01-12T17:00:00+07:00'], env);
    const args = ['import', '-', '--source', '32.01', '--as-of', '2018-01-12T17:00:00+07:00'];
    const done = await runCli(args, env, `${header}${lines.slice(0, 9).join('\r\n')}\r\n`);
    await own.drop();
    expect(done).toMatchObject({ code: 0, out: '' });
    expect(done.err).toContain(`Removed the synthetic sample (${ROWS} residents)`);
  });
});
