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
  | 'FILE_TRUNCATED'
  | 'FILE_DAMAGED'
  | 'HEADER_TOO_LONG'
  | 'TOO_MANY_COLUMNS'
  | 'MISSING_COLUMN'
  | 'DUPLICATE_COLUMN'
  | 'TOO_MANY_REJECTED';

const SAVE_AS = 'save it as CSV (delimited text) and import that';

/** One line for the operator. `detail` is a column's name or a kind of file, never a value out of the file. */
function messageOf(code: RefusalCode, detail: string | undefined): string {
  switch (code) {
    case 'EMPTY_FILE':
      return 'The file is empty';
    case 'XLSX_FILE':
      return `The file is an Excel workbook (XLSX), whatever its name: ${SAVE_AS}`;
    case 'XLS_FILE':
      return `The file is an old Excel workbook (XLS), whatever its name: ${SAVE_AS}`;
    case 'ODS_FILE':
      return `The file is an OpenDocument spreadsheet (ODS), whatever its name: ${SAVE_AS}`;
    case 'PDF_FILE':
      return 'The file is a PDF document, not a delimited export';
    case 'ZIP_FILE':
      return 'The file is a ZIP archive: unpack it and import the export inside';
    case 'HTML_FILE':
      return `The file is a web page or XML, whatever its name: ${SAVE_AS}`;
    case 'BINARY_FILE':
      return `The file is ${detail ?? 'binary data'}, not a delimited export`;
    case 'FILE_TRUNCATED':
      return 'The file breaks off in the middle of a record (to import what is there: --allow-truncated)';
    case 'FILE_DAMAGED':
      return 'The compressed file is damaged';
    case 'HEADER_TOO_LONG':
      return 'The first line is too long to be the names of columns';
    case 'TOO_MANY_COLUMNS':
      return 'The first line names too many columns';
    case 'MISSING_COLUMN':
      return `The file has no ${detail} column`;
    case 'DUPLICATE_COLUMN':
      return `The file has the column ${detail} more than once`;
    case 'TOO_MANY_REJECTED':
      return 'Too many rows of the file are rejected (to accept more: --max-rejected)';
  }
}

/** A file that is refused whole. The message is one line for the operator and holds no value out of the file. */
export class IntakeRefusal extends Error {
  readonly code: RefusalCode;
  /** The column (`NIK`, `status code`, …) or the kind of file. */
  readonly detail: string | undefined;

  constructor(code: RefusalCode, detail?: string) {
    super(messageOf(code, detail));
    this.name = 'IntakeRefusal';
    this.code = code;
    this.detail = detail;
  }
}
