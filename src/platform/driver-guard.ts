import type { Say } from './startup-error.ts';

/**
 * The last guard: postgres.js (3.4.9) may throw out of a timer where a session ends at a bad moment. That costs a
 * line, and the pool connects anew. Any other fault that nobody caught is ours: its class and where it was, no text,
 * for that may hold values; and the process ends, since nobody knows what it left undone.
 */
export function guardDriver(say: Say): void {
  process.on('uncaughtException', (error: unknown) => {
    const { name, frames } = whereOf(error);
    if (/[\\/]node_modules[\\/]postgres[\\/]/.test(frames[0] ?? ''))
      return say(`The database driver failed (${name}) ${frames[0]}`);
    say([`Stopped by a fault of our own (${name})`, ...frames].join('\n  '));
    process.exit(1);
  });
}

/** The class of an error and the lines of its stack that are places. Frames of Node itself say nothing. */
function whereOf(error: unknown): { name: string; frames: string[] } {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').map((line) => line.trim());
  return { name, frames: frames.filter((line) => /^at .*:\d+:\d+\)?$/.test(line) && !line.includes('node:')) };
}
