import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuditState } from '../../src/checks/audit/checkpoint.ts';
import { registryForForm } from '../../src/checks/form-source.ts';
import { atOnce } from '../../src/checks/group.ts';
import { LIMITS } from '../../src/checks/limits.ts';
import { createProofs } from '../../src/checks/proof-of-work.ts';
import { createSelfCheck, type SelfCheckOutcome } from '../../src/checks/self-check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { deriveKeys, type RegistryKeys } from '../../src/registry/registry-keys.ts';
import { addressTag, tagsOf } from '../../src/registry/tags.ts';
import { writeRows } from '../audit/rows.ts';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';

const around = (limit: number): number[] => [limit - 1, limit, limit + 1];
const NAME = 'NENENG NURHASANAH';
/** Longer than any test takes. */
const MARGIN_SECONDS = 300;

let registry: TestRegistry;
let keys: RegistryKeys;
let niks = 0;
let addresses = 0;
beforeAll(async () => {
  registry = await createTestRegistry();
  keys = deriveKeys(registry.registryKey);
  await importResidents(
    registry,
    Array.from({ length: 100 }, (_, i) => resident(nikOf(i))),
  );
});
afterAll(() => registry?.close());

describe('a self-check', () => {
  beforeEach(() => registry.sql`DELETE FROM site_misses`);
  const freshNik = (): Nik => nikOf(niks++) as Nik;
  const freshAddress = (): string => `198.51.100.${addresses++}`;
  const ask = async (nik: Nik, value = NAME, clientAddress = freshAddress()): Promise<SelfCheckOutcome['kind']> => {
    const rules = { election: PILKADA_2018, todayOverride: null, now: Date.now };
    const selfCheck = createSelfCheck({ keys, rules, sources: [registryForForm(registry.sql, atOnce)] });
    const second = { kind: 'name', value } as const;
    return (await selfCheck({ id: randomUUID(), nik, second, clientAddress }, () => {})).kind;
  };
  const wrongAt = (nik: Nik, times: number, secondsAgo: number) => registry.sql`
    INSERT INTO self_check_tags (tag, wrong_at, locked)
    SELECT ${tagsOf(keys, nik, {}).auditTag}, array_agg(now() - make_interval(secs => ${secondsAgo})), false
    FROM generate_series(1, ${times})`;
  const asked = (address: string, times: number, secondsAgo: number) => registry.sql`
    INSERT INTO self_check_addresses (tag, since, asked)
    VALUES (${addressTag(keys, address)}, now() - make_interval(secs => ${secondsAgo}), ${times})`;
  const missed = (misses: number, secondsAgo: number) => registry.sql`
    INSERT INTO site_misses VALUES (now() - make_interval(secs => ${secondsAgo}), 0, ${misses})`;

  it.each(around(LIMITS.selfCheckWrongAnswers))(
    'of a NIK behind %i wrong answers is answered, or not',
    async (wrong) => {
      const nik = freshNik();
      await wrongAt(nik, wrong, 60);
      expect(await ask(nik)).toBe(wrong < LIMITS.selfCheckWrongAnswers ? 'ANSWER' : 'LOCKED');
    },
  );

  it.each([
    [LIMITS.selfCheckWindowSeconds - MARGIN_SECONDS, 'LOCKED'],
    [LIMITS.selfCheckWindowSeconds, 'ANSWER'],
    [LIMITS.selfCheckWindowSeconds + 1, 'ANSWER'],
  ])('of a NIK whose wrong answers are %i seconds old: %s', async (secondsAgo, kind) => {
    const nik = freshNik();
    await wrongAt(nik, LIMITS.selfCheckWrongAnswers, secondsAgo);
    expect(await ask(nik)).toBe(kind);
  });

  it.each(around(LIMITS.selfCheckPerAddress))(
    'that is number %i of its address is answered, or not',
    async (number) => {
      const address = freshAddress();
      await asked(address, number - 1, 60);
      expect(await ask(freshNik(), NAME, address)).toBe(number > LIMITS.selfCheckPerAddress ? 'TOO_MANY' : 'ANSWER');
    },
  );

  it.each([
    [LIMITS.selfCheckWindowSeconds - MARGIN_SECONDS, 'TOO_MANY'],
    [LIMITS.selfCheckWindowSeconds, 'ANSWER'],
    [LIMITS.selfCheckWindowSeconds + 1, 'ANSWER'],
  ])('of an address that has asked too much since %i seconds: %s', async (secondsAgo, kind) => {
    const address = freshAddress();
    await asked(address, LIMITS.selfCheckPerAddress, secondsAgo);
    expect(await ask(freshNik(), NAME, address)).toBe(kind);
  });

  it.each(around(LIMITS.siteMisses))('behind %i misses of the whole site asks a proof, or not', async (misses) => {
    await missed(misses, 60);
    expect(await ask(freshNik())).toBe(misses < LIMITS.siteMisses ? 'ANSWER' : 'PROOF_NEEDED');
  });

  it.each([
    [LIMITS.siteMissWindowSeconds - MARGIN_SECONDS, 'PROOF_NEEDED'],
    [LIMITS.siteMissWindowSeconds, 'ANSWER'],
    [LIMITS.siteMissWindowSeconds + 1, 'ANSWER'],
  ])('behind misses of the whole site of %i seconds ago: %s', async (secondsAgo, kind) => {
    await missed(LIMITS.siteMisses, secondsAgo);
    expect(await ask(freshNik())).toBe(kind);
  });
});

describe('a proof of work', () => {
  const NOW = 1_530_000_000_000;
  const here = () => addressTag(keys, '203.0.113.7');
  const proofs = () => createProofs(keys);
  const isGood = async (text: string, nowMs: number): Promise<boolean> =>
    (await proofs().parse(text, nowMs, here())) !== null;

  it.each(around(LIMITS.proofWaitSeconds * 1_000))('of waiting is good after %i ms, or not', async (ms) => {
    expect(await isGood(await proofs().ticket(NOW, here()), NOW + ms)).toBe(ms >= LIMITS.proofWaitSeconds * 1_000);
  });

  it.each(around(LIMITS.proofSeconds * 1_000))('is good for %i ms, or not', async (ms) => {
    expect(await isGood(await proofs().ticket(NOW, here()), NOW + ms)).toBe(ms < LIMITS.proofSeconds * 1_000);
  });

  it.each(around(LIMITS.maxProofChars))('may be of %i characters, or not', async (chars) => {
    const ticket = await proofs().ticket(NOW, here());
    // Blanks are nothing in base64.
    const text = ticket.padEnd(chars);
    expect(text).toHaveLength(chars);
    expect(await isGood(text, NOW + LIMITS.proofWaitSeconds * 1_000)).toBe(chars <= LIMITS.maxProofChars);
  });

  it('costs so many hashes at most', async () => {
    const { maxnumber } = await proofs().challenge(NOW);
    expect(maxnumber).toBe(LIMITS.proofMaxNumber);
  });
});

describe('the state of the audit', () => {
  it('is good for all who ask so long, and no longer', async () => {
    const own = await createTestRegistry();
    try {
      const ttlMs = LIMITS.checkpointTtlMs;
      vi.useFakeTimers({ toFake: ['Date'], now: 1_530_000_000_000 });
      const readState = createAuditState({ sql: own.sql, inTurn: atOnce }, async () => 'signed');
      const unsealedAt = async (ms: number): Promise<number> => {
        vi.setSystemTime(1_530_000_000_000 + ms);
        return (await readState('kpu')).unsealed;
      };
      await writeRows(own.sql, 1);
      expect(await unsealedAt(0)).toBe(1);
      await writeRows(own.sql, 1);
      expect(await unsealedAt(ttlMs - 1)).toBe(1);
      expect(await unsealedAt(ttlMs)).toBe(2);
      await writeRows(own.sql, 1);
      expect(await unsealedAt(2 * ttlMs - 1)).toBe(2);
      expect(await unsealedAt(2 * ttlMs + 1)).toBe(3);
    } finally {
      vi.useRealTimers();
      await own.close();
    }
  });
});
