import { type LogMode, logModeOf } from '../http/log.ts';
import { listOf } from '../service.ts';
import { loadKeys } from './keys.ts';
import { StartupError } from './startup-error.ts';

/** Configuration of the Node doors, parsed once. See the table in README.md. */
export type Settings = {
  databaseUrl: string | null;
  dataDir: string;
  registryKey: Uint8Array;
  signingJwks: string;
  /** Key files that were made just now. */
  madeKeys: readonly string[];
  election: string;
  today: string | null;
  host: string;
  port: number;
  trustedProxies: readonly string[];
  trustedIssuers: string | null;
  /** Origins that may post the form from pages of their own. */
  embedders: readonly string[];
  metricsToken: string | null;
  log: LogMode;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment and the keys; makes keys for an empty data directory. Throws `StartupError`, never with a value of a secret. */
export async function loadSettings(env: Environment, say: (line: string) => void): Promise<Settings> {
  const value = (name: string): string | null => env[name]?.trim() || null;
  const dataDir = value('HAKPILIH_DATA_DIR') ?? '.hakpilih';
  const { registryKey, signingJwks, made } = await loadKeys(dataDir, env);
  if (made.length > 0) say(`Made keys in ${dataDir}/keys: keep a copy; without them the registry cannot be read`);
  return {
    databaseUrl: databaseUrlOf(value('HAKPILIH_DATABASE_URL')),
    dataDir,
    registryKey,
    signingJwks,
    madeKeys: made,
    election: value('HAKPILIH_ELECTION') ?? 'pilkada-2018',
    today: value('HAKPILIH_TODAY'),
    host: value('HOST') ?? '127.0.0.1',
    port: portOf(value('PORT') ?? '8787'),
    trustedProxies: listOf(value('HAKPILIH_TRUSTED_PROXIES')),
    trustedIssuers: value('HAKPILIH_TRUSTED_ISSUERS'),
    embedders: listOf(value('HAKPILIH_EMBEDDERS')),
    metricsToken: value('HAKPILIH_METRICS_TOKEN'),
    log: logModeOf(value('HAKPILIH_LOG')),
  };
}

function databaseUrlOf(text: string | null): string | null {
  if (text === null || /^postgres(ql)?:\/\//.test(text)) return text;
  throw new StartupError('HAKPILIH_DATABASE_URL must begin with postgres://');
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new StartupError('PORT must be a number from 0 to 65535');
}
