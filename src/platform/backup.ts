import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CompactSign, compactVerify, decodeJwt, errors } from 'jose';
import { z } from 'zod';
import journal from '../../drizzle/meta/_journal.json' with { type: 'json' };
import {
  copyOut,
  countPast,
  countRows,
  fillTables,
  hasOthers,
  lastTransaction,
  REGISTRY_TABLES,
  type Table,
} from '../registry/dump.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import type { Sql } from '../registry/sql.ts';
import { keyCheck } from '../registry/tags.ts';
import { inTransaction } from '../registry/transaction.ts';
import { makeDirectory, makeDirectoryOnce, readIfPresent, writeDurably } from './files.ts';
import { asStartupError, StartupError } from './startup-error.ts';

const FORMAT = 1;
const MANIFEST = 'manifest.jws';
const PIECE_BYTES = 256 * 1024;

const part = z.strictObject({ table: z.string(), rows: z.int(), bytes: z.int(), sha256: z.hash('sha256') });
const manifest = z.strictObject({
  format: z.literal(FORMAT),
  madeAt: z.iso.datetime(),
  keyCheck: z.string(),
  /** The names of its migrations, in order: data of another schema is not filled in. */
  schema: z.array(z.string()),
  /** The last number of a transaction that the audit knows. */
  lastTransaction: z
    .string()
    .regex(/^-?[0-9]+$/)
    .nullable(),
  parts: z.array(part),
});
type Part = z.infer<typeof part>;
/** A backup that was judged whole and ours. */
export type Backup = z.infer<typeof manifest> & { directory: string };

const SCHEMA = journal.entries.map(({ tag }) => tag);
const fileOf = (directory: string, table: string): string => join(directory, `${table}.copy`);
/** Of its own purpose: a manifest of a snapshot is none of a backup. */
const signingKey = (keys: RegistryKeys): Uint8Array => Buffer.from(keys.snapshot('backup'), 'latin1');

/**
 * Writes all tables of the registry, as of one moment and while others work on it, into a new directory: it is there
 * whole or not at all. The keys are not in it. Throws `StartupError`, and what driver and file system throw.
 */
export async function writeBackup(sql: Sql, keys: RegistryKeys, directory: string): Promise<Backup['parts']> {
  const parts: Part[] = [];
  await makeDirectory(join(directory, '..'), 0o700);
  const isMade = await makeDirectoryOnce(directory, async (draft) => {
    const last = await inTransaction(sql, 'isolation level repeatable read read only', async (tx) => {
      for (const table of REGISTRY_TABLES) {
        const written = await writePart(fileOf(draft, table.name), await copyOut(tx, table));
        parts.push({ table: table.name, rows: await countRows(tx, table), ...written });
      }
      return await lastTransaction(tx);
    });
    const about = { format: FORMAT, madeAt: new Date().toISOString(), keyCheck: keyCheck(keys), schema: SCHEMA };
    const payload = Buffer.from(JSON.stringify(manifest.parse({ ...about, lastTransaction: last, parts })));
    const jws = await new CompactSign(payload).setProtectedHeader({ alg: 'HS256' }).sign(signingKey(keys));
    await writeDurably(join(draft, MANIFEST), jws);
  });
  if (!isMade) throw new StartupError(`${directory} is there already: a backup wants a new directory`);
  return parts;
}

async function writePart(path: string, rows: AsyncIterable<Uint8Array>): Promise<Pick<Part, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  const hashed = async function* (pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) {
      hash.update(piece);
      bytes += piece.byteLength;
      yield piece;
    }
  };
  await pipeline(rows, inPieces, hashed, createWriteStream(path, { mode: 0o600, flush: true }));
  return { bytes, sha256: hash.digest('hex') };
}

/** The database sends each row for itself. */
async function* inPieces(rows: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const row of rows) {
    held.push(row);
    bytes += row.byteLength;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  yield Buffer.concat(held);
}

/**
 * Judges a backup that was found somewhere: manifest, key, schema, and every byte of every file. Throws
 * `StartupError` with what is wrong.
 */
export async function readBackup(directory: string, keys: RegistryKeys): Promise<Backup> {
  const jws = await readIfPresent(join(directory, MANIFEST)).catch(() => null);
  if (jws === null) throw new StartupError(`There is no backup in ${directory}: ${MANIFEST} is missing`);
  const backup = { ...(await parseManifest(jws, keys)), directory };
  for (const one of backup.parts) for await (const _ of piecesOf(backup, one.table));
  return backup;
}

async function parseManifest(jws: string, keys: RegistryKeys): Promise<z.infer<typeof manifest>> {
  const refuse = (why: string): never => {
    throw new StartupError(`The backup is not restored: ${why}. Nothing was changed`);
  };
  const { payload } = await compactVerify(jws, signingKey(keys), { algorithms: ['HS256'] }).catch(
    (error: unknown) => {
      if (!(error instanceof errors.JOSEError)) throw error;
      if (isOfOtherKey(jws, keys)) return refuse('it was made under another HAKPILIH_REGISTRY_KEY');
      return refuse('its manifest is not as it was written');
    },
  );
  const read = manifest.safeParse(JSON.parse(new TextDecoder().decode(payload)));
  if (!read.success) return refuse('another version of hakpilih made it, in another format');
  const { schema, parts } = read.data;
  const [theirs, ours] = [schema, SCHEMA].map((names) => names.join());
  if (theirs !== ours && schema.length > SCHEMA.length) return refuse('a newer version of hakpilih made it');
  if (theirs !== ours)
    return refuse(`its schema is ${schema.at(-1)}: restore it with the version that made it, then upgrade`);
  if (parts.map(({ table }) => table).join() !== REGISTRY_TABLES.map(({ name }) => name).join())
    return refuse('its tables are not ours');
  return read.data;
}

/** Whether a manifest that we did not sign says itself that it is of another key. */
function isOfOtherKey(jws: string, keys: RegistryKeys): boolean {
  try {
    const { keyCheck: theirs } = decodeJwt<{ keyCheck?: unknown }>(jws);
    return typeof theirs === 'string' && theirs !== keyCheck(keys);
  } catch {
    return false;
  }
}

/** The bytes of a file of a backup. Throws `StartupError`, at its end at the latest, where they are not those written. */
async function* piecesOf({ directory, parts }: Backup, table: string): AsyncGenerator<Uint8Array> {
  const path = fileOf(directory, table);
  const { bytes, sha256 } = parts.find((one) => one.table === table) as Part;
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>) {
      hash.update(piece);
      read += piece.byteLength;
      yield piece;
    }
  } catch (error) {
    throw asStartupError('The backup is not restored: one of its files cannot be read', error);
  }
  const fault = read < bytes ? 'is cut short' : 'is not as it was written';
  if (read !== bytes || hash.digest('hex') !== sha256)
    throw new StartupError(`The backup is not restored: ${path} ${fault}. Nothing was changed`);
}

/**
 * Fills an empty registry of the same schema and key from a backup, whole or not at all. Returns whether the audit goes
 * on being sealed there: not where the server would have to count its transactions too far. Throws `StartupError`
 * where the registry is not empty or in use.
 */
export async function restoreBackup(sql: Sql, backup: Backup): Promise<{ isSealable: boolean }> {
  if (await hasOthers(sql)) throw new StartupError('Others are connected to the database: stop the server first');
  const { lastTransaction: last, parts } = backup;
  const isSealable = last === null || (await countPast(sql, BigInt(last)));
  await inTransaction(sql, '', async (tx) => {
    const filled = await fillTables(tx, ({ name }: Table) => piecesOf(backup, name));
    if (filled !== null)
      throw new StartupError(`The registry is not empty (${filled}): a backup is restored into an empty one`);
    for (const table of REGISTRY_TABLES) {
      const rows = await countRows(tx, table);
      if (rows !== parts.find((one) => one.table === table.name)?.rows)
        throw new StartupError(`The backup is not restored: rows of ${table.name} are missing. Nothing was changed`);
    }
  });
  await sql`VACUUM (ANALYZE) residents`.catch(() => {});
  return { isSealable };
}
