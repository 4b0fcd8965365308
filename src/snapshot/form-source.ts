import type { FormAdmission, FormSource } from '../checks/form-source.ts';
import { LIMITS } from '../checks/limits.ts';
import { FLAG } from '../registry/row.ts';
import { type Fallback, NOTHING, record } from './source.ts';

/** Tags, addresses and proofs that are remembered: beyond that the oldest are forgotten. */
const MAX_REMEMBERED = 100_000;

/** Times of events by key, no older than the window; for each key no more than it takes to judge it. */
function createTimes(windowSeconds: number, most: number) {
  const times = new Map<string, number[]>();
  const of = (key: string, nowMs: number): number[] =>
    (times.get(key) ?? []).filter((ms) => ms > nowMs - windowSeconds * 1_000);
  return {
    count: (key: string, nowMs: number): number => of(key, nowMs).length,
    add(key: string, nowMs: number): void {
      const kept = [...of(key, nowMs), nowMs].slice(-most);
      times.delete(key);
      const [oldest] = times.size >= MAX_REMEMBERED ? times.keys() : [];
      if (oldest !== undefined) times.delete(oldest);
      times.set(key, kept);
    },
  };
}

/**
 * The snapshot as the form asks it, while the database is away. The same limits hold, counted in this process alone:
 * five wrong answers lock a NIK for an hour, an address has so many questions, and a site that is guessed at asks a
 * proof of work. Rejects with `Unavailable` where there is no snapshot, or the audit row cannot be written.
 */
export function snapshotForForm(fallback: Fallback): FormSource {
  const wrong = createTimes(LIMITS.selfCheckWindowSeconds, LIMITS.selfCheckWrongAnswers);
  const asking = createTimes(LIMITS.selfCheckWindowSeconds, LIMITS.selfCheckPerAddress + 1);
  const missing = createTimes(LIMITS.siteMissWindowSeconds, LIMITS.siteMisses);
  const used = createTimes(LIMITS.proofSeconds, 1);
  return {
    name: 'SNAPSHOT',
    async find(asked) {
      const nowMs = fallback.now();
      const isBusy = missing.count('site', nowMs) >= LIMITS.siteMisses;
      const refuse = (verdict: FormAdmission['verdict']) => ({ finding: NOTHING, admission: { verdict, isBusy } });
      asking.add(asked.address, nowMs);
      if (asking.count(asked.address, nowMs) > LIMITS.selfCheckPerAddress) return refuse('TOO_MANY');
      const { proof } = asked;
      const isProved = proof !== null && used.count(proof.uses, nowMs) === 0;
      if (isProved) used.add(proof.uses, nowMs);
      if (isBusy && !isProved) return refuse('PROOF_NEEDED');

      const finding = await fallback.snapshot.find(asked);
      await record(fallback, asked, finding);
      const matches = finding.nameMatches ?? finding.kkMatches ?? false;
      const isRight = matches && ((finding.facts?.flags ?? 0) & FLAG.CONFLICT) === 0;
      const isLocked = wrong.count(asked.auditTag, nowMs) >= LIMITS.selfCheckWrongAnswers;
      if (!isRight && !isLocked) wrong.add(asked.auditTag, nowMs);
      // To the site a locked NIK is a miss whatever was answered, or the count would tell which.
      if (!isRight || isLocked) missing.add('site', nowMs);
      const verdict = isLocked ? 'LOCKED' : isRight ? 'ANSWER' : 'WRONG';
      return { finding, admission: { verdict, isBusy } };
    },
  };
}
