/** A limit on everything that a file decides. */
export const INTAKE_LIMITS = {
  /** Longest record, line ends inside quotes included. */
  maxLineBytes: 64 * 1024,
  maxColumns: 500,
  /** What is cut off and handed to a worker at once; at least twice `maxLineBytes`. */
  blockBytes: 128 * 1024,
  sniffBytes: 4096,
  headLines: 20,
  /** Over how many rows, and at most bytes, the columns are profiled before the first row is read. */
  profileRows: 4_000,
  profileBytes: 4 * 1024 * 1024,
};
export type IntakeLimits = typeof INTAKE_LIMITS;
