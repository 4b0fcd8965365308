/** What is known of every record of a file. */
export type RecordShape = {
  delimiter: number;
  columnCount: number;
  /** Place of the NIK, by which a line is known for a record of its own. */
  nikPlace: number;
  maxLineBytes: number;
};
