import { KEY_PURPOSES, type KeyPurpose } from '../../access/keyring.ts';
import { pollingDayEnd } from '../../service.ts';
import { rotateSigningKey } from '../keys.ts';
import { electionOf } from '../settings.ts';
import { defineCommand, text } from './command.ts';

export default defineCommand(
  {
    usage: 'keys rotate [--purpose token]',
    summary:
      'Makes a new signing key; running servers take it up by themselves, ' +
      'and tokens of the old one stay good until polling day is over.',
    options: { purpose: text(KEY_PURPOSES[0], `what the key is for: ${KEY_PURPOSES.join(', ')}`) },
  },
  async ({ values, positionals, misuse }, { settings: load, env, say }) => {
    const purpose = (values.purpose ?? 'token') as KeyPurpose;
    if (positionals.join(' ') !== 'rotate' || !KEY_PURPOSES.includes(purpose)) throw misuse();
    const settings = await load();
    const jwks = await rotateSigningKey(settings.dataDir, env, purpose, pollingDayEnd(electionOf(settings).date));
    if (jwks === null) return say(`A new key signs for the purpose ${purpose}`);
    process.stdout.write(jwks);
    say('Set HAKPILIH_SIGNING_KEYS to the line above');
  },
);
