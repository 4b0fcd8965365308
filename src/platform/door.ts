import { errorCode } from '../registry/error-code.ts';
import { StartupError } from './startup-error.ts';

/** What went wrong, fit to be shown: a code for programs and one line for people. */
type Fault = { code: string; message: string };

/** Runs a door's main function: what keeps it from working is one clear line on standard error and a non-zero exit. */
export async function runDoor(
  main: () => Promise<void>,
  print = ({ message }: Fault): void => console.error(message),
): Promise<void> {
  try {
    await main();
  } catch (error) {
    print(faultOf(error));
    process.exitCode = 1;
  }
}

/** Errors of ours carry a line that may be shown; of any other only class and code, for its text may hold values. */
function faultOf(error: unknown): Fault {
  if (error instanceof StartupError) return { code: 'STARTUP', message: error.message };
  if (isRefusal(error)) return { code: error.code, message: error.message };
  const code = errorCode(error);
  const changed = (error as { nothingChanged?: boolean } | null)?.nothingChanged ? '; nothing was changed' : '';
  const cause = CAUSES[code] ?? `an unexpected ${error instanceof Error ? error.constructor.name : 'error'}`;
  return { code, message: `Stopped by ${cause} (${code})${changed}` };
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
