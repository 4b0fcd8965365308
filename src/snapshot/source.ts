import type { Breaker } from '../checks/breaker.ts';
import type { ResidentSource } from '../checks/sources.ts';
import { Unavailable } from '../checks/unavailable.ts';
import type { Asked } from '../registry/asked.ts';
import type { Finding } from '../registry/find.ts';
import { type Journal, journalLine, journalRow } from './journal.ts';
import type { KnownClient } from './manifest.ts';
import type { Snapshot, SnapshotFinding } from './snapshot.ts';
import { createStanding } from './standing.ts';

/** What answers need where the database does not: what was published, and where their audit rows wait. */
export type Fallback = {
  snapshot: Snapshot;
  journal: Journal;
  /** Whether the database answers. */
  breaker: Breaker;
  /** Who may ask, by the last good read. */
  clientOf(name: string): KnownClient | undefined;
  now(): number;
};

/** What is found for a question that is not answered. */
export const NOTHING: Finding = {
  facts: null,
  asOfMs: null,
  sourceRegion: null,
  source: 'SNAPSHOT',
  nameMatches: null,
  kkMatches: null,
  suketMatches: null,
};

/** Writes the audit row of an answer, before it leaves. Rejects with `Unavailable` where that cannot be: there is no answer then. */
export async function record({ journal, now }: Fallback, asked: Asked, finding: SnapshotFinding): Promise<void> {
  try {
    await journal.append(journalLine(journalRow(asked, finding, now())));
  } catch {
    throw new Unavailable('JOURNAL');
  }
}

/**
 * The source that is asked where the database cannot say: the newest snapshot. Who may ask is judged by the clients of
 * the last good read, quotas are counted in this process.
 */
export function snapshotSource(fallback: Fallback): ResidentSource {
  const { snapshot, now, clientOf } = fallback;
  const standing = createStanding(now);
  return {
    name: 'SNAPSHOT',
    async find(asked) {
      // Before anything is counted: without a snapshot nobody is refused or let in.
      if (snapshot.manifest() === null) await snapshot.refresh();
      if (snapshot.manifest() === null) throw new Unavailable('NO_SNAPSHOT');
      const { asked: admitted, admission } = standing.admit(asked, clientOf(asked.client));
      if (admission.refusal !== null) return { finding: NOTHING, admission };
      const finding = await snapshot.find(admitted);
      await record(fallback, admitted, finding);
      standing.found(asked.client, finding.facts !== null);
      return { finding, admission };
    },
  };
}
