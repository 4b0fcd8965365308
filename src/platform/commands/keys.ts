import { KEY_PURPOSES, type KeyPurpose } from '../../access/keyring.ts';
import { findElection } from '../../core/election.ts';
import { pollingDayEnd } from '../../service.ts';
import { rotateSigningKey } from '../keys.ts';
import { StartupError } from '../startup-error.ts';
import { type Command, parseCommand } from './command.ts';

const OPTIONS = {
  purpose: { type: 'string', value: KEY_PURPOSES[0], help: `what the key is for: ${KEY_PURPOSES.join(', ')}` },
} as const;

/** Rotates the signing keys. */
export const keysCommand: Command = {
  usage: 'keys rotate [--purpose token]',
  summary:
    'Makes a new signing key; running servers take it up by themselves, and tokens of the old one stay good until polling day is over.',
  options: OPTIONS,
  async run(args, { settings, env, say }) {
    const { values, positionals } = parseCommand(args, OPTIONS, keysCommand);
    const purpose = (values.purpose ?? 'token') as KeyPurpose;
    if (positionals.join(' ') !== 'rotate' || !KEY_PURPOSES.includes(purpose))
      throw new StartupError(`Usage: hakpilih ${keysCommand.usage}`);
    const { dataDir, election } = await settings();
    const { date } = findElection(election) ?? {};
    if (date === undefined) throw new StartupError('HAKPILIH_ELECTION is no election that is known');
    const jwks = await rotateSigningKey(dataDir, env, purpose, pollingDayEnd(date));
    if (jwks === null) {
      say(`A new key signs for the purpose ${purpose}`);
      return;
    }
    process.stdout.write(jwks);
    say('Set HAKPILIH_SIGNING_KEYS to the line above');
  },
};
