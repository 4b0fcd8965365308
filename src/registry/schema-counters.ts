import { boolean, date, integer, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { instantMs } from './schema.ts';

// What is counted of clients, addresses and NIKs, so that limits hold.

/** Wrong answers of the self-check form for one NIK (keyed tag), over all addresses: the times of the last five. */
export const selfCheckTags = pgTable('self_check_tags', {
  tag: uuid().primaryKey(),
  wrongAtMs: instantMs('wrong_at').array().notNull(),
  locked: boolean().notNull(),
});

/** Questions of one client address (keyed tag) to the form since `since`. */
export const selfCheckAddresses = pgTable('self_check_addresses', {
  tag: uuid().primaryKey(),
  sinceMs: instantMs('since').notNull(),
  asked: integer().notNull(),
});

/**
 * Checks a client asked in this minute and on this day. A client of a small quota has one row, slot 0, and is counted
 * exactly; one of a large quota has a row a slot, so that statements in flight do not wait for each other. See
 * `admit` in drizzle/0007_admit.sql.
 */
export const clientUsage = pgTable(
  'client_usage',
  {
    client: text().notNull(),
    slot: smallint().notNull(),
    minuteMs: instantMs('minute').notNull(),
    inMinute: integer('in_minute').notNull(),
    day: date().notNull(),
    inDay: integer('in_day').notNull(),
  },
  (table) => [primaryKey({ columns: [table.client, table.slot] })],
);

/** Lines of the lists that a client made and read on this day. */
export const listUsage = pgTable('list_usage', {
  client: text().primaryKey(),
  day: date().notNull(),
  lines: integer().notNull(),
});

/** Misses of a client in a row, and until when it pauses for too many of them. */
export const clientMisses = pgTable(
  'client_misses',
  {
    client: text().notNull(),
    slot: smallint().notNull(),
    run: integer().notNull(),
    hit: boolean().notNull(),
    pausedUntilMs: instantMs('paused_until'),
  },
  (table) => [primaryKey({ columns: [table.client, table.slot] })],
);

/** Misses of the form over the whole site, by minute: above a budget the form asks a proof of work. */
export const siteMisses = pgTable(
  'site_misses',
  { minuteMs: instantMs('minute').notNull(), slot: smallint().notNull(), misses: integer().notNull() },
  (table) => [primaryKey({ columns: [table.minuteMs, table.slot] })],
);

/** Proofs of work that were used: none counts twice. */
export const usedProofs = pgTable('used_proofs', {
  challenge: text().primaryKey(),
  expiresAtMs: instantMs('expires_at').notNull(),
});

/** Calls of the Dukcapil web service on a day of WIB, all processes together. */
export const upstreamUsage = pgTable('upstream_usage', { day: date().primaryKey(), calls: integer().notNull() });
