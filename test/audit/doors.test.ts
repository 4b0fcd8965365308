import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditState } from '../../src/checks/audit/checkpoint.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, type RunningServer, runCli, startServer } from '../support/server.ts';
import { startWorker } from '../support/worker.ts';
import { sealEverything, settle, tamper, writeRows } from './rows.ts';

describe('the audit behind its doors', () => {
  let registry: TestRegistry;
  let env: Record<string, string>;
  let server: RunningServer;
  const tokens: Record<string, string> = {};
  const known = nikOf(1);
  const get = (token: string | undefined) =>
    fetch(`${server.url}/v1/audit/checkpoint`, {
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    });
  const check = (body: object) =>
    fetch(`${server.url}/v1/checks`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${tokens.check}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, [resident(known)]);
    const keys = await createTestKeys(registry.registryKey);
    // No snapshot: what the database refuses is refused.
    env = { ...keys, HAKPILIH_DATABASE_URL: registry.url, HAKPILIH_SNAPSHOT_DIR: 'off' };
    for (const scope of ['check', 'audit'] as const) {
      const made = await runCli(['token', '--client', `of-${scope}`, '--scope', scope], env);
      tokens[scope] = made.out.trim();
    }
    server = await startServer(env);
  });
  afterAll(async () => {
    await server?.stop();
    await registry?.close();
  });

  it('give a checkpoint that the published keys verify, and a count of what is not sealed yet', async () => {
    expect(await (await get(tokens.audit)).json()).toEqual({ checkpoint: null, sealed: null, unsealed: 0 });
    expect((await check({ nik: known, name: 'NENENG NURHASANAH' })).status).toBe(200);
    expect((await check({ nik: known, kk: '3201010503119999' })).status).toBe(200);
    await sealEverything(registry.sql);
    expect((await check({ nik: nikOf(77) })).status).toBe(200);
    const response = await get(tokens.audit);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { checkpoint, sealed, unsealed } = (await response.json()) as AuditState & { checkpoint: string };
    expect(unsealed).toBe(1);
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(checkpoint, keys, {
      typ: 'checkpoint+jwt',
      issuer: 'hakpilih',
      algorithms: ['ES256'],
    });
    const [block] = await registry.sql`SELECT encode(hash, 'hex') AS hash FROM audit_blocks`;
    expect(payload).toEqual({ iss: 'hakpilih', ...sealed });
    expect(payload).toMatchObject({ block: 1, hash: block?.hash, rows: 2 });
    const verified = await runCli(['audit', 'verify', '--checkpoint', checkpoint, '--json'], env);
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.out)).toEqual({ fault: null, blocks: 1, rows: 2, unsealed: 1 });
  });

  it('want the scope and a client that is not revoked', async () => {
    expect((await get(undefined)).status).toBe(401);
    expect((await get(tokens.check)).status).toBe(403);
    await registry.sql`UPDATE clients SET revoked_at = now() WHERE name = 'of-audit'`;
    expect((await get(tokens.audit)).status).toBe(401);
    await registry.sql`UPDATE clients SET revoked_at = NULL WHERE name = 'of-audit'`;
  });

  it('do not take a checkpoint for a token, nor a token for a checkpoint', async () => {
    const { checkpoint } = (await (await get(tokens.audit)).json()) as { checkpoint: string };
    expect((await get(checkpoint)).status).toBe(401);
    for (const given of [tokens.audit as string, `${checkpoint.slice(0, -4)}AAAA`, '/nowhere']) {
      const refused = await runCli(['audit', 'verify', '--checkpoint', given], env);
      expect(refused.code).toBe(1);
      expect(refused.err).toContain('--checkpoint must be');
      expect(refused.err).not.toContain(given);
    }
  });

  it('tell a person who asked about him, and what they cannot see', async () => {
    await registry.sql`INSERT INTO audit (id, source, client, kind, detail) VALUES (gen_random_uuid(), 'REGISTRY', 'kpu', 'BULK', '{"lines": 9}')`;
    const { code, out, err } = await runCli(['audit', 'trace', '--json'], env, `${known}\n`);
    expect([code, err]).not.toContain(known);
    const { traces, untraceable } = JSON.parse(out);
    expect(untraceable).toBe(1);
    expect(traces).toMatchObject([
      { client: 'of-check', claim: null, found: true, asked: ['name'], matched: ['name'] },
      { client: 'of-check', claim: null, found: true, asked: ['kk'], matched: [] },
    ]);
    const text = await runCli(['audit', 'trace'], env, nikOf(500));
    expect(text.out).toBe('');
    expect(text.err).toContain('0 questions');
    expect(text.err).toContain('whom 1 bulk check');
    const wrong = await runCli(['audit', 'trace'], env, '320101');
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('NIK_NOT_16_DIGITS')]);
    expect((await runCli(['audit', 'trace', known], env)).err).not.toContain(known);
  });

  it('serve as a role that can add rows and change none', async () => {
    await registry.sql`REVOKE INSERT ON audit FROM hakpilih_app`;
    expect((await check({ nik: known })).status).toBe(503);
    await registry.sql`GRANT INSERT ON audit TO hakpilih_app`;
    expect((await check({ nik: known })).status).toBe(200);
    const app = connect(registry.url, { max: 1, role: 'hakpilih_app' });
    try {
      expect((await app`SELECT current_user AS name`)[0]?.name).toBe('hakpilih_app');
      await writeRows(app, 1);
      for (const table of ['audit', 'audit_blocks']) {
        for (const change of [
          `UPDATE ${table} SET id = id`,
          `DELETE FROM ${table}`,
          `TRUNCATE ${table}`,
          `DROP TABLE ${table}`,
        ]) {
          await expect(app.unsafe(change), change).rejects.toMatchObject({ code: '42501' });
        }
        await expect(app.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)).rejects.toMatchObject({ code: '42501' });
        for (const change of [`UPDATE ${table} SET id = id`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]) {
          await expect(registry.sql.unsafe(change), change).rejects.toMatchObject({ code: '23001' });
          const asReplica = `SET LOCAL session_replication_role = replica; ${change}`;
          await expect(registry.sql.unsafe(asReplica), change).rejects.toMatchObject({ code: '23001' });
        }
      }
      for (const change of [
        'UPDATE residents SET flags = 0',
        'INSERT INTO clients DEFAULT VALUES',
        'DELETE FROM copies',
      ])
        await expect(app.unsafe(change), change).rejects.toMatchObject({ code: '42501' });
    } finally {
      await app.end();
    }
  });

  it('seal when the server stops, and name on the command line what was altered', async () => {
    expect((await check({ nik: known })).status).toBe(200);
    await settle(registry.sql);
    expect(await server.stop()).toBe(0);
    const whole = await runCli(['audit', 'verify'], env);
    expect([whole.code, whole.err]).toEqual([0, expect.stringContaining('0 rows are not sealed yet')]);
    const [row] = await registry.sql`SELECT id FROM audit ORDER BY xid DESC LIMIT 1`;
    await tamper(registry.sql, `DELETE FROM audit WHERE id = '${row?.id}'`);
    const altered = await runCli(['audit', 'verify'], env);
    expect([altered.code, altered.err]).toEqual([1, expect.stringContaining(`Row ${row?.id} of block 2 is missing`)]);
  });

  it('seal every minute on Workers', async () => {
    const other = await createTestRegistry();
    const worker = await startWorker(other.url, await createTestKeys(other.registryKey));
    try {
      await writeRows(other.sql, 3);
      await settle(other.sql);
      expect(await worker.scheduled('* * * * *')).toBe('ok');
      expect(await other.sql`SELECT rows FROM audit_blocks`).toEqual([{ rows: 3 }]);
      expect(await worker.scheduled('17 * * * *')).toBe('ok');
    } finally {
      await worker.stop();
      await other.close();
    }
  });
});
