import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

/** Milliseconds since 1970. */
export const instantMs = customType<{ data: number; driverData: Date | string }>({
  dataType: () => 'timestamp with time zone',
  fromDriver: (date) => new Date(date).getTime(),
  toDriver: (ms) => new Date(ms).toISOString(),
});
const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });
/** Postgres.js writes and reads it: drizzle's own type would make a string of it first. */
const json = customType<{ data: object }>({ dataType: () => 'jsonb' });
/** PPKKCCVVVV. */
const region = (name: string) => bigint(name, { mode: 'number' });
const big = (name: string) => bigint(name, { mode: 'bigint' });

/** What the database remembers of the key its registry was tagged with: another key is refused. */
export const registryKey = pgTable('registry_key', {
  one: boolean().primaryKey().default(true),
  keyCheck: big('key_check').notNull(),
  /** Tells it from another registry of the same key. */
  id: uuid().notNull().defaultRandom(),
});

/** Who supplies copies: a Disdukcapil by its region, or the sample. `full_as_of` dates the last full copy. */
export const sources = pgTable('sources', {
  name: text().primaryKey(),
  region: text().notNull(),
  firstRegion: region('first_region').notNull(),
  lastRegion: region('last_region').notNull(),
  lastCopy: integer('last_copy').notNull(),
  asOfMs: instantMs('as_of').notNull(),
  fullAsOfMs: instantMs('full_as_of'),
  fullCopy: integer('full_copy'),
  /** By which version of the normalisation all its names were tagged: other versions do not compare. */
  nameVersion: smallint('name_version').notNull().default(1),
});

/** The ledger: one row an import, with its report. */
export const copies = pgTable('copies', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  source: text().notNull(),
  asOfMs: instantMs('as_of').notNull(),
  isFull: boolean('is_full').notNull(),
  /** SHA-256 of the file as it came. */
  digest: text().notNull(),
  importedAtMs: instantMs('imported_at').notNull().default(sql`now()`),
  report: json(),
  /** By which version of the reader: a newer one reads the same bytes again. */
  readerVersion: smallint('reader_version').notNull().default(1),
});

// Wide columns first: alignment then costs nothing. See "At most 120 bytes a row" in test/registry.
const facts = {
  nameProof: big('name_proof'),
  kkProof: big('kk_proof'),
  suketProof: big('suket_proof'),
  region: region('region'),
  copy: integer().notNull(),
  suketIssued: date('suket_issued'),
  suketEnds: date('suket_ends'),
  ofAgeOn: date('of_age_on'),
  status: smallint().notNull(),
  flags: smallint().notNull(),
};

/** One resident, one row: keyed tag, bound proofs, facts for the rules. No NIK, name, sex, birth date, address. */
export const residents = pgTable('residents', { tag: uuid().primaryKey(), ...facts });

/**
 * The change log: the version of a resident's row that a copy replaced. Versions chain from copy to `replaced_by`,
 * the first was inserted, and where the chain has a gap, what follows is CONFIRMED: the same as before. What a row is
 * now stands in `residents`.
 */
export const changes = pgTable(
  'changes',
  {
    id: big('id').primaryKey().generatedAlwaysAsIdentity(),
    tag: uuid().notNull(),
    replacedBy: integer('replaced_by').notNull(),
    ...facts,
  },
  (table) => [index('changes_tag').on(table.tag, table.replacedBy)],
);

/**
 * One row an answer, inserted by the statement that finds it; one a bulk request, with counts and digest in `detail`.
 * `id` is the check's own: a retried check counts once. `xid` is the transaction that wrote it: rows are sealed in
 * order of xid and id.
 */
export const audit = pgTable(
  'audit',
  {
    id: uuid().primaryKey(),
    atMs: instantMs('at').notNull().default(sql`now()`),
    xid: big('xid').notNull().default(sql`pg_current_xact_id()::text::bigint`),
    /** NIK tagged under the audit's own key; null for a bulk request and the reading of a list. */
    tag: uuid(),
    region: region('region'),
    copy: integer(),
    suketEnds: date('suket_ends'),
    ofAgeOn: date('of_age_on'),
    status: smallint(),
    flags: smallint(),
    /** Bits 1 name, 2 KK, 4 Suket number. */
    asked: smallint(),
    matched: smallint(),
    found: boolean(),
    source: text().notNull(),
    client: text().notNull(),
    claim: text(),
    /** `CHECK`, `BULK`, `LIST` where a list was read, `UPSTREAM` where the miss of the check in `detail` was lifted. */
    kind: text().notNull().default('CHECK'),
    detail: json(),
  },
  (table) => [index('audit_xid_order').on(table.xid)],
);

/** Sealed stretches of the audit, chained by hash: rows of transactions from `from_xid` to before `to_xid`. */
export const auditBlocks = pgTable('audit_blocks', {
  id: big('id').primaryKey(),
  fromXid: big('from_xid').notNull(),
  toXid: big('to_xid').notNull(),
  rows: integer().notNull(),
  /** For each row in order: its id (16 bytes) and the first 16 bytes of the SHA-256 of its canonical form. */
  entries: bytea('entries').notNull(),
  previousHash: bytea('previous_hash').notNull(),
  hash: bytea('hash').notNull(),
  sealedAtMs: instantMs('sealed_at').notNull().default(sql`now()`),
});

/** A voter list that a client follows. */
export const lists = pgTable(
  'lists',
  {
    id: uuid().primaryKey(),
    client: text().notNull(),
    region: text(),
    createdAtMs: instantMs('created_at').notNull().default(sql`now()`),
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the upload: the same key with another body is refused. */
    digest: text().notNull(),
    rows: integer().notNull(),
    /** The last copy that was there when the list came: changes are told from there on. */
    sinceCopy: integer('since_copy').notNull(),
  },
  (table) => [uniqueIndex('lists_idempotency').on(table.client, table.idempotencyKey)],
);

export const listRefs = pgTable(
  'list_refs',
  { list: uuid().notNull(), tag: uuid().notNull(), ref: text().notNull() },
  (table) => [
    primaryKey({ columns: [table.list, table.tag, table.ref] }),
    index('list_refs_order').on(table.list, sql`${table.ref} COLLATE "C"`),
  ],
);

/** Who may ask with a token of ours. A client that is not here (a trusted issuer's) has the quotas by default. */
export const clients = pgTable('clients', {
  name: text().primaryKey(),
  scopes: text().array().notNull().$type<readonly string[]>(),
  region: text(),
  revokedAtMs: instantMs('revoked_at'),
  perMinute: integer('per_minute').notNull(),
  perDay: integer('per_day').notNull(),
  linesPerDay: integer('lines_per_day').notNull().default(2_000_000),
  createdAtMs: instantMs('created_at').notNull().default(sql`now()`),
});

/** Times in which a server did not answer, as one process saw them: `/status` tells the last days. */
export const outages = pgTable('outages', {
  id: uuid().primaryKey().defaultRandom(),
  /** `database` or `upstream`. */
  server: text().notNull(),
  beganMs: instantMs('began').notNull(),
  endedMs: instantMs('ended').notNull(),
});
