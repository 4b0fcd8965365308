import { StartupError } from './startup-error.ts';

/** Runs a door's main function: what keeps it from working is one clear line on standard error and a non-zero exit. */
export async function runDoor(main: () => Promise<void>, print: (fault: Fault) => void = printLine): Promise<void> {
  try {
    await main();
  } catch (error) {
    print(faultOf(error));
    process.exitCode = 1;
  }
}

/** What went wrong, fit to be shown: a code for programs and one line for people. */
export type Fault = { code: string; message: string };

const printLine = ({ message }: Fault): void => console.error(message);

/** Errors of ours carry a line that may be shown; of any other only class and code, for its text may hold values. */
function faultOf(error: unknown): Fault {
  if (error instanceof StartupError) return { code: 'STARTUP', message: error.message };
  if (isRefusal(error)) return { code: error.code, message: error.message };
  const code = (error as { code?: unknown } | null)?.code;
  const kind = error instanceof Error ? error.constructor.name : 'error';
  const shown = typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'UNKNOWN';
  const changed = (error as { nothingChanged?: boolean } | null)?.nothingChanged ? '; nothing was changed' : '';
  return { code: shown, message: `Stopped by an unexpected ${kind} (${shown})${changed}` };
}

const isRefusal = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && ['IntakeRefusal', 'MergeRefusal', 'ConnectionLost'].includes(error.name);
