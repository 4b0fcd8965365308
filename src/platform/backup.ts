import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import * as dump from '../registry/dump.ts';
import { errorCode } from '../registry/error-code.ts';
import { SCHEMA } from '../registry/readiness.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Sql } from '../registry/sql.ts';
import { keyCheck } from '../registry/tags.ts';
import { inTransaction } from '../registry/transaction.ts';
import { makeDirectory, makeDirectoryOnce, readIfPresent, writeDurably } from './files.ts';
import { StartupError } from './startup-error.ts';

const FORMAT = 1;
const MANIFEST = 'manifest';

const manifest = z.strictObject({
  format: z.literal(FORMAT),
  keyCheck: z.string(),
  madeAt: z.iso.datetime(),
  /** Data of another schema is not filled in. */
  schema: z.string(),
  lastTransaction: z.string().regex(/^[0-9]+$/),
  parts: z.array(z.strictObject({ table: z.string(), rows: z.int(), sha256: z.hash('sha256') })),
});
/** What a backup says of itself. */
export type Backup = z.infer<typeof manifest>;

const fileOf = (directory: string, table: string): string => join(directory, `${table}.copy`);
const refused = (why: string): StartupError => new StartupError(`Nothing was restored: ${why}`);

/** A manifest as it is kept: a line of JSON, and one of its HMAC. */
function signed(keys: RegistryKeys, json: string): string {
  const mac = Buffer.from(keys.snapshot(`backup ${json}`), 'latin1');
  return `${json}\n${mac.toString('hex')}\n`;
}

/**
 * Writes all tables of the registry, as of one moment and while others work on it, into a new directory: it is there
 * whole or not at all. The keys are not in it. Throws `StartupError`, and what driver and file system throw.
 */
export async function writeBackup(sql: Sql, keys: RegistryKeys, directory: string): Promise<Backup['parts']> {
  const parts: Backup['parts'] = [];
  await makeDirectory(dirname(directory), 0o700);
  const isMade = await makeDirectoryOnce(directory, async (draft) => {
    const about = { format: FORMAT, keyCheck: keyCheck(keys), madeAt: new Date().toISOString(), schema: SCHEMA };
    const lastTransaction = await inTransaction(sql, 'isolation level repeatable read read only', async (tx) => {
      for (const table of dump.REGISTRY_TABLES) {
        const rows = await dump.countRows(tx, table);
        const sha256 = await writePart(fileOf(draft, table.name), await dump.copyOut(tx, table));
        parts.push({ table: table.name, rows, sha256 });
      }
      return await dump.lastTransaction(tx);
    });
    await writeDurably(join(draft, MANIFEST), signed(keys, JSON.stringify({ ...about, lastTransaction, parts })));
  });
  if (!isMade) throw new StartupError(`${directory} is there already: a backup wants a new directory`);
  return parts;
}

/** Writes a file; its SHA-256. */
async function writePart(path: string, rows: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  const hashed = async function* () {
    for await (const piece of rows) {
      hash.update(piece);
      yield piece;
    }
  };
  await pipeline(hashed, createWriteStream(path, { mode: 0o600, flush: true }));
  return hash.digest('hex');
}

/** Judges a backup that was found somewhere: manifest, key, schema, every byte. Throws `StartupError` with what is wrong. */
export async function readBackup(directory: string, keys: RegistryKeys): Promise<Backup> {
  const text = await readIfPresent(join(directory, MANIFEST)).catch(() => null);
  if (text === null) throw refused(`there is no backup in ${directory}: ${MANIFEST} is missing`);
  const [json = ''] = text.split('\n', 1);
  const isSigned = text === signed(keys, json);
  const said = (/"keyCheck":"(-?[0-9]+)"/.exec(json) ?? [])[1];
  if (!isSigned && said !== undefined && said !== keyCheck(keys))
    throw refused('the backup was made under another HAKPILIH_REGISTRY_KEY');
  if (!isSigned) throw refused(`${MANIFEST} is not as it was written`);
  const { data: backup } = manifest.safeParse(JSON.parse(json));
  if (backup === undefined) throw refused('another version of hakpilih made it, in another format');
  if (backup.schema !== SCHEMA)
    throw refused(`its schema is ${backup.schema}, here it is ${SCHEMA}: use the version that made it, then upgrade`);
  for (const { table } of backup.parts) for await (const _ of piecesOf(directory, backup, table));
  return backup;
}

/** The bytes of a file of a backup. Throws `StartupError`, at its end at the latest, where they are not those written. */
async function* piecesOf(directory: string, { parts }: Backup, table: string): AsyncGenerator<Uint8Array> {
  const path = fileOf(directory, table);
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
      hash.update(piece);
      yield piece;
    }
  } catch (error) {
    throw refused(`${path} cannot be read (${errorCode(error)})`);
  }
  if (hash.digest('hex') !== parts.find((one) => one.table === table)?.sha256)
    throw refused(`${path} is not as it was written`);
}

/**
 * Fills an empty registry of the same schema and key from a backup that was judged, whole or not at all. Throws
 * `StartupError` where the registry is not empty or in use.
 */
export async function restoreBackup(sql: Sql, directory: string, backup: Backup): Promise<void> {
  if (await dump.hasOthers(sql)) throw refused('others are connected to the database: stop the server first');
  await dump.countPast(sql, BigInt(backup.lastTransaction));
  await inTransaction(sql, '', async (tx) => {
    const isFilled = await dump.fillTables(tx, ({ name }) => piecesOf(directory, backup, name));
    if (!isFilled) throw refused('the registry is not empty');
  });
  await sql`VACUUM (ANALYZE) residents`.catch(() => {});
}
