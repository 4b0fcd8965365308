import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entriesByTransaction, FIRST_XID } from '../../src/checks/audit/chain.ts';
import { type Sealed, sealAudit } from '../../src/checks/audit/seal.ts';
import { verifyAudit } from '../../src/checks/audit/verify.ts';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { sealEverything, settle, tamper, writeRows } from './rows.ts';

describe('sealing', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await createTestRegistry();
  });
  afterEach(() => registry.close());
  const blocks = async () => await registry.sql`SELECT id::int, rows FROM audit_blocks ORDER BY id`;

  it('makes no block where nothing new is there', async () => {
    await writeRows(registry.sql, 3);
    expect(await sealEverything(registry.sql)).toEqual({ blocks: 1, rows: 3 });
    expect(await sealAudit(registry.sql)).toEqual({ blocks: 0, rows: 0 });
    expect(await blocks()).toHaveLength(1);
  });

  it('cuts blocks between transactions and goes on where it stopped', async () => {
    for (const count of [4, 4, 4, 25, 1, 9]) await writeRows(registry.sql, count);
    await settle(registry.sql);
    const limits = { maxBlockRows: 10, maxBlocks: 2 };
    expect(await sealAudit(registry.sql, limits)).toEqual({ blocks: 2, rows: 12 });
    expect(await sealAudit(registry.sql, limits)).toEqual({ blocks: 2, rows: 35 });
    expect((await blocks()).map(({ rows }) => rows)).toEqual([8, 4, 25, 10]);
    expect(await verifyAudit(registry.sql, null)).toEqual({ fault: null, blocks: 4, rows: 47, unsealed: 0 });
  });

  it('cuts a block before it has more rows than it may', async () => {
    const sealed: number[][] = [];
    for (const counts of [
      [5, 4],
      [5, 5],
      [5, 6],
    ]) {
      const before = (await blocks()).length;
      for (const count of counts) await writeRows(registry.sql, count);
      await settle(registry.sql);
      await sealAudit(registry.sql, { maxBlockRows: 10, maxBlocks: 5 });
      sealed.push((await blocks()).slice(before).map(({ rows }) => rows));
    }
    expect(sealed).toEqual([[9], [10], [5, 6]]);
  });

  it('makes so many blocks at a time, and no more', async () => {
    const limits = { maxBlockRows: 1, maxBlocks: 3 };
    const made: unknown[] = [];
    for (const count of [2, 3, 4]) {
      for (let i = 0; i < count; i += 1) await writeRows(registry.sql, 1);
      await settle(registry.sql);
      for (let times = 0; times < 2; times += 1) made.push((await sealAudit(registry.sql, limits))?.blocks);
    }
    expect(made).toEqual([2, 0, 3, 0, 3, 1]);
  });

  it('reads a backlog of any size in its order, without sorting it first', async () => {
    await registry.sql`INSERT INTO audit (id, xid, source, client)
      SELECT gen_random_uuid(), n / 20, 'REGISTRY', 'x' FROM generate_series(1, 100000) n`;
    for (const analyze of [false, true]) {
      if (analyze) await registry.sql`ANALYZE audit`;
      const plan = await registry.sql.begin((tx) =>
        tx.unsafe(`EXPLAIN DECLARE unsealed NO SCROLL CURSOR FOR ${entriesByTransaction(FIRST_XID, 5_001n)}`),
      );
      const text = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(text).toContain('Index Scan using audit_xid_order');
      expect(text).toContain('Presorted Key: xid');
      expect(text).not.toContain('Seq Scan');
    }
  });

  it('waits for a transaction that is still open, and so never passes by its rows', async () => {
    await writeRows(registry.sql, 1);
    await settle(registry.sql);
    let late: string[] = [];
    await registry.sql.begin(async (open) => {
      late = await writeRows(open, 2, 'late');
      await writeRows(registry.sql, 3);
      expect(await sealAudit(registry.sql)).toEqual({ blocks: 1, rows: 1 });
      expect(await verifyAudit(registry.sql, null)).toMatchObject({ fault: null, rows: 1, unsealed: 3 });
    });
    expect(late).toHaveLength(2);
    expect(await sealEverything(registry.sql)).toEqual({ blocks: 1, rows: 5 });
    expect(await verifyAudit(registry.sql, null)).toMatchObject({ fault: null, rows: 6, unsealed: 0 });
  });

  it('leaves no trace of what was rolled back', async () => {
    await writeRows(registry.sql, 1);
    await registry.sql
      .begin(async (open) => {
        await writeRows(open, 2);
        throw new Error('no');
      })
      .catch(() => {});
    await sealEverything(registry.sql);
    expect(await verifyAudit(registry.sql, null)).toMatchObject({ fault: null, rows: 1, unsealed: 0 });
  });

  it('is done by one at a time', async () => {
    await writeRows(registry.sql, 5);
    await settle(registry.sql);
    await registry.sql.begin(async (open) => {
      await open`SELECT pg_advisory_xact_lock(20180628)`;
      expect(await sealAudit(registry.sql)).toBeNull();
    });
    const all = await Promise.all([1, 2, 3].map(() => sealAudit(registry.sql)));
    expect(all.reduce((sum, sealed) => sum + (sealed?.rows ?? 0), 0)).toBe(5);
    expect(await blocks()).toHaveLength(1);
  });

  it('goes on beside checks, and seals each of their rows once', async () => {
    const keys = deriveKeys(registry.registryKey);
    await importResidents(registry, [resident(nikOf(1))]);
    await registry.sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES ('busy', '{check}', 1000000, 1000000)`;
    let checking = true;
    const sealed: Sealed[] = [];
    const limits = { maxBlockRows: 50, maxBlocks: 40 };
    const sealer = async (): Promise<void> => {
      while (checking) sealed.push(await sealAudit(registry.sql, limits));
    };
    const checker = async (slot: number): Promise<void> => {
      for (let i = 0; i < 30; i += 1) {
        const asked = Array.from({ length: 10 }, () =>
          askedOf(keys, crypto.randomUUID(), { nik: nikOf(1) as Nik }, { client: 'busy', region: null }),
        );
        await findPrepared(registry.sql, asked, slot);
      }
    };
    const sealers = [sealer(), sealer()];
    await Promise.all([checker(0), checker(1)]);
    checking = false;
    await Promise.all(sealers);
    // A transaction that is open elsewhere on the server may have kept all of them back until now.
    await settle(registry.sql);
    await sealAudit(registry.sql, limits);
    expect((await blocks()).length).toBeGreaterThan(1);
    expect(await verifyAudit(registry.sql, null)).toMatchObject({ fault: null, rows: 600, unsealed: 0 });
  });

  it('refuses to go on where the server counts its transactions anew', async () => {
    await writeRows(registry.sql, 1);
    await sealEverything(registry.sql);
    await tamper(registry.sql, 'UPDATE audit_blocks SET to_xid = to_xid + 1000000000');
    await expect(sealAudit(registry.sql)).rejects.toMatchObject({ code: 'AUDIT_MOVED' });
  });
});
