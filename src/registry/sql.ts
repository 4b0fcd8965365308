import postgres from 'postgres';

export type Sql = postgres.Sql;
export type Transaction = postgres.TransactionSql;

/** The synthetic sample's source: the first real import removes it. */
export const SAMPLE_SOURCE = 'sample';
/** What the audit says of a request for many: `SAMPLE` while that is there. */
export const AUDITED_SOURCE = `CASE WHEN EXISTS (SELECT FROM sources WHERE name = '${SAMPLE_SOURCE}') THEN 'SAMPLE' ELSE 'REGISTRY' END`;

/** The facts of a resident's row, as columns; the order is that of the binary COPY of an import. */
export const FACT_COLUMNS = [
  'name_proof',
  'kk_proof',
  'suket_proof',
  'region',
  'suket_issued',
  'suket_ends',
  'of_age_on',
  'status',
  'flags',
] as const;

const CONNECT_TIMEOUT_SECONDS = 5;

/**
 * A client of the registry's database. Dates and instants come as text and as milliseconds where a query says so, never as
 * `Date`; `login` stands for that of the URL; `role` is who it works as; with `genericPlans` a prepared statement is planned once, not for each size of its arrays. Types are not looked up (`fetch_types`), which saves a round trip. Notices are dropped: they may carry values.
 */
export function connect(
  url: string,
  options: {
    max: number;
    genericPlans?: boolean;
    role?: string | undefined;
    login?: { user: string; password: string } | null;
  },
): Sql {
  return postgres(url, {
    ...options.login,
    max: options.max,
    fetch_types: false,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    max_lifetime: null,
    onnotice: () => {},
    types: { date: { to: 1082, from: [1082], serialize: String, parse: (text: string) => text } },
    connection: {
      application_name: 'hakpilih',
      // Dates leave as text; what the database has set for others must not change it, nor when a day of the quotas begins.
      DateStyle: 'ISO, YMD',
      TimeZone: 'UTC',
      ...(options.genericPlans ? { plan_cache_mode: 'force_generic_plan' } : {}),
      ...(options.role === undefined ? {} : { role: options.role }),
    },
  });
}
