/** Limits of the HTTP server, together: units are in the names. A `room` is of one kind of request. */
export const HTTP_LIMITS = {
  maxConnections: 8_192,
  /** Sockets on which connections are taken on, and such as may wait at each of them (the system may allow fewer). */
  acceptors: 256,
  backlogPerAcceptor: 128,
  /** Requests of one connection that are not answered yet: they are answered one after the other. */
  maxPipelined: 16,
  /** Requests in hand of one address, and in all. */
  maxPerAddress: 512,
  maxInHand: 4_096,
  headersTimeoutMs: 20_000,
  /** Longer than the minute after which proxies commonly end a connection themselves. */
  keepAliveTimeoutMs: 65_000,
  /** A connection on which nothing moves, in either direction. Longer than a bulk reader may stall. */
  idleTimeoutMs: 150_000,
  /** A body comes at this rate at least, from one look at it to the next; the first look is a grace. */
  minBodyBytesPerSecond: 1_024,
  bodyLookSeconds: 30,
  /** What is under way when the server is told to stop is given so long. */
  stopTimeoutMs: 5_000,
  /** Who is one too many is asked to come again after so long, and not read from before. */
  retryAfterSeconds: 5,
  /** How long others may keep the public keys and the document. */
  keptSeconds: 300,
  /** Lines of a fault's stack that the log has. */
  maxFrames: 12,
  /** Requests at once, such as may wait for a place, and how many of both one address may have. */
  rooms: {
    checks: { atOnce: 1_024, waiting: 0, perAddress: 512 },
    forms: { atOnce: 64, waiting: 64, perAddress: 32 },
    pages: { atOnce: 64, waiting: 64, perAddress: 32 },
  },
  /** Checks at once of one client. */
  checksPerClient: 512,
  /** What the pages and figures show of the copies is asked of the database once in so long. */
  copiesTtlMs: 2_000,
  /** The same of `/readyz`: shorter than balancers' looks are apart. */
  readinessTtlMs: 1_000,
  /** Longest waits for the registry where no resident is asked for: nothing hangs on a silent database. */
  readinessTimeoutMs: 2_000,
  sampleDateTimeoutMs: 500,
} as const;
