import { openRegistry } from '../registry.ts';
import { type Command, parseCommand } from './command.ts';

/** Brings the schema of the registry up to date. */
export const migrateCommand: Command = {
  usage: 'migrate',
  summary: 'Brings the schema of the registry up to date; the server does so by itself when it starts.',
  options: {},
  async run(args, { settings, say }) {
    parseCommand(args, {}, migrateCommand);
    const registry = await openRegistry(await settings(), 1, say);
    await registry.close();
    say('The schema of the registry is up to date');
  },
};
