/** What databases, spreadsheets and people write for "nothing", in upper case: one list for every column. */
const BLANKS = new Set(
  `. - -- --- NULL (NULL) [NULL] <NULL> {NULL} \\N NAN NA N/A <NA> NAT NONE NIL (NONE) #N/A #NA
   0000-00-00 00-00-0000 0000/00/00 00/00/0000 0/0/0000 00.00.0000 00000000 (KOSONG) KOSONG`.split(/\s+/),
);
const ZERO_TIME = / 0{1,2}[:.]0{2}([:.]0{2}([:.]0+)?)?$/;
const LONGEST = 24;

/** Whether a cell says "nothing", whatever the column. */
export const isBlankText = (text: string): boolean =>
  text === '' ||
  (text.length <= LONGEST && BLANKS.has(text.toUpperCase().replace(ZERO_TIME, '').replace(/^–|—$/, '-')));
