import { copyInPieces } from './copy-in.ts';
import { errorCode } from './error-code.ts';
import {
  collapseRepeated,
  compare,
  countDelta,
  countKinds,
  createIncoming,
  factsOf,
  type KindCount,
  takeKept,
} from './incoming.ts';
import { FACT_COLUMNS, FLAG } from './row.ts';
import type { Sql, Transaction } from './sql.ts';
import { inOwnSession, inTransaction } from './transaction.ts';
import { SAMPLE_SOURCE } from './visibility.ts';

export type MergeFault = 'OLDER_AS_OF' | 'TOO_MANY_LOST';
/** An import that is refused whole; the registry is as it was. `message` is one line for the operator, without data. */
export class MergeRefusal extends Error {
  override readonly name = 'MergeRefusal';
  readonly code: MergeFault;
  constructor(code: MergeFault, message: string) {
    super(message);
    this.code = code;
  }
}

export type MergeOptions<Report extends object = object> = {
  source: { name: string; region: string; firstRegion: number; lastRegion: number };
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
  /** Raised where a file is read otherwise than before, or a name normalised otherwise: the same bytes are then another copy. */
  readerVersion: number;
  nameVersion: number;
  /** The same bytes again, though nothing is newer. */
  again: boolean;
  /** What the ledger keeps of the import and the caller gets. */
  describe(merged: MergeCounts): Report;
};

/** `alreadyImported`: the same bytes for the same as-of were imported before, and `report` is what was said of them then. */
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

const FACTS = FACT_COLUMNS.join(', ');
const IMPORT_LOCK = 4_711_2018;
const LOCK_NOT_AVAILABLE = '55P03';

/** Tagged rows that are copied into the stage at once, and how long one asks for its turn before it asks again. */
const LIMITS = { stageBytes: 4 * 1024 ** 2, turnMs: 5_000 } as const;

/**
 * Brings a copy into the registry: stage, collapse repeated rows, compare, one MERGE in tag order; with ledger row and change
 * log in one transaction, one import at a time. The stage is filled before that transaction begins, piece by piece: however
 * slowly the rows come, nothing is held open meanwhile that would keep the server from cleaning up. Whatever fails, the old
 * state is whole. Throws `MergeRefusal`, what `rows` throws, `ConnectionLost`, or the driver's error (whose text must not be
 * shown).
 */
export async function mergeCopy<Report extends object>(
  sql: Sql,
  options: MergeOptions<Report>,
): Promise<Merged<Report>> {
  return await inOwnSession(sql, async (own) => {
    await takeTurn(own);
    await refuseOlder(own, options);
    await copyInPieces(own, await createIncoming(own), options.rows, LIMITS.stageBytes);
    let merged: Merged<Report> | undefined;
    const undo = new Error('undo');
    const work = inTransaction(own, '', async (tx) => {
      merged = await mergeStage(tx, options);
      if (options.dryRun || merged.alreadyImported) throw undo;
    });
    await work.catch((error: unknown) => {
      if (error !== undo) throw error;
    });
    return merged as Merged<Report>;
  });
}

/** The lock is the session's. Who waits for it asks again and again: a statement that waits holds a snapshot. */
async function takeTurn(own: Sql): Promise<void> {
  await own.unsafe(`SET lock_timeout = ${LIMITS.turnMs}`);
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

async function mergeStage<Report extends object>(
  tx: Transaction,
  options: MergeOptions<Report>,
): Promise<Merged<Report>> {
  await tx.unsafe(`SELECT set_config('work_mem', '256MB', true)`);
  const digest = options.digest();
  const earlier = options.again ? null : await sameCopy<Report>(tx, options, digest);
  if (earlier !== null) return { alreadyImported: true, ...earlier };
  await takeKept(tx);
  const repeated = await collapseRepeated(tx);
  const sampleRemoved = options.source.name === SAMPLE_SOURCE ? 0 : await removeSample(tx);
  const firstOfSource = await isFirst(tx, options);
  const copy = await openLedger(tx, options, digest);
  await compare(tx, { ...options, sourceName: options.source.name });
  const counts = await countDelta(tx);
  await refuseLoss(tx, options, counts.absent);
  const kinds = await countKinds(tx);
  const residents = kinds.reduce((sum, row) => sum + row.residents, 0);
  const report = options.describe({
    residents,
    inserted: counts.inserted,
    changed: counts.changed + counts.conflicts,
    unchanged: residents - counts.inserted - counts.changed - counts.conflicts,
    absent: counts.absent,
    duplicates: repeated.duplicates,
    conflicts: repeated.conflicts + counts.conflicts,
    sampleRemoved,
    firstOfSource,
    kinds,
  });
  if (!options.dryRun) await write(tx, options, copy, report);
  return { alreadyImported: false, copy: options.dryRun ? null : copy, report };
}

async function refuseOlder(own: Sql, { source, asOfMs, allowOlder }: MergeOptions): Promise<void> {
  const [current] =
    await own`SELECT 1 FROM sources WHERE name = ${source.name} AND greatest(as_of, full_as_of) > to_timestamp(${asOfMs}::float8 / 1000)`;
  if (current && !allowOlder) {
    throw new MergeRefusal(
      'OLDER_AS_OF',
      `--as-of is older than the copy of ${source.name} in the registry: give the moment at which this file was taken (to put a wrong import right: --allow-older)`,
    );
  }
}

/** The report of the source's current copy, where that is of these very bytes, this date and this kind. */
async function sameCopy<Report>(
  tx: Transaction,
  options: MergeOptions,
  digest: string,
): Promise<{ copy: number; report: Report } | null> {
  const [same] = await tx`
    SELECT c.id AS copy, c.report FROM sources s JOIN copies c ON c.id = s.last_copy
    WHERE s.name = ${options.source.name} AND c.digest = ${digest} AND c.is_full = ${options.full}
      AND c.reader_version >= ${options.readerVersion} AND s.name_version >= ${options.nameVersion} AND c.as_of = to_timestamp(${options.asOfMs}::float8 / 1000)`;
  return (same as { copy: number; report: Report } | undefined) ?? null;
}

async function isFirst(tx: Transaction, { source }: MergeOptions): Promise<boolean> {
  const [known] = await tx`SELECT 1 FROM sources WHERE name = ${source.name}`;
  return known === undefined;
}

async function removeSample(tx: Transaction): Promise<number> {
  const [sample] = await tx`DELETE FROM sources WHERE name = ${SAMPLE_SOURCE} RETURNING 1`;
  if (!sample) return 0;
  const removed =
    await tx`DELETE FROM residents r USING copies c WHERE c.id = r.copy AND c.source = ${SAMPLE_SOURCE}`;
  await tx`DELETE FROM changes h USING copies c WHERE c.id = h.replaced_by AND c.source = ${SAMPLE_SOURCE}`;
  return removed.count;
}

async function openLedger(tx: Transaction, options: MergeOptions, digest: string): Promise<number> {
  const [row] = await tx`
    INSERT INTO copies (source, as_of, is_full, digest, reader_version)
    VALUES (${options.source.name}, to_timestamp(${options.asOfMs}::float8 / 1000), ${options.full}, ${digest},
            ${options.readerVersion}) RETURNING id`;
  return row?.id as number;
}

async function refuseLoss(tx: Transaction, { source, maxLost }: MergeOptions, absent: number): Promise<void> {
  if (absent === 0) return;
  const [row] = await tx`
    SELECT count(*)::int AS present FROM residents r JOIN copies c ON c.id = r.copy
    WHERE c.source = ${source.name} AND r.flags & ${FLAG.ABSENT} = 0`;
  const present = row?.present as number;
  if (absent > present * maxLost) {
    throw new MergeRefusal(
      'TOO_MANY_LOST',
      `${absent} of ${present} residents of ${source.name} are missing from this file: look whether it is the whole export (--partial if it is not, --max-lost if so many have left)`,
    );
  }
}

/**
 * The only statements that touch what readers see. `delta` lies in tag order; without hash and merge joins the MERGE walks
 * it as it lies, so that rows are written in tag order: physical order tells nothing about the export.
 */
async function write(tx: Transaction, options: MergeOptions, copy: number, report: object): Promise<void> {
  await tx.unsafe(`SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`);
  await tx.unsafe(`INSERT INTO changes (tag, replaced_by, copy, ${FACTS})
    SELECT r.tag, ${copy}, r.copy, ${factsOf('r')} FROM delta d JOIN residents r ON r.tag = d.tag 
    WHERE d.kind NOT IN ('INSERT', 'KEEP') AND NOT (d.kind = 'RENEW' AND r.flags & ${FLAG.CONFIRMED} <> 0)`);
  const assignments = FACT_COLUMNS.map((column) => `${column} = d.${column}`).join(', ');
  const forgotten = FACT_COLUMNS.filter((column) => !['region', 'status', 'flags'].includes(column));
  await tx.unsafe(`MERGE INTO residents r USING delta d ON r.tag = d.tag
    WHEN MATCHED AND d.kind = 'ABSENT' THEN UPDATE SET copy = ${copy}, flags = r.flags | ${FLAG.ABSENT}
    WHEN MATCHED AND d.kind = 'KEEP' THEN UPDATE SET flags = r.flags | ${FLAG.KEPT}
    WHEN MATCHED AND d.kind = 'CONFLICT' THEN UPDATE SET copy = ${copy}, status = -1, flags = ${FLAG.CONFLICT},
      region = CASE WHEN r.region = d.region THEN r.region END, ${forgotten.map((column) => `${column} = NULL`).join(', ')}
    WHEN MATCHED AND d.kind = 'RENEW' THEN UPDATE SET copy = ${copy}, flags = r.flags | ${FLAG.CONFIRMED}
    WHEN MATCHED THEN UPDATE SET copy = ${copy}, ${assignments}
    WHEN NOT MATCHED THEN INSERT (tag, copy, ${FACTS}) VALUES (d.tag, ${copy}, ${factsOf('d')})`);
  const { source, asOfMs, full, nameVersion } = options;
  await tx`
    INSERT INTO sources AS s (name, region, first_region, last_region, last_copy, name_version, as_of, full_as_of, full_copy)
    VALUES (${source.name}, ${source.region}, ${source.firstRegion}, ${source.lastRegion}, ${copy},
            ${nameVersion}, to_timestamp(${asOfMs}::float8 / 1000), CASE WHEN ${full} THEN to_timestamp(${asOfMs}::float8 / 1000) END,
            CASE WHEN ${full} THEN ${copy}::int END)
    ON CONFLICT (name) DO UPDATE SET last_copy = excluded.last_copy, as_of = excluded.as_of,
      name_version = CASE WHEN ${full} THEN excluded.name_version ELSE least(s.name_version, excluded.name_version) END,
      full_as_of = coalesce(excluded.full_as_of, s.full_as_of), full_copy = coalesce(excluded.full_copy, s.full_copy)`;
  await tx`UPDATE copies SET report = ${tx.json(report as never)} WHERE id = ${copy}`;
  // Readers' prepared plans are made anew: a plan for an empty registry would scan a full one.
  await tx.unsafe('ANALYZE residents');
}
