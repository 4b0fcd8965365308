import { sql } from 'drizzle-orm';
import { bigint, boolean, date, index, integer, jsonb, pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const big = (name: string) => bigint(name, { mode: 'bigint' });

/** What the database remembers of the key its registry was tagged with: another key is refused. */
export const registryKey = pgTable('registry_key', {
  one: boolean().primaryKey().default(true),
  keyCheck: big('key_check').notNull(),
});

/** Who supplies copies: a Disdukcapil by its region, or the synthetic sample. `full_as_of` is the date of its last full copy. */
export const sources = pgTable('sources', {
  name: text().primaryKey(),
  region: text().notNull(),
  firstRegion: big('first_region').notNull(),
  lastRegion: big('last_region').notNull(),
  lastCopy: integer('last_copy').notNull(),
  asOf: instant('as_of').notNull(),
  fullAsOf: instant('full_as_of'),
});

/** The ledger: one row an import, with its report. */
export const copies = pgTable('copies', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  source: text().notNull(),
  asOf: instant('as_of').notNull(),
  isFull: boolean('is_full').notNull(),
  /** SHA-256 of the file as it came. */
  digest: text().notNull(),
  importedAt: instant('imported_at').notNull().default(sql`now()`),
  report: jsonb(),
});

// Wide columns first: alignment then costs nothing. See "At most 120 bytes a row" in test/registry.
const facts = {
  nameProof: big('name_proof'),
  kkProof: big('kk_proof'),
  suketProof: big('suket_proof'),
  /** PPKKCCVVVV. */
  region: big('region'),
  copy: integer().notNull(),
  suketIssued: date('suket_issued'),
  suketEnds: date('suket_ends'),
  ofAgeOn: date('of_age_on'),
  status: smallint().notNull(),
  flags: smallint().notNull(),
};

/** One resident, one row: keyed tag, bound proofs, and the facts that the rules read. No NIK, name, sex, birth date, address. */
export const residents = pgTable('residents', { tag: uuid().primaryKey(), ...facts });

/** The change log: the version of a resident's row that a copy replaced. What a row is now stands in `residents`. */
export const changes = pgTable(
  'changes',
  {
    id: big('id').primaryKey().generatedAlwaysAsIdentity(),
    tag: uuid().notNull(),
    replacedBy: integer('replaced_by').notNull(),
    ...facts,
  },
  (table) => [index('changes_replaced_by').on(table.replacedBy)],
);

/** One row an answer, inserted by the statement that finds it. `id` is the check's own: a retried check counts once. */
export const audit = pgTable('audit', {
  id: uuid().primaryKey(),
  at: instant('at').notNull().default(sql`now()`),
  /** NIK tagged under the audit's own key. */
  tag: uuid().notNull(),
  region: big('region'),
  copy: integer(),
  suketEnds: date('suket_ends'),
  ofAgeOn: date('of_age_on'),
  status: smallint(),
  flags: smallint(),
  /** Bits 1 name, 2 KK, 4 Suket number. */
  asked: smallint().notNull(),
  matched: smallint().notNull(),
  found: boolean().notNull(),
  source: text().notNull(),
  client: text().notNull(),
  claim: text(),
});

/** Wrong answers of the self-check form for one NIK (keyed tag), over all addresses: the times of the last five. */
export const selfCheckTags = pgTable('self_check_tags', {
  tag: uuid().primaryKey(),
  wrongAt: timestamp('wrong_at', { withTimezone: true }).array().notNull(),
  locked: boolean().notNull(),
});

/** Questions of one client address (keyed tag) to the form since `since`. */
export const selfCheckAddresses = pgTable('self_check_addresses', {
  tag: uuid().primaryKey(),
  since: instant('since').notNull(),
  asked: integer().notNull(),
});
