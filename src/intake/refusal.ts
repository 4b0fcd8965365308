const SAVE_AS = 'save it as CSV (delimited text) with the NIK column as text, and import that';
const AS_TEXT = 'Export the data again with the NIK and KK columns as text; do not open them in a spreadsheet before';

/** Why a file is refused whole: the cause and the way out, for the operator. `{at}` is the line, if known. */
const SENTENCES = {
  EMPTY_FILE: 'The file is empty: export it again',
  XLSX_FILE: `The file is an Excel workbook (XLSX), whatever its name: ${SAVE_AS}`,
  XLS_FILE: `The file is an old Excel workbook (XLS), whatever its name: ${SAVE_AS}`,
  ODS_FILE: `The file is an OpenDocument spreadsheet (ODS), whatever its name: ${SAVE_AS}`,
  PDF_FILE: 'The file is a PDF document, not a delimited export: ask for the data as CSV',
  ZIP_FILE: 'The file is a ZIP archive: unpack it and import the export inside',
  HTML_FILE: `The file is a web page or XML, whatever its name: ${SAVE_AS}`,
  BINARY_FILE: 'The file is {detail}, not a delimited export: unpack or export it as CSV',
  NOT_A_TABLE: 'The file is {detail}, not a delimited export: export the table as CSV',
  FILE_TRUNCATED: `The file breaks off in the middle of a record: copy it again, whole (to import what is there:
    --allow-truncated)`,
  FILE_DAMAGED: 'The compressed file is damaged: copy it again',
  HEADER_TOO_LONG: 'The first line is too long to be the names of columns: export the table as CSV with a header',
  TOO_MANY_COLUMNS: 'The header{at} names too many columns: export fewer of them',
  NO_HEADER: `The first line{at} looks like a row of {detail}, not like the names of columns: put the line of names
    above it`,
  UNKNOWN_DELIMITER: `The names of the columns{at} are separated by {detail}: save the file with comma, semicolon, bar
    or tab as the delimiter`,
  UNKNOWN_QUOTE: `Cells of the header{at} stand between {detail} marks, which may hide delimiters: save the file with
    double quotes (") or none`,
  MISSING_COLUMN: `The file has no column {detail}{at}; the header was looked for in the first 20 lines: export the
    table with a header of SIAK's own names`,
  DUPLICATE_COLUMN: 'The file has the column {detail} more than once: leave one of them out',
  HEADER_CHANGED: `A second header{at} names the columns in another order: two exports were joined. Import them one
    after the other`,
  DELIMITER_CHANGED: `The delimiter changes{at}: two exports were joined. Import them one after the other, or save both
    with one delimiter`,
  NIK_SCIENTIFIC: `A spreadsheet has turned the NIKs into numbers such as 3,2E+15{at}: their last digits are gone for
    good. ${AS_TEXT}`,
  NIK_ROUNDED: `Nearly all NIKs end in 0{at}: a spreadsheet has eaten the sixteenth digit, for good. ${AS_TEXT}`,
  KK_ROUNDED: `The NO_KK end in 0{at}: a spreadsheet has eaten the sixteenth digit of part of the file. ${AS_TEXT}`,
  DATES_CONTRADICT: `The column {detail} has dates of two forms, which first shows{at}: write all of them in one form,
    best YYYY-MM-DD`,
  COLUMN_UNREADABLE: `Cells of the column {detail}{at}: look at them, and export the column as SIAK has it (to leave
    them unread: --max-unreadable)`,
  OTHER_REGION: `Hardly any row is of the region of --source: by NO_PROP and NO_KAB most are of {detail}. Choose the
    right file or --source (to import it all the same: --other-region)`,
  TOO_MANY_REJECTED: `Too many rows are rejected: {detail}. Look at those lines and export them again (to do without
    them: --max-rejected)`,
};
export type RefusalCode = keyof typeof SENTENCES;

/** What a refusal names: `detail` is a column, a kind of file or counts, never a value; lines count from 1. */
export type RefusalPlace = { detail?: string | undefined; line?: number | undefined };

/** A file that is refused whole. The message is for the operator and holds no value out of the file. */
export class IntakeRefusal extends Error {
  override readonly name = 'IntakeRefusal';
  readonly code: RefusalCode;
  readonly detail: string | undefined;
  readonly line: number | undefined;

  constructor(code: RefusalCode, { detail, line }: RefusalPlace = {}) {
    const sentence = SENTENCES[code].replace(/\n */g, ' ');
    const named = { '{detail}': detail || 'binary data', '{at}': line === undefined ? '' : ` (line ${line})` };
    super(sentence.replace(/\{detail\}|\{at\}/g, (name) => named[name as keyof typeof named]));
    this.code = code;
    this.detail = detail;
    this.line = line;
  }
}
