import { OWN_NAMES } from '../access/grant.ts';
import { BREAKER_LIMITS, type Breaker } from '../checks/breaker.ts';
import { answerOf, askedOf, type Rules, sampleDateOf } from '../checks/check.ts';
import { evenly } from '../checks/evenly.ts';
import { LIMITS } from '../checks/limits.ts';
import { createProofs } from '../checks/proof-of-work.ts';
import type { SelfCheck, SelfCheckOutcome, SelfCheckQuestion } from '../checks/self-check.ts';
import { inTime, Unavailable } from '../checks/unavailable.ts';
import type { RegistryKeys } from '../registry/keys.ts';
import { FLAG } from '../registry/row.ts';
import { addressTag } from '../registry/tags.ts';
import { type Fallback, record } from './source.ts';

const WINDOW_MS = LIMITS.selfCheckWindowSeconds * 1_000;
/** Tags, addresses and proofs that are remembered: beyond that the oldest are forgotten. */
const MAX_REMEMBERED = 100_000;

/** Times of events by key, no older than the window; for each key no more than it takes to judge it. */
function createTimes(windowMs: number, most: number) {
  const times = new Map<string, number[]>();
  const of = (key: string, nowMs: number): number[] => (times.get(key) ?? []).filter((ms) => ms > nowMs - windowMs);
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
 * The self-check over a snapshot, while the database is away. The same limits hold, counted in this process alone: five
 * wrong answers lock a NIK for an hour, an address has so many questions, and a site that is guessed at asks a proof of
 * work. Rejects with `Unavailable` where there is no snapshot, or the audit row cannot be written.
 */
export function snapshotSelfCheck(fallback: Fallback, keys: RegistryKeys, rules: Rules) {
  const proofs = createProofs(keys);
  const wrong = createTimes(WINDOW_MS, LIMITS.selfCheckWrongAnswers);
  const asking = createTimes(WINDOW_MS, LIMITS.selfCheckPerAddress + 1);
  const missing = createTimes(LIMITS.siteMissWindowSeconds * 1_000, LIMITS.siteMisses);
  const used = createTimes(LIMITS.proofSeconds * 1_000, 1);

  return async (question: SelfCheckQuestion): Promise<SelfCheckOutcome> => {
    const { id, nik, second, clientAddress, proof } = question;
    const nowMs = fallback.now();
    const address = addressTag(keys, clientAddress);
    asking.add(address, nowMs);
    if (asking.count(address, nowMs) > LIMITS.selfCheckPerAddress)
      return { kind: 'TOO_MANY', retryAfterSeconds: LIMITS.selfCheckWindowSeconds };
    const isBusy = missing.count('site', nowMs) >= LIMITS.siteMisses;
    const usable = proof === undefined ? null : await proofs.parse(proof, rules.now(), address);
    const isProved = usable !== null && used.count(usable.uses, nowMs) === 0;
    if (isProved) used.add(usable.uses, nowMs);
    if (isBusy && !isProved) return { kind: 'PROOF_NEEDED', ticket: await proofs.ticket(rules.now(), address) };

    const asked = askedOf(keys, id, { nik, [second.kind]: second.value }, { client: OWN_NAMES.form, region: null });
    const finding = await evenly(
      fallback.snapshot.find(asked).then(async (found) => {
        await record(fallback, asked, found);
        return found;
      }),
    );
    const matches = finding.nameMatches ?? finding.kkMatches ?? false;
    const isRight = matches && ((finding.facts?.flags ?? 0) & FLAG.CONFLICT) === 0;
    const isLocked = wrong.count(asked.auditTag, nowMs) >= LIMITS.selfCheckWrongAnswers;
    if (!isRight && !isLocked) wrong.add(asked.auditTag, nowMs);
    // To the site a locked NIK is a miss whatever was answered, or the count would tell which.
    if (!isRight || isLocked) missing.add('site', nowMs);
    if (isLocked) return { kind: 'LOCKED' };
    if (isRight) return { kind: 'ANSWER', answer: answerOf(finding, rules), sampleDate: sampleDateOf(finding) };
    return isBusy ? { kind: 'WRONG', proof: { challenge: await proofs.challenge(rules.now()) } } : { kind: 'WRONG' };
  };
}

/** The self-check over the database, and over the snapshot where that does not answer in time. */
export function withSnapshot(
  live: SelfCheck,
  { breaker }: { breaker: Breaker },
  overSnapshot: (question: SelfCheckQuestion) => Promise<SelfCheckOutcome>,
  hasSnapshot: () => boolean,
): SelfCheck {
  const away = { kind: 'UNAVAILABLE', retryAfterSeconds: LIMITS.retryAfterSeconds } as const;
  return async (question, unavailable) => {
    if (!hasSnapshot()) return await live(question, unavailable);
    if (breaker.admits()) {
      let code = 'TIMEOUT';
      const asked = live(question, (heard) => {
        code = heard;
      });
      const outcome = await inTime(asked, BREAKER_LIMITS.slowMs).catch((error: unknown) => {
        if (error instanceof Unavailable) return away;
        throw error;
      });
      if (outcome.kind !== 'UNAVAILABLE') {
        breaker.answered();
        return outcome;
      }
      unavailable(code);
      if (code === 'WRONG_KEY') return outcome;
      breaker.failed();
    }
    try {
      return await overSnapshot(question);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      unavailable(error.code);
      return away;
    }
  };
}
