import journal from '../../drizzle/meta/_journal.json' with { type: 'json' };
import { type CivilDate, civilDateAt, formatInstant } from '../core/dates.ts';
import { NAME_VERSION } from '../core/names.ts';
import { utcOffsetHours } from '../core/regions.ts';
import { drizzleOver } from './drizzle.ts';
import { isOutage } from './error-code.ts';
import { findSources } from './ledger.ts';
import type { RegistryKeys } from './registry-keys.ts';
import { registryKey } from './schema.ts';
import type { Sql } from './sql.ts';
import { keyCheck } from './tags.ts';
import { SAMPLE_SOURCE, type Source } from './visibility.ts';

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
/** The name of the newest migration, which tells one schema from another. */
export const SCHEMA = journal.entries.at(-1)?.tag as string;

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
  const copies = copyStates(await findSources(sql), nowMs);
  const check = await findKeyCheck(sql);
  if (check === null) return { migrations: 'ok', key: 'unset', copies };
  return { migrations: 'ok', key: check === keyCheck(keys) ? 'ok' : 'wrong', copies };
}

/** The newest copy of each supplier, and its age. */
export const copyStates = (sources: readonly Source[], nowMs: number): CopyState[] =>
  sources.map(({ name, region, asOfMs, fullAsOfMs }) => {
    const offset = utcOffsetHours(region);
    return {
      source: name,
      asOf: formatInstant(asOfMs, offset),
      fullAsOf: fullAsOfMs === null ? null : formatInstant(fullAsOfMs, offset),
      ageSeconds: Math.floor((nowMs - Math.max(asOfMs, fullAsOfMs ?? asOfMs)) / 1000),
    };
  });

/** Whether the schema is up to date. */
export async function isMigrated(sql: Sql): Promise<boolean> {
  const [schema] = await sql.unsafe(`SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS migrated`);
  if (!schema?.migrated) return false;
  const [row] = await sql.unsafe('SELECT max(created_at)::float8 AS newest FROM drizzle.__drizzle_migrations');
  return ((row?.newest as number | null) ?? 0) >= NEWEST_MIGRATION;
}

/** What the registry remembers of its key; null where it has none yet. */
async function findKeyCheck(sql: Sql): Promise<string | null> {
  const [row] = await drizzleOver(sql).select().from(registryKey);
  return row === undefined ? null : String(row.keyCheck);
}

/** Remembers the key of a fresh registry. Returns false where the registry was tagged with another key. */
export async function claimKey(sql: Sql, keys: RegistryKeys): Promise<boolean> {
  const ours = keyCheck(keys);
  // Only the owner may write it: others come to a registry that has a key.
  if ((await findKeyCheck(sql)) === null)
    await drizzleOver(sql)
      .insert(registryKey)
      .values({ keyCheck: BigInt(ours) })
      .onConflictDoNothing();
  return (await findKeyCheck(sql)) === ours;
}

/** What tells this registry, which has its key, from another one of the same key: a UUID. */
export async function registryId(sql: Sql): Promise<string> {
  const [row] = await sql`SELECT id FROM registry_key`;
  return row?.id as string;
}

/** Sources whose names were tagged under another version of the normalisation: they compare with nothing. */
export async function sourcesOfOtherNames(sql: Sql): Promise<string[]> {
  const sources = await findSources(sql);
  return sources.filter(({ nameVersion }) => nameVersion !== NAME_VERSION).map(({ name }) => name);
}

/** The date of the synthetic sample where the registry holds nothing else; null in real use. */
export const sampleDate = async (sql: Sql): Promise<CivilDate | null> => sampleDateIn(await findSources(sql));

export function sampleDateIn([only, other]: readonly Source[]): CivilDate | null {
  if (only?.name !== SAMPLE_SOURCE || other !== undefined) return null;
  return civilDateAt(only.asOfMs, utcOffsetHours(only.region));
}
