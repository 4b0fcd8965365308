import { readFile } from 'node:fs/promises';
import { createLocalJWKSet } from 'jose';
import { parseKeyring } from '../../access/keyring.ts';
import { type Checkpoint, readCheckpoint } from '../../checks/audit/checkpoint.ts';
import { MAX_TRACES, traceNik } from '../../checks/audit/trace.ts';
import { type AuditFault, verifyAudit } from '../../checks/audit/verify.ts';
import { type Nik, parseNik } from '../../core/nik.ts';
import { deriveKeys } from '../../registry/keys.ts';
import { askUnseen } from '../ask.ts';
import { type OpenRegistry, openRegistry } from '../registry.ts';
import type { Settings } from '../settings.ts';
import { StartupError } from '../startup-error.ts';
import { type Command, parseCommand } from './command.ts';

const OPTIONS = {
  checkpoint: {
    type: 'string',
    value: 'FILE',
    help: 'verify: must be in the chain; a file with a checkpoint, or itself',
  },
  json: { type: 'boolean', default: false, help: 'prints the outcome as JSON on one line' },
} as const;
const MAX_INPUT_CHARS = 4_096;

type Run = { registry: OpenRegistry; settings: Settings; json: boolean; say(line: string): void };

/** Proves the audit, and tells a person who asked about them. */
export const auditCommand: Command = {
  usage: 'audit verify [--checkpoint FILE] [--json] | audit trace [--json]',
  summary:
    'verify: computes the sealed audit anew and names the first row or block that is not as it was sealed. trace: who asked about a NIK, which it asks for or reads from standard input: no shell keeps it.',
  options: OPTIONS,
  async run(args, { settings: load, say }) {
    const { values, positionals } = parseCommand(args, OPTIONS, auditCommand);
    const verb = positionals.join(' ');
    if (!['verify', 'trace'].includes(verb) || (verb === 'trace' && values.checkpoint !== undefined))
      throw new StartupError(`Usage: hakpilih ${auditCommand.usage}`);
    const nik = verb === 'trace' ? await readNik() : null;
    const settings = await load();
    const checkpoint = values.checkpoint === undefined ? null : await loadCheckpoint(values.checkpoint, settings);
    const registry = await openRegistry(settings, 1, say);
    const run = { registry, settings, json: values.json, say };
    try {
      await (nik === null ? verify(run, checkpoint) : trace(run, nik));
    } finally {
      await registry.close();
    }
  },
};

async function verify({ registry, json, say }: Run, checkpoint: Checkpoint | null): Promise<void> {
  const { fault, ...counts } = await verifyAudit(registry.sql, checkpoint);
  if (json) process.stdout.write(`${JSON.stringify({ fault, ...counts })}\n`);
  if (fault !== null) process.exitCode = 1;
  if (json) return;
  const sealed = `${counts.rows} rows in ${counts.blocks} blocks are as they were sealed`;
  if (fault !== null) say(`${FAULTS[fault.code](fault)}. Before that, ${sealed}`);
  else
    say(
      `${sealed}; ${counts.unsealed} rows are not sealed yet${checkpoint === null ? '' : '; the checkpoint is in the chain'}`,
    );
}

const FAULTS: Record<AuditFault['code'], (fault: AuditFault) => string> = {
  ROW_ALTERED: ({ row, block }) => `Row ${row} of block ${block} was altered`,
  ROW_MISSING: ({ row, block }) => `Row ${row} of block ${block} is missing`,
  ROW_INSERTED: ({ row, block }) => `Row ${row} was inserted into block ${block} after it was sealed`,
  ROW_REORDERED: ({ row, block }) => `Row ${row} of block ${block} is out of its place`,
  BLOCK_ALTERED: ({ block }) => `Block ${block} was altered`,
  BLOCK_MISSING: ({ block }) => `Block ${block} is missing`,
  CHAIN_BROKEN: ({ block }) => `Block ${block} does not follow the one before it`,
  CHECKPOINT_NOT_IN_CHAIN: ({ block }) =>
    `The chain does not contain the checkpoint at block ${block}: it was written anew or cut off`,
};

async function trace({ registry, settings, json, say }: Run, nik: Nik): Promise<void> {
  const { traces, untraceable } = await traceNik(registry.sql, deriveKeys(settings.registryKey), nik);
  if (json) return void process.stdout.write(`${JSON.stringify({ traces, untraceable })}\n`);
  for (const { at, client, claim, found, asked, matched } of traces) {
    const columns = [
      at,
      client,
      claim ?? '-',
      found ? 'found' : 'not found',
      asked.join(',') || '-',
      matched.join(',') || '-',
    ];
    process.stdout.write(`${columns.join('\t')}\n`);
  }
  say(
    `${traces.length} questions${traces.length === MAX_TRACES ? ' (the newest)' : ''}: time, client, region, found, facts asked, facts matched`,
  );
  say(
    `Not seen: whom ${untraceable} bulk checks and readings of lists were about; the audit holds only their digest or the list`,
  );
}

async function readNik(): Promise<Nik> {
  let text = process.stdin.isTTY ? await askUnseen('NIK (it is not shown): ') : '';
  if (!process.stdin.isTTY)
    for await (const chunk of process.stdin.setEncoding('utf8')) {
      text += chunk;
      if (text.length > MAX_INPUT_CHARS) break;
    }
  const nik = parseNik(text);
  if (nik.ok) return nik.value;
  throw new StartupError(`Standard input must hold one NIK (${nik.code})`);
}

/** From a file, or the JWS itself; JSON of `/v1/audit/checkpoint` will do. Throws `StartupError` where none of our keys signed it. */
async function loadCheckpoint(given: string, settings: Settings): Promise<Checkpoint> {
  const text = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(given) ? given : await readFile(given, 'utf8').catch(() => '');
  const jws = /[\w-]{20,}\.[\w-]+\.[\w-]{20,}/.exec(text)?.[0] ?? '';
  const { publicJwks } = await parseKeyring(settings.signingJwks);
  const read = await readCheckpoint(jws, createLocalJWKSet(publicJwks));
  if (read.ok) return read.value;
  throw new StartupError(
    '--checkpoint must be a checkpoint, or a file with one, that a key of HAKPILIH_SIGNING_KEYS has signed',
  );
}
