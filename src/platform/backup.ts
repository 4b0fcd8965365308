import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import journal from '../../drizzle/meta/_journal.json' with { type: 'json' };
import * as dump from '../registry/dump.ts';
import { errorCode } from '../registry/error-code.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Sql } from '../registry/sql.ts';
import { keyCheck } from '../registry/tags.ts';
import { inTransaction } from '../registry/transaction.ts';
import { makeDirectory, makeDirectoryOnce, readIfPresent, writeDurably } from './files.ts';
import { StartupError } from './startup-error.ts';

const FORMAT = 1;
const MANIFEST = 'manifest.jws';
const PIECE_BYTES = 256 * 1024;
/** Its newest migration: data of another schema is not filled in. */
const SCHEMA = journal.entries.at(-1)?.tag as string;

const part = z.strictObject({ table: z.string(), rows: z.int(), sha256: z.hash('sha256') });
const manifest = z.strictObject({
  format: z.literal(FORMAT),
  madeAt: z.iso.datetime(),
  schema: z.string(),
  lastTransaction: z.string().regex(/^[0-9]+$/),
  parts: z.array(part),
});
/** What a backup says of itself. */
export type Backup = z.infer<typeof manifest>;

const fileOf = (directory: string, table: string): string => join(directory, `${table}.copy`);
/** Of its own purpose: a manifest of a snapshot is none of a backup. */
const signingKey = (keys: RegistryKeys): Uint8Array => Buffer.from(keys.snapshot('backup'), 'latin1');
const refused = (why: string): StartupError => new StartupError(`Nothing was restored: ${why}`);

/**
 * Writes all tables of the registry, as of one moment and while others work on it, into a new directory: it is there
 * whole or not at all. The keys are not in it. Throws `StartupError`, and what driver and file system throw.
 */
export async function writeBackup(sql: Sql, keys: RegistryKeys, directory: string): Promise<Backup> {
  const backup: Backup = { format: FORMAT, madeAt: '', schema: SCHEMA, lastTransaction: '', parts: [] };
  await makeDirectory(dirname(directory), 0o700);
  const isMade = await makeDirectoryOnce(directory, async (draft) => {
    await inTransaction(sql, 'isolation level repeatable read read only', async (tx) => {
      backup.madeAt = new Date().toISOString();
      backup.lastTransaction = await dump.lastTransaction(tx);
      for (const table of dump.REGISTRY_TABLES) {
        const rows = await dump.countRows(tx, table);
        const sha256 = await writePart(fileOf(draft, table.name), await dump.copyOut(tx, table));
        backup.parts.push({ table: table.name, rows, sha256 });
      }
    });
    const jws = new CompactSign(Buffer.from(JSON.stringify(backup)));
    jws.setProtectedHeader({ alg: 'HS256', kid: keyCheck(keys) });
    await writeDurably(join(draft, MANIFEST), await jws.sign(signingKey(keys)));
  });
  if (!isMade) throw new StartupError(`${directory} is there already: a backup wants a new directory`);
  return backup;
}

/** Writes a file; its SHA-256. The database sends each row for itself. */
async function writePart(path: string, rows: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  const pieces = async function* () {
    let held: Uint8Array[] = [];
    let bytes = 0;
    for await (const row of rows) {
      hash.update(row);
      held.push(row);
      bytes += row.byteLength;
      if (bytes < PIECE_BYTES) continue;
      yield Buffer.concat(held);
      held = [];
      bytes = 0;
    }
    yield Buffer.concat(held);
  };
  await pipeline(pieces, createWriteStream(path, { mode: 0o600, flush: true }));
  return hash.digest('hex');
}

/** Judges a backup that was found somewhere: manifest, key, schema, every byte. Throws `StartupError` with what is wrong. */
export async function readBackup(directory: string, keys: RegistryKeys): Promise<Backup> {
  const jws = await readIfPresent(join(directory, MANIFEST)).catch(() => null);
  if (jws === null) throw refused(`there is no backup in ${directory}: ${MANIFEST} is missing`);
  const backup = await parseManifest(jws, keys);
  for (const { table } of backup.parts) for await (const _ of piecesOf(directory, backup, table));
  return backup;
}

async function parseManifest(jws: string, keys: RegistryKeys): Promise<Backup> {
  const { kid, payload } = await (async () => {
    const { kid } = decodeProtectedHeader(jws);
    if (kid !== keyCheck(keys)) return { kid, payload: null };
    return { kid, payload: (await compactVerify(jws, signingKey(keys), { algorithms: ['HS256'] })).payload };
  })().catch(() => ({ kid: null, payload: null }));
  if (typeof kid === 'string' && payload === null)
    throw refused('the backup was made under another HAKPILIH_REGISTRY_KEY');
  if (payload === null) throw refused(`${MANIFEST} is not as it was written`);
  const read = manifest.safeParse(JSON.parse(new TextDecoder().decode(payload)));
  if (!read.success) throw refused('another version of hakpilih made it, in another format');
  if (read.data.schema === SCHEMA) return read.data;
  throw refused(
    `its schema is ${read.data.schema}, here it is ${SCHEMA}: use the version that made it, then upgrade`,
  );
}

/** The bytes of a file of a backup. Throws `StartupError`, at its end at the latest, where they are not those written. */
async function* piecesOf(directory: string, { parts }: Backup, table: string): AsyncGenerator<Uint8Array> {
  const path = fileOf(directory, table);
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>) {
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
 * Fills an empty registry of the same schema and key from a backup that was judged, whole or not at all. Returns whether
 * the audit goes on being sealed there. Throws `StartupError` where the registry is not empty or in use.
 */
export async function restoreBackup(sql: Sql, directory: string, backup: Backup): Promise<boolean> {
  if (await dump.hasOthers(sql)) throw refused('others are connected to the database: stop the server first');
  const isSealable = await dump.countPast(sql, BigInt(backup.lastTransaction));
  await inTransaction(sql, '', async (tx) => {
    const isFilled = await dump.fillTables(tx, ({ name }) => piecesOf(directory, backup, name));
    if (!isFilled) throw refused('the registry is not empty');
  });
  await sql`VACUUM (ANALYZE) residents`.catch(() => {});
  return isSealable;
}
