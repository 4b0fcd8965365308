import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { REGENCY_CODES } from '../../src/core/regions.ts';
import { statusOfNumber } from '../../src/core/status.ts';
import { findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import type { Resident } from '../../src/registry/row-encoder.ts';
import {
  createTestRegistry,
  importResidents,
  nikOf,
  resident,
  type TestRegistry,
  UNLIMITED,
} from '../support/registry.ts';

type Content = 'PRINT_READY_RECORD' | 'CARD_ISSUED' | null;
type Copy = { full: boolean; day: number };

const CONTENTS: Content[] = ['PRINT_READY_RECORD', 'CARD_ISSUED', null];
const COPIES: Copy[] = [true, false].flatMap((full) => [1, 2, 3].map((day) => ({ full, day })));
const asOf = (day: number): string => `2018-01-0${day}T00:00:00+07:00`;

/** Every content of a resident in three copies. */
const LIVES = CONTENTS.flatMap((a) => CONTENTS.flatMap((b) => CONTENTS.map((c): Content[] => [a, b, c])));
/** Every three copies, one after the other, of all kinds and orders of dates. */
const HISTORIES = COPIES.flatMap((a) => COPIES.flatMap((b) => COPIES.map((c): Copy[] => [a, b, c])));

/** What stands of a resident of one source: the model. `since` is the day of the copy that wrote it, `full` that of the full copy behind it. */
type Stands = { content: Content; since: number; full: number | null };

function stand(before: Stands, { full, day }: Copy, content: Content): Stands {
  if (content === null) return full ? { content: null, since: day, full: day } : before;
  if (full) return { content, since: day, full: day };
  if (content !== before.content) return { content, since: day, full: null };
  // A partial copy of the same: it makes the facts newer; older only where no full copy stands for the later day.
  const current = Math.max(before.since, before.full ?? 0);
  return current < day || (before.full === null && before.since > day) ? { content, since: day, full: null } : before;
}

describe('the date of an answer', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.close());

  const ask = async (niks: string[]) => {
    const keys = deriveKeys(registry.registryKey);
    const asked = niks.map((nik) =>
      askedOf(keys, crypto.randomUUID(), { nik: nik as Nik }, { client: UNLIMITED, region: null }),
    );
    return (await findPrepared(registry.sql, asked)).map(({ finding: { facts, asOfMs } }) => ({
      content: facts === null ? null : statusOfNumber(facts.status),
      asOfMs,
    }));
  };

  it('is that of the facts it rests on, after full, partial and older copies in every order', async () => {
    for (const [n, history] of HISTORIES.entries()) {
      // One in five: the six kinds come in every place, beside all others.
      if (n % 5 !== 2) continue;
      const source = REGENCY_CODES[n] as string;
      const niks = LIVES.map((_, i) => nikOf(n * LIVES.length + i));
      let model: Stands[] = LIVES.map(() => ({ content: null, since: 0, full: null }));
      for (const [step, copy] of history.entries()) {
        const rows = LIVES.flatMap((life, i): Resident[] => {
          const status = life[step] as Content;
          return status === null ? [] : [resident(niks[i] as string, { status })];
        });
        await importResidents(registry, rows, {
          source,
          asOf: asOf(copy.day),
          full: copy.full,
          allowOlder: true,
          maxLost: 1,
        });
        model = model.map((before, i) => stand(before, copy, LIVES[i]?.[step] as Content));
      }
      const answers = await ask(niks);
      for (const [i, { content, since, full }] of model.entries()) {
        const label = JSON.stringify({ history, life: LIVES[i] });
        expect(answers[i]?.content, label).toBe(content);
        if (content === null) continue;
        expect(answers[i]?.asOfMs, label).toBe(Date.parse(asOf(Math.max(since, full ?? 0))));
        const held = history
          .filter((_, step) => LIVES[i]?.[step] === content)
          .map(({ day }) => Date.parse(asOf(day)));
        expect(held, label).toContain(answers[i]?.asOfMs);
      }
    }
  });
});
