import { withRegistry } from '../registry.ts';
import { defineCommand } from './command.ts';

/** Brings the schema of the registry up to date, as opening it does. */
export default defineCommand(
  {
    usage: 'migrate',
    summary: 'Brings the schema of the registry up to date; the server does so by itself when it starts.',
    options: {},
  },
  async (_, { settings, say }) => {
    await withRegistry(await settings(), say, async () => {});
    say('The schema of the registry is up to date');
  },
);
