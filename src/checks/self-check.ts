import { OWN_NAMES } from '../access/grant.ts';
import type { Nik } from '../core/nik.ts';
import type { Finding } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Sql } from '../registry/sql.ts';
import { addressTag, type Tag } from '../registry/tags.ts';
import type { Answer } from './answer.ts';
import { answerOf, askedOf, type Rules, sampleDateOf } from './check.ts';
import { evenly } from './evenly.ts';
import { type FormAdmission, type FormSource, isSiteBusy } from './form-source.ts';
import { LIMITS } from './limits.ts';
import { createProofs, type FormProof, type Proofs } from './proof-of-work.ts';
import { findIn } from './sources.ts';
import { Unavailable } from './unavailable.ts';

/** What a resident asks with the form: a NIK and one second fact that a stranger would not know. */
export type SelfCheckQuestion = {
  /** The check's own id, a UUID: that of the request. */
  id: string;
  nik: Nik;
  second: { kind: 'name' | 'kk'; value: string };
  clientAddress: string;
  /** The proof of work that came along, as it came. */
  proof?: string | undefined;
};

/**
 * `WRONG` covers an unknown NIK, an absent or conflicting record, no proof on record and a wrong second fact: nobody
 * can tell them apart. `LOCKED`: five wrong answers for this NIK within an hour. `TOO_MANY`: too many questions from
 * one address. `PROOF_NEEDED`: the site is over its budget of misses and no proof of work was taken, so the question
 * was not judged.
 */
export type SelfCheckOutcome =
  | { kind: 'ANSWER'; answer: Answer; sampleDate: string | null }
  /** With a challenge for the next question where the site is over its budget. */
  | { kind: 'WRONG'; proof?: FormProof }
  | { kind: 'LOCKED' }
  | { kind: 'PROOF_NEEDED'; ticket: string }
  | { kind: 'TOO_MANY'; retryAfterSeconds: number }
  | { kind: 'UNAVAILABLE'; retryAfterSeconds: number };

export type SelfCheck = (
  question: SelfCheckQuestion,
  /** Hears the code of what failed, for the operator. */
  unavailable: (code: string) => void,
) => Promise<SelfCheckOutcome>;

/** A proof as it came, and from where. */
export type SentProof = { proof: string; clientAddress: string };

/**
 * What the form has to carry: the proof that was sent with faulty fields, where it is still good; a challenge where
 * the site is over its budget of misses; else nothing. Rejects where the database cannot be asked.
 */
export async function proofForForm(
  { keys, rules, sql }: { keys: RegistryKeys; rules: Rules; sql: Sql },
  sent?: SentProof,
): Promise<FormProof> {
  const proofs = createProofs(keys);
  if (sent !== undefined) {
    const good = await proofs.parse(sent.proof, rules.now(), addressTag(keys, sent.clientAddress));
    if (good !== null) return { ticket: sent.proof };
  }
  return (await isSiteBusy(sql)) ? { challenge: await proofs.challenge(rules.now()) } : null;
}

type SelfCheckDependencies = { keys: RegistryKeys; rules: Rules; sources: readonly FormSource[] };

/** The self-check: never asks an upstream, and rejects only where a bug of ours is at fault. */
export function createSelfCheck({ keys, rules, sources }: SelfCheckDependencies): SelfCheck {
  const proofs = createProofs(keys);
  return async ({ id, nik, second, clientAddress, proof: sent }, unavailable) => {
    const address = addressTag(keys, clientAddress);
    const proof = sent === undefined ? null : await proofs.parse(sent, rules.now(), address);
    const asked = askedOf(keys, id, { nik, [second.kind]: second.value }, { client: OWN_NAMES.form, region: null });
    try {
      const { finding, admission } = await evenly(findIn(sources, { ...asked, address, proof }));
      return await outcomeOf(finding, admission, { rules, proofs, address });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      unavailable(error.code);
      return { kind: 'UNAVAILABLE', retryAfterSeconds: error.retryAfterSeconds };
    }
  };
}

async function outcomeOf(
  finding: Finding,
  { verdict, isBusy }: FormAdmission,
  { rules, proofs, address }: { rules: Rules; proofs: Proofs; address: Tag },
): Promise<SelfCheckOutcome> {
  switch (verdict) {
    case 'ANSWER':
      return { kind: verdict, answer: answerOf(finding, rules), sampleDate: sampleDateOf(finding) };
    case 'WRONG':
      return isBusy
        ? { kind: verdict, proof: { challenge: await proofs.challenge(rules.now()) } }
        : { kind: verdict };
    case 'LOCKED':
      return { kind: verdict };
    case 'PROOF_NEEDED':
      return { kind: verdict, ticket: await proofs.ticket(rules.now(), address) };
    case 'TOO_MANY':
      return { kind: verdict, retryAfterSeconds: LIMITS.selfCheckWindowSeconds };
  }
}
