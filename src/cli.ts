import './platform/compile-cache.ts';
import { type Command, helpOf } from './platform/commands/command.ts';
import { runDoor } from './platform/door.ts';
import { StartupError } from './platform/startup-error.ts';

/** The door of the command line: `hakpilih <command>`. A command is loaded when it is asked for. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  import: async () => (await import('./platform/commands/import.ts')).importCommand,
  check: async () => (await import('./platform/commands/check.ts')).checkCommand,
  client: async () => (await import('./platform/commands/client.ts')).clientCommand,
  token: async () => (await import('./platform/commands/token.ts')).tokenCommand,
  keys: async () => (await import('./platform/commands/keys.ts')).keysCommand,
  audit: async () => (await import('./platform/commands/audit.ts')).auditCommand,
  sample: async () => (await import('./platform/commands/sample.ts')).sampleCommand,
  migrate: async () => (await import('./platform/commands/migrate.ts')).migrateCommand,
};

async function usage(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const list = commands.map((one) => `  ${one.usage}\n      ${one.summary}`).join('\n');
  return `Usage: hakpilih <command>\n\n${list}\n\nhakpilih help <command> explains its options\n`;
}

const say = (line: string): void => console.error(line);
const given = process.argv.slice(2);
const isHelp = ['', 'help', '--help', '-h'].includes(given[0] ?? '');
const [name, ...args] = isHelp ? given.slice(1) : given;
const asJson = args.includes('--json');

await runDoor(
  async () => {
    if (name === undefined) return void process.stdout.write(await usage());
    const command = Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.() : undefined;
    if (command === undefined) throw new StartupError(`There is no such command: hakpilih help lists them`);
    if (isHelp || args.includes('--help') || args.includes('-h'))
      return void process.stdout.write(`${helpOf(command)}\n`);
    const settings = async () => (await import('./platform/settings.ts')).loadSettings(process.env, say);
    await command.run(args, { settings, env: process.env, say });
  },
  (fault) =>
    asJson
      ? process.stdout.write(`${JSON.stringify({ error: fault })}\n`)
      : process.stderr.write(`${fault.message}\n`),
);
