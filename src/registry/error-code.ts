/** What may be told of a database error: its SQLSTATE or a driver's code. Messages, details and queries hold parameters. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{4,40}$/.test(code) ? code : 'UNKNOWN';
}

const LOST_CONNECTION = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P01',
  '57P02',
  '25P03',
  '25P04',
  '08006',
  '08003',
]);

/** The connection is gone. What a statement was to do may have been done, for the answer may be what was lost. */
export const isConnectionLost = (error: unknown): boolean => LOST_CONNECTION.has(errorCode(error));
