import type { ColumnReport, ReadingWarning } from '../intake/report.ts';
import type { ImportReport } from './import-file.ts';

const n = (count: number): string => count.toLocaleString('en');
const counts = (of: Record<string, number | undefined>): string =>
  Object.entries(of)
    .map(([name, count]) => `${name} ${n(count ?? 0)}`)
    .join(', ');

/** A share of a first copy that nobody would believe. */
const TOO_MANY_UNDETERMINED = 0.5;

/**
 * An import in some ten lines for the operator: first what must be seen, then what was done, then what was read of each column.
 * `rejectsPath` is where the rejected lines are, null where they are not kept.
 */
export function summaryOf(report: ImportReport, rejectsPath: string | null, dryRun: boolean): string[] {
  if (report.alreadyImported)
    return [
      `This file was imported before for ${report.asOf} (copy ${report.dataset}): nothing to do (--again reads it anew)`,
    ];
  const { reading } = report;
  const done = dryRun ? 'Dry run, nothing written' : `Copy ${report.dataset}`;
  const removed = `${dryRun ? 'Would remove' : 'Removed'} the synthetic sample (${n(report.sampleRemoved)} residents)`;
  return [
    ...firstCopyWarnings(report),
    ...reading.warnings.map((warning) => `NOTE: ${WARNINGS[warning]}`),
    ...(report.sampleRemoved > 0 ? [removed] : []),
    `${done}: source ${report.source} as of ${report.asOf}, ${report.seconds} s`,
    `  rows ${n(report.rows)}, residents ${n(report.residents)}, repeated ${n(report.duplicates)}, conflicting ${n(report.conflicts)}`,
    `  new ${n(report.inserted)}, changed ${n(report.changed)}, unchanged ${n(report.unchanged)}, absent ${n(report.absent)}`,
    `  document: ${counts(report.byDocument)}`,
    `  voter on polling day: ${counts(report.byVoter)}`,
    ...columnLines(reading.columns),
    ...(reading.unusedHeaders.length > 0 ? [`  not used: ${reading.unusedHeaders.join(', ')}`] : []),
    ...(Object.keys(reading.passedOver).length > 0 ? [`  lines passed over: ${counts(reading.passedOver)}`] : []),
    ...rejectedLine(report, rejectsPath),
  ];
}

const WARNINGS: Record<ReadingWarning, string> = {
  KK_ROUNDED: 'nearly all NO_KK end in 0, a spreadsheet has eaten their last digit: no KK number can be compared',
  NAMES_MISSING: 'no NAMA_LGKP was read: no name can be compared',
  KK_MISSING: 'no NO_KK was read: no KK number can be compared',
  BIRTH_DATES_MISSING: 'no TGL_LHR was read: who is of age is known of nobody who never married',
  REGIONS_MISSING: 'no NO_PROP and NO_KAB were read: the region of nobody is known',
};

/** Nothing was there before to compare a first copy with. */
function firstCopyWarnings({ firstOfSource, residents, byDocument, byVoter }: ImportReport): string[] {
  const isOdd = (undetermined: number): boolean => firstOfSource && undetermined > residents * TOO_MANY_UNDETERMINED;
  const line = (what: string, count: number): string =>
    `CAUTION: ${what} of ${n(count)} of ${n(residents)} residents is UNDETERMINED in this first copy: look at the columns below`;
  return [
    ...(isOdd(byDocument.UNDETERMINED) ? [line('the document', byDocument.UNDETERMINED)] : []),
    ...(isOdd(byVoter.UNDETERMINED) ? [line('the right to vote', byVoter.UNDETERMINED)] : []),
  ];
}

function columnLines(columns: ColumnReport[]): string[] {
  const present = columns.filter(({ header }) => header !== null);
  const missing = columns.filter(({ header }) => header === null).map(({ column }) => column);
  const faulty = present.filter(({ unreadable }) => unreadable > 0);
  const sound = present.filter(({ unreadable, read }) => unreadable === 0 && read > 0).map(shown);
  const empty = present.filter(({ unreadable, read }) => unreadable === 0 && read === 0).map(({ column }) => column);
  return [
    ...faulty.map(
      (one) =>
        `  COLUMN ${shown(one)}: ${n(one.unreadable)} of ${n(one.unreadable + one.read)} cells unreadable, first in line ${one.firstUnreadableLine}`,
    ),
    ...(sound.length > 0 ? [`  columns read whole: ${sound.join(', ')}`] : []),
    ...(empty.length > 0 ? [`  columns that are blank throughout: ${empty.join(', ')}`] : []),
    ...(missing.length > 0 ? [`  columns that are missing: ${missing.join(', ')}`] : []),
  ];
}

const shown = ({ column, header, form }: ColumnReport): string => {
  const more = [...(header === column ? [] : [`as "${header}"`]), ...(form === null ? [] : [form])];
  return more.length === 0 ? column : `${column} (${more.join(', ')})`;
};

function rejectedLine({ rejected, byReason }: ImportReport, rejectsPath: string | null): string[] {
  if (rejected === 0) return [];
  return [`  rejected ${n(rejected)}: ${counts(byReason)}${rejectsPath === null ? '' : `; lines in ${rejectsPath}`}`];
}
