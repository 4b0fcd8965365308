import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerIn, check, fileBytes, importText, RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';

const AT_ONCE = 16;

describe.each(RUNTIMES)('the sample export on %s', (name) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await startRuntime(name);
    await importText(runtime.registry, fileBytes('test/data/siak-export.csv'));
  }, 120_000);
  afterAll(() => runtime.stop());

  it('gives every resident exactly the expected answer', async () => {
    const lines = (await readFile('test/data/siak-export.expected.jsonl', 'utf8')).trim().split('\n');
    const authorization = await runtime.bearer();
    const wrong: unknown[] = [];
    const work = lines.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const line of work) {
          const { nik, name: fullName, kk, suketNumber, ...expected } = JSON.parse(line);
          const response = await check(runtime, authorization, {
            nik,
            name: fullName,
            kk,
            ...(suketNumber === null ? {} : { suketNumber }),
          });
          const answer = await answerIn(response);
          const { document, voter, actions, suket, region, statusCode, matches } = answer;
          const reasons = answer.reasons?.map(({ code }) => code);
          const got = { document, voter, reasons, actions, suket, region, statusCode, matches };
          const all = {
            ...expected,
            matches: { name: true, kk: true, suketNumber: suketNumber === null ? null : true },
          };
          try {
            expect(got).toEqual(all);
          } catch {
            wrong.push({ got, all });
          }
        }
      }),
    );
    expect(lines).toHaveLength(500);
    expect(wrong).toEqual([]);
  }, 120_000);
});
