import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createTestKeys } from '../support/server.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { type Ask, asker, jsonLines, linesOf } from './service.ts';

describe('a bulk check by the Worker', () => {
  let registry: TestRegistry;
  let worker: RunningWorker;
  let ask: Ask;
  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(
      registry,
      Array.from({ length: 1_000 }, (_, i) => resident(nikOf(i))),
    );
    const keys = await createTestKeys(registry.registryKey);
    worker = await startWorker(registry.url, { ...keys, HAKPILIH_TODAY: '2018-01-12' });
    ({ ask } = asker(worker.url, keys.HAKPILIH_SIGNING_KEYS));
  });
  afterAll(async () => {
    await worker?.stop();
    await registry.close();
  });
  const questions = (count: number) =>
    jsonLines(Array.from({ length: count }, (_, i) => ({ ref: `r${i}`, nik: nikOf(i) })));

  it('answers up to five thousand lines, of either format, packed or not', async () => {
    const { lines, summary } = await linesOf(await ask(questions(5_000)));
    expect(lines.map(({ ref }) => ref)).toEqual(Array.from({ length: 5_000 }, (_, i) => `r${i}`));
    expect(summary).toMatchObject({ lines: 5_000, document: { SUKET: 1_000, UNDETERMINED: 4_000 } });
    const packed = await ask(gzipSync(questions(10)), { headers: { 'Content-Encoding': 'gzip' } });
    expect((await linesOf(packed)).lines).toHaveLength(10);
    const table = await ask(`no,nik\n1,${nikOf(1)}\n`, { type: 'text/csv' });
    expect(await table.text()).toMatch(/^no,document,.*\r\n1,SUKET,ELIGIBLE,.*\r\n# summary \{.*\}\r\n$/);
    expect(await registry.sql`SELECT 1 FROM audit WHERE kind = 'BULK'`).toHaveLength(3);
  });

  it('refuses more, and what is broken, and leaves no transaction behind', async () => {
    const more = await ask(questions(5_001));
    expect(more.status).toBe(413);
    expect(await more.json()).toMatchObject({ errors: [{ code: 'TOO_MANY_LINES' }] });
    expect((await ask('x'.repeat(2_200_000))).status).toBe(413);
    expect(
      (await ask(gzipSync(questions(900)).subarray(0, 900), { headers: { 'Content-Encoding': 'gzip' } })).status,
    ).toBe(400);
    expect((await ask(questions(1), { scopes: ['check'] })).status).toBe(403);
    const open = await registry.sql`SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'`;
    expect(open).toHaveLength(0);
  });
});
