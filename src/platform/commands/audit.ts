import { readFile } from 'node:fs/promises';
import { createLocalJWKSet } from 'jose';
import { parseKeyring } from '../../access/keyring.ts';
import { type Checkpoint, readCheckpoint } from '../../checks/audit/checkpoint.ts';
import { traceNik } from '../../checks/audit/trace.ts';
import { type AuditFault, verifyAudit } from '../../checks/audit/verify.ts';
import { LIMITS } from '../../checks/limits.ts';
import { type Nik, parseNik } from '../../core/nik.ts';
import { deriveKeys } from '../../registry/registry-keys.ts';
import type { Sql } from '../../registry/sql.ts';
import { withRegistry } from '../registry.ts';
import type { Settings } from '../settings.ts';
import { StartupError } from '../startup-error.ts';
import { askUnseen } from '../terminal.ts';
import { defineCommand, flag, text } from './command.ts';

const MAX_INPUT_CHARS = 4_096;

type Output = { json: boolean; say(line: string): void };
const print = (line: string): boolean => process.stdout.write(`${line}\n`);

export default defineCommand(
  {
    usage: 'audit verify [--checkpoint FILE] [--json] | audit trace [--json]',
    summary:
      'verify: computes the sealed audit anew and names the first row or block that is not as it was sealed. ' +
      'trace: who asked about a NIK, which it asks for or reads from standard input: no shell keeps it.',
    options: {
      checkpoint: text('FILE', 'verify: must be in the chain; a file with a checkpoint, or itself'),
      json: flag('prints the outcome as JSON on one line'),
    },
  },
  async ({ values: { checkpoint: given, json }, positionals, misuse }, { settings: load, say }) => {
    const verb = positionals.join(' ');
    if (verb !== 'verify' && (verb !== 'trace' || given !== undefined)) throw misuse();
    const nik = verb === 'trace' ? await readNik() : null;
    const settings = await load();
    const checkpoint = given === undefined ? null : await loadCheckpoint(given, settings);
    await withRegistry(settings, say, ({ sql }) =>
      nik === null ? verify(sql, checkpoint, { json, say }) : trace(sql, settings, nik, { json, say }),
    );
  },
);

async function verify(sql: Sql, checkpoint: Checkpoint | null, { json, say }: Output): Promise<void> {
  const { fault, ...counts } = await verifyAudit(sql, checkpoint);
  if (fault !== null) process.exitCode = 1;
  if (json) return void print(JSON.stringify({ fault, ...counts }));
  const sealed = `${counts.rows} rows in ${counts.blocks} blocks are as they were sealed`;
  if (fault !== null) return say(`${faultText(fault)}. Before that, ${sealed}`);
  const more = checkpoint === null ? '' : '; the checkpoint is in the chain';
  say(`${sealed}; ${counts.unsealed} rows are not sealed yet${more}`);
}

const FAULTS: Record<AuditFault['code'], string> = {
  ROW_ALTERED: 'Row ROW of block BLOCK was altered',
  ROW_MISSING: 'Row ROW of block BLOCK is missing',
  ROW_INSERTED: 'Row ROW was inserted into block BLOCK after it was sealed',
  ROW_REORDERED: 'Row ROW of block BLOCK is out of its place',
  BLOCK_ALTERED: 'Block BLOCK was altered',
  BLOCK_MISSING: 'Block BLOCK is missing',
  CHAIN_BROKEN: 'Block BLOCK does not follow the one before it',
  CHECKPOINT_NOT_IN_CHAIN: 'The chain does not contain the checkpoint at block BLOCK: it was written anew or cut off',
};
const faultText = ({ code, row, block }: AuditFault): string =>
  FAULTS[code].replace('ROW', String(row)).replace('BLOCK', String(block));

async function trace(sql: Sql, { registryKey }: Settings, nik: Nik, { json, say }: Output): Promise<void> {
  const { traces, untraceable } = await traceNik(sql, deriveKeys(registryKey), nik);
  if (json) return void print(JSON.stringify({ traces, untraceable }));
  for (const { at, client, claim, found, asked, matched } of traces) {
    const facts = [asked, matched].map((names) => names.join(',') || '-');
    print([at, client, claim ?? '-', found ? 'found' : 'not found', ...facts].join('\t'));
  }
  const newest = traces.length === LIMITS.maxTraces ? ' (the newest)' : '';
  say(`${traces.length} questions${newest}: time, client, region, found, facts asked, facts matched`);
  say(
    `Not seen: whom ${untraceable} bulk checks and readings of lists were about; ` +
      'the audit holds only their digest or the list',
  );
}

async function readNik(): Promise<Nik> {
  let input = '';
  if (process.stdin.isTTY) input = await askUnseen('NIK (it is not shown): ');
  else
    for await (const chunk of process.stdin.setEncoding('utf8')) {
      input += chunk;
      if (input.length > MAX_INPUT_CHARS) break;
    }
  const nik = parseNik(input);
  if (nik.ok) return nik.value;
  throw new StartupError(`Standard input must hold one NIK (${nik.code})`);
}

/** From a file, or the JWS itself; JSON of `/v1/audit/checkpoint` will do. Throws where none of our keys signed it. */
async function loadCheckpoint(given: string, settings: Settings): Promise<Checkpoint> {
  const held = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(given) ? given : await readFile(given, 'utf8').catch(() => '');
  const jws = /[\w-]{20,}\.[\w-]+\.[\w-]{20,}/.exec(held)?.[0] ?? '';
  const { publicJwks } = await parseKeyring(settings.signingJwks);
  const read = await readCheckpoint(jws, createLocalJWKSet(publicJwks));
  if (read.ok) return read.value;
  throw new StartupError(
    '--checkpoint must be a checkpoint, or a file with one, that a key of HAKPILIH_SIGNING_KEYS has signed',
  );
}
