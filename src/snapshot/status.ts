import type { Breaker } from '../checks/breaker.ts';
import type { RecordedOutage } from '../registry/outages.ts';
import type { CopyState, RegistryState } from '../registry/readiness.ts';
import type { SnapshotState } from './snapshot.ts';
import type { Fallback } from './source.ts';

type Seen = ReturnType<Breaker['seen']>;

/** What `/status` tells of the service, to everybody: times in milliseconds since 1970, and nobody's data. */
export type ServiceStatus = {
  /** `SNAPSHOT`: answers come from there while the database is away. `DOWN`: there are none. */
  answers: 'DATABASE' | 'SNAPSHOT' | 'DOWN';
  copies: readonly CopyState[];
  /** When the database last answered this process, null where it never did; and since when it does not. */
  database: Seen;
  /** The same of the Dukcapil web service; null where none is asked. */
  upstream: Seen | null;
  /** Null where none are made. */
  snapshot: SnapshotState | null;
  /** Those of the last days that are over, the newest first. */
  outages: readonly RecordedOutage[];
};

type Sources = {
  readiness(): Promise<RegistryState>;
  /** Null where the database cannot be asked. */
  outages(): Promise<readonly RecordedOutage[] | null>;
  fallback: Fallback | undefined;
  upstream: { seen(): Seen } | undefined;
  now(): number;
};

/** Makes what tells the status. What is known of outages stays known while the database is away. */
export function createStatus({ readiness, outages, fallback, upstream, now }: Sources): () => Promise<ServiceStatus> {
  let known: readonly RecordedOutage[] = [];
  return async () => {
    const { database, copies } = await readiness();
    known = (await outages()) ?? known;
    const seen = fallback?.breaker.seen() ?? { lastContactMs: null, outSinceMs: null };
    const manifest = fallback?.snapshot.manifest() ?? null;
    const isThere = database === 'ok' && seen.outSinceMs === null;
    return {
      answers: isThere ? 'DATABASE' : manifest === null ? 'DOWN' : 'SNAPSHOT',
      copies,
      database: { ...seen, lastContactMs: isThere ? now() : seen.lastContactMs },
      upstream: upstream?.seen() ?? null,
      snapshot: fallback?.snapshot.state() ?? null,
      outages: known,
    };
  };
}
