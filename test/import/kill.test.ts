import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleHeader, sampleRows } from '../../src/intake/sample.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTestKeys, runCli, startDoor, type TestKeys } from '../support/server.ts';

const AS_OF = ['--source', '32.01', '--as-of'];
const FIRST = '2018-01-12T17:00:00+07:00';
const SECOND = '2018-02-12T17:00:00+07:00';
const rowsOf = (seed: number): string[] => [...sampleRows({ rows: 20_000, seed })];
const first = [sampleHeader(), ...rowsOf(1)];
const second = first.map((chunk) => chunk.replaceAll('PRINT_READY_RECORD', 'CARD_ISSUED'));

describe('kill -9 in the middle of an import', () => {
  let database: TestDatabase;
  let keys: TestKeys;
  let env: Record<string, string>;
  beforeAll(async () => {
    database = await createTestDatabase();
    keys = await createTestKeys();
    env = { ...keys, HAKPILIH_DATABASE_URL: database.url };
  });
  afterAll(() => database.drop());

  const importing = (asOf: string, text: string[], at = env) =>
    runCli(['import', '-', ...AS_OF, asOf, '--json'], at, text.join(''));
  /** All that an import writes, but for numbers of copies, which a broken-off one uses up. */
  const stateOf = async (url: string): Promise<unknown> => {
    const sql = connect(url, { max: 1 });
    const residents = await sql`
      SELECT md5(string_agg(concat_ws('|', r.tag, name_proof, kk_proof, suket_proof, region, suket_issued, suket_ends, of_age_on, status, flags, c.as_of), ',' ORDER BY r.tag)) AS digest, count(*)::int AS rows
      FROM residents r JOIN copies c ON c.id = r.copy`;
    const changes = await sql`
      SELECT md5(string_agg(concat_ws('|', h.tag, h.status, h.flags, c.as_of), ',' ORDER BY h.tag, c.as_of)) AS digest, count(*)::int AS rows
      FROM changes h JOIN copies c ON c.id = h.replaced_by`;
    const copies = await sql`SELECT source, as_of::text, is_full, digest FROM copies ORDER BY id`;
    const sources = await sql`SELECT name, as_of::text, full_as_of::text FROM sources ORDER BY name`;
    await sql.end();
    return { residents, changes, copies, sources };
  };

  it('leaves the old state whole, and importing again gives what a clean run gives', async () => {
    const clean = await createTestDatabase();
    const cleanEnv = { ...keys, HAKPILIH_DATABASE_URL: clean.url };
    expect((await importing(FIRST, first)).code).toBe(0);
    expect((await importing(FIRST, first, cleanEnv)).code).toBe(0);
    const before = await stateOf(database.url);
    const survived: boolean[] = [];
    for (const [chunks, merging] of [
      [1, false],
      [8, false],
      [second.length, false],
      [second.length, true],
    ] as const) {
      const { child, ended, log } = startDoor('cli', ['import', '-', ...AS_OF, SECOND, '--json'], env);
      child.stdin?.on('error', () => {});
      child.stdin?.write(second.slice(0, chunks).join(''));
      if (merging) child.stdin?.end();
      if (merging) await expect.poll(log, { timeout: 20_000, interval: 5 }).toContain('merging');
      else await new Promise((resolve) => setTimeout(resolve, 1_500));
      child.kill('SIGKILL');
      expect(await ended).toBeNull();
      // The backend notices that its client is gone, and lets go of the import lock.
      const sql = connect(database.url, { max: 1 });
      await sql`SELECT pg_advisory_lock(${4_711_2018})`;
      await sql.end();
      survived.push(JSON.stringify(await stateOf(database.url)) === JSON.stringify(before));
    }
    expect(survived).toEqual([true, true, true, true]);
    const [again, cleanly] = [await importing(SECOND, second), await importing(SECOND, second, cleanEnv)];
    const counts = ({ out }: { out: string }) => ({ ...JSON.parse(out), seconds: 0, dataset: 0 });
    expect(counts(again)).toEqual(counts(cleanly));
    expect(await stateOf(database.url)).toEqual(await stateOf(clean.url));
    await clean.drop();
  }, 400_000);
});
