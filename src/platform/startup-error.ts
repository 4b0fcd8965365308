/**
 * What keeps the program from starting. Its message is one clear line for the operator: the cause and, where there is one,
 * the way out. Never the value of a secret.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/** Any error as a `StartupError`: `what` failed, and the first line of why. */
export function asStartupError(what: string, error: unknown): StartupError {
  if (error instanceof StartupError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new StartupError(`${what}: ${why.split('\n', 1)[0]}`);
}
