/** Limits of the check, together: units are in the names. */
export const LIMITS = {
  maxBodyBytes: 4 * 1024,
  maxNameChars: 100,
  maxSuketNumberChars: 64,
  /** Checks that share one statement, statements in flight, and checks that may wait. */
  maxGroupSize: 64,
  maxStatementsInFlight: 4,
  maxWaiting: 20_000,
  statementTimeoutMs: 5_000,
  /** When a question should have its answer, both tries together. */
  checkDeadlineMs: 10_000,
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
  /** On Workers a statement is no larger, with its values: workerd ends a connection at a write above 65,536 bytes (its issue 7074). */
  maxStatementBytes: 60 * 1024,
} as const;
