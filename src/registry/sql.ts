import postgres from 'postgres';

export type Sql = postgres.Sql;
export type Transaction = postgres.TransactionSql;

const CONNECT_TIMEOUT_SECONDS = 5;

/** What the server ends of itself: a statement, a wait for a lock, a whole transaction, one that asks nothing. */
export type Timeouts = {
  statementMs?: number;
  lockMs?: number;
  transactionMs?: number;
  idleInTransactionMs?: number;
};
export type ConnectOptions = {
  max: number;
  /** A prepared statement is planned once, not for each size of its arrays. */
  genericPlans?: boolean;
  /** Who it works as. */
  role?: string | undefined;
  /** Stands for the user and the password of the URL. */
  login?: { user: string; password: string } | null;
  timeouts?: Timeouts;
  /** Opens the socket of a connection, where not every silence is to be waited out. */
  socket?: OpenSocket | undefined;
};
export type OpenSocket = (options: { host: string[]; port: number[]; path?: string | false }) => unknown;

/**
 * A client of the registry's database. Dates and instants come as text and as milliseconds where a query says so,
 * never as `Date`, and in one style and zone whatever the server is set to. Types are not looked up (`fetch_types`),
 * which saves a round trip. Notices are dropped: they may carry values.
 */
export function connect(url: string, { max, genericPlans, role, login, timeouts = {}, socket }: ConnectOptions): Sql {
  return postgres(url, {
    ...login,
    max,
    socket,
    fetch_types: false,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    max_lifetime: null,
    onnotice: () => {},
    types: { date: { to: 1082, from: [1082], serialize: String, parse: (text: string) => text } },
    // The driver leaves out what is undefined.
    connection: {
      application_name: 'hakpilih',
      // Dates leave as text, and days of quotas begin, whatever the database has set for others.
      DateStyle: 'ISO, YMD',
      TimeZone: 'UTC',
      plan_cache_mode: genericPlans ? 'force_generic_plan' : undefined,
      role,
      statement_timeout: timeouts.statementMs,
      lock_timeout: timeouts.lockMs,
      transaction_timeout: timeouts.transactionMs,
      idle_in_transaction_session_timeout: timeouts.idleInTransactionMs,
    },
  } as object);
}
