import type { Sql } from './sql.ts';

/** Days are those of the ministry, in WIB. Of two calls at once the second counts on what the first took. */
const TAKE = `
WITH taken AS (
  INSERT INTO upstream_usage AS u (day, calls) VALUES ((now() AT TIME ZONE interval '7 hours')::date, 1)
  ON CONFLICT (day) DO UPDATE SET calls = u.calls + 1 WHERE u.calls < $1::int
  RETURNING calls
)
SELECT EXISTS (SELECT FROM taken) AS "isTaken", (SELECT region FROM clients WHERE name = $2) AS region`;

/** Takes one of the day's calls, `perDay` for all processes; and the region of the client's row, null for none. */
export async function takeUpstreamCall(sql: Sql, client: string, perDay: number) {
  const [row] = await sql.unsafe(TAKE, [perDay, client]);
  return row as unknown as { isTaken: boolean; region: string | null };
}
