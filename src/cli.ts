import type { Command } from './platform/commands/command.ts';
import { importCommand } from './platform/commands/import.ts';
import { migrateCommand } from './platform/commands/migrate.ts';
import { sampleCommand } from './platform/commands/sample.ts';
import { tokenCommand } from './platform/commands/token.ts';
import { runDoor } from './platform/door.ts';
import { loadSettings } from './platform/settings.ts';
import { StartupError } from './platform/startup-error.ts';

/** The door of the command line: `hakpilih <command>`. */
const COMMANDS: Record<string, Command> = {
  import: importCommand,
  token: tokenCommand,
  sample: sampleCommand,
  migrate: migrateCommand,
};

const USAGE = `Usage: hakpilih <command>

${Object.values(COMMANDS)
  .map(({ usage, summary }) => `  ${usage}\n      ${summary}`)
  .join('\n')}
`;

const say = (line: string): void => console.error(line);
const [name = '', ...args] = process.argv.slice(2);
const asJson = args.includes('--json');

await runDoor(
  async () => {
    if (['', 'help', '--help', '-h'].includes(name)) return void process.stdout.write(USAGE);
    const command = COMMANDS[name];
    if (command === undefined) throw new StartupError(`There is no such command. ${USAGE}`);
    if (args.includes('--help')) return void process.stdout.write(`Usage: hakpilih ${command.usage}\n\n${command.summary}\n`);
    await command.run(args, { settings: () => loadSettings(process.env, say), say });
  },
  (fault) =>
    asJson ? process.stdout.write(`${JSON.stringify({ error: fault })}\n`) : process.stderr.write(`${fault.message}\n`),
);
