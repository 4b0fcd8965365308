import type { Sql } from './sql.ts';

/** A server that may fail. */
export type ServerName = 'database' | 'upstream';
/** A time in which it did not answer, in milliseconds since 1970. */
export type RecordedOutage = { server: ServerName; beganMs: number; endedMs: number };

const SHOWN_DAYS = 7;
const MAX_SHOWN = 50;

export async function recordOutage(
  sql: Sql,
  server: ServerName,
  { beganMs, endedMs }: { beganMs: number; endedMs: number },
): Promise<void> {
  await sql`INSERT INTO outages (id, server, began, ended) VALUES (${crypto.randomUUID()}, ${server},
    to_timestamp(${beganMs}::float8 / 1000), to_timestamp(${endedMs}::float8 / 1000))`;
}

/** Outages of the last days, the newest first. */
export async function recentOutages(sql: Sql): Promise<RecordedOutage[]> {
  const rows = await sql.unsafe(`SELECT server, (extract(epoch FROM began) * 1000)::float8 AS "beganMs",
      (extract(epoch FROM ended) * 1000)::float8 AS "endedMs"
    FROM outages WHERE ended > now() - interval '${SHOWN_DAYS} days' ORDER BY ended DESC LIMIT ${MAX_SHOWN}`);
  return rows as unknown as RecordedOutage[];
}
