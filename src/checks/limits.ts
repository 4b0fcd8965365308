/** Limits of the check, together: units are in the names. */
export const LIMITS = {
  maxBodyBytes: 4 * 1024,
  maxNameChars: 100,
  maxSuketNumberChars: 64,
  /** Checks that share one statement, statements in flight, and checks that may wait, and how long. */
  maxGroupSize: 64,
  maxStatementsInFlight: 4,
  maxWaiting: 20_000,
  maxWaitMs: 2_000,
  /** A statement that takes longer seems to have stalled: others no longer wait for it. */
  stallMs: 250,
  /** The same for the server and for who waits; of it, a wait for a lock. */
  statementTimeoutMs: 5_000,
  /** When a question should have its answer, all tries together. */
  checkDeadlineMs: 10_000,
  lockTimeoutMs: 1_000,
  /** A connection on which the server has owed an answer for so long is given up. */
  silenceMs: 10_000,
  /** Tries where the connection is lost: the driver may fail the first on a new one with the error of the old. */
  maxTries: 3,
  /** The self-check form: wrong answers for one NIK, and questions from one address (mobile users share addresses). */
  selfCheckWrongAnswers: 5,
  selfCheckPerAddress: 600,
  selfCheckWindowSeconds: 3_600,
  /** Its answers leave at whole steps, so that times tell nothing: longer than the statement commonly takes. */
  selfCheckStepMs: 25,
  /** From so many misses of the whole site on, the form asks a proof of work of so many hashes at most, or a wait. */
  siteMisses: 1_000,
  siteMissWindowSeconds: 600,
  proofMaxNumber: 50_000,
  proofSeconds: 1_200,
  proofWaitSeconds: 60,
  maxProofChars: 1_024,
  proofTimeoutMs: 500,
  retryAfterSeconds: 5,
  /** How long a count of the audit's rows is good for all who ask. */
  checkpointTtlMs: 5_000,
  /** Of one person, the newest. */
  maxTraces: 10_000,
  /** Distinct answers that a bulk check or the reading of a list remembers, about 0.5 KiB each. */
  maxDistinctAnswers: 20_000,
  /** On Workers, values included: workerd ends a connection at a write above 65,536 bytes (its issue 7074). */
  maxStatementBytes: 60 * 1024,
} as const;

/** What is asked beside checks, each on a connection of its own: the form, pages, readiness. */
export const BESIDE_LIMITS = { ...LIMITS, maxStatementsInFlight: 8, maxWaiting: 2_000 } as const;

/** Long work, on connections apart from those of answers: bulk checks, lists, sealing, forgetting. */
export const LONG_LIMITS = {
  ...LIMITS,
  /** Lists that are made or taken away and states of the audit that are read, at once. */
  maxStatementsInFlight: 2,
  maxWaiting: 32,
  maxWaitMs: 10_000,
  statementTimeoutMs: 120_000,
  /** Of a snapshot, too: while it is open nothing newer can be cleaned up. */
  transactionTimeoutMs: 1_800_000,
  idleInTransactionMs: 60_000,
  silenceMs: 180_000,
} as const;
