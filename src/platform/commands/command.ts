import { type ParseArgsConfig, type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Environment, Settings } from '../settings.ts';
import { StartupError } from '../startup-error.ts';

export type CommandContext = {
  /** Loads the configuration; makes keys for an empty data directory. */
  settings(): Promise<Settings>;
  env: Environment;
  /** For the operator, on standard error. */
  say(line: string): void;
};

export type Command = { usage: string; summary: string; run(args: string[], context: CommandContext): Promise<void> };

/** Parses a command's arguments; what is wrong with them is one line that names the option and never a value. */
export function parseCommand<Options extends ParseArgsOptionsConfig>(
  args: string[],
  options: Options,
  command: Pick<Command, 'usage'>,
) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true } satisfies ParseArgsConfig);
  } catch (error) {
    const code = (error as { code?: string }).code;
    const what =
      code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
        ? 'There is an unknown option.'
        : 'An option lacks its value or has one too many.';
    throw new StartupError(`${what} Usage: hakpilih ${command.usage}`);
  }
}

/** A share from 0 to 1. */
export function parseShare(text: string | undefined, byDefault: number, option: string): number {
  const share = text === undefined ? byDefault : Number(text);
  if (text?.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new StartupError(`${option} must be a share from 0 to 1, such as 0.2`);
}
