/** Limits of followed lists, together: units are in the names. */
export const LIST_LIMITS = {
  maxBytes: 8 * 1024 ** 2,
  maxLines: 100_000,
  maxLineBytes: 1_024,
  /** Of an idempotency key. */
  maxKeyChars: 64,
  /** Told of one upload. */
  maxFaults: 100,
  maxPerClient: 100,
  /** Lists on their way in or being made at once: of one client, in all. */
  made: { each: 5, all: 12 },
  /** Changes of a page; versions that it may pass over, as a check would not show their change; copies it looks in. */
  maxPage: 10_000,
  page: 1_000,
  maxPassedOver: 5_000,
  maxCopies: 64,
  /** Readers at once, each on a connection of its own. */
  maxAtOnce: 3,
  statementTimeoutMs: 30_000,
} as const;
