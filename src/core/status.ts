/**
 * The recording and printing status of SIAK. Offices speak of "about 18" codes; those confirmed in public data are V,
 * the three marked below are M; the grouping into stages is ours (I) and stands in this one table.
 */
export type Stage = 'NOT_RECORDED' | 'RECORDED' | 'PRINTED';

type StatusRow = {
  stage: Stage;
  /** Recorded, but the record has not left the district or regency. */
  local?: true;
  /** Recorded, but the centre could not finish it: the Disdukcapil has to look. */
  problem?: true;
  /** Printed is not "in his hand": cards lay in district offices (V). */
  notYetHandedOver?: true;
};

/** Order is the stored number: append only. */
const TABLE = {
  UNREGISTERED: { stage: 'NOT_RECORDED' },
  BIO_CAPTURED: { stage: 'RECORDED', local: true },
  PROCESSING: { stage: 'RECORDED', local: true },
  SENT_FOR_ENROLLMENT: { stage: 'RECORDED' },
  RECEIVED_AT_CENTRAL: { stage: 'RECORDED' },
  PRINT_READY_RECORD: { stage: 'RECORDED' },
  SENT_FOR_CARD_PRINTING: { stage: 'RECORDED' },
  ENROLL_FAILURE_AT_CENTRAL: { stage: 'RECORDED', problem: true },
  ENROLL_FAILURE_AT_REGIONAL: { stage: 'RECORDED', problem: true },
  SEARCH_FAILURE_AT_CENTRAL: { stage: 'RECORDED', problem: true },
  ADJUDICATE_RECORD: { stage: 'RECORDED', problem: true },
  REQUEST_VALIDATION: { stage: 'RECORDED', problem: true },
  DUPLICATE_RECORD: { stage: 'RECORDED', problem: true },
  CARD_PRINTED: { stage: 'PRINTED', notYetHandedOver: true },
  CARD_SHIPPED: { stage: 'PRINTED', notYetHandedOver: true },
  CARD_ISSUED: { stage: 'PRINTED' },
  SENT_FOR_DEDUP: { stage: 'RECORDED' }, // M
  PACKET_RETRY: { stage: 'RECORDED' }, // M
  ADJUDICATE_IN_PROCESS: { stage: 'RECORDED', problem: true }, // M
} as const satisfies Record<string, StatusRow>;

export type StatusCode = keyof typeof TABLE;
/** What a status column said: a code of the table, nothing (`EMPTY` = not recorded), or something no table has. */
export type Status = StatusCode | 'EMPTY' | 'UNKNOWN';

export const STATUS_CODES = Object.keys(TABLE) as StatusCode[];

/** The table's row of a status; null for an unknown one, which must never pass for "not recorded". */
export function statusRow(status: Status): StatusRow | null {
  if (status === 'UNKNOWN') return null;
  return status === 'EMPTY' ? { stage: 'NOT_RECORDED' } : TABLE[status];
}

/** The code as answers show it: null where there is none or none that is known. */
export const statusCode = (status: Status): StatusCode | null =>
  status === 'EMPTY' || status === 'UNKNOWN' ? null : status;

const STORED: readonly Status[] = ['UNKNOWN', 'EMPTY', ...STATUS_CODES];
/** The number a status is stored as: 0 empty, -1 unknown, else its row of the table from 1. */
export const statusNumber = (status: Status): number => STORED.indexOf(status) - 1;
export const statusOfNumber = (number: number): Status => STORED[number + 1] ?? 'UNKNOWN';

/** Spellings met in exports (V), as offices write them: abbreviations, a missing participle. `fold` evens them out. */
const ALIASES: Record<string, StatusCode> = {
  SFE: 'SENT_FOR_ENROLLMENT',
  PRR: 'PRINT_READY_RECORD',
  DUP: 'DUPLICATE_RECORD',
  EFAC: 'ENROLL_FAILURE_AT_CENTRAL',
  PRO: 'PROCESSING',
  BC: 'BIO_CAPTURED',
  'BIO CAPTURE': 'BIO_CAPTURED',
};

/** Letters only, upper case, doubled letters once ("card_shippped"), "send for" as "sent for". */
const fold = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z]+/g, '')
    .replace(/(.)\1+/g, '$1')
    .replace(/^SENDFOR/, 'SENTFOR');

const BY_SPELLING = new Map<string, StatusCode>([
  ...STATUS_CODES.map((code): [string, StatusCode] => [fold(code), code]),
  ...Object.entries(ALIASES).map(([spelling, code]): [string, StatusCode] => [fold(spelling), code]),
]);

/** Reads a status in any spelling met. A blank is `EMPTY`; what no row of the table has is `UNKNOWN`. */
export function parseStatus(text: string): Status {
  if (text.trim() === '') return 'EMPTY';
  // Digits or other scripts make it another code than the one its letters spell.
  if (!/^[A-Za-z _-]+$/.test(text.trim())) return 'UNKNOWN';
  return BY_SPELLING.get(fold(text)) ?? 'UNKNOWN';
}
