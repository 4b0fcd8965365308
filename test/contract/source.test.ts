import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { connect } from '../../src/registry/sql.ts';
import { asker, jsonLines, linesOf } from '../bulk/service.ts';
import { importResidents, nikOf, resident } from '../support/registry.ts';
import { answerIn, check, RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';

const [withSuket, young] = [nikOf(1), nikOf(2)];
const day = (text: string): CivilDate => text as CivilDate;
const RESIDENTS = [
  resident(withSuket, { suket: { issuedOn: day('2018-01-02'), validUntil: day('2018-07-03') } }),
  resident(young, { ofAgeOn: day('2018-06-02') }),
];

describe.each(RUNTIMES)('an answer on %s', (name) => {
  let runtime: Runtime;
  let authorization: string;
  const bulk = async () => {
    const { ask } = asker(runtime.url, runtime.keys.HAKPILIH_SIGNING_KEYS);
    return await linesOf(
      await ask(jsonLines([withSuket, young].map((nik, i) => ({ ref: `${i}`, nik }))), { client: 'test' }),
    );
  };
  beforeAll(async () => {
    runtime = await startRuntime(name, async (url) => {
      // As somebody may have set his server for other programs.
      const sql = connect(url, { max: 1 });
      const database = sql(new URL(url).pathname.slice(1));
      await sql`ALTER DATABASE ${database} SET DateStyle = 'SQL, DMY'`;
      await sql`ALTER DATABASE ${database} SET TimeZone = 'Asia/Jakarta'`;
      await sql.end();
      return url;
    });
    authorization = await runtime.bearer();
  });
  afterAll(() => runtime?.stop());

  it('of the synthetic sample says SAMPLE: check, bulk and audit', async () => {
    await importResidents(runtime.registry, RESIDENTS, { source: 'sample' });
    for (const nik of [withSuket, nikOf(3)])
      expect(await answerIn(await check(runtime, authorization, { nik }))).toMatchObject({ source: 'SAMPLE' });
    const { summary } = await bulk();
    expect(summary).toMatchObject({ source: 'SAMPLE', document: { SUKET: 2 } });
    const audited = await runtime.registry.sql`SELECT kind, source FROM audit ORDER BY id`;
    expect(audited).toEqual([
      { kind: 'CHECK', source: 'SAMPLE' },
      { kind: 'CHECK', source: 'SAMPLE' },
      { kind: 'BULK', source: 'SAMPLE' },
    ]);
  });

  it('of a real copy says REGISTRY, and has its dates whatever style the database is set to', async () => {
    await importResidents(runtime.registry, RESIDENTS);
    const suket = { issuedOn: '2018-01-02', validUntil: '2018-07-03', validOnElectionDay: true };
    const shown = { source: 'REGISTRY', suket, asOf: '2018-01-12T17:00:00+07:00' };
    expect(await answerIn(await check(runtime, authorization, { nik: withSuket }))).toMatchObject(shown);
    const { reasons } = await answerIn(await check(runtime, authorization, { nik: young }));
    expect(reasons.map(({ code }) => code)).toContain('TURNS_17_BY_ELECTION');
    const { lines, summary } = await bulk();
    expect(lines).toMatchObject([{ suket }, { reasons: expect.arrayContaining(['TURNS_17_BY_ELECTION']) }]);
    expect(summary.source).toBe('REGISTRY');
    const [last] = await runtime.registry.sql`SELECT source FROM audit ORDER BY id DESC LIMIT 1`;
    expect(last).toEqual({ source: 'REGISTRY' });
  });
});
