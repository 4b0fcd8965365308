import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveKeys } from '../../src/registry/keys.ts';
import { claimKey } from '../../src/registry/readiness.ts';
import type { Sql, Transaction } from '../../src/registry/sql.ts';
import { fileOf, importBytes, sampleLines } from '../support/exports.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, type Process, runCli, startDoor } from '../support/server.ts';
import { knowledgeOf, type Tables, tablesOf } from '../support/state.ts';

const NEW = '2018-02-01T17:00:00+07:00';
const [header = '', ...rows] = sampleLines(12_000);
/** A tenth is new, a twentieth gone, a fifth of those who wait for a card has it. */
const oldFile = fileOf([header, ...rows.slice(0, 10_800)]);
const newFile = fileOf([
  header,
  ...rows
    .filter((_, n) => n % 20 !== 3)
    .map((row, n) => (n % 5 === 0 ? row.replace('PRINT_READY_RECORD', 'CARD_ISSUED') : row)),
]);

/** What an import waits for at a table that another holds in that mode: the statements of the merge one after the other. */
const POINTS = [
  ['sources', 'SHARE', 'before anything is written'],
  ['copies', 'SHARE', 'at its ledger row'],
  ['changes', 'SHARE', 'at the change log'],
  ['residents', 'SHARE', 'at the MERGE'],
  ['residents', 'SHARE UPDATE EXCLUSIVE', 'after the last write, before COMMIT'],
] as const;

describe('an import that is killed (kill -9)', () => {
  let registry: TestRegistry;
  let env: Record<string, string>;
  let before: Tables;
  /** Report and registry of a run that nothing befell. */
  let clean: { report: object; knowledge: Tables };

  const args = ['import', '-', '--source', '32.01', '--as-of', NEW, '--json'];
  const reportIn = (out: string): object => ({ ...JSON.parse(out), dataset: 0, seconds: 0 });

  beforeAll(async () => {
    registry = await createTestRegistry();
    const other = { ...(await createTestRegistry()), registryKey: registry.registryKey };
    const keys = await createTestKeys(registry.registryKey);
    env = { ...keys, HAKPILIH_DATABASE_URL: registry.url };
    for (const one of [registry, other]) {
      await claimKey(one.sql, deriveKeys(one.registryKey));
      await importBytes(one, oldFile);
    }
    const { code, out } = await runCli(args, { ...keys, HAKPILIH_DATABASE_URL: other.url }, newFile);
    expect(code).toBe(0);
    clean = { report: reportIn(out), knowledge: await knowledgeOf(other.sql) };
    await other.close();
    before = await tablesOf(registry.sql);
  });
  afterAll(() => registry.close());

  const startImport = (): Process => {
    const importing = startDoor('cli', args, env);
    importing.child.stdin?.on('error', () => {});
    return importing;
  };

  /** Kills, and waits until the server has noticed too. */
  const kill = async ({ child, ended }: Process, pid: number): Promise<void> => {
    child.kill('SIGKILL');
    expect(await ended).toBeNull();
    await expect.poll(() => isThere(registry.sql, pid), { timeout: 20_000 }).toBe(false);
  };

  // Shares of the file, any will do; a later one is not reached before an earlier one was read.
  it.each([0.13, 0.38, 0.71, 0.97])('while it reads leaves the old state whole (%d of the file read)', async (share) => {
    const importing = startImport();
    const part = newFile.subarray(0, Math.floor(newFile.length * share));
    if (!importing.child.stdin?.write(part)) await once(importing.child.stdin as NodeJS.EventEmitter, 'drain');
    let copying: { pid: number } | undefined;
    const copies = async (): Promise<boolean> => {
      copying = await copyInProgress(registry.sql);
      return copying !== undefined;
    };
    await expect.poll(copies, { timeout: 20_000, interval: 20 }).toBe(true);
    await kill(importing, copying?.pid as number);
    expect(await tablesOf(registry.sql)).toEqual(before);
  });

  it.each(POINTS)('while it merges leaves the old state whole (%s, %s: %s)', async (table, mode) => {
    const importing = startImport();
    let killed: Promise<void> | undefined;
    await registry.sql.begin(async (holder) => {
      await holder.unsafe(`LOCK TABLE ${table} IN ${mode} MODE`);
      importing.child.stdin?.end(newFile);
      let pid: number | undefined;
      const waits = async (): Promise<boolean> => {
        pid = await whoWaitsFor(holder, table);
        return pid !== undefined;
      };
      await expect.poll(waits, { timeout: 20_000, interval: 20 }).toBe(true);
      importing.child.kill('SIGKILL');
      await importing.ended;
      killed = kill(importing, pid as number);
    });
    await killed;
    expect(await tablesOf(registry.sql)).toEqual(before);
  });

  it('is finished by running it again: the registry and the report are those of a clean run', async () => {
    expect(await tablesOf(registry.sql)).toEqual(before);
    const { code, out } = await runCli(args, env, newFile);
    expect(code).toBe(0);
    expect(reportIn(out)).toEqual(clean.report);
    expect(await knowledgeOf(registry.sql)).toEqual(clean.knowledge);
  });
});

const isThere = async (sql: Sql, pid: number): Promise<boolean> =>
  (await sql`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid}`).length > 0;

/** The session that has rows of an export in its stage. */
async function copyInProgress(sql: Sql): Promise<{ pid: number } | undefined> {
  const [row] = await sql`
    SELECT pid FROM pg_stat_progress_copy WHERE datname = current_database() AND command = 'COPY FROM' AND tuples_processed > 0`;
  return row as { pid: number } | undefined;
}

async function whoWaitsFor(sql: Transaction, table: string): Promise<number | undefined> {
  const [row] = await sql`SELECT pid FROM pg_locks WHERE relation = ${table}::regclass AND NOT granted`;
  return row?.pid as number | undefined;
}
