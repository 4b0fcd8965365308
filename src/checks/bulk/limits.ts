import { LIMITS } from '../limits.ts';

/** What one upload may be; larger statements are sent in parts. */
export type UploadLimits = { maxBytes: number; maxLines: number; maxStatementBytes?: number };

/** Limits of the bulk check, together. Bytes and lines are those of the text, unpacked. */
export const BULK_LIMITS = {
  /** Node keeps the upload in a file, a Worker keeps upload and answer in memory. */
  spooled: { maxBytes: 4 * 1024 ** 3, maxLines: 50_000_000 },
  inMemory: { maxBytes: 2 * 1024 ** 2, maxLines: 5_000, maxStatementBytes: LIMITS.maxStatementBytes },
  maxLineBytes: 16 * 1024,
  /** Of a client's own name for a line. */
  maxRefChars: 32,
  /** What a packed upload may come to: so much, and from there on so many bytes for each of its own. */
  freeTextBytes: 64 * 1024 ** 2,
  maxTextBytesPerByte: 50,
  /** Lines that are read before others are served in between. */
  linesAtATime: 500,
  /** Text that is read, asked and answered at once: some 1,500 lines of JSON. */
  blockBytes: 64 * 1024,
  maxColumns: 200,
  sniffBytes: 4_096,
  /** Among how many lines a header is looked for, and over how many rows, of the first block, columns are judged. */
  headLines: 20,
  sampleRows: 500,
  /** What is true of so large a part of the rows is true of the column. */
  nearlyAll: 0.9,
  /** Statements under way while an answer is written. */
  maxBlocksAhead: 3,
  maxStatementMs: 60_000,
  /** Uploads on their way in at once, and all that they and the answers may keep on the disk. */
  maxUploadsPerClient: 4,
  maxUploads: 16,
  maxSpoolBytes: 64 * 1024 ** 3,
  /** Answers at once, on connections of their own: one is left to others. A whole upload waits so long for a place. */
  maxPerClient: 3,
  maxAtOnce: 4,
  maxPlaceWaitMs: 30_000,
  placeLookMs: 100,
  /** When a reader is given up that takes nothing, and one that is slow; how much of an answer is kept for it. */
  maxStallMs: 120_000,
  maxAnswerBytes: 20 * 1024 ** 3,
  maxReadMs: 4 * 3_600_000,
} as const;
