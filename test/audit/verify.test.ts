import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CANONICAL_COLUMNS } from '../../src/checks/audit/chain.ts';
import { sealAudit } from '../../src/checks/audit/seal.ts';
import { verifyAudit } from '../../src/checks/audit/verify.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';
import { sealEverything, settle, tamper, writeRows } from './rows.ts';

describe('a sealed audit', () => {
  let registry: TestRegistry;
  /** Rows of three blocks of two transactions each, and two that are not sealed. */
  let ids: string[];
  const row = (at: number): string => ids[at] as string;
  const fault = async () => (await verifyAudit(registry.sql, null)).fault;
  const checkpoint = async (block: number) => {
    const [found] = await registry.sql`
      SELECT encode(hash, 'hex') AS hash, (SELECT sum(rows)::int FROM audit_blocks WHERE id <= ${block}) AS rows FROM audit_blocks WHERE id = ${block}`;
    return { block, hash: found?.hash, rows: found?.rows, sealedAt: '2018-06-27T00:00:00.000000Z' };
  };

  beforeEach(async () => {
    registry = await createTestRegistry();
    ids = [];
    for (let block = 0; block < 3; block += 1) {
      ids.push(...(await writeRows(registry.sql, 3)), ...(await writeRows(registry.sql, 2)));
      await sealEverything(registry.sql);
    }
    await writeRows(registry.sql, 2);
  });
  afterEach(() => registry.close());

  it('is found whole, with a count of what is not sealed yet', async () => {
    expect(await verifyAudit(registry.sql, await checkpoint(2))).toEqual({
      fault: null,
      blocks: 3,
      rows: 15,
      unsealed: 2,
    });
  });

  it('covers every column of a row', async () => {
    const columns =
      await registry.sql`SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'audit'`;
    expect(columns.map(({ name }) => name).sort()).toEqual([...CANONICAL_COLUMNS].sort());
  });

  it('reads the same under any setting of time zone and style of dates', async () => {
    await registry.sql.unsafe(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Jayapura');
      EXECUTE format('ALTER DATABASE %I SET datestyle = %L', current_database(), 'German');
      EXECUTE format('ALTER DATABASE %I SET bytea_output = %L', current_database(), 'hex'); END $$`);
    const fresh = connect(registry.url, { max: 1 });
    expect(await verifyAudit(fresh, null)).toMatchObject({ fault: null, rows: 15 });
    await fresh.end();
  });

  it.each([
    'found = false',
    "client = 'other'",
    "at = at + interval '1 microsecond'",
    'tag = NULL',
    "suket_ends = 'infinity'",
    "claim = ''",
    'detail = \'{"rows": 1}\'',
  ])('shows a row that was altered: %s', async (change) => {
    await tamper(registry.sql, `UPDATE audit SET ${change} WHERE id = '${row(6)}'`);
    expect(await fault()).toEqual({ code: 'ROW_ALTERED', block: '2', row: row(6) });
  });

  it('names the first of several', async () => {
    await tamper(
      registry.sql,
      `DELETE FROM audit WHERE id = '${row(12)}'`,
      `UPDATE audit SET found = false WHERE id = '${row(7)}'`,
    );
    expect(await fault()).toEqual({ code: 'ROW_ALTERED', block: '2', row: row(7) });
  });

  it.each([0, 4, 14])('shows that row %i is missing', async (at) => {
    await tamper(registry.sql, `DELETE FROM audit WHERE id = '${row(at)}'`);
    expect(await fault()).toEqual({ code: 'ROW_MISSING', block: String(Math.floor(at / 5) + 1), row: row(at) });
  });

  it('shows a row that was put in afterwards, also before all others', async () => {
    for (const xid of [`(SELECT xid FROM audit WHERE id = '${row(6)}')`, '-5']) {
      const [added] = await registry.sql.unsafe(`INSERT INTO audit (id, xid, asked, matched, found, source, client)
        VALUES (gen_random_uuid(), ${xid}, 0, 0, true, 'REGISTRY', 'x') RETURNING id`);
      expect(await fault()).toEqual({ code: 'ROW_INSERTED', block: xid === '-5' ? '1' : '2', row: added?.id });
    }
  });

  it('shows rows whose contents or ids were swapped', async () => {
    const swap = (a: string, b: string): string[] => [
      `UPDATE audit SET id = '00000000-0000-0000-0000-000000000000' WHERE id = '${a}'`,
      `UPDATE audit SET id = '${a}' WHERE id = '${b}'`,
      `UPDATE audit SET id = '${b}' WHERE id = '00000000-0000-0000-0000-000000000000'`,
    ];
    await tamper(registry.sql, ...swap(row(5), row(6)));
    expect(await fault()).toEqual({ code: 'ROW_ALTERED', block: '2', row: row(5) });
    await tamper(registry.sql, ...swap(row(5), row(6)));
    expect(await fault()).toBeNull();
    await tamper(registry.sql, ...swap(row(0), row(9)));
    const swapped = await fault();
    expect(swapped).toMatchObject({ block: '1' });
    expect([row(0), row(9)]).toContain(swapped?.row);
  });

  it('shows a row that was given to another transaction, of its block or not', async () => {
    await tamper(
      registry.sql,
      `UPDATE audit SET xid = (SELECT xid FROM audit WHERE id = '${row(9)}') WHERE id = '${row(5)}'`,
    );
    expect(await fault()).toEqual({ code: 'ROW_REORDERED', block: '2', row: row(5) });
    await tamper(registry.sql, `UPDATE audit SET xid = xid + 1000000 WHERE id = '${row(5)}'`);
    expect(await fault()).toEqual({ code: 'ROW_REORDERED', block: '2', row: row(5) });
  });

  it.each([
    'rows = rows + 1',
    'to_xid = to_xid + 1',
    "entries = entries || '\\x00'",
    "entries = overlay(entries placing '\\x00' from 40)",
    "hash = sha256('x')",
    "previous_hash = sha256('x')",
    "sealed_at = sealed_at - interval '1 day'",
  ])('shows a block that was altered: %s', async (change) => {
    await tamper(registry.sql, `UPDATE audit_blocks SET ${change} WHERE id = 2`);
    expect(await fault()).toEqual({ code: 'BLOCK_ALTERED', block: '2', row: null });
  });

  it('shows a block that is missing, and one that does not follow', async () => {
    await tamper(registry.sql, 'DELETE FROM audit_blocks WHERE id = 2');
    expect(await fault()).toEqual({ code: 'BLOCK_MISSING', block: '2', row: null });
    await tamper(registry.sql, 'UPDATE audit_blocks SET id = 2 WHERE id = 3');
    expect(await fault()).toEqual({ code: 'CHAIN_BROKEN', block: '2', row: null });
  });

  it('that was written anew as a whole, or cut off, lacks the checkpoint that was kept', async () => {
    const [kept, first] = [await checkpoint(3), await checkpoint(1)];
    await tamper(registry.sql, 'DELETE FROM audit_blocks WHERE id = 3');
    expect((await verifyAudit(registry.sql, null)).fault).toBeNull();
    expect((await verifyAudit(registry.sql, kept)).fault).toEqual({
      code: 'CHECKPOINT_NOT_IN_CHAIN',
      block: '3',
      row: null,
    });
    expect((await verifyAudit(registry.sql, first)).fault).toBeNull();
    await tamper(registry.sql, 'DELETE FROM audit_blocks', `UPDATE audit SET found = false WHERE id = '${row(1)}'`);
    await settle(registry.sql);
    await sealAudit(registry.sql, { maxBlockRows: 5, maxBlocks: 10 });
    expect(await verifyAudit(registry.sql, null)).toMatchObject({ fault: null, rows: 17 });
    for (const one of [kept, first])
      expect((await verifyAudit(registry.sql, one)).fault).toMatchObject({ code: 'CHECKPOINT_NOT_IN_CHAIN' });
  });
});

describe('a long chain', () => {
  it('is read in the order of its numbers', async () => {
    const registry = await createTestRegistry();
    try {
      for (let i = 0; i < 12; i += 1) await writeRows(registry.sql, 2);
      await settle(registry.sql);
      await sealAudit(registry.sql, { maxBlockRows: 2, maxBlocks: 20 });
      expect(await verifyAudit(registry.sql, null)).toEqual({ fault: null, blocks: 12, rows: 24, unsealed: 0 });
    } finally {
      await registry.close();
    }
  });
});

describe('an empty audit', () => {
  it('is whole, and no checkpoint is in it', async () => {
    const registry = await createTestRegistry();
    try {
      expect(await sealAudit(registry.sql)).toEqual({ blocks: 0, rows: 0 });
      expect(await verifyAudit(registry.sql, null)).toEqual({ fault: null, blocks: 0, rows: 0, unsealed: 0 });
      const kept = { block: 1, hash: '0'.repeat(64), rows: 1, sealedAt: '2018-06-27T00:00:00.000000Z' };
      expect((await verifyAudit(registry.sql, kept)).fault).toEqual({
        code: 'CHECKPOINT_NOT_IN_CHAIN',
        block: '1',
        row: null,
      });
    } finally {
      await registry.close();
    }
  });
});
