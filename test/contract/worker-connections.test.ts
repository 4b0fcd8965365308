import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEAL_LIMITS, sealAudit } from '../../src/checks/audit/seal.ts';
import { LIMITS } from '../../src/checks/limits.ts';
import { findMany } from '../../src/registry/find-many.ts';
import { connect, type Sql } from '../../src/registry/sql.ts';
import { asker, jsonLines, linesOf } from '../bulk/service.ts';
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import { importResidents, nikOf, resident } from '../support/registry.ts';
import { answerIn, check, type Runtime, startRuntime } from '../support/runtimes.ts';

const WRITE_LIMIT_BYTES = 65_536;
/** What the driver holds back of small messages, and sends along with the next. */
const HELD_BACK_BYTES = 1_024;
const NAME = 'NENENG NURHASANAH';

describe('the connections of the Worker', () => {
  let runtime: Runtime;
  let proxy: PostgresProxy;
  beforeAll(async () => {
    runtime = await startRuntime('Workers', async (url) => {
      proxy = await startPostgresProxy(url);
      return proxy.url;
    });
    await importResidents(runtime.registry, [resident(nikOf(1))]);
  });
  afterAll(async () => {
    await runtime?.stop();
    await proxy?.close();
  });
  const open = async (): Promise<number> => {
    const [row] = await runtime.registry.sql`SELECT count(*)::int AS open FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend'`;
    return row?.open;
  };

  it('end with each request, whatever it came to, and leave nothing in the log', async () => {
    const before = await open();
    const authorization = await runtime.bearer();
    for (let i = 0; i < 20; i += 1) {
      const answers = await Promise.all([
        check(runtime, authorization, { nik: nikOf(1) }),
        check(runtime, authorization, { nik: 'x' }),
        fetch(`${runtime.url}/readyz`),
        fetch(runtime.url),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 422, 200, 200]);
      expect(await answerIn(answers[0] as Response)).toMatchObject({ document: 'SUKET' });
      await Promise.all(answers.slice(1).map((one) => one.text()));
    }
    await expect.poll(open, { timeout: 20_000 }).toBeLessThanOrEqual(before);
    expect(runtime.log()).toBe('');
  });

  it('carry no write above what workerd takes: a bulk of any proofs', async () => {
    const { ask } = asker(runtime.url, runtime.keys.HAKPILIH_SIGNING_KEYS);
    for (const proofs of [{}, { name: NAME }, { name: NAME, kk: nikOf(7) }]) {
      proxy.begin();
      const asked = Array.from({ length: 5_000 }, (_, i) => ({ ref: `r${i}`, nik: nikOf(i), ...proofs }));
      const { lines, summary } = await linesOf(await ask(jsonLines(asked), { client: 'test' }));
      expect(summary).toMatchObject({ lines: 5_000, document: { SUKET: 1 } });
      expect(lines[1]).toMatchObject({
        ref: 'r1',
        document: 'SUKET',
        matches: { name: 'name' in proofs ? true : null },
      });
      expect(lines.map(({ ref }) => ref)).toEqual(asked.map(({ ref }) => ref));
      // The whole of it is far more.
      expect(proxy.largestBytes()).toBeGreaterThan(WRITE_LIMIT_BYTES / 4);
      expect(proxy.largestBytes()).toBeLessThan(WRITE_LIMIT_BYTES - HELD_BACK_BYTES);
    }
  });

  it('nor a list, which is kept whole all the same', async () => {
    proxy.begin();
    const lines = Array.from({ length: 4_000 }, (_, i) => ({ ref: `voter-${'x'.repeat(20)}-${i}`, nik: nikOf(i) }));
    const post = () =>
      runtime.bearer({ scopes: ['lists'] }).then((Authorization) =>
        fetch(`${runtime.url}/v1/lists`, {
          method: 'POST',
          headers: { Authorization, 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': 'one' },
          body: jsonLines(lines),
        }),
      );
    const made = await post();
    expect([made.status, await made.json()]).toMatchObject([201, { rows: 4_000 }]);
    expect((await post()).status).toBe(200);
    const refs = await runtime.registry.sql`SELECT ref FROM list_refs ORDER BY ref`;
    expect(refs.map(({ ref }) => ref)).toEqual(lines.map(({ ref }) => ref).sort());
    // In tag order, so that nothing of the upload's order shows.
    const lie = await runtime.registry.sql`SELECT tag FROM list_refs ORDER BY ctid`;
    expect(lie.map(({ tag }) => tag)).toEqual(lie.map(({ tag }) => tag).sort());
    expect(proxy.largestBytes()).toBeGreaterThan(WRITE_LIMIT_BYTES / 4);
    expect(proxy.largestBytes()).toBeLessThan(WRITE_LIMIT_BYTES - HELD_BACK_BYTES);
  });

  it('nor a sealed block of the audit', async () => {
    await runtime.registry.sql`INSERT INTO audit (id, source, client, xid)
      SELECT gen_random_uuid(), 'REGISTRY', 'x', n / 50 - 1000 FROM generate_series(1, 5000) n`;
    proxy.begin();
    const sql = connect(proxy.url, { max: 1 });
    expect(await sealAudit(sql, SEAL_LIMITS.smallStatements)).toMatchObject({ rows: expect.any(Number) });
    await sql.end();
    const blocks = await runtime.registry.sql`SELECT rows FROM audit_blocks`;
    expect(blocks.length).toBeGreaterThan(5);
    expect(proxy.largestBytes()).toBeGreaterThan(WRITE_LIMIT_BYTES / 2);
    expect(proxy.largestBytes()).toBeLessThan(WRITE_LIMIT_BYTES - HELD_BACK_BYTES);
  });

  it.each([
    [false, 37],
    [true, 37 + 42],
  ])(
    'a statement for many is parted where it would be larger, and not before (with proofs: %s)',
    async (withProofs, bytes) => {
      const most = Math.floor(LIMITS.maxStatementBytes / bytes);
      const sql: Sql = connect(proxy.url, { max: 1 });
      const statements = async (count: number): Promise<number> => {
        const tags = Array.from(
          { length: count },
          (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
        );
        const proofs = withProofs
          ? { names: tags.map(() => '-9223372036854775808'), kks: tags.map(() => null) }
          : null;
        proxy.begin();
        const found = await sql.begin((tx) => findMany(tx, { tags, proofs }, LIMITS.maxStatementBytes));
        expect(found).toHaveLength(count);
        return proxy.steps.filter(({ sql: text }) => text.includes('string_agg')).length;
      };
      expect([await statements(most - 1), await statements(most), await statements(most + 1)]).toEqual([1, 1, 2]);
      expect(await statements(0)).toBe(0);
      await sql.end();
    },
  );
});
