import { DrizzleQueryError } from 'drizzle-orm/errors';

/** What the driver or the system says: drizzle wraps it. */
export const driverError = (error: unknown): unknown => (error instanceof DrizzleQueryError ? error.cause : error);

/** What may be told of an error: its SQLSTATE, or a code of driver or system. Messages and queries hold parameters. */
export function errorCode(error: unknown): string {
  const code = (driverError(error) as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{3,40}$/.test(code) ? code : 'UNKNOWN';
}

const LOST_CONNECTION =
  /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const LOST_SESSION = /^(57P01|57P02|25P03|25P04|08006|08003)$/;

/** The connection is gone. What a statement was to do may have been done, for the answer may be what was lost. */
export function isConnectionLost(error: unknown): boolean {
  const code = errorCode(error);
  return LOST_CONNECTION.test(code) || LOST_SESSION.test(code);
}

/** All other codes are faults of ours. */
const OUTAGE_CODES = [
  // A registry of another key, and SQLSTATEs.
  /^WRONG_KEY$/,
  /^([0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/,
  // Codes of the driver's connection, of sockets and files, of TLS.
  /^CONNECT(ION)?_./,
  /^(EAI_|ECONN|EPIPE|ETIME|EHOST|ENET|ENOTF|EADDR|EMFILE|ENFILE|ENOSPC|EDQUOT|EIO$)/,
  /^ERR_(TLS|SSL)_.|^UNABLE_TO_.|CERT/,
];
/** What workerd says of a socket that is gone: its errors have no codes. */
const OUTAGE_TEXT =
  /^(network connection lost|proxy request failed|stream was cancelled|this (writable|readable)stream )/i;

/** The database or the way to it is at fault; all other errors are bugs of ours. */
export function isOutage(error: unknown): boolean {
  const cause = driverError(error);
  if (OUTAGE_CODES.some((codes) => codes.test(errorCode(cause)))) return true;
  return cause instanceof Error && OUTAGE_TEXT.test(cause.message);
}
