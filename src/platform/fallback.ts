import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createBreaker, type Outage } from '../checks/breaker.ts';
import { inTime } from '../checks/unavailable.ts';
import { formatInstant } from '../core/dates.ts';
import { errorCode } from '../registry/error-code.ts';
import { recordOutage } from '../registry/outages.ts';
import { registryId } from '../registry/readiness.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Sql } from '../registry/sql.ts';
import { enterRows, parseJournal } from '../snapshot/journal.ts';
import type { KnownClient } from '../snapshot/manifest.ts';
import { publishSnapshot, readClients } from '../snapshot/publish.ts';
import { openSnapshots, type Snapshot } from '../snapshot/snapshot.ts';
import type { Fallback } from '../snapshot/source.ts';
import type { SnapshotStore } from '../snapshot/store.ts';
import { createDirectoryStore } from './directory-store.ts';
import { makeDirectory, readIfPresent, replaceFile } from './files.ts';
import { createFileJournal, type FileJournal } from './journal-file.ts';
import { createS3Store, type S3Bucket } from './s3-store.ts';
import type { Say } from './startup-error.ts';

const LOOK_EVERY_MS = 5_000;
/** Of one file of the journal. */
const REPLAY_TIMEOUT_MS = 60_000;
/** After a bucket failed: what was written of a snapshot is written anew. */
const BUCKET_PAUSE_MS = 60_000;
const WIB_HOURS = 7;

export type NodeFallback = Fallback & {
  /** Does now what is done every few seconds: publishes a newer copy, enters journalled rows. Never rejects. */
  lookAfter(): Promise<void>;
  stop(): Promise<void>;
};

/** `long` is for publishing, which goes to `bucket` as well. Both directories may serve several registries. */
type Options = Place & { sql: Sql; long: Sql; bucket: S3Bucket | null; say: Say };
/** Where snapshots and journal lie, and of which database; null is the embedded one. */
type Place = { keys: RegistryKeys; snapshotDir: string; dataDir: string; databaseUrl: string | null };

/** In the directory of a registry's snapshots: which database it was read from. */
const MARK = 'database';
/** A database without its login, as a digest. */
function markOf(databaseUrl: string | null): string {
  const { host, pathname } = new URL(databaseUrl ?? 'postgres://embedded/hakpilih');
  return createHash('sha256').update(`${host}${pathname}`).digest('hex');
}

/**
 * What stands in for the database of a Node server, kept up while that answers: the newest copy as a snapshot, who may
 * ask, and a journal that is entered once the database is back.
 */
export async function openFallback({ sql, long, bucket, say, ...place }: Options): Promise<NodeFallback> {
  const { keys, snapshotDir, dataDir, databaseUrl } = place;
  const now = Date.now;
  const registry = await registryId(sql);
  await makeDirectory(join(snapshotDir, registry), 0o700);
  await replaceFile(join(snapshotDir, registry, MARK), markOf(databaseUrl));
  let clients: ReadonlyMap<string, KnownClient> | null = null;
  let clientsReadMs: number | null = null;
  const over: Outage[] = [];
  const store = createDirectoryStore(join(snapshotDir, registry));
  const snapshot = openSnapshots({ store, keys, now, registry: () => registry });
  const journal = createFileJournal(join(dataDir, 'journal', registry));
  const ended = (outage: Outage): void => {
    say(`The database answers again, after ${Math.ceil((now() - outage.beganMs) / 1_000)} s`);
    over.push(outage);
    void lookAfter();
  };
  const breaker = createBreaker(now, ended, () => say(standsIn()));
  const at = (ms: number | null | undefined): string => (ms == null ? 'none' : formatInstant(ms, WIB_HOURS));
  const standsIn = (): string =>
    `The database does not answer: answers come from the snapshot of ${at(snapshot.state().publishedAtMs)}, ` +
    `clients are those of ${at(clientsReadMs ?? snapshot.state().publishedAtMs)}`;

  const replay = async (text: string) => {
    const { rows, broken } = parseJournal(text);
    await inTime(enterRows(sql, rows), REPLAY_TIMEOUT_MS);
    if (broken > 0)
      say(`${broken} lines of the journal cannot be read: the file stays, with .broken behind its name`);
    return { broken };
  };

  const keepUp = async (): Promise<void> => {
    await snapshot.refresh();
    clients = new Map((await inTime(readClients(sql))).map((client) => [client.name, client]));
    clientsReadMs = now();
    breaker.contacted();
    if (await journal.hasRows()) await journal.drain(replay);
    for (let outage = over[0]; outage !== undefined; outage = over[0]) {
      await inTime(recordOutage(sql, { server: 'database', ...outage }));
      over.shift();
    }
  };
  const publishNewer = async (to: SnapshotStore, published: Snapshot): Promise<void> => {
    const [newest] = await inTime(sql`SELECT max(id) AS copy FROM copies`);
    if (newest?.copy == null || newest.copy === published.state().lastCopy) return;
    // Another server of this registry may have published it, or a newer one, just now.
    await publishSnapshot(long, keys, to, now, async (copy) => {
      await published.refresh();
      return (published.state().lastCopy ?? 0) < copy;
    });
    await published.refresh();
  };

  const publisherTo = (to: SnapshotStore): (() => Promise<void>) => {
    const published = openSnapshots({ store: to, keys, now, registry: () => registry });
    let pausedUntilMs = 0;
    return oneAtATime(async () => {
      if (now() < pausedUntilMs) return;
      await publishNewer(to, published).catch((error: unknown) => {
        pausedUntilMs = now() + BUCKET_PAUSE_MS;
        say(`The snapshot could not be published to the bucket (${errorCode(error)}): it is tried again in a minute`);
      });
    });
  };

  let said = '';
  const once = oneAtATime(async () => {
    await keepUp();
    said = '';
  });
  const publishing = oneAtATime(() => publishNewer(store, snapshot));
  const lookAfter = async (): Promise<void> => {
    await Promise.all([once(), publishing()]).catch((error: unknown) => {
      const line = `The snapshot could not be kept up (${errorCode(error)})`;
      if (line !== said) say(line);
      said = line;
    });
  };
  const toBucket = bucket === null ? null : publisherTo(createS3Store(bucket));
  const timer = setInterval(() => {
    void lookAfter();
    // Apart: nothing waits for a bucket that is slow or away.
    void toBucket?.();
  }, LOOK_EVERY_MS).unref();

  return {
    snapshot,
    journal,
    now,
    breaker,
    clientOf: (name) => clients?.get(name) ?? snapshot.manifest()?.clients.find((client) => client.name === name),
    lookAfter,
    async stop() {
      clearInterval(timer);
      if (breaker.seen().outSinceMs === null) await lookAfter();
    },
  };
}

/** Who asks while it is under way waits for the end of that. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  return () => {
    underWay ??= work().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

/**
 * What stands in for a database that cannot even be opened: the newest snapshot of our key that was read from it. Null
 * where there is none.
 */
export async function openStandIn(place: Place): Promise<(Fallback & { journal: FileJournal }) | null> {
  const { keys, snapshotDir, dataDir, databaseUrl } = place;
  const now = Date.now;
  const registries = await readdir(snapshotDir).catch(() => []);
  let newest: { snapshot: Snapshot; registry: string; publishedAtMs: number } | null = null;
  for (const registry of registries) {
    const mark = await readIfPresent(join(snapshotDir, registry, MARK)).catch(() => null);
    if (mark !== markOf(databaseUrl)) continue;
    const store = createDirectoryStore(join(snapshotDir, registry));
    const snapshot = openSnapshots({ store, keys, now, registry: () => registry });
    await snapshot.refresh().catch(() => {});
    const { publishedAtMs } = snapshot.state();
    if (publishedAtMs !== null && publishedAtMs > (newest?.publishedAtMs ?? 0))
      newest = { snapshot, registry, publishedAtMs };
  }
  if (newest === null) return null;
  const { snapshot, registry } = newest;
  const journal = createFileJournal(join(dataDir, 'journal', registry));
  const breaker = createBreaker(now);
  breaker.failed();
  breaker.admits = () => false;
  const clients = new Map(snapshot.manifest()?.clients.map((client) => [client.name, client]));
  return { snapshot, journal, breaker, clientOf: (name) => clients.get(name), now };
}
