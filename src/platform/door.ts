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
  const shown = typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'UNKNOWN';
  const changed = (error as { nothingChanged?: boolean } | null)?.nothingChanged ? '; nothing was changed' : '';
  const cause = CAUSES[shown] ?? `an unexpected ${error instanceof Error ? error.constructor.name : 'error'}`;
  return { code: shown, message: `Stopped by ${cause} (${shown})${changed}` };
}

/** What an operator can mend, by the code of the system or of Postgres. */
const CAUSES: Record<string, string> = {
  ENOSPC: 'a full disk',
  EROFS: 'a read-only disk',
  EACCES: 'a file that may not be read or written',
  '53100': 'a full disk of the database',
  '53200': 'a lack of memory of the database',
  '58030': 'a fault of the disk of the database',
  '25006': 'a read-only database',
  '42501': 'a database user who may not do that',
  '57P01': 'a stop of the database',
  '57P03': 'a database that is starting or stopping',
  CONNECTION_CLOSED: 'a lost connection to the database',
};

const isRefusal = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && ['IntakeRefusal', 'MergeRefusal', 'ConnectionLost'].includes(error.name);
