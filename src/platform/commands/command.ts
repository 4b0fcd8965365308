import { type ParseArgsOptionDescriptor, parseArgs } from 'node:util';
import type { Environment } from '../keys.ts';
import type { Settings } from '../settings.ts';
import { StartupError } from '../startup-error.ts';

export type CommandContext = {
  /** Loads the configuration; makes keys for an empty data directory. */
  settings(): Promise<Settings>;
  env: Environment;
  /** For the operator, on standard error. */
  say(line: string): void;
};

/** `help` is one line; `value` stands for what a string option takes. */
type Options = Record<string, ParseArgsOptionDescriptor & { value?: string; help: string }>;
type Description<Known extends Options> = { usage: string; summary: string; options: Known };
type Given<Known extends Options> = ReturnType<typeof parse<Known>>;
export type Command = Description<Options> & { run(args: string[], context: CommandContext): Promise<void> };

export const text = (value: string, help: string) => ({ type: 'string', value, help }) as const;
export const flag = (help: string) => ({ type: 'boolean', default: false, help }) as const;

/** A command whose `work` gets what was given, and `misuse`: an error that names what is wrong and how it is used. */
export function defineCommand<const Known extends Options>(
  description: Description<Known>,
  work: (given: Given<Known> & { misuse(why?: string): StartupError }, context: CommandContext) => Promise<void>,
): Command {
  const misuse = (why = ''): StartupError => new StartupError(`${why}Usage: hakpilih ${description.usage}`);
  return {
    ...description,
    run: (args, context) => work({ ...parse(args, description.options, misuse), misuse }, context),
  };
}

/** What a command does, and each of its options. */
export function helpOf({ usage, summary, options }: Command): string {
  const rows = Object.entries(options).map(([name, { value = '', help }]) => [`--${name} ${value}`, help] as const);
  const width = Math.max(...rows.map(([option]) => option.length));
  const explained = rows.map(([option, help]) => `  ${option.padEnd(width)}  ${help}`);
  return [`Usage: hakpilih ${usage}`, '', summary, '', ...explained].join('\n');
}

/** What is wrong with the arguments is one line that names the option and never a value. */
function parse<Known extends Options>(args: string[], options: Known, misuse: (why: string) => StartupError) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    // Letters only: a value that stands where an option should is not repeated.
    const [, name] =
      /^(?:Unknown option|Option) '(?:-\w, )?(-[a-zA-Z]\b|--[a-z][a-z-]*(?![\w-]))/.exec(message) ?? [];
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw misuse(`There is an unknown option${name === undefined ? '' : ` ${name}`}. `);
    throw misuse(`${name ?? 'An option'} lacks its value or has one too many. `);
  }
}
