import { desc, gt, sql as text } from 'drizzle-orm';
import { drizzleOver } from './drizzle.ts';
import { outages } from './schema.ts';
import type { Sql } from './sql.ts';

/** A server that may fail. */
type ServerName = 'database' | 'upstream';
/** A time in which a server did not answer, in milliseconds since 1970. */
export type RecordedOutage = Omit<typeof outages.$inferSelect, 'id'>;

const SHOWN_DAYS = 7;
const MAX_SHOWN = 50;

export async function recordOutage(sql: Sql, outage: RecordedOutage & { server: ServerName }): Promise<void> {
  await drizzleOver(sql).insert(outages).values(outage);
}

/** Outages of the last days, the newest first. */
export async function recentOutages(sql: Sql): Promise<RecordedOutage[]> {
  const { server, beganMs, endedMs } = outages;
  const isRecent = gt(endedMs, text`now() - make_interval(days => ${SHOWN_DAYS})`);
  const newest = drizzleOver(sql).select({ server, beganMs, endedMs }).from(outages).where(isRecent);
  return await newest.orderBy(desc(endedMs)).limit(MAX_SHOWN);
}
