import { createChallenge, verifySolution } from 'altcha-lib/v1';
import type { Challenge } from 'altcha-lib/v1/types';
import { z } from 'zod';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Tag } from '../registry/tags.ts';
import { LIMITS } from './limits.ts';

/** What the form carries while a proof is asked: a challenge for its script, or a proof that is there already. */
export type FormProof = { challenge: Challenge } | { ticket: string } | null;

/** No more may be signed: with a number written otherwise, or a salt cut short, a challenge would lose its times. */
const payload = z.strictObject({
  algorithm: z.literal('SHA-256'),
  challenge: z.string().regex(/^[0-9a-f]{64}$/),
  number: z.int().min(0),
  salt: z.string().regex(/^[0-9a-f]{24}\?(after=\d{1,12}&for=[0-9a-f]{16}&)?expires=\d{1,12}&$/),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * What a good proof uses up, so that it counts once: a solved challenge (64 hex digits); or the turn of its address,
 * which a ticket has only where no other was used from there since `sinceSeconds` (of 1970): one ticket an address at
 * a time.
 */
export type GoodProof = { uses: string; sinceSeconds: number };

export type Proofs = ReturnType<typeof createProofs>;

/** Proofs of work that need no store until they are used: whether one was used already, the database knows. */
export function createProofs(keys: RegistryKeys) {
  const hmacKey = Buffer.from(keys.work('altcha'), 'latin1').toString('hex');
  const make = (nowMs: number, more: { number?: number; params?: Record<string, string> } = {}): Promise<Challenge> =>
    createChallenge({
      hmacKey,
      algorithm: 'SHA-256',
      maxnumber: LIMITS.proofMaxNumber,
      expires: new Date(nowMs + LIMITS.proofSeconds * 1_000),
      ...more,
    });
  return {
    /** For a script to solve: ALTCHA (v1), signed, good for `proofSeconds`. */
    challenge: (nowMs: number): Promise<Challenge> => make(nowMs),
    /** For who runs no script: a solved challenge, good only from `proofWaitSeconds` on. Waiting is its work. */
    async ticket(nowMs: number, address: Tag): Promise<string> {
      const after = Math.floor(nowMs / 1_000) + LIMITS.proofWaitSeconds;
      const params = { after: String(after), for: turnOf(address) };
      const { maxnumber: _, ...challenge } = await make(nowMs, { number: 0, params });
      return btoa(JSON.stringify({ ...challenge, number: 0 }));
    },
    /** Null for one that is bad, foreign, expired, too early or of another address. Never throws. */
    async parse(text: string, nowMs: number, address: Tag): Promise<GoodProof | null> {
      if (text.length > LIMITS.maxProofChars) return null;
      try {
        const proof = payload.parse(JSON.parse(atob(text)));
        const times = new URLSearchParams(proof.salt.slice(proof.salt.indexOf('?')));
        const nowSeconds = nowMs / 1_000;
        const [after, turn] = [Number(times.get('after') ?? 0), times.get('for')];
        if (nowSeconds < after || nowSeconds >= Number(times.get('expires'))) return null;
        if (turn !== null && turn !== turnOf(address)) return null;
        // Without its own look at the clock: ours is an argument.
        if (!(await verifySolution(proof, hmacKey, false))) return null;
        if (turn === null) return { uses: proof.challenge, sinceSeconds: 0 };
        return { uses: turn, sinceSeconds: after - LIMITS.proofWaitSeconds };
      } catch {
        return null;
      }
    },
  };
}

const turnOf = (address: Tag): string => address.replaceAll('-', '').slice(0, 16);
