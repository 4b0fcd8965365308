import type { ColumnReport, ReadingWarning } from '../intake/report.ts';
import type { ImportReport } from './import-file.ts';
import { countsText, numberText as n } from './terminal.ts';

/** A share of a first copy that nobody would believe. */
const TOO_MANY_UNDETERMINED = 0.5;

const WARNINGS: Record<ReadingWarning, string> = {
  KK_ROUNDED: 'nearly all NO_KK end in 0, a spreadsheet has eaten their last digit: no KK number can be compared',
  NAMES_MISSING: 'no NAMA_LGKP was read: no name can be compared',
  KK_MISSING: 'no NO_KK was read: no KK number can be compared',
  BIRTH_DATES_MISSING: 'no TGL_LHR was read: who is of age is known of nobody who never married',
  REGIONS_MISSING: 'no NO_PROP and NO_KAB were read: the region of nobody is known',
};

/** A line of the summary; none where there is nothing to say. */
const line = (label: string, content: string): string[] => (content === '' ? [] : [`  ${label}: ${content}`]);

/** An import in some ten lines for the operator. `rejectsPath`: where the rejected lines are kept, if they are. */
export function summaryOf(report: ImportReport, rejectsPath: string | null, dryRun: boolean): string[] {
  const { reading, rejected, dataset, source, asOf } = report;
  if (report.alreadyImported)
    return [`This file was imported before for ${asOf} (copy ${dataset}): nothing to do (--again reads it anew)`];
  const removed = `${dryRun ? 'Would remove' : 'Removed'} the synthetic sample`;
  const keptIn = rejectsPath === null ? '' : `; lines in ${rejectsPath}`;
  const { rows, residents, duplicates, conflicts, inserted, changed, unchanged, absent } = report;
  return [
    ...firstCopyCautions(report),
    ...reading.warnings.map((warning) => `NOTE: ${WARNINGS[warning]}`),
    ...(report.sampleRemoved > 0 ? [`${removed} (${n(report.sampleRemoved)} residents)`] : []),
    `${dryRun ? 'Dry run, nothing written' : `Copy ${dataset}`}: source ${source} as of ${asOf}, ${report.seconds} s`,
    `  ${countsText({ rows, residents, repeated: duplicates, conflicting: conflicts })}`,
    `  ${countsText({ new: inserted, changed, unchanged, absent })}`,
    ...line('document', countsText(report.byDocument)),
    ...line('voter on polling day', countsText(report.byVoter)),
    ...columnLines(reading.columns),
    ...line('not used', reading.unusedHeaders.join(', ')),
    ...line('lines passed over', countsText(reading.passedOver)),
    ...(rejected > 0 ? line(`rejected ${n(rejected)}`, `${countsText(report.byReason)}${keptIn}`) : []),
  ];
}

/** Nothing was there before to compare a first copy with. */
function firstCopyCautions({ firstOfSource, residents, byDocument, byVoter }: ImportReport): string[] {
  const undetermined = [
    ['the document', byDocument.UNDETERMINED],
    ['the right to vote', byVoter.UNDETERMINED],
  ] as const;
  return undetermined
    .filter(([, count]) => firstOfSource && count > residents * TOO_MANY_UNDETERMINED)
    .map(
      ([what, count]) =>
        `CAUTION: ${what} of ${n(count)} of ${n(residents)} residents is UNDETERMINED in this first copy: ` +
        'look at the columns below',
    );
}

function columnLines(columns: ColumnReport[]): string[] {
  const present = columns.filter(({ header }) => header !== null);
  const missing = columns.filter(({ header }) => header === null);
  const faulty = present.filter(({ unreadable }) => unreadable > 0);
  const sound = present.filter(({ unreadable }) => unreadable === 0);
  const whole = sound.filter(({ read }) => read > 0);
  const named = (some: ColumnReport[]): string => some.map(({ column }) => column).join(', ');
  const fault = ({ read, unreadable, firstUnreadableLine }: ColumnReport): string =>
    `${n(unreadable)} of ${n(unreadable + read)} cells unreadable, first in line ${firstUnreadableLine}`;
  return [
    ...faulty.flatMap((one) => line(`COLUMN ${shown(one)}`, fault(one))),
    ...line('columns read whole', whole.map(shown).join(', ')),
    ...line('columns that are blank throughout', named(sound.filter(({ read }) => read === 0))),
    ...line('columns that are missing', named(missing)),
  ];
}

/** The name of a column, with the header it was found under and the form it was read in where they say more. */
function shown({ column, header, form }: ColumnReport): string {
  const more = [header === column ? null : `as "${header}"`, form].filter((part) => part !== null);
  return more.length === 0 ? column : `${column} (${more.join(', ')})`;
}
