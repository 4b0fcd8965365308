import { eq } from 'drizzle-orm';
import { copyInPieces } from './copy-in.ts';
import { drizzleOver } from './drizzle.ts';
import { errorCode } from './error-code.ts';
import {
  applyDelta,
  collapseRepeated,
  compare,
  countDelta,
  countKinds,
  createIncoming,
  type KindCount,
  takeKept,
} from './incoming.ts';
import { findSource } from './ledger.ts';
import { FLAG } from './row.ts';
import { copies, sources } from './schema.ts';
import type { Sql, Transaction } from './sql.ts';
import { inOwnSession, inTransaction } from './transaction.ts';
import { SAMPLE_SOURCE, type Source } from './visibility.ts';

/** An import that is refused whole; the registry is as it was. `message` is a line for the operator, without data. */
export class MergeRefusal extends Error {
  override readonly name = 'MergeRefusal';
  readonly code: 'OLDER_AS_OF' | 'TOO_MANY_LOST';
  constructor(code: MergeRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export type MergeOptions<Report extends object = object> = {
  source: Pick<Source, 'name' | 'region' | 'firstRegion' | 'lastRegion'>;
  /** Milliseconds since 1970. */
  asOfMs: number;
  /** Its civil date in the zone of the source: 17th birthdays up to it are not kept. */
  asOfDate: string;
  /** A full copy: residents of this source that it lacks are marked absent. */
  full: boolean;
  allowOlder: boolean;
  /** Share of the source's residents that a full copy may lose, 0–1. */
  maxLost: number;
  dryRun: boolean;
  /** Rows in binary COPY format, without header and trailer; an error in it refuses the import. */
  rows: AsyncIterable<Uint8Array>;
  /** SHA-256 of the file, asked for when `rows` has ended. */
  digest(): string;
  /** Raised where files are read, or names normalised, in another way: the same bytes are another copy then. */
  readerVersion: number;
  nameVersion: number;
  /** The same bytes again, though nothing is newer. */
  again: boolean;
  /** What the ledger keeps of the import and the caller gets. */
  describe(merged: MergeCounts): Report;
};

/** `alreadyImported`: the same bytes for the same as-of were imported before, and `report` was said of them then. */
export type Merged<Report> = {
  alreadyImported: boolean;
  /** Number of the copy in the ledger; null for a dry run. */
  copy: number | null;
  report: Report;
};

export type MergeCounts = {
  residents: number;
  inserted: number;
  changed: number;
  unchanged: number;
  absent: number;
  duplicates: number;
  conflicts: number;
  /** Residents of the synthetic sample that this first real import removed. */
  sampleRemoved: number;
  /** The source had no copy before. */
  firstOfSource: boolean;
  kinds: KindCount[];
};

/** Once the file is read. */
type Read = Omit<MergeOptions, 'digest'> & { digest: string };

const IMPORT_LOCK = 4_711_2018;
const LOCK_NOT_AVAILABLE = '55P03';

/** Tagged rows that are copied into the stage at once, and how long one asks for its turn before it asks again. */
const MERGE_LIMITS = { stageBytes: 4 * 1024 ** 2, turnMs: 5_000 } as const;

/**
 * Brings a copy into the registry: stage, collapse repeated rows, compare, one MERGE in tag order; with ledger row
 * and change log in one transaction, one import at a time. The stage is filled before that transaction begins, piece
 * by piece: however slowly the rows come, nothing is held open meanwhile that would keep the server from cleaning up.
 * Whatever fails, the old state is whole. Throws `MergeRefusal`, what `rows` throws, `ConnectionLost`, or the
 * driver's error (whose text must not be shown).
 */
export async function mergeCopy<Report extends object>(
  sql: Sql,
  options: MergeOptions<Report>,
): Promise<Merged<Report>> {
  return await inOwnSession(sql, async (own) => {
    await takeTurn(own);
    const before = await findSource(own, options.source.name);
    refuseOlder(before, options);
    await copyInPieces(own, await createIncoming(own), options.rows, MERGE_LIMITS.stageBytes);
    const digest = options.digest();
    const same = await findSameCopy(own, before, { ...options, digest });
    if (same !== null) return { alreadyImported: true, copy: same.id, report: same.report as Report };
    let merged: Merged<Report> | undefined;
    const undo = new Error('undo');
    const work = inTransaction(own, '', async (tx) => {
      // Drawn before anything can be refused: a number that was given once is never another copy's.
      const [drawn] = await tx`SELECT nextval(pg_get_serial_sequence('copies', 'id'))::int AS id`;
      const report = await mergeStage(tx, before, options);
      merged = { alreadyImported: false, copy: null, report };
      if (options.dryRun) throw undo;
      merged.copy = drawn?.id as number;
      await write(tx, before, { ...options, id: merged.copy, digest, report });
    });
    await work.catch((error: unknown) => {
      if (error !== undo) throw error;
    });
    return merged as Merged<Report>;
  });
}

/** The lock is the session's. Who waits for it asks again and again: a statement that waits holds a snapshot. */
async function takeTurn(own: Sql): Promise<void> {
  await own.unsafe(`SET lock_timeout = ${MERGE_LIMITS.turnMs}`);
  for (let taken = false; !taken; ) {
    try {
      await own.unsafe(`SELECT pg_advisory_lock(${IMPORT_LOCK})`);
      taken = true;
    } catch (error) {
      if (errorCode(error) !== LOCK_NOT_AVAILABLE) throw error;
    }
  }
  await own.unsafe('SET lock_timeout = 0');
}

function refuseOlder(before: Source | null, { asOfMs, allowOlder }: MergeOptions): void {
  if (before === null || allowOlder || asOfMs >= Math.max(before.asOfMs, before.fullAsOfMs ?? 0)) return;
  throw new MergeRefusal(
    'OLDER_AS_OF',
    `--as-of is older than the copy of ${before.name} in the registry: give the moment at which this file was taken ` +
      '(to put a wrong import right: --allow-older)',
  );
}

/** The source's current copy, where that is of these very bytes, this date and this kind. */
async function findSameCopy(own: Sql, before: Source | null, options: Read) {
  if (before === null || options.again || before.nameVersion < options.nameVersion) return null;
  const [copy] = await drizzleOver(own).select().from(copies).where(eq(copies.id, before.lastCopy));
  const { asOfMs, full, readerVersion } = options;
  if (copy?.digest !== options.digest || copy.asOfMs !== asOfMs || copy.isFull !== full) return null;
  return copy.readerVersion >= readerVersion ? copy : null;
}

/** Makes `delta` out of the stage, and says what it will change. */
async function mergeStage<Report extends object>(
  tx: Transaction,
  before: Source | null,
  options: MergeOptions<Report>,
): Promise<Report> {
  await tx.unsafe(`SELECT set_config('work_mem', '256MB', true)`);
  await takeKept(tx);
  const repeated = await collapseRepeated(tx);
  const sampleRemoved = options.source.name === SAMPLE_SOURCE ? 0 : await removeSample(tx);
  await compare(tx, options);
  const count = await countDelta(tx);
  await refuseLoss(tx, options, count('ABSENT'));
  const kinds = await countKinds(tx);
  const residents = kinds.reduce((sum, row) => sum + row.residents, 0);
  const inserted = count('INSERT');
  const changed = count('CHANGE') + count('CONFLICT');
  return options.describe({
    residents,
    inserted,
    changed,
    unchanged: residents - inserted - changed,
    absent: count('ABSENT'),
    duplicates: repeated.duplicates,
    conflicts: repeated.conflicts + count('CONFLICT'),
    sampleRemoved,
    firstOfSource: before === null,
    kinds,
  });
}

async function removeSample(tx: Transaction): Promise<number> {
  const [sample] = await tx`DELETE FROM sources WHERE name = ${SAMPLE_SOURCE} RETURNING 1`;
  if (!sample) return 0;
  const removed =
    await tx`DELETE FROM residents r USING copies c WHERE c.id = r.copy AND c.source = ${SAMPLE_SOURCE}`;
  await tx`DELETE FROM changes h USING copies c WHERE c.id = h.replaced_by AND c.source = ${SAMPLE_SOURCE}`;
  return removed.count;
}

async function refuseLoss(tx: Transaction, { source, maxLost }: MergeOptions, absent: number): Promise<void> {
  if (absent === 0) return;
  const [row] = await tx`
    SELECT count(*)::int AS present FROM residents r JOIN copies c ON c.id = r.copy
    WHERE c.source = ${source.name} AND r.flags & ${FLAG.ABSENT} = 0`;
  const present = row?.present as number;
  if (absent <= present * maxLost) return;
  throw new MergeRefusal(
    'TOO_MANY_LOST',
    `${absent} of ${present} residents of ${source.name} are missing from this file: look whether it is the whole ` +
      'export (--partial if it is not, --max-lost if so many have left)',
  );
}

/** The only statements that touch what readers see. `id` is the number of the copy. */
async function write(
  tx: Transaction,
  before: Source | null,
  options: Read & { id: number; report: object },
): Promise<void> {
  const { id, source, asOfMs, full, digest, readerVersion, report } = options;
  const db = drizzleOver(tx);
  const entry = { id, source: source.name, asOfMs, isFull: full, digest, readerVersion, report };
  await db.insert(copies).overridingSystemValue().values(entry);
  await applyDelta(tx, id);
  // A partial copy leaves other names as they were.
  const others = full ? null : before;
  const nameVersion = Math.min(options.nameVersion, others?.nameVersion ?? options.nameVersion);
  const ofFull = full ? { fullAsOfMs: asOfMs, fullCopy: id } : {};
  const state = { lastCopy: id, asOfMs, nameVersion, ...ofFull };
  await db
    .insert(sources)
    .values({ ...source, ...state })
    .onConflictDoUpdate({ target: sources.name, set: state });
  // Readers' prepared plans are made anew: a plan for an empty registry would scan a full one.
  await tx.unsafe('ANALYZE residents');
}
