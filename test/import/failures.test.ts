import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { connect } from '../../src/registry/sql.ts';
import { exportOf, importBytes, type Person, people, person } from '../support/exports.ts';
import { FAULTS, type Fault, type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import { createTestRegistry, nikOf, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, runCli } from '../support/server.ts';
import { keepTables, knowledgeOf, type Tables, tablesOf } from '../support/state.ts';

const OLD = '2018-01-12T17:00:00+07:00';
const NEW = '2018-02-01T17:00:00+07:00';

/** Of every kind of resident one at least. */
const oldPeople = people(300).map((one, n): Person => {
  if (n % 3 === 0) return { ...one, status: 'CARD_ISSUED' };
  if (n % 7 === 0) return { ...one, suket: `471.13/${n}/2018;02-01-2018` };
  if (n % 11 === 0) return { ...one, born: '20-01-2001' };
  return n % 13 === 0 ? { ...one, region: ';;;' } : one;
});

/** Twelve are gone, forty printed, thirty new; and all that sends an import through its rarer statements. */
const newPeople: Person[] = [
  ...oldPeople.slice(12).map((one, n): Person => (n < 40 ? { ...one, status: 'CARD_PRINTED' } : one)),
  ...people(30, 1000),
  ...oldPeople.slice(100, 105),
  ...oldPeople.slice(110, 113).map((one) => ({ ...one, status: 'DUPLICATE_RECORD' })),
  person(2000, { status: 'CARD_SHIPPED' }),
  person(2001),
  ...[1, 2, 3].map((n) => person(3000 + n, { nik: `32010${n}` })),
];
const newCopy = exportOf(newPeople);

/** A registry with an old copy, another office's, the synthetic sample, and answers given. */
async function createOldRegistry(): Promise<TestRegistry> {
  const registry = await createTestRegistry();
  await importBytes(registry, exportOf(oldPeople), { asOf: OLD });
  await importBytes(registry, exportOf(people(20, 2000)), { source: '32.71', asOf: NEW });
  await importBytes(registry, exportOf(people(9, 4000)), { source: 'sample', asOf: OLD });
  const keys = deriveKeys(registry.registryKey);
  const asked = [1, 2, 5000].map((n) =>
    askedOf(keys, randomUUID(), { nik: nikOf(n) as Nik }, { client: 'test', region: null }),
  );
  await findPrepared(registry.sql, asked);
  return registry;
}

describe('an import of which one step fails', () => {
  let registry: TestRegistry;
  let proxy: PostgresProxy;
  let restore: () => Promise<void>;
  let before: Tables;
  /** The registry after an import that nothing befell. */
  let after: Tables;
  let steps: readonly { kind: string; sql: string }[];

  /** The import by way of the proxy, as the command does it: over one connection of its own. */
  const importThroughProxy = async (): Promise<void> => {
    const sql = connect(proxy.url, { max: 1 });
    try {
      await importBytes({ sql, registryKey: registry.registryKey }, newCopy, { asOf: NEW });
    } finally {
      await sql.end({ timeout: 0 });
    }
  };

  beforeAll(async () => {
    registry = await createOldRegistry();
    // What a disk survives is not the question here, and waiting for it takes most of the time.
    await registry.sql.unsafe(
      `ALTER DATABASE ${new URL(registry.url).pathname.slice(1)} SET synchronous_commit = off`,
    );
    proxy = await startPostgresProxy(registry.url);
    restore = await keepTables(registry.sql);
    before = await tablesOf(registry.sql);
    const report = await importBytes(registry, newCopy, { asOf: NEW });
    // Else there would be statements that no import of this test comes to.
    expect(report).toMatchObject({
      inserted: 30,
      changed: 44,
      absent: 12,
      duplicates: 5,
      conflicts: 4,
      rejected: 3,
      sampleRemoved: 9,
    });
    after = await knowledgeOf(registry.sql);
    await restore();
    proxy.begin();
    await importThroughProxy();
    steps = [...proxy.steps];
    const statements = steps.filter(({ kind }) => kind === 'STATEMENT').length;
    console.log(
      `An import executes ${statements} statements and sends ${steps.length - statements} COPY messages, in ${proxy.roundTrips()} round trips`,
    );
    expect(await knowledgeOf(registry.sql)).toEqual(after);
    await restore();
    expect(await tablesOf(registry.sql)).toEqual(before);
  });
  afterAll(async () => {
    await proxy.close();
    await registry.close();
  });

  it.each(Object.entries(FAULTS) as [Fault, string][])(
    'leaves the old state whole and finishes when run again, whichever step it is: %s (%s)',
    async (fault) => {
      for (let step = 1; step <= steps.length; step += 1) {
        const where = `step ${step} of ${steps.length}: ${steps[step - 1]?.sql.slice(0, 60)}`;
        proxy.begin({ step, fault });
        const code = fault === 'RAISED' ? /^(22012|34000|57014)$/ : /^CONNECTION_LOST$/;
        await expect(importThroughProxy(), where).rejects.toMatchObject({ code: expect.stringMatching(code) });
        expect(proxy.steps.length, where).toBeGreaterThanOrEqual(step);
        const isDone = fault === 'CUT_AFTER' && steps[step - 1]?.sql === 'commit';
        if (isDone) expect(await knowledgeOf(registry.sql), where).toEqual(after);
        else expect(await tablesOf(registry.sql), where).toEqual(before);

        const again = await importBytes(registry, newCopy, { asOf: NEW });
        expect(again.alreadyImported, where).toBe(isDone);
        expect(await knowledgeOf(registry.sql), where).toEqual(after);
        await restore();
      }
      expect(await tablesOf(registry.sql)).toEqual(before);
    },
    180_000,
  );

  it.each<[string, Fault]>([
    ['COPY incoming', 'CUT_AFTER'],
    ['COPY incoming', 'BACKEND_ENDED'],
    ['MERGE INTO', 'CUT_BEFORE'],
    ['MERGE INTO', 'BACKEND_ENDED'],
  ])('is one clear line and a failure of the command (%s, %s)', async (step, fault) => {
    const env = { ...(await createTestKeys(registry.registryKey)), HAKPILIH_DATABASE_URL: proxy.url };
    proxy.begin({ step, fault });
    const args = ['import', '-', '--source', '32.01', '--as-of', NEW, '--max-lost', '0.1', '--json'];
    const { code, out, err } = await runCli(args, env, newCopy);
    expect({ code, error: JSON.parse(out) }).toMatchObject({
      code: 1,
      error: { error: { code: 'CONNECTION_LOST' } },
    });
    expect(err).not.toMatch(/\n\s+at |Error/);
    expect(await knowledgeOf(registry.sql)).toMatchObject({ copies: { length: before.copies?.length } });
  });

  it('ends with the one step that makes it count', () => {
    expect(steps.map(({ sql }) => sql).indexOf('commit')).toBe(steps.length - 1);
  });
});
