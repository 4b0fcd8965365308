import { type ParseArgsConfig, type ParseArgsOptionDescriptor, parseArgs } from 'node:util';
import type { Environment, Settings } from '../settings.ts';
import { StartupError } from '../startup-error.ts';

export type CommandContext = {
  /** Loads the configuration; makes keys for an empty data directory. */
  settings(): Promise<Settings>;
  env: Environment;
  /** For the operator, on standard error. */
  say(line: string): void;
};

/** `help` is one line; `value` stands for what a string option takes. */
export type Options = Record<string, ParseArgsOptionDescriptor & { value?: string; help: string }>;
export type Command = {
  usage: string;
  summary: string;
  options: Options;
  run(args: string[], context: CommandContext): Promise<void>;
};

/** What a command does, and each of its options. */
export function helpOf({ usage, summary, options }: Command): string {
  const rows = Object.entries(options).map(([name, { value = '', help }]) => [`--${name} ${value}`, help] as const);
  const width = Math.max(...rows.map(([option]) => option.length));
  return [
    `Usage: hakpilih ${usage}`,
    '',
    summary,
    '',
    ...rows.map(([option, help]) => `  ${option.padEnd(width)}  ${help}`),
  ].join('\n');
}

/** Parses a command's arguments; what is wrong with them is one line that names the option and never a value. */
export function parseCommand<Known extends Options>(args: string[], options: Known, command: Pick<Command, 'usage'>) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true } satisfies ParseArgsConfig);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    // Letters only: a value that stands where an option should is not repeated.
    const [, name] =
      /^(?:Unknown option|Option) '(?:-\w, )?(-[a-zA-Z]\b|--[a-z][a-z-]*(?![\w-]))/.exec(message) ?? [];
    const what =
      code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
        ? `There is an unknown option${name === undefined ? '' : ` ${name}`}.`
        : `${name ?? 'An option'} lacks its value or has one too many.`;
    throw new StartupError(`${what} Usage: hakpilih ${command.usage}`);
  }
}

/** A share from 0 to 1. */
export function parseShare(text: string | undefined, byDefault: number, option: string): number {
  const share = text === undefined ? byDefault : Number(text);
  if (text?.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new StartupError(`${option} must be a share from 0 to 1, such as 0.2`);
}
