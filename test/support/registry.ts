import { createHash, randomBytes } from 'node:crypto';
import { SCOPES } from '../../src/access/grant.ts';
import type { Facts } from '../../src/core/facts.ts';
import { NAME_VERSION } from '../../src/core/names.ts';
import type { Nik } from '../../src/core/nik.ts';
import { regionRange } from '../../src/core/regions.ts';
import { recordClient } from '../../src/registry/clients.ts';
import { type MergeCounts, type MergeOptions, mergeCopy } from '../../src/registry/merge.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { type Resident, RowEncoder } from '../../src/registry/row-encoder.ts';
import { connect, type Sql } from '../../src/registry/sql.ts';
import { createMigratedDatabase } from './postgres.ts';

export type TestRegistry = { sql: Sql; url: string; registryKey: Uint8Array; close(): Promise<void> };

/** The client of tests that are about something else than quotas: it may ask as much as it likes. */
export const UNLIMITED = 'test';

/** A new, migrated, empty registry with a key of its own, and one client, `UNLIMITED`. */
export async function createTestRegistry(): Promise<TestRegistry> {
  const database = await createMigratedDatabase();
  const sql = connect(database.url, { max: 4 });
  await recordClient(sql, {
    name: UNLIMITED,
    scopes: SCOPES,
    region: null,
    perMinute: 1_000_000,
    perDay: 10_000_000,
  });
  const close = async (): Promise<void> => {
    await sql.end({ timeout: 1 });
    await database.drop();
  };
  return { sql, url: database.url, registryKey: randomBytes(32), close };
}

/** A resident of age, a citizen, of Cibinong, recorded but unprinted, unless told otherwise. */
export function resident(
  nik: string,
  facts: Partial<Facts> = {},
  rest: Partial<Omit<Resident, 'nik' | 'facts'>> = {},
): Resident {
  return {
    nik: nik as Nik,
    name: 'NENENG NURHASANAH',
    kk: '3201010503119001',
    suketNumber: null,
    ...rest,
    facts: {
      status: 'PRINT_READY_RECORD',
      region: '32.01.01.1001',
      suket: null,
      ofAgeOn: null,
      birthDateUnknown: false,
      marital: 'NEVER',
      nationality: 'CITIZEN',
      tniPolri: false,
      deceased: false,
      inactive: false,
      olderCard: false,
      ...facts,
    },
  };
}

/** Synthetic NIKs, which are nobody's: serials 9000–9999, their last digits mixed as in life. No two are alike below 720,000. */
export const nikOf = (n: number): string =>
  `3201${String(10 + (n % 40))}${String(10 + (Math.floor(n / 40) % 18))}0180${9000 + ((n + Math.floor(n / 720) * 7) % 1000)}`;

type Import = Partial<Pick<MergeOptions, 'full' | 'allowOlder' | 'maxLost' | 'dryRun'>> & {
  source?: string;
  asOf?: string;
};

/** Merges residents as one copy: full, of Kabupaten Bogor, 12 January 2018, unless told otherwise. */
export async function importResidents(
  registry: TestRegistry,
  residents: Resident[],
  options: Import = {},
): Promise<MergeCounts & { copy: number | null; alreadyImported: boolean }> {
  const { source = '32.01', asOf = '2018-01-12T17:00:00+07:00', ...rest } = options;
  const encoder = new RowEncoder(deriveKeys(registry.registryKey));
  for (const one of residents) encoder.write(one);
  const rows = encoder.take();
  const region = source === 'sample' ? '32.01' : source;
  const { first, last } = regionRange(region);
  const { alreadyImported, copy, report } = await mergeCopy(registry.sql, {
    source: { name: source, region, firstRegion: first, lastRegion: last },
    asOfMs: Date.parse(asOf),
    asOfDate: asOf.slice(0, 10),
    full: true,
    allowOlder: false,
    maxLost: 0.1,
    dryRun: false,
    ...rest,
    rows: (async function* () {
      yield rows;
    })(),
    digest: () => createHash('sha256').update(rows).digest('hex'),
    readerVersion: 1,
    nameVersion: NAME_VERSION,
    again: false,
    describe: (merged) => merged,
  });
  return { ...report, copy, alreadyImported };
}

const LAST_MS_OF_MINUTE = 10_000;

/** Waits where a minute is nearly over: quotas are counted by the minute of the clock. */
export async function earlyInMinute(): Promise<void> {
  const leftMs = 60_000 - (Date.now() % 60_000);
  if (leftMs < LAST_MS_OF_MINUTE) await new Promise((resolve) => setTimeout(resolve, leftMs + 50));
}
