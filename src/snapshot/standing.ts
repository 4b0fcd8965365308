import { narrower } from '../access/grant.ts';
import { rangeOf } from '../checks/check.ts';
import type { Asked } from '../registry/asked.ts';
import type { Admission } from '../registry/find.ts';
import { QUOTA } from '../registry/quota.ts';
import type { RefusalCode } from '../registry/standing.ts';
import type { KnownClient } from './manifest.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Clients that are counted at once: so many others are forgotten, the longest silent first. */
const MAX_COUNTED = 10_000;

type Count = { minute: number; inMinute: number; day: number; inDay: number; misses: number; pausedUntilMs: number };

/** What a client may ask while the database is away, by the list of the last good read; counted in this process alone. */
export function createStanding(now: () => number) {
  const counts = new Map<string, Count>();
  const countOf = (client: string, nowMs: number): Count => {
    const minute = Math.floor(nowMs / MINUTE_MS);
    const day = Math.floor(nowMs / DAY_MS);
    const count = counts.get(client) ?? { minute, inMinute: 0, day, inDay: 0, misses: 0, pausedUntilMs: 0 };
    if (count.minute !== minute) Object.assign(count, { minute, inMinute: 0 });
    if (count.day !== day) Object.assign(count, { day, inDay: 0 });
    counts.delete(client);
    const [longest] = counts.size >= MAX_COUNTED ? counts.keys() : [];
    if (longest !== undefined) counts.delete(longest);
    counts.set(client, count);
    return count;
  };

  return {
    /** Whether the client may ask, and the question within its region; counts it where it may. */
    admit(asked: Asked, client: KnownClient | undefined): { asked: Asked; admission: Admission } {
      const refuse = (code: RefusalCode, seconds = 0, quota: Admission['quota'] = null) => ({
        asked,
        admission: { refusal: { code, retryAfterSeconds: Math.ceil(seconds) }, quota },
      });
      if (client?.isRevoked) return refuse('REVOKED');
      if (client && !client.scopes.includes('check')) return refuse('SCOPE');
      const claim = narrower(asked.claim, client?.region ?? null);
      if (claim === undefined) return refuse('REGION');
      const nowMs = now();
      const count = countOf(asked.client, nowMs);
      if (count.pausedUntilMs > nowMs) return refuse('PAUSED', (count.pausedUntilMs - nowMs) / 1_000);
      const { perMinute, perDay } = client ?? QUOTA;
      const toMinuteEnd = (MINUTE_MS - (nowMs % MINUTE_MS)) / 1_000;
      const quota = {
        limit: perMinute,
        remaining: Math.max(0, perMinute - count.inMinute - 1),
        resetSeconds: Math.ceil(toMinuteEnd),
      };
      if (count.inDay >= perDay) return refuse('DAY_QUOTA', (DAY_MS - (nowMs % DAY_MS)) / 1_000, quota);
      if (count.inMinute >= perMinute) return refuse('MINUTE_QUOTA', toMinuteEnd, quota);
      count.inMinute += 1;
      count.inDay += 1;
      const range = rangeOf({ client: asked.client, region: claim });
      return { asked: { ...asked, claim, ...range }, admission: { refusal: null, quota } };
    },

    /** Counts what was found: so many misses in a row pause the client. */
    found(client: string, isFound: boolean): void {
      const nowMs = now();
      const count = countOf(client, nowMs);
      count.misses = isFound ? 0 : count.misses + 1;
      if (count.misses < QUOTA.missesInARow) return;
      count.misses = 0;
      count.pausedUntilMs = nowMs + QUOTA.pauseMinutes * MINUTE_MS;
    },
  };
}
export type Standing = ReturnType<typeof createStanding>;
