import { beforeEach, describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/checks/breaker.ts';
import type { Rules } from '../../src/checks/check.ts';
import { LIMITS } from '../../src/checks/limits.ts';
import { createSelfCheck } from '../../src/checks/self-check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { FLAG } from '../../src/registry/row.ts';
import { snapshotForForm } from '../../src/snapshot/form-source.ts';
import { parseJournal } from '../../src/snapshot/journal.ts';
import type { Snapshot, SnapshotFinding } from '../../src/snapshot/snapshot.ts';
import { nikOf } from '../support/registry.ts';

const keys = deriveKeys(new Uint8Array(32));
const rules: Rules = { election: PILKADA_2018, todayOverride: null, now: () => Date.UTC(2018, 0, 13) };
const MISS: SnapshotFinding = {
  facts: null,
  copy: null,
  asOfMs: 0,
  sourceRegion: '32.01',
  source: 'SNAPSHOT',
  nameMatches: null,
  kkMatches: null,
  suketMatches: null,
};
const facts = { region: 3201011001, status: 6, flags: 0, suketIssued: null, suketEnds: null, ofAgeOn: null };
const RIGHT: SnapshotFinding = { ...MISS, facts, copy: 1, nameMatches: true };
const WRONG_NAME: SnapshotFinding = { ...RIGHT, nameMatches: false };
const CONFLICT: SnapshotFinding = { ...RIGHT, facts: { ...facts, status: -1, flags: FLAG.CONFLICT } };

describe('the self-check over a snapshot', () => {
  let nowMs: number;
  let finding: SnapshotFinding;
  let written: string[];
  let ask: (nik?: string, clientAddress?: string, proof?: string) => ReturnType<ReturnType<typeof createSelfCheck>>;
  beforeEach(() => {
    nowMs = Date.UTC(2018, 0, 13);
    written = [];
    const snapshot = { find: async () => finding } as unknown as Snapshot;
    const journal = { append: async (line: string) => void written.push(line), drain: async () => {} };
    const fallback = {
      snapshot,
      journal,
      breaker: createBreaker(Date.now),
      clientOf: () => undefined,
      now: () => nowMs,
    };
    const selfCheck = createSelfCheck({ keys, rules, sources: [snapshotForForm(fallback)] });
    ask = (nik = nikOf(1), clientAddress = '192.0.2.1', proof) => {
      const second = { kind: 'name', value: 'NENENG NURHASANAH' } as const;
      return selfCheck({ id: crypto.randomUUID(), nik: nik as Nik, second, clientAddress, proof }, () => {});
    };
  });

  it('answers who proves a second fact, and has written the audit row before', async () => {
    finding = RIGHT;
    expect(await ask()).toMatchObject({ kind: 'ANSWER', answer: { document: 'SUKET', source: 'SNAPSHOT' } });
    expect(parseJournal(written.join('')).rows).toMatchObject([{ client: 'self-check', found: true, matched: 1 }]);
  });

  it.each([
    ['a miss', MISS],
    ['a wrong name', WRONG_NAME],
    ['records that conflict', CONFLICT],
  ])('tells nobody that it is %s, and locks the NIK for an hour after five of them', async (_, one) => {
    finding = one;
    for (let n = 0; n < LIMITS.selfCheckWrongAnswers; n += 1) expect(await ask()).toEqual({ kind: 'WRONG' });
    finding = RIGHT;
    expect(await ask()).toEqual({ kind: 'LOCKED' });
    expect((await ask(nikOf(2))).kind).toBe('ANSWER');
    nowMs += LIMITS.selfCheckWindowSeconds * 1_000;
    expect((await ask()).kind).toBe('ANSWER');
    expect(written).toHaveLength(LIMITS.selfCheckWrongAnswers + 3);
  });

  it('answers one address so many questions an hour', async () => {
    finding = RIGHT;
    const outcomes = await Promise.all(
      Array.from({ length: LIMITS.selfCheckPerAddress + 1 }, (_, n) => ask(nikOf(n), '192.0.2.7')),
    );
    expect(outcomes.filter(({ kind }) => kind === 'ANSWER')).toHaveLength(LIMITS.selfCheckPerAddress);
    expect(outcomes.at(-1)).toEqual({ kind: 'TOO_MANY', retryAfterSeconds: LIMITS.selfCheckWindowSeconds });
    expect((await ask(nikOf(1), '192.0.2.8')).kind).toBe('ANSWER');
  });

  it('asks a proof of work once the site is guessed at, and judges nothing without one', async () => {
    finding = MISS;
    await Promise.all(
      Array.from({ length: LIMITS.siteMisses }, (_, n) => ask(nikOf(n), `10.0.${n >> 8}.${n & 255}`)),
    );
    finding = RIGHT;
    written = [];
    expect(await ask(nikOf(5_000))).toEqual({ kind: 'PROOF_NEEDED', ticket: expect.any(String) });
    expect(written).toEqual([]);
    nowMs += LIMITS.siteMissWindowSeconds * 1_000;
    expect((await ask(nikOf(5_000))).kind).toBe('ANSWER');
  });
});
