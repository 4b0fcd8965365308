/** Tells the operator a line. */
export type Say = (line: string) => void;

/** What keeps the program from starting: one line for the operator, with the way out and without secrets. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  /** The database is away: it may come back without anybody's doing. */
  readonly isOutage: boolean;
  constructor(message: string, { isOutage = false } = {}) {
    super(message);
    this.isOutage = isOutage;
  }
}

/** Any error as a `StartupError`: `what` failed, and the first line of why. */
export function asStartupError(what: string, error: unknown): StartupError {
  if (error instanceof StartupError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new StartupError(`${what}: ${why.split('\n', 1)[0]}`);
}
