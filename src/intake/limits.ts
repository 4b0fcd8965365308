/** A limit on everything that a file decides. */
export type IntakeLimits = {
  /** Longest record, line ends inside quotes included. */
  maxLineBytes: number;
  maxColumns: number;
  /** What is cut off and handed to a worker at once; at least twice `maxLineBytes`. */
  blockBytes: number;
  /** How much of the beginning decides on format and encoding. */
  sniffBytes: number;
};

export const INTAKE_LIMITS: IntakeLimits = {
  maxLineBytes: 64 * 1024,
  maxColumns: 500,
  blockBytes: 128 * 1024,
  sniffBytes: 4096,
};
