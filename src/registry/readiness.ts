import journal from '../../drizzle/meta/_journal.json' with { type: 'json' };
import { type CivilDate, civilDateAt, formatInstant } from '../core/dates.ts';
import { NAME_VERSION } from '../core/names.ts';
import { utcOffsetHours } from '../core/regions.ts';
import { isOutage } from './error-code.ts';
import type { RegistryKeys } from './registry-keys.ts';
import { SAMPLE_SOURCE, type Sql } from './sql.ts';
import { keyCheck } from './tags.ts';

export type CopyState = {
  source: string;
  asOf: string;
  fullAsOf: string | null;
  /** Whole seconds of the real clock since the later of both. */
  ageSeconds: number;
};
/** What `/readyz` tells. `unset` is a registry without residents yet. */
export type RegistryState = {
  database: 'ok' | 'unreachable';
  migrations: 'ok' | 'pending' | 'unknown';
  key: 'ok' | 'wrong' | 'unset' | 'unknown';
  copies: CopyState[];
};

export const UNREACHABLE: RegistryState = {
  database: 'unreachable',
  migrations: 'unknown',
  key: 'unknown',
  copies: [],
};

export const isReady = ({ database, migrations, key }: RegistryState): boolean =>
  database === 'ok' && migrations === 'ok' && key === 'ok';

/** When the newest migration was made, as Drizzle's journal and its table in the database both say. */
const NEWEST_MIGRATION = Math.max(...journal.entries.map((entry) => entry.when));

/** The state of the registry. A database that cannot be asked is a state too. */
export async function registryState(sql: Sql, keys: RegistryKeys, nowMs: number): Promise<RegistryState> {
  try {
    return { database: 'ok', ...(await readState(sql, keys, nowMs)) };
  } catch (error) {
    if (!isOutage(error)) throw error;
    return UNREACHABLE;
  }
}

async function readState(sql: Sql, keys: RegistryKeys, nowMs: number): Promise<Omit<RegistryState, 'database'>> {
  if (!(await isMigrated(sql))) return { migrations: 'pending', key: 'unset', copies: [] };
  const [check] = await sql.unsafe('SELECT key_check::text FROM registry_key');
  const sources = await sql.unsafe(`SELECT name, region, extract(epoch FROM as_of)::float8 * 1000 AS as_of_ms,
    extract(epoch FROM full_as_of)::float8 * 1000 AS full_ms FROM sources ORDER BY name`);
  return {
    migrations: 'ok',
    key: check === undefined ? 'unset' : check.key_check === keyCheck(keys) ? 'ok' : 'wrong',
    copies: sources.map((source) => {
      const offset = utcOffsetHours(source.region as string);
      const asOfMs = source.as_of_ms as number;
      const fullMs = source.full_ms as number | null;
      return {
        source: source.name as string,
        asOf: formatInstant(asOfMs, offset),
        fullAsOf: fullMs === null ? null : formatInstant(fullMs, offset),
        ageSeconds: Math.floor((nowMs - Math.max(asOfMs, fullMs ?? asOfMs)) / 1000),
      };
    }),
  };
}

/** Whether the schema is up to date. */
export async function isMigrated(sql: Sql): Promise<boolean> {
  const [schema] = await sql.unsafe(`SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS migrated`);
  if (!schema?.migrated) return false;
  const [row] = await sql.unsafe('SELECT max(created_at)::float8 AS newest FROM drizzle.__drizzle_migrations');
  return ((row?.newest as number | null) ?? 0) >= NEWEST_MIGRATION;
}

/** Remembers the key of a fresh registry. Returns false where the registry was tagged with another key. */
export async function claimKey(sql: Sql, keys: RegistryKeys): Promise<boolean> {
  const check = keyCheck(keys);
  const known = async () => (await sql`SELECT key_check = ${check}::bigint AS is_ours FROM registry_key`)[0]?.is_ours;
  // Only the owner may: others come to a registry that has a key.
  if ((await known()) === undefined)
    await sql`INSERT INTO registry_key (key_check) VALUES (${check}::bigint) ON CONFLICT DO NOTHING`;
  return (await known()) === true;
}

/** Sources whose names were tagged under another version of the normalisation: they compare with nothing. */
export async function sourcesOfOtherNames(sql: Sql): Promise<string[]> {
  const rows = await sql`SELECT name FROM sources WHERE name_version <> ${NAME_VERSION} ORDER BY name`;
  return rows.map(({ name }) => name as string);
}

/** The date of the synthetic sample where the registry holds nothing else; null in real use. */
export async function sampleDate(sql: Sql): Promise<CivilDate | null> {
  const rows = await sql.unsafe(
    'SELECT name, region, extract(epoch FROM as_of)::float8 * 1000 AS as_of_ms FROM sources LIMIT 2',
  );
  const [only, other] = rows;
  if (only?.name !== SAMPLE_SOURCE || other !== undefined) return null;
  return civilDateAt(only.as_of_ms as number, utcOffsetHours(only.region as string));
}
