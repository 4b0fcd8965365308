import './platform/compile-cache.ts';
import { type Command, helpOf } from './platform/commands/command.ts';
import { runDoor } from './platform/door.ts';
import { StartupError } from './platform/startup-error.ts';

/** The door of the command line: `hakpilih <command>`. A command is loaded when it is asked for. */
const COMMANDS: Record<string, () => Promise<{ default: Command }>> = {
  import: () => import('./platform/commands/import.ts'),
  check: () => import('./platform/commands/check.ts'),
  client: () => import('./platform/commands/client.ts'),
  token: () => import('./platform/commands/token.ts'),
  keys: () => import('./platform/commands/keys.ts'),
  audit: () => import('./platform/commands/audit.ts'),
  sample: () => import('./platform/commands/sample.ts'),
  snapshot: () => import('./platform/commands/snapshot.ts'),
  backup: () => import('./platform/commands/backup.ts'),
  restore: () => import('./platform/commands/restore.ts'),
  purge: () => import('./platform/commands/purge.ts'),
  migrate: () => import('./platform/commands/migrate.ts'),
};

async function usage(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const list = commands.map(({ default: one }) => `  ${one.usage}\n      ${one.summary}`).join('\n');
  return `Usage: hakpilih <command>\n\n${list}\n\nhakpilih help <command> explains its options\n`;
}

const say = (line: string): void => console.error(line);
const given = process.argv.slice(2);
const isHelp = ['', 'help', '--help', '-h'].includes(given[0] ?? '');
const [name, ...args] = isHelp ? given.slice(1) : given;

async function main(): Promise<void> {
  if (name === undefined) return void process.stdout.write(await usage());
  const { default: command } = (Object.hasOwn(COMMANDS, name) && (await COMMANDS[name]?.())) || {};
  if (command === undefined) throw new StartupError('There is no such command: hakpilih help lists them');
  if (isHelp || args.includes('--help') || args.includes('-h'))
    return void process.stdout.write(`${helpOf(command)}\n`);
  const settings = async () => (await import('./platform/settings.ts')).loadSettings(process.env, say);
  await command.run(args, { settings, env: process.env, say });
}

await runDoor(main, (fault) => {
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ error: fault })}\n`);
  else say(fault.message);
});
