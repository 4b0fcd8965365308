import { describe, expect, it } from 'vitest';
import {
  parseStatus,
  STATUS_CODES,
  type Status,
  statusCode,
  statusNumber,
  statusOfNumber,
  statusRow,
} from '../../src/core/status.ts';

/** What a database holds. Append only: a number once given is given for good. */
const STORED: [number, Status, stage: string | undefined][] = [
  [-1, 'UNKNOWN', undefined],
  [0, 'EMPTY', 'NOT_RECORDED'],
  [1, 'UNREGISTERED', 'NOT_RECORDED'],
  [2, 'BIO_CAPTURED', 'RECORDED'],
  [3, 'PROCESSING', 'RECORDED'],
  [4, 'SENT_FOR_ENROLLMENT', 'RECORDED'],
  [5, 'RECEIVED_AT_CENTRAL', 'RECORDED'],
  [6, 'PRINT_READY_RECORD', 'RECORDED'],
  [7, 'SENT_FOR_CARD_PRINTING', 'RECORDED'],
  [8, 'ENROLL_FAILURE_AT_CENTRAL', 'RECORDED'],
  [9, 'ENROLL_FAILURE_AT_REGIONAL', 'RECORDED'],
  [10, 'SEARCH_FAILURE_AT_CENTRAL', 'RECORDED'],
  [11, 'ADJUDICATE_RECORD', 'RECORDED'],
  [12, 'REQUEST_VALIDATION', 'RECORDED'],
  [13, 'DUPLICATE_RECORD', 'RECORDED'],
  [14, 'CARD_PRINTED', 'PRINTED'],
  [15, 'CARD_SHIPPED', 'PRINTED'],
  [16, 'CARD_ISSUED', 'PRINTED'],
  [17, 'SENT_FOR_DEDUP', 'RECORDED'],
  [18, 'PACKET_RETRY', 'RECORDED'],
  [19, 'ADJUDICATE_IN_PROCESS', 'RECORDED'],
];

describe('the stored number of a status', () => {
  it.each(STORED)('%i is %s', (number, status) => {
    expect(statusNumber(status)).toBe(number);
    expect(statusOfNumber(number)).toBe(status);
  });

  it('is known for every code, and what lies beyond is unknown rather than not recorded', () => {
    expect(STATUS_CODES).toHaveLength(STORED.length - 2);
    expect([-2, STATUS_CODES.length + 1, 999].map(statusOfNumber)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
  });
});

describe('statusRow', () => {
  it('puts every code into its stage', () => {
    expect(STORED.map(([, status]) => statusRow(status)?.stage)).toEqual(STORED.map(([, , stage]) => stage));
  });

  it('marks who is local, who has a problem and which cards are not yet handed over', () => {
    const marked = (mark: 'local' | 'problem' | 'notYetHandedOver') =>
      STATUS_CODES.filter((code) => statusRow(code)?.[mark]);
    expect(marked('local')).toEqual(['BIO_CAPTURED', 'PROCESSING']);
    expect(marked('problem')).toEqual([
      'ENROLL_FAILURE_AT_CENTRAL',
      'ENROLL_FAILURE_AT_REGIONAL',
      'SEARCH_FAILURE_AT_CENTRAL',
      'ADJUDICATE_RECORD',
      'REQUEST_VALIDATION',
      'DUPLICATE_RECORD',
      'ADJUDICATE_IN_PROCESS',
    ]);
    expect(marked('notYetHandedOver')).toEqual(['CARD_PRINTED', 'CARD_SHIPPED']);
  });
});

const title = (text: string) => text.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

describe('parseStatus', () => {
  it.each(STATUS_CODES)('reads %s in upper, lower and title case, with underscores, blanks and hyphens', (code) => {
    for (const separator of ['_', ' ', '-', '  ', ' - ', '']) {
      const spelt = code.replaceAll('_', separator);
      for (const text of [spelt, spelt.toLowerCase(), title(spelt), ` ${spelt}\t`])
        expect(parseStatus(text)).toBe(code);
    }
  });

  it.each([
    ['SFE', 'SENT_FOR_ENROLLMENT'],
    ['sfe', 'SENT_FOR_ENROLLMENT'],
    ['Send for enrollment', 'SENT_FOR_ENROLLMENT'],
    ['SEND_FOR_ENROLLMENT', 'SENT_FOR_ENROLLMENT'],
    ['Sent for enrolment', 'SENT_FOR_ENROLLMENT'],
    ['Send for card printing', 'SENT_FOR_CARD_PRINTING'],
    ['send-for-dedup', 'SENT_FOR_DEDUP'],
    ['PRR', 'PRINT_READY_RECORD'],
    ['prr', 'PRINT_READY_RECORD'],
    ['DUP', 'DUPLICATE_RECORD'],
    ['EFAC', 'ENROLL_FAILURE_AT_CENTRAL'],
    ['PRO', 'PROCESSING'],
    ['Pro', 'PROCESSING'],
    ['BC', 'BIO_CAPTURED'],
    ['bio capture', 'BIO_CAPTURED'],
    ['Bio-Capture', 'BIO_CAPTURED'],
    ['card_shippped', 'CARD_SHIPPED'],
    ['card_shiped', 'CARD_SHIPPED'],
  ])('reads %j as %s', (text, code) => {
    expect(parseStatus(text)).toBe(code);
  });

  it.each(['', ' ', '\t', '\r\n'])('takes a blank for not recorded: %j', (text) => {
    expect(parseStatus(text)).toBe('EMPTY');
  });

  it.each([
    'XYZ',
    'SOMETHING_NEW',
    'CARD_RECALLED',
    'CARD',
    'PRINTED',
    'NOT_CARD_PRINTED',
    'CARD_PRINTED_2',
    'PRR2',
    'PRINT_READY',
    '0',
    '16',
    '-',
    '_',
    '?',
    'NULL',
    'UNREGISTERED?',
    'ＣＡＲＤ＿ＰＲＩＮＴＥＤ',
    'CARD.PRINTED',
    'toString',
    'EMPTY',
  ])('takes %j for unknown, never for not recorded', (text) => {
    expect(parseStatus(text)).toBe('UNKNOWN');
  });
});

describe('statusCode', () => {
  it('shows no code where there is none or none that is known', () => {
    expect([statusCode('EMPTY'), statusCode('UNKNOWN'), statusCode('CARD_ISSUED')]).toEqual([
      null,
      null,
      'CARD_ISSUED',
    ]);
  });
});
