import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/checks/limits.ts';
import { createProofs } from '../../src/checks/proof-of-work.ts';
import type { Nik } from '../../src/core/nik.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { addressTag, tagsOf } from '../../src/registry/tags.ts';
import { type Fault, type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import { importResidents, nikOf, resident } from '../support/registry.ts';
import { answerIn, check, RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';

const STATEMENT = '\nWITH asked';
const NAME = 'NENENG NURHASANAH';
/** Whether the database had done it before the connection was lost: it counts once all the same. */
const LOSSES: Fault[] = ['CUT_BEFORE', 'CUT_AFTER', 'BACKEND_ENDED'];

describe.each(RUNTIMES)('a question whose connection is lost on the way, behind %s', (name) => {
  let proxy: PostgresProxy;
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await startRuntime(name, async (url) => {
      proxy = await startPostgresProxy(url);
      return proxy.url;
    });
    await importResidents(runtime.registry, [resident(nikOf(1))]);
  });
  afterAll(async () => {
    await runtime?.stop();
    await proxy?.close();
  });

  const ask = async (nik: string, second: string, more: Record<string, string> = {}): Promise<Response> =>
    await fetch(`${runtime.url}/?lang=en`, {
      method: 'POST',
      headers: { Accept: 'text/html', 'CF-Connecting-IP': '127.0.0.1' },
      body: new URLSearchParams({ nik, second, ...more }),
    });
  const wrongAnswersOf = async (nik: string): Promise<number> => {
    const { auditTag } = tagsOf(deriveKeys(runtime.registry.registryKey), nik as Nik, {});
    const rows = await runtime.registry
      .sql`SELECT cardinality(wrong_at) AS wrong FROM self_check_tags WHERE tag = ${auditTag}`;
    return rows[0]?.wrong ?? 0;
  };
  const siteMisses = async (): Promise<number> =>
    (await runtime.registry.sql`SELECT coalesce(sum(misses), 0)::int AS misses FROM site_misses`)[0]?.misses;
  const askedFrom = async (): Promise<number> =>
    (await runtime.registry.sql`SELECT coalesce(sum(asked), 0)::int AS asked FROM self_check_addresses`)[0]?.asked;

  it.each(LOSSES)('is charged and missed once by the API (%s)', async (fault) => {
    const { sql } = runtime.registry;
    const client = `once-${fault}`;
    const bearer = await runtime.bearer({ client });
    expect((await check(runtime, bearer, { nik: nikOf(7) })).status).toBe(200);
    proxy.begin({ step: STATEMENT, fault });
    const response = await check(runtime, bearer, { nik: nikOf(8) });
    expect(proxy.steps.filter((step) => step.sql.startsWith(STATEMENT))).toHaveLength(2);
    expect((await answerIn(response)).reasons.map(({ code }) => code)).toEqual(['NOT_FOUND']);
    const usage = await sql`SELECT sum(in_day)::int AS charged FROM client_usage WHERE client = ${client}`;
    const misses = await sql`SELECT sum(run)::int AS run FROM client_misses WHERE client = ${client}`;
    const audited = await sql`SELECT id FROM audit WHERE client = ${client}`;
    expect([usage[0]?.charged, misses[0]?.run, audited.length]).toEqual([2, 2, 2]);
  });

  it.each(LOSSES)(
    'is answered though it was the last of the quota, or the miss that pauses its client (%s)',
    async (fault) => {
      const { sql } = runtime.registry;
      const client = `last-${fault}`;
      await sql`INSERT INTO clients (name, scopes, per_minute, per_day) VALUES (${client}, '{check}', 1000, 1)`;
      await sql`INSERT INTO client_misses (client, slot, run, hit) VALUES (${client}, 0, 19, false)`;
      proxy.begin({ step: STATEMENT, fault });
      const bearer = await runtime.bearer({ client });
      expect((await check(runtime, bearer, { nik: nikOf(9) })).status).toBe(200);
      expect((await check(runtime, bearer, { nik: nikOf(9) })).status).toBe(429);
    },
  );

  it.each(LOSSES)('is one wrong answer, one question and one miss of the form (%s)', async (fault) => {
    const nik = nikOf(20 + LOSSES.indexOf(fault));
    const [misses, asked] = [await siteMisses(), await askedFrom()];
    proxy.begin({ step: STATEMENT, fault });
    const page = await (await ask(nik, NAME)).text();
    expect(proxy.steps.filter((step) => step.sql.startsWith(STATEMENT))).toHaveLength(2);
    expect(page).toContain('Is the first number perhaps your KK number?');
    expect([await wrongAnswersOf(nik), (await siteMisses()) - misses, (await askedFrom()) - asked]).toEqual([
      1, 1, 1,
    ]);
  });

  it.each(LOSSES)('keeps the proof of work that it used up (%s)', async (fault) => {
    const { sql, registryKey } = runtime.registry;
    await sql`DELETE FROM site_misses`;
    // One at a time an address.
    await sql`DELETE FROM used_proofs`;
    await sql`INSERT INTO site_misses VALUES (date_trunc('minute', now()), 0, ${LIMITS.siteMisses})`;
    const now = Date.now();
    const keys = deriveKeys(registryKey);
    const altcha = await createProofs(keys).ticket(
      now - LIMITS.proofWaitSeconds * 1_000 - 1_000,
      addressTag(keys, '127.0.0.1'),
    );
    proxy.begin({ step: STATEMENT, fault });
    const page = await (await ask(nikOf(1), NAME, { altcha })).text();
    expect(page).toContain('27 June 2018');
    expect(page).not.toContain('name="altcha"');
    const again = await (await ask(nikOf(1), NAME, { altcha })).text();
    expect(again).toContain('name="altcha"');
    await sql`DELETE FROM site_misses`;
  });
});
