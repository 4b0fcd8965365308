import { createChallenge, verifySolution } from 'altcha-lib/v1';
import type { Challenge } from 'altcha-lib/v1/types';
import { z } from 'zod';
import type { RegistryKeys } from '../registry/keys.ts';
import { LIMITS } from './limits.ts';

/** What the form carries while a proof is asked: a challenge for its script, or a proof that is there already. */
export type FormProof = { challenge: Challenge } | { ticket: string } | null;

/** No more than this may be signed: a number written otherwise, or a salt cut short, would be the same challenge without its times. */
const payload = z.strictObject({
  algorithm: z.literal('SHA-256'),
  challenge: z.string().regex(/^[0-9a-f]{64}$/),
  number: z.int().min(0),
  salt: z.string().regex(/^[0-9a-f]{24}\?(after=\d{1,12}&)?expires=\d{1,12}&$/),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Proofs = {
  /** For a script to solve: ALTCHA (v1), signed, good for `proofSeconds`. */
  challenge(nowMs: number): Promise<Challenge>;
  /** For who runs no script: a solved challenge that is good only from `proofWaitSeconds` on. Waiting is its work. */
  ticket(nowMs: number): Promise<string>;
  /** The challenge (64 hex digits) that a proof uses up; null for one that is bad, foreign, expired or too early. Never throws. */
  parse(text: string, nowMs: number): Promise<string | null>;
};

/** Proofs of work that need no store until they are used: whether one was used already, the database knows. */
export function createProofs(keys: RegistryKeys): Proofs {
  const hmacKey = Buffer.from(keys.work('altcha'), 'latin1').toString('hex');
  const make = (nowMs: number, more: { number?: number; params?: Record<string, string> } = {}): Promise<Challenge> =>
    createChallenge({
      ...{ hmacKey, algorithm: 'SHA-256', maxnumber: LIMITS.proofMaxNumber },
      expires: new Date(nowMs + LIMITS.proofSeconds * 1_000),
      ...more,
    });
  return {
    challenge: (nowMs) => make(nowMs),
    async ticket(nowMs) {
      const after = Math.floor(nowMs / 1_000) + LIMITS.proofWaitSeconds;
      const { maxnumber: _, ...challenge } = await make(nowMs, { number: 0, params: { after: String(after) } });
      return btoa(JSON.stringify({ ...challenge, number: 0 }));
    },
    async parse(text, nowMs) {
      if (text.length > LIMITS.maxProofChars) return null;
      try {
        const proof = payload.parse(JSON.parse(atob(text)));
        const times = new URLSearchParams(proof.salt.slice(proof.salt.indexOf('?')));
        const nowSeconds = nowMs / 1_000;
        if (nowSeconds < Number(times.get('after') ?? 0) || nowSeconds >= Number(times.get('expires'))) return null;
        // Without its own look at the clock: ours is an argument.
        return (await verifySolution(proof, hmacKey, false)) ? proof.challenge : null;
      } catch {
        return null;
      }
    },
  };
}
