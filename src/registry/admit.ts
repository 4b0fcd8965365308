import { barred, isElsewhere, narrower } from './standing.ts';

/** Quotas of a client that has none of its own, and the pause for one that misses time and again. */
export const QUOTA = { perMinute: 60, perDay: 3_000, missesInARow: 20, pauseMinutes: 10 } as const;
/** Up to this quota a client is counted exactly; above it in slots, so that statements in flight do not wait for each other. */
const EXACT_PER_MINUTE = 1_000;
export const SLOTS = 16;

const BEFORE_MINUTE = 'CASE WHEN u.minute = excluded.minute THEN u.in_minute ELSE 0 END';
const BEFORE_DAY = 'CASE WHEN u.day = excluded.day THEN u.in_day ELSE 0 END';
const ADMITTED = `greatest(0, least(excluded.asked, excluded.minute_left - ${BEFORE_MINUTE}, excluded.day_left - ${BEFORE_DAY}))`;

/**
 * Who of `asked` is admitted, as part of the statement that answers: not revoked, nor narrowed, not pausing, within quota.
 * `slot` is the SQL of a number below `SLOTS`; `nth` of a question counts those of its client. Usage is an upsert, so that of
 * two statements at once the second counts on what the first used; in one order, lest two wait for each other for ever.
 */
export const admitCtes = (slot: string): string => `, calls AS MATERIALIZED (
  SELECT c.*, per_minute - used.in_minute AS minute_left, per_day - used.in_day AS day_left,
    (SELECT max(m.paused_until) FROM client_misses m WHERE m.client = c.client AND m.paused_until > now()) AS paused_until
  FROM (
    SELECT a.client, (count(*) FILTER (WHERE NOT known))::int AS asked, ${barred('check')} AS barred, k.region,
      rpad(translate(coalesce(k.region, ''), '.', ''), 10, '0')::bigint AS first,
      rpad(translate(coalesce(k.region, ''), '.', ''), 10, '9')::bigint AS last,
      coalesce(k.per_minute, ${QUOTA.perMinute}) AS per_minute, coalesce(k.per_day, ${QUOTA.perDay}) AS per_day,
      CASE WHEN k.per_minute > ${EXACT_PER_MINUTE} THEN ${slot} ELSE 0 END AS slot
    FROM asked a LEFT JOIN clients k ON k.name = a.client GROUP BY a.client, k.name
  ) c, LATERAL (
    SELECT coalesce(sum(u.in_minute) FILTER (WHERE u.minute = date_trunc('minute', now())), 0)::int AS in_minute,
      coalesce(sum(u.in_day) FILTER (WHERE u.day = current_date), 0)::int AS in_day
    FROM client_usage u WHERE u.client = c.client AND u.slot <> c.slot
  ) used
), used AS (
  INSERT INTO client_usage AS u (client, slot, minute, in_minute, day, in_day, asked, minute_left, day_left, admitted)
  SELECT client, slot, date_trunc('minute', now()), admitted, current_date, admitted, asked, minute_left, day_left, admitted
  FROM (SELECT *, greatest(0, least(asked, minute_left, day_left)) AS admitted FROM calls WHERE barred IS NULL AND paused_until IS NULL) c
  ORDER BY client, slot
  ON CONFLICT (client, slot) DO UPDATE SET
    minute = excluded.minute, in_minute = ${BEFORE_MINUTE} + ${ADMITTED},
    day = excluded.day, in_day = ${BEFORE_DAY} + ${ADMITTED},
    asked = excluded.asked, minute_left = excluded.minute_left, day_left = excluded.day_left, admitted = ${ADMITTED}
  RETURNING client, admitted, minute_left - in_minute AS minute_rest, day_left - in_day AS day_rest
), verdicts AS MATERIALIZED (
  SELECT c.client, c.slot, c.region, c.first, c.last, c.barred, u.admitted,
    concat_ws(',', c.per_minute, greatest(0, u.minute_rest), ${SECONDS_LEFT}) AS quota,
    CASE WHEN c.barred IS NOT NULL THEN c.barred
         WHEN c.paused_until IS NOT NULL THEN 'PAUSED,' || ceil(extract(epoch FROM c.paused_until - now()))
         WHEN u.day_rest <= 0 THEN 'DAY_QUOTA,' || ceil(extract(epoch FROM current_date + 1 - now()))
         ELSE 'MINUTE_QUOTA,' || ${SECONDS_LEFT} END AS refusal
  FROM calls c LEFT JOIN used u ON u.client = c.client
), judged AS MATERIALIZED (
  SELECT a.*, v.slot, v.quota, ${narrower('a.token_claim', 'v.region')} AS claim,
    greatest(a.token_first, v.first) AS first, least(a.token_last, v.last) AS last,
    CASE WHEN a.nth > coalesce(v.admitted, 0) AND (v.barred IS NOT NULL OR NOT known) THEN v.refusal
         WHEN ${isElsewhere('a.token_claim', 'v.region')} THEN 'REGION,0' END AS refusal
  FROM asked a JOIN verdicts v ON v.client = a.client
)`;

const SECONDS_LEFT = 'ceil(60 - extract(second FROM now()))';
const RUN = 'CASE WHEN excluded.hit THEN 0 ELSE m.run END + excluded.run';

/** Counts misses in a row, of `rows` (client, slot, run, hit); so many of them pause the client. */
const missed = (rows: string): string => `
  INSERT INTO client_misses AS m (client, slot, run, hit, paused_until)
  SELECT client, slot, run, hit,
    CASE WHEN run >= ${QUOTA.missesInARow} THEN now() + interval '${QUOTA.pauseMinutes} minutes' END
  FROM (${rows}) c
  ON CONFLICT (client, slot) DO UPDATE SET hit = excluded.hit,
    run = CASE WHEN ${RUN} >= ${QUOTA.missesInARow} THEN 0 ELSE ${RUN} END,
    paused_until = CASE WHEN ${RUN} >= ${QUOTA.missesInARow} THEN now() + interval '${QUOTA.pauseMinutes} minutes' ELSE m.paused_until END`;

/** After the answer, in the order asked. */
export const MISS_CTE = `, missed AS (${missed(`
    SELECT client, slot, max(nth) - coalesce(max(nth) FILTER (WHERE found), 0) AS run, bool_or(found) AS hit
    FROM found WHERE refusal IS NULL AND NOT known GROUP BY client, slot ORDER BY client, slot`)}
)`;

/** Of a list, whose rows have no order: $2 misses of client $1 count in a row as far as they outnumber the $3 hits. */
export const LIST_MISSED = missed(
  'SELECT $1::text AS client, 0 AS slot, greatest(0, $2::int - $3::int) AS run, $3::int >= $2::int AS hit',
);
/** SQL: for how long the client $1 pauses still; null where it does not. */
export const PAUSED_SECONDS = `(SELECT ceil(extract(epoch FROM max(paused_until) - now())) FROM client_misses
  WHERE client = $1 AND paused_until > now())`;
