/** A limit on everything that a file decides. */
export type IntakeLimits = {
  /** Longest record, line ends inside quotes included. */
  maxLineBytes: number;
  maxColumns: number;
  /** What is cut off and handed to a worker at once; at least twice `maxLineBytes`. */
  blockBytes: number;
  /** How much of the beginning decides on format and encoding. */
  sniffBytes: number;
  /** Among how many lines the header is looked for. */
  headLines: number;
  /** Over how many rows, and at most bytes, the columns are profiled before the first row is read. */
  profileRows: number;
  profileBytes: number;
};

export const INTAKE_LIMITS: IntakeLimits = {
  maxLineBytes: 64 * 1024,
  maxColumns: 500,
  blockBytes: 128 * 1024,
  sniffBytes: 4096,
  headLines: 20,
  profileRows: 4_000,
  profileBytes: 4 * 1024 * 1024,
};
