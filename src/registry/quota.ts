/** Quotas of a client that has none of its own, and the pause for one that misses time and again. */
export const QUOTA = {
  perMinute: 60,
  perDay: 3_000,
  /** Of lists, made and read. */
  linesPerDay: 2_000_000,
  missesInARow: 20,
  pauseMinutes: 10,
} as const;
/** Up to this quota a client is counted exactly; above it in slots: statements do not wait for each other. */
export const EXACT_PER_MINUTE = 1_000;
export const SLOTS = 16;

const RUN = 'CASE WHEN excluded.hit THEN 0 ELSE m.run END + excluded.run';
const PAUSE = `now() + interval '${QUOTA.pauseMinutes} minutes'`;

/** SQL that counts misses in a row, of `rows` (client, slot, run, hit); so many of them pause the client. */
export const countMisses = (rows: string): string => `
  INSERT INTO client_misses AS m (client, slot, run, hit, paused_until)
  SELECT client, slot, run, hit, CASE WHEN run >= ${QUOTA.missesInARow} THEN ${PAUSE} END
  FROM (${rows}) c
  ON CONFLICT (client, slot) DO UPDATE SET hit = excluded.hit,
    run = CASE WHEN ${RUN} >= ${QUOTA.missesInARow} THEN 0 ELSE ${RUN} END,
    paused_until = CASE WHEN ${RUN} >= ${QUOTA.missesInARow} THEN ${PAUSE} ELSE m.paused_until END`;

/** SQL: for how long the client $1 pauses still; null where it does not. */
export const PAUSED_SECONDS = `(
  SELECT ceil(extract(epoch FROM max(paused_until) - now())) FROM client_misses
  WHERE client = $1 AND paused_until > now())`;
