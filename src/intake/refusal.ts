/** Why a file is refused whole. */
export type RefusalCode =
  | 'EMPTY_FILE'
  | 'XLSX_FILE'
  | 'XLS_FILE'
  | 'ODS_FILE'
  | 'PDF_FILE'
  | 'ZIP_FILE'
  | 'HTML_FILE'
  | 'BINARY_FILE'
  | 'NOT_A_TABLE'
  | 'FILE_TRUNCATED'
  | 'FILE_DAMAGED'
  | 'HEADER_TOO_LONG'
  | 'TOO_MANY_COLUMNS'
  | 'NO_HEADER'
  | 'UNKNOWN_DELIMITER'
  | 'UNKNOWN_QUOTE'
  | 'MISSING_COLUMN'
  | 'DUPLICATE_COLUMN'
  | 'HEADER_CHANGED'
  | 'DELIMITER_CHANGED'
  | 'NIK_SCIENTIFIC'
  | 'NIK_ROUNDED'
  | 'KK_ROUNDED'
  | 'DATES_CONTRADICT'
  | 'COLUMN_UNREADABLE'
  | 'OTHER_REGION'
  | 'TOO_MANY_REJECTED';

const SAVE_AS = 'save it as CSV (delimited text) with the NIK column as text, and import that';
const AS_TEXT = 'Export the data again with the NIK and KK columns as text; do not open them in a spreadsheet before';

/** What a refusal names: `detail` is a column, a kind of file or counts, never a value out of the file. */
export type RefusalPlace = { detail?: string | undefined; line?: number | undefined };

/** The cause and the way out, for the operator. */
function messageOf(code: RefusalCode, detail: string, at: string): string {
  switch (code) {
    case 'EMPTY_FILE':
      return 'The file is empty: export it again';
    case 'XLSX_FILE':
      return `The file is an Excel workbook (XLSX), whatever its name: ${SAVE_AS}`;
    case 'XLS_FILE':
      return `The file is an old Excel workbook (XLS), whatever its name: ${SAVE_AS}`;
    case 'ODS_FILE':
      return `The file is an OpenDocument spreadsheet (ODS), whatever its name: ${SAVE_AS}`;
    case 'PDF_FILE':
      return 'The file is a PDF document, not a delimited export: ask for the data as CSV';
    case 'ZIP_FILE':
      return 'The file is a ZIP archive: unpack it and import the export inside';
    case 'HTML_FILE':
      return `The file is a web page or XML, whatever its name: ${SAVE_AS}`;
    case 'BINARY_FILE':
      return `The file is ${detail || 'binary data'}, not a delimited export: unpack or export it as CSV`;
    case 'NOT_A_TABLE':
      return `The file is ${detail}, not a delimited export: export the table as CSV`;
    case 'FILE_TRUNCATED':
      return 'The file breaks off in the middle of a record: copy it again, whole (to import what is there: --allow-truncated)';
    case 'FILE_DAMAGED':
      return 'The compressed file is damaged: copy it again';
    case 'HEADER_TOO_LONG':
      return 'The first line is too long to be the names of columns: export the table as CSV with a header';
    case 'TOO_MANY_COLUMNS':
      return `The header${at} names too many columns: export fewer of them`;
    case 'NO_HEADER':
      return `The first line${at} looks like a row of ${detail}, not like the names of columns: put the line of names above it`;
    case 'UNKNOWN_DELIMITER':
      return `The names of the columns${at} are separated by ${detail}: save the file with comma, semicolon, bar or tab as the delimiter`;
    case 'UNKNOWN_QUOTE':
      return `Cells of the header${at} stand between ${detail} marks, which may hide delimiters: save the file with double quotes (") or none`;
    case 'MISSING_COLUMN':
      return `The file has no column ${detail}${at}; the header was looked for in the first 20 lines: export the table with a header of SIAK's own names`;
    case 'DUPLICATE_COLUMN':
      return `The file has the column ${detail} more than once: leave one of them out`;
    case 'HEADER_CHANGED':
      return `A second header${at} names the columns in another order: two exports were joined. Import them one after the other`;
    case 'DELIMITER_CHANGED':
      return `The delimiter changes${at}: two exports were joined. Import them one after the other, or save both with one delimiter`;
    case 'NIK_SCIENTIFIC':
      return `A spreadsheet has turned the NIKs into numbers such as 3,2E+15${at}: their last digits are gone for good. ${AS_TEXT}`;
    case 'NIK_ROUNDED':
      return `Nearly all NIKs end in 0${at}: a spreadsheet has eaten the sixteenth digit, for good. ${AS_TEXT}`;
    case 'KK_ROUNDED':
      return `The NO_KK end in 0${at}: a spreadsheet has eaten the sixteenth digit of part of the file. ${AS_TEXT}`;
    case 'DATES_CONTRADICT':
      return `The column ${detail} has dates of two forms, which first shows${at}: write all of them in one form, best YYYY-MM-DD`;
    case 'COLUMN_UNREADABLE':
      return `Cells of the column ${detail}${at}: look at them, and export the column as SIAK has it (to leave them unread: --max-unreadable)`;
    case 'OTHER_REGION':
      return `Hardly any row is of the region of --source: by NO_PROP and NO_KAB most are of ${detail}. Choose the right file or --source (to import it all the same: --other-region)`;
    case 'TOO_MANY_REJECTED':
      return `Too many rows are rejected: ${detail}. Look at those lines and export them again (to do without them: --max-rejected)`;
  }
}

/** A file that is refused whole. The message is for the operator: cause, first line, way out, and no value out of the file. */
export class IntakeRefusal extends Error {
  readonly code: RefusalCode;
  readonly detail: string | undefined;
  /** Line of the file, from 1. */
  readonly line: number | undefined;

  constructor(code: RefusalCode, { detail, line }: RefusalPlace = {}) {
    super(messageOf(code, detail ?? '', line === undefined ? '' : ` (line ${line})`));
    this.name = 'IntakeRefusal';
    this.code = code;
    this.detail = detail;
    this.line = line;
  }
}
