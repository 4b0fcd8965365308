import { join } from 'node:path';
import { type Election, findElection } from '../core/election.ts';
import { type LogMode, logModeOf } from '../http/log.ts';
import { listOf, type ServiceSettings } from '../service.ts';
import { type Environment, loadKeys } from './keys.ts';
import { parseBucket, type S3Bucket } from './s3-store.ts';
import { type Say, StartupError } from './startup-error.ts';

/** Configuration of the Node doors, parsed once. See the table in README.md. */
export type Settings = ServiceSettings & {
  databaseUrl: string | null;
  dataDir: string;
  /** Key files that were made just now. */
  madeKeys: readonly string[];
  host: string;
  port: number;
  trustedProxies: readonly string[];
  /** Origins that may post the form from pages of their own. */
  embedders: readonly string[];
  metricsToken: string | null;
  /** Directory of the snapshots; null where none are to be made. */
  snapshotDir: string | null;
  /** Where they go as well, for Workers; null where nowhere. */
  snapshotTo: S3Bucket | null;
  log: LogMode;
};

export const dataDirOf = (env: Environment): string => env.HAKPILIH_DATA_DIR?.trim() || '.hakpilih';

/** Reads the environment and the keys; makes keys for an empty data directory. Throws `StartupError`. */
export async function loadSettings(env: Environment, say: Say): Promise<Settings> {
  const value = (name: string): string | null => env[name]?.trim() || null;
  const dataDir = dataDirOf(env);
  const { registryKey, signingJwks, made } = await loadKeys(dataDir, env);
  if (made.length > 0) say(`Made keys in ${dataDir}/keys: keep a copy; without them the registry cannot be read`);
  const databaseUrl = value('HAKPILIH_DATABASE_URL');
  if (databaseUrl !== null && !/^postgres(ql)?:\/\//.test(databaseUrl))
    throw new StartupError('HAKPILIH_DATABASE_URL must begin with postgres://');
  const port = value('PORT') ?? '8787';
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65_535)
    throw new StartupError('PORT must be a number from 0 to 65535');
  const snapshotTo = value('HAKPILIH_SNAPSHOT_TO');
  const snapshotDir = value('HAKPILIH_SNAPSHOT_DIR') ?? join(dataDir, 'snapshot');
  if (snapshotTo !== null && snapshotDir === 'off')
    throw new StartupError('HAKPILIH_SNAPSHOT_TO is of no use while HAKPILIH_SNAPSHOT_DIR is off');
  return {
    databaseUrl,
    dataDir,
    registryKey,
    signingJwks,
    madeKeys: made,
    election: value('HAKPILIH_ELECTION') ?? 'pilkada-2018',
    today: value('HAKPILIH_TODAY'),
    host: value('HOST') ?? '127.0.0.1',
    port: Number(port),
    trustedProxies: listOf(value('HAKPILIH_TRUSTED_PROXIES')),
    trustedIssuers: value('HAKPILIH_TRUSTED_ISSUERS'),
    upstream: value('HAKPILIH_UPSTREAM'),
    embedders: listOf(value('HAKPILIH_EMBEDDERS')),
    metricsToken: value('HAKPILIH_METRICS_TOKEN'),
    snapshotDir: snapshotDir === 'off' ? null : snapshotDir,
    snapshotTo: snapshotTo === null ? null : parseBucket(snapshotTo, env),
    log: logModeOf(value('HAKPILIH_LOG')),
  };
}

/** The election of the settings. Throws `StartupError` where there is none of that name. */
export function electionOf(settings: Settings): Election {
  const election = findElection(settings.election);
  if (election !== null) return election;
  throw new StartupError('HAKPILIH_ELECTION is no election that is known');
}
