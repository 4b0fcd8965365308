const SAVE_AS = 'save it as CSV (delimited text) with the NIK column as text, and import that';
const AS_TEXT = 'Export the data again with the NIK and KK columns as text; do not open them in a spreadsheet before';

/** What a refusal names: `detail` is a column, a kind of file or counts, never a value out of the file. */
export type RefusalPlace = { detail?: string | undefined; line?: number | undefined };

/** Why a file is refused whole: the cause and the way out, for the operator. `at` is empty, or the line. */
const SENTENCES = {
  EMPTY_FILE: () => 'The file is empty: export it again',
  XLSX_FILE: () => `The file is an Excel workbook (XLSX), whatever its name: ${SAVE_AS}`,
  XLS_FILE: () => `The file is an old Excel workbook (XLS), whatever its name: ${SAVE_AS}`,
  ODS_FILE: () => `The file is an OpenDocument spreadsheet (ODS), whatever its name: ${SAVE_AS}`,
  PDF_FILE: () => 'The file is a PDF document, not a delimited export: ask for the data as CSV',
  ZIP_FILE: () => 'The file is a ZIP archive: unpack it and import the export inside',
  HTML_FILE: () => `The file is a web page or XML, whatever its name: ${SAVE_AS}`,
  BINARY_FILE: (detail) =>
    `The file is ${detail || 'binary data'}, not a delimited export: unpack or export it as CSV`,
  NOT_A_TABLE: (detail) => `The file is ${detail}, not a delimited export: export the table as CSV`,
  FILE_TRUNCATED: () =>
    'The file breaks off in the middle of a record: copy it again, whole (to import what is there: --allow-truncated)',
  FILE_DAMAGED: () => 'The compressed file is damaged: copy it again',
  HEADER_TOO_LONG: () =>
    'The first line is too long to be the names of columns: export the table as CSV with a header',
  TOO_MANY_COLUMNS: (_, at) => `The header${at} names too many columns: export fewer of them`,
  NO_HEADER: (detail, at) =>
    `The first line${at} looks like a row of ${detail}, not like the names of columns: put the line of names above it`,
  UNKNOWN_DELIMITER: (detail, at) =>
    `The names of the columns${at} are separated by ${detail}: save the file with comma, semicolon, bar or tab as the delimiter`,
  UNKNOWN_QUOTE: (detail, at) =>
    `Cells of the header${at} stand between ${detail} marks, which may hide delimiters: save the file with double quotes (") or none`,
  MISSING_COLUMN: (detail, at) =>
    `The file has no column ${detail}${at}; the header was looked for in the first 20 lines: export the table with a header of SIAK's own names`,
  DUPLICATE_COLUMN: (detail) => `The file has the column ${detail} more than once: leave one of them out`,
  HEADER_CHANGED: (_, at) =>
    `A second header${at} names the columns in another order: two exports were joined. Import them one after the other`,
  DELIMITER_CHANGED: (_, at) =>
    `The delimiter changes${at}: two exports were joined. Import them one after the other, or save both with one delimiter`,
  NIK_SCIENTIFIC: (_, at) =>
    `A spreadsheet has turned the NIKs into numbers such as 3,2E+15${at}: their last digits are gone for good. ${AS_TEXT}`,
  NIK_ROUNDED: (_, at) =>
    `Nearly all NIKs end in 0${at}: a spreadsheet has eaten the sixteenth digit, for good. ${AS_TEXT}`,
  KK_ROUNDED: (_, at) =>
    `The NO_KK end in 0${at}: a spreadsheet has eaten the sixteenth digit of part of the file. ${AS_TEXT}`,
  DATES_CONTRADICT: (detail, at) =>
    `The column ${detail} has dates of two forms, which first shows${at}: write all of them in one form, best YYYY-MM-DD`,
  COLUMN_UNREADABLE: (detail, at) =>
    `Cells of the column ${detail}${at}: look at them, and export the column as SIAK has it (to leave them unread: --max-unreadable)`,
  OTHER_REGION: (detail) =>
    `Hardly any row is of the region of --source: by NO_PROP and NO_KAB most are of ${detail}. Choose the right file or --source (to import it all the same: --other-region)`,
  TOO_MANY_REJECTED: (detail) =>
    `Too many rows are rejected: ${detail}. Look at those lines and export them again (to do without them: --max-rejected)`,
} satisfies Record<string, (detail: string, at: string) => string>;
export type RefusalCode = keyof typeof SENTENCES;

/** A file that is refused whole. The message is for the operator: cause, first line, way out, and no value out of the file. */
export class IntakeRefusal extends Error {
  override readonly name = 'IntakeRefusal';
  readonly code: RefusalCode;
  readonly detail: string | undefined;
  /** Line of the file, from 1. */
  readonly line: number | undefined;

  constructor(code: RefusalCode, { detail, line }: RefusalPlace = {}) {
    const sentence: (detail: string, at: string) => string = SENTENCES[code];
    super(sentence(detail ?? '', line === undefined ? '' : ` (line ${line})`));
    this.code = code;
    this.detail = detail;
    this.line = line;
  }
}
